package io.github.cvmattestation.testkit.tpm;

/**
 * A command ends with this response code. It never leaves the engine: {@link Executor} turns it
 * into a response.
 */
final class TpmError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  private TpmError(int code) {
    super("response code 0x%03X".formatted(code), null, false, false);
    this.code = code;
  }

  static TpmError of(int code) {
    return new TpmError(code);
  }

  static TpmError parameter(int code, int number) {
    return new TpmError(Rc.parameter(code, number));
  }

  static TpmError handle(int code, int number) {
    return new TpmError(Rc.handle(code, number));
  }

  static TpmError session(int code, int number) {
    return new TpmError(Rc.session(code, number));
  }

  int code() {
    return code;
  }
}
