package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Scene.PKI;
import static io.github.cvmattestation.tdx.Scene.proven;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.IntelCertificate;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a verification costs, in signatures on P-256: exact on every machine. */
class SignatureCountTest {
  private static final EcSigningKey ATTESTATION_KEY = EcSigningKey.p256("attestation key");

  private final Counting counting = new Counting(Backends.fastest());
  private final TdxVerifier verifier = Scene.verifier().signatures(counting).build();

  /** Writes down what is verified: whose key, and over what. */
  private static final class Counting implements SignatureBackend {
    private final SignatureBackend backend;
    private final List<Seen> seen = new ArrayList<>();

    private record Seen(Bytes key, Bytes message) {}

    Counting(SignatureBackend backend) {
      this.backend = backend;
    }

    @Override
    public String name() {
      return backend.name();
    }

    @Override
    public VerificationKey prepare(PublicKeyInfo info) {
      VerificationKey key = backend.prepare(info);
      return new VerificationKey() {
        @Override
        public PublicKeyInfo info() {
          return key.info();
        }

        @Override
        public boolean verifies(SignatureScheme scheme, Bytes message, Bytes signature) {
          assertThat(scheme).isEqualTo(SignatureScheme.ECDSA_P256_SHA256);
          seen.add(new Seen(info.der(), message));
          return key.verifies(scheme, message, signature);
        }
      };
    }

    /** Whose signatures were verified since the last call, in order. */
    List<String> take() {
      assertThat(seen).as("no signature is verified twice").doesNotHaveDuplicates();
      List<String> taken = seen.stream().map(one -> nameOf(one.key())).toList();
      seen.clear();
      return taken;
    }
  }

  private static String nameOf(Bytes key) {
    Map<Bytes, String> names =
        Map.of(
            PKI.root().key().subjectPublicKeyInfo(), "root",
            PKI.platformCa().key().subjectPublicKeyInfo(), "platform CA",
            PKI.processorCa().key().subjectPublicKeyInfo(), "processor CA",
            PKI.tcbSigner().key().subjectPublicKeyInfo(), "TCB signer",
            ATTESTATION_KEY.subjectPublicKeyInfo(), "attestation key");
    return names.getOrDefault(key, "PCK");
  }

  /**
   * PCK authority, TCB signer and its own list by the root; PCK and its list by the authority; two
   * documents, the QE report and the quote.
   */
  @Test
  void theFirstQuoteCostsNine() {
    Verification verification = Scene.v4().verify(verifier);
    proven(verification);
    assertThat(counting.take())
        .containsExactlyInAnyOrder(
            "root",
            "root",
            "root",
            "platform CA",
            "platform CA",
            "TCB signer",
            "TCB signer",
            "PCK",
            "attestation key");
  }

  @Test
  void anotherPlatformOfTheSameAuthorityCostsThree() {
    warm();
    proven(Scene.v4().pck(spec -> spec).verify(verifier));
    assertThat(counting.take()).containsExactly("platform CA", "PCK", "attestation key");
  }

  @Test
  void anotherReportOfTheQuotingEnclaveCostsTwo() {
    warm();
    proven(Scene.v4().qeReport(report -> report.isvSvn(8)).verify(verifier));
    assertThat(counting.take()).containsExactly("PCK", "attestation key");
  }

  @Test
  void otherAuthenticationDataCostsTwo() {
    warm();
    proven(Scene.v4().quote(w -> w.authData(Bytes.zeros(3))).verify(verifier));
    assertThat(counting.take()).containsExactly("PCK", "attestation key");
  }

  /** Whatever the body says, and whatever its version. */
  @Test
  void anotherQuoteOfTheSameMachineCostsOne() {
    warm();
    proven(Scene.v4().quote(w -> w.mrTd(Bytes.zeros(48))).verify(verifier));
    assertThat(counting.take()).containsExactly("attestation key");
    proven(Scene.v5().verify(verifier));
    assertThat(counting.take()).containsExactly("attestation key");
    proven(Scene.v5(4).verify(verifier));
    assertThat(counting.take()).containsExactly("attestation key");
  }

  /** A quote's signature is never remembered: that would be remembering a verdict. */
  @Test
  void theSameQuoteCostsOneEachTime() {
    warm();
    for (int i = 0; i < 3; i++) {
      proven(Scene.v4().verify(verifier));
      assertThat(counting.take()).containsExactly("attestation key");
    }
  }

  @Test
  void aSecondSignerOfCollateralCostsOneMore() {
    IntelCertificate second = PKI.issue(PKI.tcbSignerSpec().serial(BigInteger.TWO));
    proven(
        Scene.v4()
            .collateral(c -> c.withQeIdentityChain(FakeIntelPki.pem(second, PKI.root())))
            .verify(verifier));
    assertThat(counting.take()).hasSize(10).filteredOn("root"::equals).hasSize(4);
  }

  /** Authority, its PCK, its list, and the rest of the collateral with it; the signer is known. */
  @Test
  void theOtherAuthoritysPlatformDoesNotPayForTheSignerAgain() {
    warm();
    proven(Scene.v4().fromProcessorCa().verify(verifier));
    assertThat(counting.take())
        .hasSize(8)
        .filteredOn("root"::equals)
        .as("the processor CA and the root's list")
        .hasSize(2);
  }

  /** New documents with the same signer: two documents, two lists and the quote. */
  @Test
  void newCollateralCostsItsFourSignatures() {
    warm();
    proven(Scene.v4().tcbInfo(w -> w.evaluationDataNumber(19)).verify(verifier));
    assertThat(counting.take())
        .containsExactlyInAnyOrder(
            "root", "platform CA", "TCB signer", "TCB signer", "attestation key");
  }

  @Test
  void withoutACacheEveryQuoteCostsNine() {
    TdxVerifier forgetful = Scene.verifier().signatures(counting).cacheSize(0).build();
    for (int i = 0; i < 2; i++) {
      proven(Scene.v4().verify(forgetful));
      assertThat(counting.take()).hasSize(9);
    }
  }

  /** A failed signature is not remembered as one that held. */
  @Test
  void aRefutedQuoteIsVerifiedAgain() {
    warm();
    Scene forged = Scene.v4().quote(w -> w.qeReportSignature(Bytes.zeros(64)));
    for (int i = 0; i < 2; i++) {
      Scene.assertRefuted(forged.verify(verifier), TdxFinding.TDX_QE_SIGNATURE);
      assertThat(counting.take()).containsExactly("PCK");
    }
  }

  /** Whoever delivers collateral may pad it, and must not fill the memory with that. */
  @Test
  void collateralInMuchPaddingIsNotRemembered() {
    Bytes padding = Bytes.of("\n".repeat(1 << 18).getBytes(US_ASCII));
    Bytes list = FakeAmdPki.pem(PKI.crl(PKI.rootCrlSpec()));
    Bytes padded =
        Bytes.of(
            new String(list.toArray(), US_ASCII)
                .replace("CERTIFICATE", "X509 CRL")
                .getBytes(US_ASCII));
    Scene small = Scene.v4().collateral(c -> c.withRootCrl(padded));
    proven(small.verify(verifier));
    assertThat(counting.take()).hasSize(9);
    proven(small.verify(verifier));
    assertThat(counting.take()).hasSize(1);
    Scene large = Scene.v4().collateral(c -> c.withRootCrl(padded.concat(padding)));
    for (int i = 0; i < 2; i++) {
      proven(large.verify(verifier));
      assertThat(counting.take()).as("lists, documents and quote, each time").hasSize(5);
    }
  }

  @Test
  void aMalformedQuoteCostsNothing() {
    Scene.v4().quote(w -> w.signatureDataSizeOff(1)).verify(verifier);
    assertThat(counting.take()).isEmpty();
  }

  private void warm() {
    proven(Scene.v4().verify(verifier));
    assertThat(counting.take()).hasSize(9);
  }
}
