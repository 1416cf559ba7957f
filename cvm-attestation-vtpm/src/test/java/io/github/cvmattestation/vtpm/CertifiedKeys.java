package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.Fixtures.NONCE;
import static io.github.cvmattestation.vtpm.Fixtures.bank;
import static io.github.cvmattestation.vtpm.Fixtures.upTo;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A machine that quotes and certifies, and a relying party that knows its attestation key. */
final class CertifiedKeys {
  static final TestAk AK = TestAk.rsa(SignatureScheme.RSASSA_SHA256);

  /** What is quoted. */
  static final PcrBank QUOTED = bank(HashAlgorithm.SHA256, upTo(10));

  /** What the policy is about: some of it. */
  static final Set<Integer> REGISTERS = Set.of(7, 0, 2, 9);

  static final PcrBank POLICY = of(REGISTERS);

  private static final CertifiedKeyVerifier VERIFIER = new CertifiedKeyVerifier();
  private static final VerifiedPcrs PCRS = quoted(AK);

  private CertifiedKeys() {}

  /** These registers as they were quoted. */
  static PcrBank of(Set<Integer> registers) {
    Map<Integer, Bytes> values = new TreeMap<>();
    registers.forEach(index -> values.put(index, QUOTED.value(index).orElseThrow()));
    return bank(HashAlgorithm.SHA256, values);
  }

  static VerifiedPcrs quoted(TestAk ak) {
    Bytes attest =
        AttestWriter.quoting(QUOTED).digest(ak.scheme().digest()).extraData(NONCE.value()).write();
    return Fixtures.proven(
        Fixtures.verify(ak.quote(attest, QUOTED), ak.key(Fixtures.quick()), NONCE));
  }

  static Bytes area() {
    return KeyArea.under(POLICY).write();
  }

  static AttestWriter attest(Bytes area) {
    return AttestWriter.certifying(KeyArea.name(area)).extraData(NONCE.value());
  }

  /** {@code area} with {@code attest}, signed by {@code ak}. */
  static CertifiedKey signed(TestAk ak, Bytes area, Bytes attest) {
    return CertifiedKey.withTpmtSignature(area, attest, ak.tpmtSignature(attest));
  }

  static CertifiedKey certified(Bytes area) {
    return signed(AK, area, attest(area).write());
  }

  static Verification verify(CertifiedKey key, AttestationKey ak) {
    return VERIFIER.verify(key, ak, PCRS, HashAlgorithm.SHA256, REGISTERS, NONCE);
  }

  static Verification verify(CertifiedKey key, SignatureBackend backend) {
    return verify(key, AK.key(backend));
  }

  /** Whatever the area, the attestation key certified it. */
  static Verification verdict(Bytes area) {
    return verify(certified(area), Fixtures.quick());
  }

  static VerifiedKey proven(Verification verification) {
    assertThat(verification).isInstanceOf(Verification.Verified.class);
    return ((Verification.Verified) verification).claims().get(VerifiedKey.class).orElseThrow();
  }
}
