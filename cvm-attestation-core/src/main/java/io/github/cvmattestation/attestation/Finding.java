package io.github.cvmattestation.attestation;

/**
 * Why something was refused, or what is worth a warning.
 *
 * @param code the stable reason
 * @param expected what had to be so
 * @param actual what was found instead
 */
public record Finding(FindingCode code, String expected, String actual) {
  /** A finding with its three parts. */
  public static Finding of(FindingCode code, String expected, String actual) {
    return new Finding(code, expected, actual);
  }

  /** For values: both sides abbreviated. */
  public static Finding of(FindingCode code, Bytes expected, Bytes actual) {
    return new Finding(code, expected.abbreviated(), actual.abbreviated());
  }

  /** The document and section behind the code. */
  public String clause() {
    return code.clause();
  }

  @Override
  public String toString() {
    return code.name() + ": expected " + expected + ", found " + actual + " [" + clause() + "]";
  }
}
