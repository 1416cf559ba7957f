package io.github.cvmattestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.TrustAnchor;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.CertificateChains;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.attestation.spi.TeeModule;
import io.github.cvmattestation.testkit.Line;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The nine keys that everything begins at. */
class AmdTrustAnchorsTest {
  /** Serial numbers (hex) of AMD's certificates; AMD issued the Genoa ASK twice. */
  private static final Map<String, String> SERIALS =
      Map.of(
          "ARK-Milan", "10000",
          "SEV-Milan", "10001",
          "SEV-VLEK-Milan", "10101",
          "ARK-Genoa", "20000",
          "SEV-Genoa", "20002",
          "SEV-VLEK-Genoa", "20101",
          "ARK-Turin", "30000",
          "SEV-Turin", "30001",
          "SEV-VLEK-Turin", "30101");

  @Test
  void thereAreNineKeysOfDifferentNames() {
    List<TrustAnchor> anchors = AmdTrustAnchors.published().anchors();
    assertThat(anchors).hasSize(9);
    assertThat(anchors)
        .extracting(TrustAnchor::name)
        .containsExactlyInAnyOrderElementsOf(SERIALS.keySet());
    assertThat(anchors).extracting(TrustAnchor::subjectPublicKeyInfo).doesNotHaveDuplicates();
    for (TrustAnchor anchor : anchors) {
      assertThat(anchor.serial().toString(16)).isEqualTo(SERIALS.get(anchor.name()));
      assertThat(anchor.notAfter()).isAfter(Instant.parse("2045-01-01T00:00:00Z"));
      assertThat(anchor.notBefore()).isBefore(Instant.parse("2026-01-01T00:00:00Z"));
    }
  }

  @Test
  void everyKeyHasTheFingerprintThatIsWrittenBesideIt() {
    for (AmdCaKey key : AmdCaKey.PUBLISHED) {
      TrustAnchor anchor = AmdTrustAnchors.published().named(key.name()).get(0);
      assertThat(Digests.sha256(anchor.subjectPublicKeyInfo()).hex()).isEqualTo(key.fingerprint());
      assertThat(key.source()).startsWith("https://kdsintf.amd.com/").contains(line(key.name()));
    }
  }

  @Test
  void everyKeyIsRsaOf4096Bits() throws MalformedException {
    for (TrustAnchor anchor : AmdTrustAnchors.published().anchors()) {
      PublicKeyInfo key = PublicKeyInfo.parse(anchor.subjectPublicKeyInfo());
      assertThat(key).isInstanceOf(PublicKeyInfo.Rsa.class);
      assertThat(((PublicKeyInfo.Rsa) key).modulus().bitLength()).isEqualTo(4096);
    }
  }

  @Test
  void theModuleBringsTheseKeysAndNoOthers() {
    TeeModule module = TeeModule.byId("snp");
    assertThat(module.trustAnchors()).isEqualTo(AmdTrustAnchors.published());
    assertThat(TeeModule.forMediaType(SnpEvidence.MEDIA_TYPE)).isInstanceOf(SnpTeeModule.class);
    Scene scene = Scene.vcek(Line.TURIN);
    assertThat(
            module
                .verifier(module.trustAnchors(), Backends.fastest())
                .verify(
                    SnpEvidence.of(scene.report()),
                    scene.endorsements(),
                    new Nonce(Bytes.zeros(64)),
                    Scene.NOW)
                .findings())
        .extracting(finding -> finding.code())
        .containsExactly(SnpFinding.SNP_ROOT);
  }

  /** SHA-256 of AMD's certificates as published, by the file of the same content. */
  @ParameterizedTest
  @CsvSource({
    "ARK-Milan,milan-ark,69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd",
    "SEV-Milan,milan-ask,67d303bd3905fd38db8b20e0793699870e7fa612eaad5dec358293fd8c0bac1b",
    "SEV-VLEK-Milan,milan-asvk,c5e081f59b7efab1fe2f8b505e159704e72f29cab7ef7cf628a05a42439082f5",
    "ARK-Genoa,genoa-ark,4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
    "SEV-Genoa,genoa-ask,5464738c1546aed5f2cecf1dc98c5c960a92e8913238a61711bc90ec6e828521",
    "SEV-VLEK-Genoa,genoa-asvk,197e610743a917d6b9bb982a5a9226ccc0a15b611be0619e626aca9151457372",
    "ARK-Turin,turin-ark,1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a",
    "SEV-Turin,turin-ask,5b77ef5fe7a7a004fd9032668fba9d0fda22f88c4442069a479636a6ae3b3185",
    "SEV-VLEK-Turin,turin-asvk,104e10a8bd060a3c20a434261a57d0588fd65a88915b4f65b08bdecaf8df1a3c"
  })
  void eachKeyIsThatOfAmdsCertificate(String name, String file, String fingerprint)
      throws MalformedException, RefutedException {
    DerCertificate certificate =
        CertificateBundle.parse(Vectors.read("amd/" + file + ".pem")).get(0);
    assertThat(Digests.sha256(certificate.der()).hex()).isEqualTo(fingerprint);
    TrustAnchor anchor = AmdTrustAnchors.published().named(name).get(0);
    assertThat(anchor.subjectPublicKeyInfo()).isEqualTo(certificate.subjectPublicKeyInfo());
    assertThat(anchor.name()).isEqualTo(certificate.subjectCommonName());
    assertThat(anchor.serial()).isEqualTo(certificate.serial());
    assertThat(anchor.notBefore()).isEqualTo(certificate.validity().notBefore());
    assertThat(anchor.notAfter()).isEqualTo(certificate.validity().notAfter());

    TrustAnchor root = AmdTrustAnchors.published().named("ARK-" + line(name)).get(0);
    CertificateChains.requireSignature(
        certificate,
        List.of(Backends.fastest().prepare(PublicKeyInfo.parse(root.subjectPublicKeyInfo()))),
        SignatureScheme.RSAPSS_SHA384);
  }

  private static String line(String name) {
    return name.substring(name.lastIndexOf('-') + 1);
  }
}
