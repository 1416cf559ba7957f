package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;

/** The public area of an ephemeral key as Azure's template makes it, or with any field bent. */
final class KeyArea {
  /** fixedTPM, fixedParent, sensitiveDataOrigin, noDA, decrypt. */
  static final long ATTRIBUTES = 0x00020432L;

  /** The size of the largest public area that is looked at. */
  static final int MAX = 1024;

  static final Bytes MODULUS = TestAk.rsa(SignatureScheme.RSASSA_SHA256).modulus().slice(1, 257);

  private HashAlgorithm nameAlg = HashAlgorithm.SHA256;
  private long attributes = ATTRIBUTES;
  private Bytes policy;
  private Bytes symmetric = Bytes.ofHex("0010");
  private Bytes scheme = Bytes.ofHex("0010");
  private long exponent;
  private Bytes modulus = MODULUS;

  /** Under a policy about {@code registers}. */
  static KeyArea under(PcrBank registers) {
    KeyArea area = new KeyArea();
    area.policy = policy(HashAlgorithm.SHA256, registers);
    return area;
  }

  KeyArea nameAlg(HashAlgorithm value) {
    nameAlg = value;
    return this;
  }

  KeyArea attributes(long value) {
    attributes = value;
    return this;
  }

  KeyArea policy(Bytes value) {
    policy = value;
    return this;
  }

  KeyArea symmetric(String encoded) {
    symmetric = Bytes.ofHex(encoded);
    return this;
  }

  KeyArea scheme(String encoded) {
    scheme = Bytes.ofHex(encoded);
    return this;
  }

  KeyArea exponent(long value) {
    exponent = value;
    return this;
  }

  KeyArea modulus(Bytes value) {
    modulus = value;
    return this;
  }

  Bytes write() {
    return new Octets()
        .u16(0x01)
        .u16(TpmEncoder.id(nameAlg))
        .u32(attributes)
        .sized(policy)
        .raw(symmetric)
        .raw(scheme)
        .u16(8 * modulus.size())
        .u32(exponent)
        .sized(modulus)
        .toBytes();
  }

  /** nameAlg and H(TPMT_PUBLIC); TPM 2.0 Part 1, section 16. */
  static Bytes name(HashAlgorithm nameAlg, Bytes area) {
    return new Octets()
        .u16(TpmEncoder.id(nameAlg))
        .raw(AttestWriter.hash(nameAlg.jcaName(), area))
        .toBytes();
  }

  static Bytes name(Bytes area) {
    return name(HashAlgorithm.SHA256, area);
  }

  /** H(0 ‖ TPM_CC_PolicyPCR ‖ TPML_PCR_SELECTION ‖ H(values)); Part 3, section 23.7. */
  static Bytes policy(HashAlgorithm hash, PcrBank registers) {
    int[] indices = registers.values().keySet().stream().mapToInt(Integer::intValue).toArray();
    Bytes values = AttestWriter.values(java.util.List.of(registers));
    return AttestWriter.hash(
        hash.jcaName(),
        new Octets()
            .raw(Bytes.zeros(hash.digestSize()))
            .u32(0x17F)
            .raw(AttestWriter.list(AttestWriter.entry(registers.algorithm().id(), indices)))
            .raw(AttestWriter.hash(hash.jcaName(), values))
            .toBytes());
  }
}
