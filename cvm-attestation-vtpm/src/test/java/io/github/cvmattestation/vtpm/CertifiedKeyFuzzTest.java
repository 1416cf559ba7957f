package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.VerificationKey;

/**
 * The verification of a certified key as a whole, behind a signature that always holds: otherwise
 * no input would ever come past it. Input: the size of the public area in 16 bits, the area, and
 * the TPMS_ATTEST.
 */
class CertifiedKeyFuzzTest {
  private static final VerifiedPcrs PCRS = CertifiedKeys.quoted(CertifiedKeys.AK);
  private static final AttestationKey CREDULOUS = CertifiedKeys.AK.key(new Credulous());

  @FuzzTest
  void verifiesOnlyWhatTheTpmCertifiedOrRefutes(byte[] input) {
    Bytes octets = Bytes.of(input);
    int size = octets.size() < 2 ? 0 : octets.get(0) << 8 | octets.get(1);
    int split = Math.min(octets.size(), 2 + size);
    Bytes area = octets.slice(Math.min(2, octets.size()), split);
    Bytes attest = octets.slice(split, octets.size());

    Verification verification =
        new CertifiedKeyVerifier()
            .verify(
                CertifiedKey.withBareRsa(area, attest, Bytes.zeros(256)),
                CREDULOUS,
                PCRS,
                HashAlgorithm.SHA256,
                CertifiedKeys.REGISTERS,
                Fixtures.NONCE);

    if (verification instanceof Verification.Verified) {
      VerifiedKey key = CertifiedKeys.proven(verification);
      assertThat(TpmEncoder.encode(key.publicArea())).isEqualTo(area);
      Bytes name = KeyArea.name(key.publicArea().nameAlg(), area);
      assertThat(attest.hex()).contains(name.hex()).contains(Fixtures.NONCE.value().hex());
    } else {
      assertThat(verification.findings()).hasSize(1);
    }
  }

  private static final class Credulous implements SignatureBackend {
    @Override
    public String name() {
      return "credulous";
    }

    @Override
    public VerificationKey prepare(PublicKeyInfo info) {
      return new VerificationKey() {
        @Override
        public PublicKeyInfo info() {
          return info;
        }

        @Override
        public boolean verifies(SignatureScheme scheme, Bytes message, Bytes signature) {
          return true;
        }
      };
    }
  }
}
