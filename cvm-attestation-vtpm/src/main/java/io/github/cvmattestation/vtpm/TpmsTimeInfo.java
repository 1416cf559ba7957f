package io.github.cvmattestation.vtpm;

/**
 * TPMS_TIME_INFO (TPM 2.0 Part 2, section 10.11.6).
 *
 * @param time milliseconds since the TPM was last powered, unsigned
 * @param clockInfo clock and counters
 */
public record TpmsTimeInfo(long time, TpmsClockInfo clockInfo) {}
