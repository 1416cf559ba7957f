package io.github.cvmattestation.cli;

/** There was nothing to judge: a file that cannot be read. Exit code 3, never a verdict. */
final class CouldNotAskException extends Exception {
  private static final long serialVersionUID = 1L;

  CouldNotAskException(String message) {
    super(message, null, false, false);
  }
}
