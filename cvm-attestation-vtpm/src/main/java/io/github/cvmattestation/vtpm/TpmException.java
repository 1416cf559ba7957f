package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;

/** The TPM understood and said no: a response code other than TPM_RC_SUCCESS. */
public final class TpmException extends AttestationException.Device {
  private static final long serialVersionUID = 1L;

  private final String command;
  private final long code;

  /**
   * @param command its name in TPM 2.0 Part 3, such as {@code TPM2_Unseal}
   * @param code what the TPM answered
   */
  public TpmException(String command, TpmResponseCode code) {
    super(command + " failed: " + code, code.remedy());
    this.command = command;
    this.code = code.value();
  }

  /** The command's name in TPM 2.0 Part 3. */
  public String command() {
    return command;
  }

  /** What the TPM answered. */
  public TpmResponseCode code() {
    return new TpmResponseCode(code);
  }
}
