package io.github.cvmattestation.snp;

import static io.github.cvmattestation.attestation.crypto.SignatureScheme.ECDSA_P384_SHA384;
import static io.github.cvmattestation.attestation.crypto.SignatureScheme.RSAPSS_SHA384;
import static io.github.cvmattestation.snp.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.testkit.Line;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a verification costs, in signatures: exact on every machine. */
class SignatureCountTest {
  private final Counting counting = new Counting(Backends.fastest());
  private final SnpVerifier verifier =
      Scene.verifier().signatures(counting).revocation(Revocation.IF_SUPPLIED).build();

  /** Counts what is verified. */
  private static final class Counting implements SignatureBackend {
    private final SignatureBackend backend;
    private final Map<SignatureScheme, Integer> seen = new EnumMap<>(SignatureScheme.class);
    private int prepared;

    Counting(SignatureBackend backend) {
      this.backend = backend;
    }

    @Override
    public String name() {
      return backend.name();
    }

    @Override
    public VerificationKey prepare(PublicKeyInfo info) {
      prepared++;
      VerificationKey key = backend.prepare(info);
      return new VerificationKey() {
        @Override
        public PublicKeyInfo info() {
          return key.info();
        }

        @Override
        public boolean verifies(SignatureScheme scheme, Bytes message, Bytes signature) {
          seen.merge(scheme, 1, Integer::sum);
          return key.verifies(scheme, message, signature);
        }
      };
    }

    Map<SignatureScheme, Integer> take() {
      Map<SignatureScheme, Integer> taken = Map.copyOf(seen);
      seen.clear();
      return taken;
    }
  }

  @Test
  void aReportWithItsChainCostsThree() {
    Scene scene = Scene.vcek(Line.MILAN).lists();
    proven(scene.verify(verifier));
    assertThat(counting.take()).isEqualTo(Map.of(ECDSA_P384_SHA384, 1, RSAPSS_SHA384, 2));
  }

  @Test
  void aRememberedChainCostsOne() {
    Scene scene = Scene.vcek(Line.MILAN).lists();
    proven(scene.verify(verifier));
    counting.take();
    int prepared = counting.prepared;
    scene.report(writer -> writer.guestSvn(2));
    proven(scene.verify(verifier));
    assertThat(counting.take()).isEqualTo(Map.of(ECDSA_P384_SHA384, 1));
    assertThat(counting.prepared).as("keys are kept with the chain").isEqualTo(prepared);
  }

  @Test
  void aLeafAloneCostsTwo() {
    proven(Scene.vcek(Line.MILAN).authorities().lists().verify(verifier));
    assertThat(counting.take()).isEqualTo(Map.of(ECDSA_P384_SHA384, 1, RSAPSS_SHA384, 1));
  }

  @Test
  void aListCostsOneMoreOnce() {
    Scene scene = Scene.vcek(Line.MILAN);
    proven(scene.verify(verifier));
    assertThat(counting.take()).isEqualTo(Map.of(ECDSA_P384_SHA384, 1, RSAPSS_SHA384, 3));
    proven(scene.verify(verifier));
    assertThat(counting.take()).isEqualTo(Map.of(ECDSA_P384_SHA384, 1));
    // Another chip of the line: its leaf and the intermediate, the list is known.
    proven(Scene.vcek(Line.MILAN).verify(verifier));
    assertThat(counting.take()).isEqualTo(Map.of(ECDSA_P384_SHA384, 1, RSAPSS_SHA384, 2));
  }

  @Test
  void aProvidersReportCostsTheSame() {
    Scene scene = Scene.vlek(Line.TURIN);
    proven(scene.verify(verifier));
    assertThat(counting.take()).isEqualTo(Map.of(ECDSA_P384_SHA384, 1, RSAPSS_SHA384, 3));
  }

  /** A genuine chain in much padding is verified again and again rather than kept. */
  @Test
  void aPaddedBundleIsNotRemembered() {
    Scene scene = Scene.vcek(Line.MILAN).lists();
    int size = scene.endorsements().certificates().stream().mapToInt(Bytes::size).sum();
    // A table of zeros is a table without entries.
    scene.alsoSend(Bytes.zeros((32 << 10) - size));
    proven(scene.verify(verifier));
    counting.take();
    proven(scene.verify(verifier));
    assertThat(counting.take()).isEqualTo(Map.of(ECDSA_P384_SHA384, 1));
    scene.alsoSend(Bytes.zeros(1));
    for (int i = 0; i < 2; i++) {
      proven(scene.verify(verifier));
      assertThat(counting.take()).isEqualTo(Map.of(ECDSA_P384_SHA384, 1, RSAPSS_SHA384, 2));
    }
  }

  @Test
  void aMalformedReportCostsNothing() {
    Scene scene = Scene.vcek(Line.MILAN).tampered(raw -> raw.slice(0, 1183));
    scene.verify(verifier);
    assertThat(counting.take()).isEmpty();
  }
}
