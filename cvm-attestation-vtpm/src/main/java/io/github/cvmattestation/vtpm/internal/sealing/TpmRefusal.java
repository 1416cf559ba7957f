package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.AttestationException;

/** A TPM's error response (TPM 2.0 Part 2, section 6.6). */
public final class TpmRefusal extends AttestationException.Device {
  private static final long serialVersionUID = 1L;

  /** TPM_RC_LOCKOUT: too many wrong authorisation values, for now. */
  public static final int LOCKOUT = 0x921;

  private static final int FORMAT_1 = 0x80;
  private static final int OF_A_PARAMETER = 0x40;
  private static final int WARNING = 0x900;

  private final int code;

  TpmRefusal(CommandCode command, int code) {
    super("the TPM refused %s with 0x%03x".formatted(command.commandName(), code), remedyFor(code));
    this.code = code;
  }

  /** The response code as it came. */
  public int code() {
    return code;
  }

  /**
   * The error without the handle, session or parameter that it blames: RC_FMT1 and its 6 bits, or
   * the code itself where it blames none.
   */
  public int error() {
    return error(code);
  }

  private static int error(int code) {
    return (code & FORMAT_1) != 0 ? FORMAT_1 | code & 0x3F : code;
  }

  /** Whether a parameter is to blame. */
  public boolean blamesParameter() {
    return (code & (FORMAT_1 | OF_A_PARAMETER)) == (FORMAT_1 | OF_A_PARAMETER);
  }

  /** Whether asking again soon may help: RETRY, YIELDED, TESTING. */
  static boolean isTransient(int code) {
    return code == 0x922 || code == 0x908 || code == 0x90A;
  }

  private static String remedyFor(int code) {
    return switch (error(code)) {
      case Error.AUTH_FAIL, Error.BAD_AUTH ->
          "the hierarchy or key has a password: seal under a persistent key that has none";
      case Error.HANDLE, Error.REFERENCE ->
          "there is no such object in this TPM: look with tpm2_getcap handles-persistent";
      case LOCKOUT -> "wait until the lockout ends, or reset it with tpm2_dictionarylockout -c";
      case 0x100 -> "the TPM has not been started: use the resource manager, /dev/tpmrm0";
      case 0x902, 0x903 -> "flush what other programs left loaded, or use /dev/tpmrm0";
      default ->
          (code & WARNING) == WARNING
              ? "try again later"
              : "see what the code means with tpm2_rc_decode";
    };
  }

  /** Format-one errors, RC_FMT1 included (Part 2, section 6.6.3). */
  public static final class Error {
    /** A policy or HMAC did not come out right, and the guess counts. */
    public static final int AUTH_FAIL = 0x8E;

    /** The same, where guesses do not count. */
    public static final int BAD_AUTH = 0xA2;

    /** A handle that means nothing. */
    public static final int HANDLE = 0x8B;

    /** A private area that was not made for this parent. */
    public static final int INTEGRITY = 0x9F;

    /** A value that is not allowed here. */
    public static final int VALUE = 0x84;

    /** A signature that does not verify. */
    public static final int SIGNATURE = 0x9B;

    /** A policy session whose digest is not the object's. */
    public static final int POLICY_FAIL = 0x9D;

    /** A transient object that is not loaded. */
    public static final int REFERENCE = 0x910;

    private Error() {}
  }
}
