package io.github.cvmattestation.attestation.eventlog;

import java.util.List;
import java.util.Optional;

/**
 * Secure Boot as PCR 7 tells of it (TCG PFP §3.3.4.8); of a TD, RTMR0.
 *
 * <p>RTMR0 has other events in between, of which nobody knows what was measured. An authority can
 * be passed off as one of them: of a TD, the lists of authorities may lack some.
 *
 * @param state on, off or unknown; never guessed
 * @param databases the key databases; absent exactly if the state is unknown
 * @param driverAuthorities what let drivers run, before the firmware closed the register
 * @param bootAuthorities what let boot loader and kernel run, after it; shim's are added by shim
 * @param dmaProtectionDisabled whether the firmware said that devices could write to memory
 */
public record SecureBoot(
    State state,
    Optional<Databases> databases,
    List<BootAuthority> driverAuthorities,
    List<BootAuthority> bootAuthorities,
    boolean dmaProtectionDisabled) {

  /** Unknown: PCR 7 and what is in it. */
  static final SecureBoot UNKNOWN =
      new SecureBoot(State.UNKNOWN, Optional.empty(), List.of(), List.of(), false);

  public SecureBoot {
    driverAuthorities = List.copyOf(driverAuthorities);
    bootAuthorities = List.copyOf(bootAuthorities);
  }

  /** Whether images were run only if signed. */
  public enum State {
    /** They were. */
    ON,
    /** They were not. */
    OFF,
    /** Nothing proves the one or the other. */
    UNKNOWN
  }

  /**
   * The key databases.
   *
   * @param pk the platform's key
   * @param kek who may change db and dbx
   * @param db what may run
   * @param dbx what may not
   */
  public record Databases(
      SignatureDatabase pk, SignatureDatabase kek, SignatureDatabase db, SignatureDatabase dbx) {}
}
