package io.github.cvmattestation.attestation.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The steps on what Intel has issued; skipped, and saying so, where that is absent. */
class RealIntelChainsTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("cvm.vectors", "../../shared/vectors"), "tdx");

  private static final SignatureScheme SCHEME = SignatureScheme.ECDSA_P256_SHA256;

  /** The root's point, as Intel publishes it. */
  private static final String ROOT_POINT =
      "040ba9c4c0c0c86193a3fe23d6b02cda10a8bbd4e88e48b4458561a36e705525f5"
          + "67918e2edc88e40d860bd0cc4ee26aacc988e505a953558c453f6b0904ae7394";

  @ParameterizedTest
  @ValueSource(strings = {"v4-50806f-debug", "v5-90c06f"})
  void theChainOfTheTcbSignerHolds(String folder) throws Exception {
    for (String file : List.of("tcb_signing_chain.pem", "qe_identity_signing_chain.pem")) {
      List<DerCertificate> chain = CertificateBundle.parse(read(folder + "/" + file));
      assertThat(chain).hasSize(2);
      DerCertificate signer = chain.get(0);
      DerCertificate root = chain.get(1);
      assertThat(signer.subjectCommonName()).isEqualTo("Intel SGX TCB Signing");
      issued(signer, root);
      requireRoot(root);
      CertificateChains.requireEndEntity(signer);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v4-50806f-debug", "v4-b0c06f", "v5-90c06f", "cos-113", "sgx-quote"})
  void theChainOfTheQuotesKeyHolds(String folder) throws Exception {
    List<DerCertificate> chain = pckChain(folder);
    assertThat(chain).hasSize(3);
    DerCertificate leaf = chain.get(0);
    DerCertificate authority = chain.get(1);
    assertThat(leaf.subjectCommonName()).isEqualTo("Intel SGX PCK Certificate");
    issued(leaf, authority);
    issued(authority, chain.get(2));
    requireRoot(chain.get(2));
    CertificateChains.requireAuthority(authority, 0);
    CertificateChains.requireRevocationAuthority(authority);
    CertificateChains.requireEndEntity(leaf);
    // Its path length is 0.
    assertThatExceptionOfType(RefutedException.class)
        .isThrownBy(() -> CertificateChains.requireAuthority(authority, 1));
    assertThatExceptionOfType(RefutedException.class)
        .isThrownBy(() -> CertificateChains.requireEndEntity(authority));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v4-50806f-debug", "v5-90c06f"})
  void theRevocationListsAreTheirIssuers(String folder) throws Exception {
    List<DerCertificate> chain = pckChain(folder);
    DerCertificate authority = chain.get(1);
    DerCertificate root = chain.get(2);
    RevocationList ofRoot = RevocationList.parse(read(folder + "/root_ca_crl.der"));
    RevocationList ofAuthority = RevocationList.parse(read(folder + "/pck_crl_platform.der"));
    listed(ofRoot, root);
    listed(ofAuthority, authority);
    assertThatExceptionOfType(RefutedException.class)
        .isThrownBy(() -> CertificateChains.requireIssuedBy(ofRoot, authority));
    assertThat(ofRoot.revoked()).isEmpty();
    assertThat(ofAuthority.revoked()).isNotEmpty();
    for (BigInteger serial : ofAuthority.revoked()) {
      assertThat(serial).isPositive();
      assertThat(ofAuthority.lists(serial)).isTrue();
      assertThat(ofAuthority.lists(serial.add(BigInteger.ONE))).isFalse();
    }
    for (DerCertificate certificate : chain) {
      assertThat(ofRoot.lists(certificate.serial())).isFalse();
      assertThat(ofAuthority.lists(certificate.serial())).isFalse();
    }
  }

  @Test
  void everyRevocationListIsReadAndEveryTruncationOfItIsNot() throws Exception {
    assumePresent();
    List<Path> files;
    try (Stream<Path> all = Files.walk(FOLDER)) {
      files = all.filter(file -> file.toString().matches(".*crl.*\\.der")).toList();
    }
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      Bytes der = Bytes.of(Files.readAllBytes(file));
      assertThat(RevocationList.parse(der).crlNumber()).contains(BigInteger.ONE);
      for (int size = 0; size < der.size(); size += 7) {
        Bytes cut = der.slice(0, size);
        assertThatExceptionOfType(MalformedException.class)
            .isThrownBy(() -> RevocationList.parse(cut));
      }
    }
  }

  private static void issued(DerCertificate certificate, DerCertificate issuer) throws Exception {
    CertificateChains.requireIssuedBy(certificate, issuer);
    for (SignatureBackend backend : Verdicts.BACKENDS) {
      VerificationKey key = backend.prepare(PublicKeyInfo.parse(issuer.subjectPublicKeyInfo()));
      assertThat(CertificateChains.requireSignature(certificate, List.of(key), SCHEME))
          .isSameAs(key);
    }
  }

  private static void listed(RevocationList list, DerCertificate issuer) throws Exception {
    CertificateChains.requireIssuedBy(list, issuer);
    assertThat(list.authorityKeyIdentifier())
        .isPresent()
        .isEqualTo(CertificateExtensions.subjectKeyIdentifier(issuer));
    for (SignatureBackend backend : Verdicts.BACKENDS) {
      CertificateChains.requireSignature(
          list,
          List.of(backend.prepare(PublicKeyInfo.parse(issuer.subjectPublicKeyInfo()))),
          SCHEME);
    }
  }

  private static void requireRoot(DerCertificate root) throws Exception {
    assertThat(root.subjectPublicKeyInfo().hex()).endsWith(ROOT_POINT);
    CertificateChains.requireAuthority(root, 1);
    CertificateChains.requireRevocationAuthority(root);
  }

  /** The PEM within a quote. */
  private static List<DerCertificate> pckChain(String folder) throws Exception {
    String quote = new String(read(folder + "/quote.bin").toArray(), StandardCharsets.ISO_8859_1);
    String end = "-----END CERTIFICATE-----";
    String pem =
        quote.substring(quote.indexOf("-----BEGIN"), quote.lastIndexOf(end) + end.length());
    return CertificateBundle.parse(Bytes.of(pem.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static Bytes read(String path) throws IOException {
    assumePresent();
    return Bytes.of(Files.readAllBytes(FOLDER.resolve(path)));
  }

  private static void assumePresent() {
    assumeTrue(
        Files.isDirectory(FOLDER),
        "real evidence is not at " + FOLDER + ": set cvm.vectors to its folder");
  }
}
