package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * A secret sealed from afar: an object made without a TPM that only one TPM can import, by the
 * public area of a storage key in it (TPM 2.0 Part 1, section 23.3; Part 3, section 13.3).
 *
 * <p>Who has the public area alone can do this, so that nothing is known of the secret's origin: it
 * is confidential, and the TPM vouches for nothing.
 *
 * @param publicArea the object's, for TPM2_Import and TPM2_Load
 * @param duplicate the contents of the TPM2B_PRIVATE for TPM2_Import
 * @param inSymSeed the contents of its TPM2B_ENCRYPTED_SECRET
 */
public record TpmDuplicate(TpmtPublic publicArea, Bytes duplicate, Bytes inSymSeed) {
  /** MAX_SYM_DATA (TPM 2.0 Part 2, annex on implementation values): what a TPM seals, in bytes. */
  public static final int MAX_DATA = 128;

  /** noDA alone: an imported object is not fixed, and userWithAuth would pass by the policy. */
  private static final long SEALED = 1L << 10;

  /**
   * Seals {@code data} to the TPM that has {@code parent}.
   *
   * @param parent the public area of a storage key, believed for reasons of the caller's
   * @param data 1 to {@value #MAX_DATA} bytes; the caller clears them
   * @param authPolicy what has to hold when the secret is unsealed
   * @throws AttestationException.Configuration if the key cannot protect it, the data has another
   *     size, or the policy is empty or of SHA-1
   */
  public static TpmDuplicate seal(TpmtPublic parent, byte[] data, PolicyDigest authPolicy) {
    if (data.length == 0 || data.length > MAX_DATA) {
      throw new AttestationException.Configuration(
          "a TPM seals no %d bytes".formatted(data.length),
          "seal a key of at most %d bytes, and encrypt the rest with it".formatted(MAX_DATA));
    }
    if (authPolicy.value().isZero()) {
      throw new AttestationException.Configuration(
          "a secret without a policy", "say under which PCRs, or whose approval, it opens");
    }
    HashAlgorithm nameAlg = authPolicy.algorithm();
    if (nameAlg.isWeak()) {
      throw new AttestationException.Configuration(
          "a policy of " + nameAlg.bankName(), "compute the policy with SHA-256 or stronger");
    }
    byte[] seedValue = new byte[nameAlg.digestSize()];
    new SecureRandom().nextBytes(seedValue);
    byte[] sensitive = sensitive(seedValue, data);
    try {
      TpmtPublic area = area(nameAlg, authPolicy, unique(nameAlg, seedValue, data));
      OuterWrap wrap = OuterWrap.of(parent, SharedSecret.Purpose.DUPLICATE, area.name(), sensitive);
      return new TpmDuplicate(area, wrap.wrapped(), wrap.encryptedSeed());
    } finally {
      Arrays.fill(sensitive, (byte) 0);
      Arrays.fill(seedValue, (byte) 0);
    }
  }

  /** TPM2B_SENSITIVE (Part 2, section 12.3.2.5): no authValue. */
  private static byte[] sensitive(byte[] seedValue, byte[] data) {
    byte[] inner =
        new TpmWriter().u16(AlgorithmIds.KEYEDHASH).u16(0).sized(seedValue).sized(data).take();
    try {
      return new TpmWriter().sized(inner).take();
    } finally {
      Arrays.fill(inner, (byte) 0);
    }
  }

  /** What binds the data to the public area (Part 1, section 27.5.3.2). */
  private static Bytes unique(HashAlgorithm nameAlg, byte[] seedValue, byte[] data) {
    MessageDigest digest = Digests.create(nameAlg.jcaName());
    digest.update(seedValue);
    return Bytes.of(digest.digest(data));
  }

  private static TpmtPublic area(HashAlgorithm nameAlg, PolicyDigest policy, Bytes unique) {
    byte[] encoded =
        new TpmWriter()
            .u16(AlgorithmIds.KEYEDHASH)
            .u16(nameAlg.id())
            .u32(SEALED)
            .sized(policy.value())
            .u16(AlgorithmIds.NULL)
            .sized(unique)
            .take();
    try {
      return TpmtPublic.parse(Bytes.of(encoded));
    } catch (MalformedException e) {
      throw new IllegalStateException("a public area of our own does not parse", e);
    }
  }
}
