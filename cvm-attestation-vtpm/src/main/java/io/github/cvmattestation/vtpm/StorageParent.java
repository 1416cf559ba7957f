package io.github.cvmattestation.vtpm;

/** A storage key in a TPM: what protects the secrets that are sealed under it. */
public sealed interface StorageParent {
  /**
   * A primary key of the owner hierarchy on P-256, made from the hierarchy's seed whenever it is
   * needed: there is nothing to keep, and it is always the same key. Its template is that of the
   * storage root key (TCG TPM v2.0 Provisioning Guidance, section 7.5.1), attributes 0x00030472. It
   * has noDA, so that others' wrong guesses do not lock it.
   */
  record EccPrimary() implements StorageParent {}

  /** The same with RSA-2048, for TPMs that lack the curve. */
  record RsaPrimary() implements StorageParent {}

  /**
   * As {@code systemd-cryptenroll} before version 254 made it, on P-256: attributes 0x00030072,
   * which lack noDA, and empty unique. For its tokens alone: a TPM that is locked after wrong
   * guesses, whoever made them, does not let it be used.
   */
  record LegacyEccPrimary() implements StorageParent {}

  /** The same with RSA-2048. */
  record LegacyRsaPrimary() implements StorageParent {}

  /**
   * A key that stays in the TPM, such as the SRK 0x81000001. Needs no authorisation of the owner
   * hierarchy, where that has a password.
   *
   * @param handle of one of the owner's persistent objects (TPM 2.0 Part 2, section 7.5, and the
   *     TCG registry of reserved handles): 0x81000000 to 0x817FFFFF
   */
  record Persistent(int handle) implements StorageParent {
    private static final long FIRST = 0x8100_0000L;
    private static final long LAST = 0x817F_FFFFL;

    public Persistent {
      if (!isOwners(Integer.toUnsignedLong(handle))) {
        throw new IllegalArgumentException(
            "not an owner's persistent object: %08x".formatted(handle));
      }
    }

    /** Whether {@code handle} is one of the owner's persistent objects. */
    public static boolean isOwners(long handle) {
      return handle >= FIRST && handle <= LAST;
    }
  }
}
