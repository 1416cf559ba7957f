package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.ByteReader;

/** TPM_ALG_ID values (TPM 2.0 Part 2, section 6.3) and sizes that several structures use. */
final class AlgorithmIds {
  static final int RSA = 0x0001;
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
  static final int CFB = 0x0043;

  /** Modulus or signature: 8192 bits. */
  static final int MAX_RSA_BYTES = 1024;

  /** A coordinate on P-521, the largest curve that is recognised. */
  static final int MAX_ECC_BYTES = 66;

  private AlgorithmIds() {}

  /** Reads a TPMI_ALG_HASH (Part 2, section 9.27): two bytes, one of the known algorithms. */
  static HashAlgorithm readHash(ByteReader in, String field) throws MalformedException {
    int id = in.u16(field);
    return HashAlgorithm.ofId(id)
        .orElseThrow(
            () ->
                in.malformed(field, "SHA-1, SHA-256, SHA-384 or SHA-512", "0x%04x".formatted(id)));
  }
}
