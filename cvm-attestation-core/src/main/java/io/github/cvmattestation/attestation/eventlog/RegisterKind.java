package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.Arrays;

/** The measurement registers that a log tells the history of. */
public enum RegisterKind {
  /**
   * RTMR0 to RTMR3 of an Intel TD, as its CCEL table records them: log index 1 is RTMR0, and so on
   * (UEFI 2.10 §38.4.1). Index 0 is MRTD, which is complete before the guest runs and never
   * extended by it. SHA-384 only.
   */
  RTMR(4, 1),
  /** PCR 0 to 23 of a PC client's TPM (TCG PC Client Platform TPM Profile). */
  PCR(24, 0);

  /** PCR 17 to 22 belong to a dynamic launch and start with all bits set (PC Client PTP §4.6.2). */
  private static final int FIRST_DYNAMIC = 17;

  private static final int LAST_DYNAMIC = 22;

  /** PCR 0 to 7 are the firmware's (TCG PFP §3.3.4). */
  private static final int FIRMWARE_PCRS = 8;

  private final int count;
  private final int firstLogIndex;

  RegisterKind(int count, int firstLogIndex) {
    this.count = count;
    this.firstLogIndex = firstLogIndex;
  }

  /** How many registers there are; they are numbered from 0. */
  public int count() {
    return count;
  }

  /** What people call a register, such as {@code RTMR0} or {@code PCR7}. */
  public String label(int register) {
    return name() + register;
  }

  /** Whether registers of this kind exist in a bank of {@code algorithm}. */
  public boolean has(HashAlgorithm algorithm) {
    return this == PCR || algorithm == HashAlgorithm.SHA384;
  }

  /** What a register holds before anything is extended into it. */
  Bytes initial(int register, HashAlgorithm algorithm) {
    byte[] value = new byte[algorithm.digestSize()];
    if (this == PCR && register >= FIRST_DYNAMIC && register <= LAST_DYNAMIC) {
      Arrays.fill(value, (byte) 0xFF);
    }
    return Bytes.of(value);
  }

  /** The register that events with this index extend; -1 for an index that extends nothing. */
  int register(long logIndex) {
    long register = logIndex - firstLogIndex;
    return register >= 0 && register < count ? (int) register : -1;
  }

  /** Whether the index may stand in an event that extends nothing (EV_NO_ACTION). */
  boolean knows(long logIndex) {
    return logIndex < firstLogIndex + count;
  }

  /**
   * Whether the log lies in a memory area larger than itself. The CCEL table gives the length of
   * the area; a TPM's log is handed over in its exact length.
   */
  boolean padded() {
    return this == RTMR;
  }

  /** Whether there are logs of this kind from before the crypto-agile format. */
  boolean hasLegacyLogs() {
    return this == PCR;
  }

  /**
   * Whether the firmware is done with this register once it has closed it. PCR 4, 5 and 7 go on for
   * a while; RTMRs hold several PCRs each, whose separators are merged into one.
   */
  boolean endsAtSeparator(int register) {
    return this == PCR && (register <= 3 || register == 6);
  }

  /** Whether the boot loader is done with this register when it exits boot services. */
  boolean endsAtExit(int register) {
    return this == PCR && (register == 4 || register == 5);
  }

  /** Whether the firmware closes this register with one EV_SEPARATOR. */
  boolean separated(int register) {
    return this == RTMR || register < FIRMWARE_PCRS;
  }
}
