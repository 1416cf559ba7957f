package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;

/** Startup, self test and random numbers (Part 3, sections 9, 10 and 16). */
final class StartupCommands {
  private static final int MAX_ALGORITHMS = 64;

  private StartupCommands() {}

  static void startup(Call call) {
    TpmState tpm = call.tpm();
    int type = readType(call);
    call.in().end();
    if (tpm.locality() != 0 && tpm.locality() != 3) {
      throw TpmError.of(Rc.LOCALITY);
    }
    if (type == TpmState.STARTUP_STATE && !tpm.mayResume()) {
      throw TpmError.parameter(Rc.VALUE, 1);
    }
    if (type == TpmState.STARTUP_STATE && tpm.startupLocality() != tpm.locality()) {
      // PCR 0 says where the TPM was started from; a resume does not change that (Part 3, 9.3).
      throw TpmError.of(Rc.LOCALITY);
    }
    tpm.startup(type);
  }

  static void shutdown(Call call) {
    int type = readType(call);
    call.in().end();
    call.tpm().shutdown(type);
  }

  private static int readType(Call call) {
    TpmReader in = call.parameter();
    int type = in.u16();
    if (type != TpmState.STARTUP_CLEAR && type != TpmState.STARTUP_STATE) {
      throw in.error(Rc.VALUE);
    }
    return type;
  }

  static void selfTest(Call call) {
    readYesNo(call.parameter());
    call.in().end();
  }

  /** Every algorithm was tested before this TPM was made: the list of what is left is empty. */
  static void incrementalSelfTest(Call call) {
    TpmReader in = call.parameter();
    int count = in.u32();
    if (count < 0 || count > MAX_ALGORITHMS) {
      throw in.error(Rc.SIZE);
    }
    in.raw(2 * count);
    in.end();
    call.out().u32(0);
  }

  /** TPMI_YES_NO. */
  static boolean readYesNo(TpmReader in) {
    int value = in.u8();
    if (value > 1) {
      throw in.error(Rc.VALUE);
    }
    return value == 1;
  }

  static void getTestResult(Call call) {
    call.in().end();
    call.out().sized(new byte[0]).u32(Rc.SUCCESS);
  }

  static void getRandom(Call call) {
    int asked = call.parameter().u16();
    call.in().end();
    int size = Math.min(asked, HashAlgorithm.SHA512.digestSize());
    call.out().sized(call.tpm().random().next(size));
  }

  static void stirRandom(Call call) {
    call.parameter().sized(128);
    call.in().end();
    // Nothing is stirred in: what follows must follow from the seed alone.
  }

  static void readClock(Call call) {
    call.in().end();
    TpmClock clock = call.tpm().clock();
    call.out().u64(clock.time());
    clock.writeInfo(call.out(), 0, 0);
  }
}
