package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The chain of trust of an Azure confidential VM, with every check that ran on the link it is
 * about.
 */
final class ChainOfTrust {
  /** A link, what it is, and the checks that are about it. */
  private record Link(String name, String meaning, Set<String> checks) {}

  private static final List<Link> LINKS =
      List.of(
          new Link(
              "ARK", "the root key; written down beforehand, never taken from evidence", Set.of()),
          new Link(
              "ASK",
              "the authority that the root lets issue chip certificates",
              Set.of("snp.revocation")),
          new Link(
              "VCEK",
              "the chip's key, for one chip and one firmware level",
              Set.of("snp.chain", "snp.dates")),
          new Link(
              "report",
              "what the chip signed about the VM",
              Set.of(
                  "snp.format",
                  "snp.signing-key",
                  "snp.signature",
                  "snp.product",
                  "snp.tcb",
                  "snp.chip-id",
                  "snp.csp-id")),
          new Link(
              "runtime claims",
              "what the paravisor says, by its digest in the report",
              Set.of("azure.runtime-claims", "azure.claims", "azure.user-data")),
          new Link("AK", "the vTPM's attestation key, named in the claims", Set.of("azure.ak")),
          new Link(
              "quote",
              "what the attestation key signed",
              Set.of("vtpm.scheme", "vtpm.signature", "vtpm.magic", "vtpm.type", "vtpm.nonce")),
          new Link(
              "PCRs",
              "what firmware and operating system measured",
              Set.of("vtpm.banks", "vtpm.selection", "vtpm.pcr-digest")));

  private final Console console;

  ChainOfTrust(Console console) {
    this.console = console;
  }

  /** Prints the tree. A check that belongs to no link is one of the container's. */
  void print(List<Check> checks) {
    List<Check> others = new ArrayList<>(checks);
    for (Link link : LINKS) {
      others.removeIf(check -> link.checks().contains(check.id()));
    }
    head("", "evidence", "JSON with an HCL report: how it all arrives");
    print(others, "  ");
    String indent = "  ";
    for (int i = 0; i < LINKS.size(); i++) {
      Link link = LINKS.get(i);
      head(i == 0 ? indent : indent + "└─ ", link.name(), link.meaning());
      indent = i == 0 ? indent : indent + "   ";
      boolean last = i == LINKS.size() - 1;
      print(
          checks.stream().filter(check -> link.checks().contains(check.id())).toList(),
          indent + (last ? "   " : "│  "));
    }
  }

  private void head(String indent, String name, String meaning) {
    console.styled(
        "  "
            + indent
            + console.paint(Console.Color.BOLD, name)
            + "  "
            + console.paint(Console.Color.DIM, meaning));
  }

  private void print(List<Check> checks, String indent) {
    for (Check check : checks) {
      console.styled(
          "  "
              + indent
              + console.paint(Console.Color.GREEN, "✓ ")
              + ClaimText.padded(check.id(), 22)
              + check.statement());
    }
  }
}
