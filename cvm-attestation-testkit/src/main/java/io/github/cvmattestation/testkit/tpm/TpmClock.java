package io.github.cvmattestation.testkit.tpm;

import java.time.InstantSource;

/** Time, Clock and the counters of restarts (Part 1, section 36). */
final class TpmClock {
  /** Clock is written to NV every 2^12 milliseconds (TPM_PT_CLOCK_UPDATE). */
  private static final int UPDATE_BITS = 12;

  private final InstantSource source;
  private long poweredOn;
  private long clockBase;
  private long written;
  private int resetCount;
  private int restartCount;
  private boolean safe = true;

  TpmClock(InstantSource source) {
    this.source = source;
    this.poweredOn = source.millis();
  }

  void startup(boolean reset, boolean orderly) {
    update();
    clockBase += time();
    poweredOn = source.millis();
    if (reset) {
      resetCount++;
      restartCount = 0;
    } else {
      restartCount++;
    }
    safe = orderly;
    written = clock() >>> UPDATE_BITS;
  }

  /**
   * After each command: a value that went to NV cannot be repeated, so that Clock is safe again.
   */
  void update() {
    if (clock() >>> UPDATE_BITS > written) {
      written = clock() >>> UPDATE_BITS;
      safe = true;
    }
  }

  /** TPM2_Clear: Clock and its counters start again (Part 3, section 24.6.1). */
  void clear() {
    clockBase = -time();
    written = 0;
    resetCount = 0;
    restartCount = 0;
    safe = true;
  }

  /** Milliseconds since the power came on. */
  long time() {
    return Math.max(0, source.millis() - poweredOn);
  }

  /** Milliseconds that the TPM was powered in its life. */
  long clock() {
    return clockBase + time();
  }

  int resetCount() {
    return resetCount;
  }

  int restartCount() {
    return restartCount;
  }

  boolean isSafe() {
    return safe;
  }

  /** TPMS_CLOCK_INFO (Part 2, section 10.11.1), the counters hidden by adding two numbers. */
  void writeInfo(TpmWriter out, int resetOffset, int restartOffset) {
    out.u64(clock()).u32(resetCount + resetOffset).u32(restartCount + restartOffset);
    out.u8(safe ? 1 : 0);
  }
}
