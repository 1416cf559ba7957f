package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.vtpm.internal.Authorization;

/**
 * How the use of a handle is authorised (TPM 2.0 Part 1, section 19). Authorisation values stay the
 * caller's: they are read when a command is sent, and whoever made them clears them afterwards.
 */
public final class TpmAuth {
  private final Authorization authorization;

  private TpmAuth(Authorization authorization) {
    this.authorization = authorization;
  }

  /** The empty password, which hierarchies of a confidential VM have. */
  public static TpmAuth empty() {
    return password(new byte[0]);
  }

  /** A password, sent as it is: not over a way that others can read. */
  public static TpmAuth password(byte[] password) {
    return new TpmAuth(new Authorization(null, password));
  }

  /** A policy that needs no authorisation value, or an HMAC with an empty one. */
  public static TpmAuth session(TpmSession session) {
    return session(session, new byte[0]);
  }

  /**
   * An HMAC session, or a policy with TPM2_PolicyAuthValue.
   *
   * @param authValue of the object whose use is authorised; never sent
   */
  public static TpmAuth session(TpmSession session, byte[] authValue) {
    return new TpmAuth(new Authorization(session.state(), authValue));
  }

  Authorization authorization() {
    return authorization;
  }
}
