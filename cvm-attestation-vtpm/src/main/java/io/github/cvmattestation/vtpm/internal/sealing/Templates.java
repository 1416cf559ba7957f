package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.vtpm.ObjectAttribute;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import io.github.cvmattestation.vtpm.TpmHandle;
import io.github.cvmattestation.vtpm.TpmObject;
import io.github.cvmattestation.vtpm.TpmTemplate;
import io.github.cvmattestation.vtpm.TpmtPublic;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Objects of sealing that have templates of their own (TPM 2.0 Part 2, section 12.2.4). */
public final class Templates {
  private static final int KEYEDHASH = 0x0008;
  private static final int NULL = 0x0010;

  /** fixedTPM, fixedParent: userWithAuth would let the empty password in past the policy. */
  private static final long GUESSES_COUNT = 0x0000_0012;

  /** Attributes of systemd's older parents: 0x00030072. */
  private static final Set<ObjectAttribute> STORAGE =
      EnumSet.of(
          ObjectAttribute.FIXED_TPM,
          ObjectAttribute.FIXED_PARENT,
          ObjectAttribute.SENSITIVE_DATA_ORIGIN,
          ObjectAttribute.USER_WITH_AUTH,
          ObjectAttribute.RESTRICTED,
          ObjectAttribute.DECRYPT);

  private Templates() {}

  /** The storage key that {@code parent} describes; its owner closes it. */
  public static TpmObject parent(Tpm tpm, StorageParent parent) {
    if (parent instanceof StorageParent.Persistent persistent) {
      return tpm.keys().persistent(Integer.toUnsignedLong(persistent.handle()));
    }
    TpmTemplate template;
    if (parent instanceof StorageParent.EccPrimary) {
      template = TpmTemplate.storageRootEcc();
    } else if (parent instanceof StorageParent.RsaPrimary) {
      template = TpmTemplate.storageRootRsa();
    } else if (parent instanceof StorageParent.LegacyEccPrimary) {
      template = TpmTemplate.legacyStorageParent();
    } else {
      template = legacyRsa();
    }
    return tpm.keys().createPrimary(TpmHandle.OWNER, TpmAuth.empty(), template);
  }

  private static TpmTemplate legacyRsa() {
    Optional<TpmtPublic.Symmetric> aes = Optional.of(new TpmtPublic.Symmetric(128));
    return TpmTemplate.rsa(STORAGE, Bytes.empty(), aes, Optional.empty(), 0, Bytes.empty());
  }

  /**
   * Sealed data that {@code authPolicy} releases.
   *
   * @param guessesCount whether wrong authorisation values count for the TPM's lockout. Without a
   *     PIN there is nothing to guess, and the lockout of others is no concern
   */
  public static TpmTemplate sealed(Bytes authPolicy, boolean guessesCount) {
    if (!guessesCount) {
      return TpmTemplate.sealed(authPolicy);
    }
    TpmWriter out = new TpmWriter().u16(KEYEDHASH).u16(HashAlgorithm.SHA256.id());
    out.u32(GUESSES_COUNT).sized(authPolicy).u16(NULL).u16(0);
    return new TpmTemplate(Bytes.of(out.take()));
  }
}
