package io.github.cvmattestation.vtpm;

import java.util.Optional;

/**
 * TPM_RC: why a TPM refuses (TPM 2.0 Part 2, section 6.6).
 *
 * @param value as received, unsigned 32 bits. Its upper half names a software layer that answered
 *     in the TPM's stead: 11 is the kernel's resource manager
 */
public record TpmResponseCode(long value) {
  private static final int FORMAT_ONE = 0x080;
  private static final int PARAMETER = 0x040;
  private static final int HANDLE = 0x08B;
  private static final int RETRY = 0x922;
  private static final int YIELDED = 0x908;
  private static final int TESTING = 0x90A;
  private static final int NV_RATE = 0x920;

  /** What a format-one code blames. */
  public enum Blame {
    /** Nothing in particular. */
    NOTHING,
    /** A handle of the command. */
    HANDLE,
    /** A parameter of the command. */
    PARAMETER,
    /** An authorisation session. */
    SESSION
  }

  /** The code with this value. */
  public static TpmResponseCode of(long value) {
    return new TpmResponseCode(value);
  }

  /** The code without its layer and without the number of what it blames. */
  public int base() {
    int low = (int) (value & 0xFFFF);
    return isFormatOne() ? (low & 0x3F) | FORMAT_ONE : low;
  }

  /** The name, such as {@code TPM_RC_POLICY_FAIL}; of an unknown code, its number. */
  public String name() {
    return row().map(ResponseCodeTable.Row::name).orElse("0x%03x".formatted(value));
  }

  /** What it means, in a few words. */
  public String meaning() {
    return row().map(ResponseCodeTable.Row::meaning).orElse("a code that the specification lacks");
  }

  /** What to do next. */
  public String remedy() {
    return row()
        .map(ResponseCodeTable.Row::remedy)
        .orElse("look it up in the documentation of the TPM's vendor");
  }

  /** What the code blames. */
  public Blame blame() {
    if (!isFormatOne() || (value & 0xF00) == 0) {
      return Blame.NOTHING;
    }
    if ((value & PARAMETER) != 0) {
      return Blame.PARAMETER;
    }
    return (value & 0x800) == 0 ? Blame.HANDLE : position() == 0 ? Blame.NOTHING : Blame.SESSION;
  }

  /** Which one, from 1; 0 if none is named. */
  public int position() {
    if (!isFormatOne()) {
      return 0;
    }
    int number = (int) ((value >> 8) & 0xF);
    return (value & PARAMETER) != 0 ? number : number & 0x7;
  }

  /** Whether the same command may simply be sent again a little later. */
  public boolean isRetryable() {
    return value == RETRY || value == YIELDED || value == TESTING || value == NV_RATE;
  }

  /** Whether nothing is at a handle that was named: TPM_RC_HANDLE, whichever handle it blames. */
  public boolean isUndefinedHandle() {
    return base() == HANDLE;
  }

  /** Name, what is blamed, and meaning. */
  @Override
  public String toString() {
    String blamed =
        switch (blame()) {
          case NOTHING -> "";
          case HANDLE -> ", handle " + position();
          case PARAMETER -> ", parameter " + position();
          case SESSION -> ", session " + position();
        };
    return "%s (0x%03x%s): %s".formatted(name(), value, blamed, meaning());
  }

  private boolean isFormatOne() {
    return (value & FORMAT_ONE) != 0;
  }

  private Optional<ResponseCodeTable.Row> row() {
    return ResponseCodeTable.find(base());
  }
}
