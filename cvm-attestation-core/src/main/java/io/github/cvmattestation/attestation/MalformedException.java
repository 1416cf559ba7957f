package io.github.cvmattestation.attestation;

import org.jspecify.annotations.Nullable;

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
  private final transient @Nullable Finding finding;

  /**
   * @param where structure and field, such as {@code ATTESTATION_REPORT.VERSION at byte 0}
   * @param expected what the specification demands
   * @param actual what is there, in a few harmless words
   */
  public MalformedException(String where, String expected, String actual) {
    super(where + ": expected " + expected + ", found " + actual, null, false, false);
    this.expected = where + ": " + expected;
    this.actual = actual;
    this.finding = null;
  }

  /**
   * What a reader of {@code where} has found out to the very code.
   *
   * @param where the structure
   */
  public MalformedException(String where, Finding finding) {
    super(where + ": " + finding, null, false, false);
    this.expected = where + ": " + finding.expected();
    this.actual = finding.actual();
    this.finding = finding;
  }

  /** Where, what was expected and what was found, in one sentence. */
  public String problem() {
    return expected + " expected, " + actual + " found";
  }

  /** The same as a finding: under {@code code} unless its reader knew a better one. */
  public Finding toFinding(FindingCode code) {
    return finding != null ? finding : Finding.of(code, expected, actual);
  }
}
