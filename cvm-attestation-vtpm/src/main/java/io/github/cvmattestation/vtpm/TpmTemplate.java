package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A TPMT_PUBLIC to make an object after, nameAlg SHA-256 (TPM 2.0 Part 2, section 12.2.4). The same
 * template and the same seed make the same primary key.
 *
 * @param encoded the TPMT_PUBLIC; {@code unique} may have another size than in a finished one
 */
public record TpmTemplate(Bytes encoded) {
  /** PolicySecret(TPM_RH_ENDORSEMENT) (TCG EK Credential Profile 2.5, B.6.2, PolicyA). */
  private static final Bytes POLICY_A =
      Bytes.ofHex("837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa");

  private static final Optional<TpmtPublic.Symmetric> AES_128 =
      Optional.of(new TpmtPublic.Symmetric(128));
  private static final int RSA_2048 = 2048;

  /** An attestation key: RSA-2048, RSASSA with SHA-256, restricted to what the TPM composes. */
  public static TpmTemplate attestationKey() {
    Set<ObjectAttribute> attributes = storageAttributes(ObjectAttribute.SIGN);
    Optional<TpmtPublic.Scheme> scheme = scheme(AlgorithmIds.RSASSA);
    return rsa(attributes, Bytes.empty(), Optional.empty(), scheme, 0, Bytes.zeros(256));
  }

  /** The storage root key, RSA-2048 (TCG TPM v2.0 Provisioning Guidance, 7.5.1). */
  public static TpmTemplate storageRootRsa() {
    Set<ObjectAttribute> attributes = storageAttributes(ObjectAttribute.DECRYPT);
    return rsa(attributes, Bytes.empty(), AES_128, Optional.empty(), 0, Bytes.zeros(256));
  }

  /** The storage root key on P-256 (TCG TPM v2.0 Provisioning Guidance, 7.5.1). */
  public static TpmTemplate storageRootEcc() {
    Set<ObjectAttribute> attributes = storageAttributes(ObjectAttribute.DECRYPT);
    return ecc(attributes, AES_128, Optional.empty(), Bytes.zeros(32));
  }

  /** The parent of systemd's older tokens: P-256, empty unique, under lockout protection. */
  public static TpmTemplate legacyStorageParent() {
    Set<ObjectAttribute> attributes = storageAttributes(ObjectAttribute.DECRYPT);
    attributes.remove(ObjectAttribute.NO_DA);
    return ecc(attributes, AES_128, Optional.empty(), Bytes.empty());
  }

  /** The endorsement key, RSA-2048 low range (TCG EK Credential Profile 2.5, B.3.3, L-1). */
  public static TpmTemplate endorsementKey() {
    Set<ObjectAttribute> attributes = storageAttributes(ObjectAttribute.DECRYPT);
    attributes.remove(ObjectAttribute.USER_WITH_AUTH);
    attributes.remove(ObjectAttribute.NO_DA);
    attributes.add(ObjectAttribute.ADMIN_WITH_POLICY);
    return rsa(attributes, POLICY_A, AES_128, Optional.empty(), 0, Bytes.zeros(256));
  }

  /**
   * Data that only {@code authPolicy} opens: userWithAuth is clear, or the empty password would.
   */
  public static TpmTemplate sealed(Bytes authPolicy) {
    requirePolicy(authPolicy);
    Set<ObjectAttribute> attributes =
        EnumSet.of(ObjectAttribute.FIXED_TPM, ObjectAttribute.FIXED_PARENT, ObjectAttribute.NO_DA);
    return new TpmTemplate(
        Bytes.of(
            head(AlgorithmIds.KEYEDHASH, attributes, authPolicy)
                .u16(AlgorithmIds.NULL)
                .u16(0)
                .take()));
  }

  /** An RSA-2048 key that decrypts under {@code authPolicy} alone; the caller names the scheme. */
  public static TpmTemplate ephemeralRsa(Bytes authPolicy) {
    requirePolicy(authPolicy);
    Set<ObjectAttribute> attributes = storageAttributes(ObjectAttribute.DECRYPT);
    attributes.remove(ObjectAttribute.RESTRICTED);
    attributes.remove(ObjectAttribute.USER_WITH_AUTH);
    return rsa(attributes, authPolicy, Optional.empty(), Optional.empty(), 0, Bytes.empty());
  }

  /** An RSA-2048 template, or a whole public key if {@code unique} is a modulus. */
  public static TpmTemplate rsa(
      Set<ObjectAttribute> attributes,
      Bytes authPolicy,
      Optional<TpmtPublic.Symmetric> symmetric,
      Optional<TpmtPublic.Scheme> scheme,
      long exponent,
      Bytes unique) {
    TpmWriter out = head(AlgorithmIds.RSA, attributes, authPolicy);
    write(out, symmetric);
    Wire.write(out, scheme);
    int bits = unique.isEmpty() ? RSA_2048 : 8 * unique.size();
    return new TpmTemplate(Bytes.of(out.u16(bits).u32(exponent).sized(unique).take()));
  }

  /** A P-256 template with {@code unique} as both coordinates. */
  private static TpmTemplate ecc(
      Set<ObjectAttribute> attributes,
      Optional<TpmtPublic.Symmetric> symmetric,
      Optional<TpmtPublic.Scheme> scheme,
      Bytes unique) {
    TpmWriter out = head(AlgorithmIds.ECC, attributes, Bytes.empty());
    write(out, symmetric);
    Wire.write(out, scheme);
    out.u16(TpmtPublic.EccCurve.P256.id()).u16(AlgorithmIds.NULL).sized(unique).sized(unique);
    return new TpmTemplate(Bytes.of(out.take()));
  }

  /** This template as a finished public area. */
  public TpmtPublic toPublic() throws MalformedException {
    return TpmtPublic.parse(encoded);
  }

  private static TpmWriter head(int type, Set<ObjectAttribute> attributes, Bytes authPolicy) {
    long bits = 0;
    for (ObjectAttribute attribute : attributes) {
      bits |= 1L << attribute.bit();
    }
    return new TpmWriter().u16(type).u16(HashAlgorithm.SHA256.id()).u32(bits).sized(authPolicy);
  }

  private static void write(TpmWriter out, Optional<TpmtPublic.Symmetric> symmetric) {
    if (symmetric.isEmpty()) {
      out.u16(AlgorithmIds.NULL);
    } else {
      out.u16(AlgorithmIds.AES).u16(symmetric.get().keyBits()).u16(AlgorithmIds.CFB);
    }
  }

  private static Optional<TpmtPublic.Scheme> scheme(int algorithm) {
    return Optional.of(new TpmtPublic.Scheme(algorithm, Optional.of(HashAlgorithm.SHA256)));
  }

  private static void requirePolicy(Bytes authPolicy) {
    if (authPolicy.size() != HashAlgorithm.SHA256.digestSize()) {
      throw new IllegalArgumentException("a policy is a SHA-256 digest, not " + authPolicy);
    }
  }

  private static Set<ObjectAttribute> storageAttributes(ObjectAttribute use) {
    return EnumSet.of(
        use,
        ObjectAttribute.FIXED_TPM,
        ObjectAttribute.FIXED_PARENT,
        ObjectAttribute.SENSITIVE_DATA_ORIGIN,
        ObjectAttribute.USER_WITH_AUTH,
        ObjectAttribute.NO_DA,
        ObjectAttribute.RESTRICTED);
  }
}
