package io.github.cvmattestation.attestation.crypto;

import java.util.Optional;

/**
 * The hash algorithms of TPMs, of register banks and of event logs, by TPM_ALG_ID (TPM 2.0 Part 2,
 * section 6.3). There is no other: an unknown one is refused where it is read.
 */
public enum HashAlgorithm {
  /** SHA-1: recognised, so that it can be refused by name and old logs can be replayed. */
  SHA1(0x0004, 20, "SHA-1", "sha1"),
  /** SHA-256. */
  SHA256(0x000B, 32, "SHA-256", "sha256"),
  /** SHA-384: the only one of Intel TDX. */
  SHA384(0x000C, 48, "SHA-384", "sha384"),
  /** SHA-512. */
  SHA512(0x000D, 64, "SHA-512", "sha512");

  private final int id;
  private final int digestSize;
  private final String jcaName;
  private final String bankName;

  HashAlgorithm(int id, int digestSize, String jcaName, String bankName) {
    this.id = id;
    this.digestSize = digestSize;
    this.jcaName = jcaName;
    this.bankName = bankName;
  }

  /** The TPM_ALG_ID. */
  public int id() {
    return id;
  }

  /** The size of a digest, and of a register in a bank of this algorithm, in bytes. */
  public int digestSize() {
    return digestSize;
  }

  /** The name that the JCA uses, such as {@code SHA-384}. */
  public String jcaName() {
    return jcaName;
  }

  /** The name that tools give the bank, such as {@code sha384}. */
  public String bankName() {
    return bankName;
  }

  /** Whether collisions are practical, so that no signature or PCR made with it proves anything. */
  public boolean isWeak() {
    return this == SHA1;
  }

  /** The algorithm that {@code bankName} names, if it is one of these. */
  public static Optional<HashAlgorithm> ofBankName(String bankName) {
    for (HashAlgorithm algorithm : values()) {
      if (algorithm.bankName.equals(bankName)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  /** The algorithm with this TPM_ALG_ID, if it is one of these. */
  public static Optional<HashAlgorithm> ofId(int id) {
    for (HashAlgorithm algorithm : values()) {
      if (algorithm.id == id) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }
}
