package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;

/** Templates and public areas of keys that protect, written from TPM 2.0 Part 2, section 12.2. */
final class StorageKeys {
  /** fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, decrypt. */
  static final long STORAGE = 0x00030472L;

  /** The endorsement key's: adminWithPolicy, and neither userWithAuth nor noDA. */
  static final long ENDORSEMENT = 0x000300B2L;

  private static final int SHA256 = 0x0B;
  private static final int SHA384 = 0x0C;
  private static final int P256 = 3;
  private static final int P384 = 4;
  private static final Bytes POLICY_A =
      Bytes.ofHex("837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa");

  private StorageKeys() {}

  /** TCG EK Credential Profile 2.5, B.3.4: L-2, P-256. */
  static TpmTemplate endorsementEcc() {
    return new TpmTemplate(
        ecc(SHA256, ENDORSEMENT, POLICY_A, 128, P256, Bytes.zeros(32), Bytes.zeros(32)));
  }

  /** P-384, SHA-384 and AES-256, with the empty password. */
  static TpmTemplate strong() {
    return new TpmTemplate(
        ecc(SHA384, STORAGE, Bytes.empty(), 256, P384, Bytes.zeros(48), Bytes.zeros(48)));
  }

  /** P-256, SHA-256 and AES-128, with the empty password. */
  static TpmTemplate plain() {
    return plain(Bytes.zeros(32));
  }

  /** Another primary key for each {@code unique}. */
  static TpmTemplate plain(Bytes unique) {
    return new TpmTemplate(ecc(SHA256, STORAGE, Bytes.empty(), 128, P256, unique, unique));
  }

  /** An attestation key on P-256. */
  static TpmTemplate attestationEcc() {
    return new TpmTemplate(
        PublicAreas.ecc(
            PublicAreas.AK_ATTRIBUTES, 0x18, SHA256, P256, Bytes.zeros(32), Bytes.zeros(32)));
  }

  static Bytes ecc(
      int nameAlg, long attributes, Bytes policy, int keyBits, int curve, Bytes x, Bytes y) {
    return head(0x23, nameAlg, attributes, policy, keyBits)
        .u16(curve)
        .u16(0x10)
        .sized(x)
        .sized(y)
        .toBytes();
  }

  static Bytes rsa(int nameAlg, long attributes, int keyBits, long exponent, Bytes modulus) {
    return head(0x01, nameAlg, attributes, Bytes.empty(), keyBits)
        .u16(8 * modulus.size())
        .u32(exponent)
        .sized(modulus)
        .toBytes();
  }

  /**
   * @param keyBits of AES; 0 for no symmetric algorithm
   */
  private static Octets head(int type, int nameAlg, long attributes, Bytes policy, int keyBits) {
    Octets out = new Octets().u16(type).u16(nameAlg).u32(attributes).sized(policy);
    if (keyBits == 0) {
      out.u16(0x10);
    } else {
      out.u16(0x06).u16(keyBits).u16(0x43);
    }
    return out.u16(0x10);
  }

  static TpmtPublic parse(Bytes area) {
    try {
      return TpmtPublic.parse(area);
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }
}
