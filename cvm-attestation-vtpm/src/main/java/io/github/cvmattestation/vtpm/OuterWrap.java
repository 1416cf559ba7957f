package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.vtpm.internal.Kdf;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The protection that credentials and duplicates share: encrypted for an object's Name, then HMACed
 * with it, under keys that follow from a seed (TPM 2.0 Part 1, sections 23.3.2.3 and 24.4).
 *
 * @param encryptedSeed the contents of a TPM2B_ENCRYPTED_SECRET
 * @param wrapped the contents of a TPM2B_ID_OBJECT or TPM2B_PRIVATE: integrity, then the rest
 */
record OuterWrap(Bytes encryptedSeed, Bytes wrapped) {
  private static final byte[] NOTHING = {};
  private static final int AES_BLOCK = 16;

  /**
   * Wraps {@code plain} so that only the TPM which has {@code parent} opens it, for the object with
   * {@code name} alone.
   *
   * @throws AttestationException.Configuration unless {@code parent} is a storage key with AES that
   *     cannot leave its TPM, RSA as strong as an attestation key's or on P-256 or P-384
   */
  static OuterWrap of(TpmtPublic parent, SharedSecret.Purpose purpose, Bytes name, byte[] plain) {
    int keyBits = storageKeyBits(parent);
    HashAlgorithm hash = parent.nameAlg();
    SharedSecret seed = SharedSecret.to(parent, purpose);
    byte[] symmetric = Kdf.kdfa(hash, seed.value(), "STORAGE", name.toArray(), NOTHING, keyBits);
    byte[] integrity =
        Kdf.kdfa(hash, seed.value(), "INTEGRITY", NOTHING, NOTHING, 8 * hash.digestSize());
    try {
      byte[] encrypted = encrypt(symmetric, plain);
      byte[] hmac = Kdf.hmac(hash, integrity, encrypted, name.toArray());
      return new OuterWrap(
          Bytes.of(seed.encrypted()), Bytes.of(new TpmWriter().sized(hmac).raw(encrypted).take()));
    } finally {
      seed.wipe();
      Arrays.fill(symmetric, (byte) 0);
      Arrays.fill(integrity, (byte) 0);
    }
  }

  /**
   * Whoever has no symmetric algorithm of its own protects nothing (Part 1, section 23.3), and what
   * was imported, or can be exported, may be known outside the TPM.
   */
  private static int storageKeyBits(TpmtPublic parent) {
    Optional<TpmtPublic.Symmetric> symmetric = Optional.empty();
    if (parent.parameters() instanceof TpmtPublic.Rsa rsa) {
      symmetric = rsa.symmetric();
    } else if (parent.parameters() instanceof TpmtPublic.Ecc ecc) {
      symmetric = ecc.symmetric();
    }
    if (symmetric.isEmpty()
        || !parent.has(
            ObjectAttribute.FIXED_TPM,
            ObjectAttribute.FIXED_PARENT,
            ObjectAttribute.SENSITIVE_DATA_ORIGIN,
            ObjectAttribute.RESTRICTED,
            ObjectAttribute.DECRYPT)
        || parent.has(ObjectAttribute.SIGN)) {
      throw unfit("not a storage key: " + parent.objectAttributes().stream().sorted().toList());
    }
    requireStrength(parent);
    return symmetric.get().keyBits();
  }

  /** A paravisor may publish a modulus of zeros, and an attacker a short one. */
  private static void requireStrength(TpmtPublic parent) {
    if (parent.nameAlg().isWeak()) {
      throw unfit("a key whose Name is of " + parent.nameAlg().bankName());
    }
    try {
      if (parent.parameters() instanceof TpmtPublic.Rsa rsa) {
        if (rsa.effectiveExponent() != PublicKeyInfo.F4.longValueExact()) {
          throw unfit("a key with another exponent than 65537");
        }
        PublicKeyInfo.rsa(new BigInteger(1, rsa.modulus().toArray()));
      } else if (parent.parameters() instanceof TpmtPublic.Ecc ecc) {
        SharedSecret.requireOnCurve(ecc);
      }
    } catch (MalformedException e) {
      throw unfit("a key that protects nothing: " + e.problem());
    }
  }

  private static AttestationException.Configuration unfit(String problem) {
    return new AttestationException.Configuration(
        problem, "use the public area of a storage root key or an endorsement key");
  }

  private static byte[] encrypt(byte[] key, byte[] plain) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CFB/NoPadding");
      // A key of its own for each seed, hence no initialisation vector (Part 1, section 24.4).
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(key, "AES"),
          new IvParameterSpec(new byte[AES_BLOCK]));
      return cipher.doFinal(plain);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks AES in CFB mode", e);
    }
  }
}
