package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.attestation.Finding;
import java.util.List;

/** A verdict for people: the verdict first, then the reasons, then what is known. */
final class VerdictText {
  private final Console console;

  VerdictText(Console console) {
    this.console = console;
  }

  void print(Verdict verdict) {
    console.line(headline(verdict));
    findings("Reasons", verdict.findings(), console);
    findings("Warnings", verdict.warnings(), console);
    checks(verdict);
    if (!verdict.claims().isEmpty()) {
      console.line("");
      console.line("Claims");
      for (Claims group : verdict.claims()) {
        console.line("  " + group.id());
        ClaimText.print(group.toGroup(), "    ", console::line);
      }
    }
  }

  private static String headline(Verdict verdict) {
    if (!verdict.isVerified()) {
      return "REFUTED: this evidence proves nothing";
    }
    if (verdict.appraisal().isEmpty()) {
      return "VERIFIED, and not appraised: genuine; whether it is wanted was not asked";
    }
    return verdict.isRejected()
        ? "REJECTED: verified, and not what the policy asks for"
        : "AFFIRMED: verified, and what the policy asks for";
  }

  static void findings(String title, List<Finding> findings, Console console) {
    if (findings.isEmpty()) {
      return;
    }
    console.line("");
    console.line(title);
    for (Finding finding : findings) {
      print(finding, "  ", console);
    }
  }

  /** Code, expected, actual and clause, one to a line. */
  static void print(Finding finding, String indent, Console console) {
    console.line(indent + finding.code().name());
    console.line(indent + "  expected  " + finding.expected());
    console.line(indent + "  found     " + finding.actual());
    console.line(indent + "  clause    " + finding.clause());
  }

  private void checks(Verdict verdict) {
    List<Check> checks = verdict.verification().checks();
    console.line("");
    console.line(
        verdict.isVerified()
            ? "Checks, all of which held"
            : "Checks that held before the one that did not: " + checks.size());
    for (Check check : checks) {
      console.line("  " + ClaimText.padded(check.id(), 27) + check.statement());
    }
  }
}
