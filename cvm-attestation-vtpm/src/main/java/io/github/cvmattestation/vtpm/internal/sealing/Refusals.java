package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmException;
import io.github.cvmattestation.vtpm.TpmResponseCode;
import java.util.List;

/** What a TPM's no means where a policy is used (TPM 2.0 Part 2, section 6.6.3). */
public final class Refusals {
  private static final int TPM_RC_VALUE = 0x084;
  private static final int TPM_RC_AUTH_FAIL = 0x08E;
  private static final int TPM_RC_POLICY_FAIL = 0x09D;
  private static final int TPM_RC_BAD_AUTH = 0x0A2;
  private static final int TPM_RC_FAILURE = 0x101;
  private static final int TPM_RC_PCR_CHANGED = 0x128;
  private static final int TPM_RC_LOCKOUT = 0x921;

  private Refusals() {}

  /** The session's policy is not the object's. */
  public static boolean isPolicyFailure(TpmException e) {
    return e.code().base() == TPM_RC_POLICY_FAIL;
  }

  /** A register was extended after TPM2_PolicyPCR. */
  public static boolean isChange(TpmException e) {
    return e.code().base() == TPM_RC_PCR_CHANGED;
  }

  /** Too many wrong authorisation values. */
  public static boolean isLockout(TpmException e) {
    return e.code().base() == TPM_RC_LOCKOUT;
  }

  /** A wrong authorisation value, counted or not. */
  public static boolean isWrongAuth(TpmException e) {
    int base = e.code().base();
    return base == TPM_RC_AUTH_FAIL || base == TPM_RC_BAD_AUTH;
  }

  /**
   * What was to be decrypted does not decrypt. libtpms says TPM_RC_FAILURE then, because OpenSSL
   * failed, and goes on working.
   */
  public static boolean isWrongData(TpmException e) {
    int base = e.code().base();
    return blamesParameter(e) || base == TPM_RC_VALUE || base == TPM_RC_FAILURE;
  }

  /** The fault is in what was handed over. */
  public static boolean blamesParameter(TpmException e) {
    return e.code().blame() == TpmResponseCode.Blame.PARAMETER;
  }

  /** Registers that do not hold what {@code expected} says, ascending. */
  public static List<Integer> differing(Tpm tpm, PcrBank expected) {
    PcrBank now = tpm.pcrs().read(expected.algorithm(), expected.values().keySet());
    return expected.values().keySet().stream()
        .filter(index -> !expected.value(index).equals(now.value(index)))
        .toList();
  }
}
