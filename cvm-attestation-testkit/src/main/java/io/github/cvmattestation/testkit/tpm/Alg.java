package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import org.jspecify.annotations.Nullable;

/** TPM_ALG_ID: the algorithms of this TPM but the hashes (Part 2, section 6.3). */
final class Alg {
  static final int RSA = 0x0001;
  static final int HMAC = 0x0005;
  static final int AES = 0x0006;
  static final int MGF1 = 0x0007;
  static final int KEYEDHASH = 0x0008;
  static final int NULL = 0x0010;
  static final int RSASSA = 0x0014;
  static final int RSAES = 0x0015;
  static final int RSAPSS = 0x0016;
  static final int OAEP = 0x0017;
  static final int ECDSA = 0x0018;
  static final int ECDH = 0x0019;
  static final int KDF1_SP800_56A = 0x0020;
  static final int KDF1_SP800_108 = 0x0022;
  static final int ECC = 0x0023;
  static final int CTR = 0x0040;
  static final int OFB = 0x0041;
  static final int CBC = 0x0042;
  static final int CFB = 0x0043;
  static final int ECB = 0x0044;

  private Alg() {}

  /** TPMI_ALG_HASH: one of the four, else TPM_RC_HASH. */
  static HashAlgorithm readHash(TpmReader in) {
    return HashAlgorithm.ofId(in.u16()).orElseThrow(() -> in.error(Rc.HASH));
  }

  /** TPMI_ALG_HASH+: null for TPM_ALG_NULL. */
  static @Nullable HashAlgorithm readHashOrNull(TpmReader in) {
    int id = in.u16();
    return id == NULL ? null : HashAlgorithm.ofId(id).orElseThrow(() -> in.error(Rc.HASH));
  }

  static int id(@Nullable HashAlgorithm hash) {
    return hash == null ? NULL : hash.id();
  }
}
