package io.github.cvmattestation.testkit.tpm;

/**
 * Counts failed authorisations of what is protected against dictionary attacks (Part 1, section
 * 19.8). Failures are forgotten by TPM2_DictionaryAttackLockReset and TPM2_Clear alone; recovery by
 * the passing of time is not there.
 *
 * <p>Who cuts the power to keep a failure from being written gains nothing: once something
 * protected was used, a startup that no TPM2_Shutdown precedes counts as a failure.
 */
final class DictionaryAttack {
  static final int MAX_TRIES = 3;
  static final int RECOVERY_SECONDS = 1000;

  private int failed;
  private boolean used;
  private boolean lockoutAuthBlocked;

  void failed() {
    failed++;
  }

  /**
   * The value of something protected is about to be tried.
   *
   * @return whether that is the first time since the startup
   */
  boolean use() {
    boolean first = !used;
    used = true;
    return first;
  }

  void startup(boolean orderly) {
    if (used && !orderly && !isLockedOut()) {
      failed++;
    }
    used = false;
  }

  boolean isLockedOut() {
    return failed >= MAX_TRIES;
  }

  int failedTries() {
    return failed;
  }

  void reset() {
    failed = 0;
    lockoutAuthBlocked = false;
  }

  /**
   * The lockout authority has one try until TPM2_Clear by the platform (Part 1, section 19.8.6).
   */
  void lockoutAuthFailed() {
    lockoutAuthBlocked = true;
  }

  boolean isLockoutAuthBlocked() {
    return lockoutAuthBlocked;
  }
}
