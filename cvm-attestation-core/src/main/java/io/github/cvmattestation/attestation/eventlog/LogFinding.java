package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.FindingCode;

/** Why an event log was refused. */
public enum LogFinding implements FindingCode {
  /** There is no log: no bytes, or nothing but padding. */
  LOG_EMPTY("TCG PFP §10.4.5.1"),
  /** The log, or one of its events, is larger than any that is read. */
  LOG_LIMIT("TCG PFP §10.2.2, eventSize"),
  /** The log is in neither the crypto-agile format nor the older one of SHA-1, to its last byte. */
  LOG_FORMAT("TCG PFP §10.2 and §10.4.5.1; UEFI 2.10 §38.1"),
  /** An event names a register that does not exist or that nobody extends. */
  LOG_INDEX("UEFI 2.10 §38.4.1; TCG PFP §10.2.2, pcrIndex"),
  /** The log has no digests of the algorithm that the registers extend with. */
  LOG_BANK("TCG PFP §10.4.5.1, digestSizes"),
  /** The events do not add up to the value of a register. */
  LOG_REPLAY("TPM 2.0 Part 1 §17.3; Intel TDX Module ABI, TDG.MR.RTMR.EXTEND"),
  /** Event data of a kind that is measured as it stands is not what was measured. */
  LOG_DATA("TCG PFP §10.4.1"),
  /** A register was closed twice, with a failure, or under the name of something else. */
  LOG_SEPARATOR("TCG PFP §10.4.1, EV_SEPARATOR"),
  /** PCR 12 to 14 report a Windows boot, but not in events that can all be read and believed. */
  WINDOWS_LOG("TCG PFP §10.4.2.1; Windows SDK, wbcl.h"),
  /** There is no IMA log, or the register holds its initial value: nothing was measured. */
  IMA_EMPTY("Linux, Documentation/security/IMA-templates.rst"),
  /** The IMA log, or one of its entries, is larger than any that is read. */
  IMA_LIMIT("Linux, security/integrity/ima/ima_fs.c"),
  /** The IMA log is in neither of the kernel's two formats, or has a template that is not known. */
  IMA_FORMAT("Linux, Documentation/security/IMA-templates.rst"),
  /** PCR 10 is not among the registers. */
  IMA_REGISTER("Linux, CONFIG_IMA_MEASURE_PCR_IDX"),
  /** The template hash in an IMA entry is not the hash of the entry's data. */
  IMA_TEMPLATE("Linux, ima_calc_field_array_hash_tfm"),
  /** No beginning of the IMA log adds up to the value of PCR 10. */
  IMA_REPLAY("TPM 2.0 Part 1 §17.3"),
  /** The kernel could not measure a file that was open for writing: its contents are unknown. */
  IMA_VIOLATION("Linux, Documentation/ABI/testing/ima_policy; ima_add_violation"),
  /** The IMA log does not begin with the boot that the other registers tell of. */
  IMA_BOOT_AGGREGATE("Linux, ima_calc_boot_aggregate_tfm");

  private final String clause;

  LogFinding(String clause) {
    this.clause = clause;
  }

  @Override
  public String clause() {
    return clause;
  }
}
