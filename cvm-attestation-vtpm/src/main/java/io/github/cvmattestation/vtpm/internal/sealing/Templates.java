package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.vtpm.StorageParent;

/** Public areas from which the TPM makes objects (TPM 2.0 Part 2, section 12.2.4). */
public final class Templates {
  private static final int RSA = 0x0001;
  private static final int AES = 0x0006;
  private static final int KEYEDHASH = 0x0008;
  private static final int NULL = 0x0010;
  private static final int ECC = 0x0023;
  private static final int CFB = 0x0043;
  private static final int P256 = 0x0003;

  /** fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, restricted, decrypt. */
  private static final int STORAGE = 0x0003_0072;

  /** fixedTPM, fixedParent: userWithAuth would let the empty password in past the policy. */
  private static final int SEALED = 0x0000_0012;

  /** noDA: without a PIN there is nothing to guess, and the lockout of others is no concern. */
  private static final int NO_DA = 0x0000_0400;

  /** fixedTPM, fixedParent, sensitiveDataOrigin, noDA, decrypt: Azure's ephemeral key. */
  private static final int EPHEMERAL = 0x0002_0432;

  private Templates() {}

  /** As systemd before version 254 makes its primary key; see {@link StorageParent}. */
  static byte[] storage(StorageParent parent) {
    boolean rsa = parent instanceof StorageParent.RsaPrimary;
    TpmOutput out = start(rsa ? RSA : ECC, STORAGE, Bytes.empty());
    out.u16(AES).u16(128).u16(CFB).u16(NULL);
    return rsa
        ? out.u16(2048).u32(0).u16(0).toArray()
        : out.u16(P256).u16(NULL).u16(0).u16(0).toArray();
  }

  /** Sealed data that {@code authPolicy} releases. */
  public static byte[] sealed(Bytes authPolicy, boolean hasPin) {
    return start(KEYEDHASH, hasPin ? SEALED : SEALED | NO_DA, authPolicy)
        .u16(NULL)
        .u16(0)
        .toArray();
  }

  /** A decryption key, RSA-2048, whose use {@code authPolicy} allows. */
  public static byte[] ephemeral(Bytes authPolicy) {
    TpmOutput out = start(RSA, EPHEMERAL, authPolicy);
    return out.u16(NULL).u16(NULL).u16(2048).u32(0).u16(0).toArray();
  }

  private static TpmOutput start(int type, int attributes, Bytes authPolicy) {
    return new TpmOutput()
        .u16(type)
        .u16(HashAlgorithm.SHA256.id())
        .u32(attributes)
        .sized16(authPolicy);
  }
}
