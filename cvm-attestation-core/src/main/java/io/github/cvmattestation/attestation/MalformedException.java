package io.github.cvmattestation.attestation;

/**
 * Bytes that are not what their format's specification says. Checked, because parsing hostile input
 * fails as a matter of course; verifiers turn it into a {@link Verification.Refuted}.
 *
 * <p>The message names the structure, the field and the offset, never the content.
 */
public final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String expected;
  private final String actual;

  /**
   * @param where structure and field, such as {@code ATTESTATION_REPORT.VERSION at byte 0}
   * @param expected what the specification demands
   * @param actual what is there, in a few harmless words
   */
  public MalformedException(String where, String expected, String actual) {
    super(where + ": expected " + expected + ", found " + actual, null, false, false);
    this.expected = where + ": " + expected;
    this.actual = actual;
  }

  /** Where, what was expected and what was found, in one sentence. */
  public String problem() {
    return expected + " expected, " + actual + " found";
  }

  /** The same as a finding under {@code code}. */
  public Finding toFinding(FindingCode code) {
    return Finding.of(code, expected, actual);
  }
}
