package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;

/** Hash algorithms by their TPM_ALG_ID (TPM 2.0 Part 2, section 6.3); others are refused. */
public enum HashAlgorithm {
  /** SHA-1: recognised, so that it can be refused by name; nothing is ever verified with it. */
  SHA1(0x0004, 20, "SHA-1"),
  /** SHA-256. */
  SHA256(0x000B, 32, "SHA-256"),
  /** SHA-384. */
  SHA384(0x000C, 48, "SHA-384"),
  /** SHA-512. */
  SHA512(0x000D, 64, "SHA-512");

  private final int id;
  private final int digestSize;
  private final String jcaName;

  HashAlgorithm(int id, int digestSize, String jcaName) {
    this.id = id;
    this.digestSize = digestSize;
    this.jcaName = jcaName;
  }

  /** The TPM_ALG_ID. */
  public int id() {
    return id;
  }

  /** The size of a digest, and of a PCR in a bank of this algorithm, in bytes. */
  public int digestSize() {
    return digestSize;
  }

  /** The name that the JCA uses, such as {@code SHA-256}. */
  public String jcaName() {
    return jcaName;
  }

  /** The name that TPM tools give the PCR bank, such as {@code sha256}. */
  public String bankName() {
    return switch (this) {
      case SHA1 -> "sha1";
      case SHA256 -> "sha256";
      case SHA384 -> "sha384";
      case SHA512 -> "sha512";
    };
  }

  /** Whether collisions are practical, so that no signature or PCR made with it proves anything. */
  public boolean isWeak() {
    return this == SHA1;
  }

  /** Reads a TPMI_ALG_HASH (Part 2, section 9.27): two bytes, one of the algorithms above. */
  static HashAlgorithm read(ByteReader in, String field) throws MalformedException {
    int id = in.u16(field);
    for (HashAlgorithm algorithm : values()) {
      if (algorithm.id == id) {
        return algorithm;
      }
    }
    throw in.malformed(field, "SHA-1, SHA-256, SHA-384 or SHA-512", "0x%04x".formatted(id));
  }
}
