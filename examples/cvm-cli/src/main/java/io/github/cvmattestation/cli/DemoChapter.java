package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A part of the demonstration, to be printed or drawn.
 *
 * @param title what happens
 * @param lines what there is to say of it
 * @param chain the chain of trust, where it was verified
 * @param checks other checks that held
 * @param parts names and contents of what is proven
 * @param outcome what came of it, where something could be refused
 * @param findings why it was refused
 */
record DemoChapter(
    String title,
    List<String> lines,
    List<ChainOfTrust.Proven> chain,
    List<Check> checks,
    List<Part> parts,
    Optional<Outcome> outcome,
    List<Finding> findings) {
  /** A name and what it stands for. */
  record Part(String name, String content) {}

  /**
   * How something ended.
   *
   * @param asExpected false for a mistake of this program's
   * @param refused whether somebody said no
   * @param verdict one word
   */
  record Outcome(boolean asExpected, boolean refused, String verdict, String remark) {}

  /** One with a title and lines. */
  static DemoChapter of(String title, String... lines) {
    return new DemoChapter(
        title, List.of(lines), List.of(), List.of(), List.of(), Optional.empty(), List.of());
  }

  DemoChapter with(List<ChainOfTrust.Proven> proven, List<Part> shown) {
    return new DemoChapter(title, lines, proven, checks, shown, outcome, findings);
  }

  DemoChapter with(List<Check> held) {
    return new DemoChapter(title, lines, chain, held, parts, outcome, findings);
  }

  DemoChapter ending(Outcome end, List<Finding> reasons) {
    return new DemoChapter(title, lines, chain, checks, parts, Optional.of(end), reasons);
  }

  /** Whether all is as it must be. */
  boolean isAsExpected() {
    return outcome.isEmpty() || outcome.get().asExpected();
  }

  /** Prints it. */
  void print(int number, Console console) {
    console.line("");
    console.styled(console.paint(Console.Color.BOLD, number + (number < 10 ? "  " : " ") + title));
    lines.forEach(line -> console.line("   " + line));
    ChainOfTrust.print(chain, console);
    ChainOfTrust.print(checks, "  ", console);
    if (!parts.isEmpty()) {
      console.line("");
      console.line("   What is proven: the four parts of an Azure attestation");
      for (Part part : parts) {
        console.line("     " + ClaimText.padded(part.name(), 18) + part.content());
      }
    }
    outcome.ifPresent(end -> print(end, console));
    for (Finding finding : new ArrayList<>(findings)) {
      VerdictText.print(finding, "   ", console);
    }
  }

  private static void print(Outcome end, Console console) {
    console.styled(
        "   "
            + console.paint(
                end.asExpected() ? Console.Color.GREEN : Console.Color.RED, end.verdict())
            + console.paint(Console.Color.DIM, "  " + end.remark()));
  }
}
