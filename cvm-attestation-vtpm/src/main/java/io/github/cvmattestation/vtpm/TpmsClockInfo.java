package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;

/**
 * TPMS_CLOCK_INFO (TPM 2.0 Part 2, section 10.11.1). Plain values where the key is in the
 * endorsement hierarchy; the two counts are obfuscated for other keys (Part 1, section 36).
 *
 * @param clock milliseconds that the TPM was powered, unsigned
 * @param resetCount TPM resets since the last TPM2_Clear, unsigned 32 bits
 * @param restartCount restarts and resumes since the last reset, unsigned 32 bits
 * @param safe false if a larger {@code clock} may already have been reported: after an unorderly
 *     shutdown, until the clock is past that doubt
 */
public record TpmsClockInfo(long clock, long resetCount, long restartCount, boolean safe) {
  static TpmsClockInfo read(ByteReader in) throws MalformedException {
    long clock = in.u64("clockInfo.clock");
    long resetCount = in.u32("clockInfo.resetCount");
    long restartCount = in.u32("clockInfo.restartCount");
    int safe = in.u8("clockInfo.safe");
    if (safe > 1) {
      throw in.malformed("clockInfo.safe", "0 or 1 (TPMI_YES_NO)", String.valueOf(safe));
    }
    return new TpmsClockInfo(clock, resetCount, restartCount, safe == 1);
  }
}
