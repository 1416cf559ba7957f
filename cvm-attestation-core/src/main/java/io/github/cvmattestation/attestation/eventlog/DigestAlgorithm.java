package io.github.cvmattestation.attestation.eventlog;

import java.util.Optional;

/** The hash algorithms of a log and of register banks, by TPM_ALG_ID (TPM 2.0 Part 2, §6.3). */
public enum DigestAlgorithm {
  /** SHA-1: replayed where asked for; what it proves is for a policy to say. */
  SHA1(0x0004, 20, "SHA-1", "sha1"),
  /** SHA-256. */
  SHA256(0x000B, 32, "SHA-256", "sha256"),
  /** SHA-384: the only one of Intel TDX. */
  SHA384(0x000C, 48, "SHA-384", "sha384"),
  /** SHA-512. */
  SHA512(0x000D, 64, "SHA-512", "sha512");

  private final int id;
  private final int size;
  private final String jcaName;
  private final String bankName;

  DigestAlgorithm(int id, int size, String jcaName, String bankName) {
    this.id = id;
    this.size = size;
    this.jcaName = jcaName;
    this.bankName = bankName;
  }

  /** The TPM_ALG_ID. */
  public int id() {
    return id;
  }

  /** The size of a digest, and of a register of this algorithm, in bytes. */
  public int size() {
    return size;
  }

  /** The name that the JCA uses, such as {@code SHA-384}. */
  public String jcaName() {
    return jcaName;
  }

  /** The name that tools give the bank, such as {@code sha384}. */
  public String bankName() {
    return bankName;
  }

  /** The algorithm that {@code bankName} names, if it is one of these. */
  public static Optional<DigestAlgorithm> ofBankName(String bankName) {
    for (DigestAlgorithm algorithm : values()) {
      if (algorithm.bankName.equals(bankName)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  /** The algorithm with this TPM_ALG_ID, if it is one of these. */
  static Optional<DigestAlgorithm> ofId(int id) {
    for (DigestAlgorithm algorithm : values()) {
      if (algorithm.id == id) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }
}
