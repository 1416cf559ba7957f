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

  private static final List<Link> SNP =
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
                  "snp.csp-id")));

  private static final List<Link> TDX =
      List.of(
          new Link(
              "Intel SGX Root CA",
              "the root key; written down beforehand, never taken from evidence",
              Set.of("tdx.crls", "tdx.revocation")),
          new Link(
              "collateral",
              "what Intel's TCB Signing key says of platforms and of the quoting enclave",
              Set.of(
                  "tdx.tcb-signer",
                  "tdx.collateral-signatures",
                  "tdx.collateral-dates",
                  "tdx.collateral-scope",
                  "tdx.collateral-age")),
          new Link("PCK", "the platform's key", Set.of("tdx.pck-chain", "tdx.pck-dates")),
          new Link(
              "quoting enclave",
              "Intel's enclave on that platform, and the key it vouches for",
              Set.of("tdx.qe-signature", "tdx.qe-binding", "tdx.qe-identity")),
          new Link(
              "TD quote",
              "what that key signed about the TD",
              Set.of("tdx.format", "tdx.signature", "tdx.module", "tdx.tcb", "azure.td-report")));

  private static final List<Link> PARAVISOR =
      List.of(
          new Link(
              "runtime claims",
              "what the paravisor says, by its digest in the report's data",
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

  /**
   * A link, and the checks about it that ran.
   *
   * @param depth 0 for the evidence itself and for the root, then one more for each link
   */
  record Proven(int depth, String name, String meaning, List<Check> checks) {}

  private ChainOfTrust() {}

  /**
   * The evidence, and below it the chain from its root. A check that belongs to no link is one of
   * the evidence's.
   */
  static List<Proven> of(List<Check> checks, boolean tdx) {
    List<Link> links = new ArrayList<>(tdx ? TDX : SNP);
    links.addAll(PARAVISOR);
    List<Check> others = new ArrayList<>(checks);
    for (Link link : links) {
      others.removeIf(check -> link.checks().contains(check.id()));
    }
    List<Proven> chain = new ArrayList<>();
    chain.add(new Proven(0, "evidence", "JSON with an HCL report: how it all arrives", others));
    for (int i = 0; i < links.size(); i++) {
      Link link = links.get(i);
      List<Check> own =
          checks.stream().filter(check -> link.checks().contains(check.id())).toList();
      chain.add(new Proven(i, link.name(), link.meaning(), own));
    }
    return chain;
  }

  /** Prints it as a tree. */
  static void print(List<Proven> chain, Console console) {
    for (int i = 0; i < chain.size(); i++) {
      Proven link = chain.get(i);
      String indent = i == 0 ? "" : "  " + "   ".repeat(link.depth());
      boolean child = link.depth() > 0;
      console.styled(
          "  "
              + (child ? indent.substring(3) + "└─ " : indent)
              + console.paint(Console.Color.BOLD, link.name())
              + "  "
              + console.paint(Console.Color.DIM, link.meaning()));
      boolean last = i == chain.size() - 1;
      print(link.checks(), i == 0 ? "  " : indent + (last ? "   " : "│  "), console);
    }
  }

  /** Prints checks that held. */
  static void print(List<Check> checks, String indent, Console console) {
    for (Check check : checks) {
      console.styled(
          "  "
              + indent
              + console.paint(Console.Color.GREEN, "✓ ")
              + ClaimText.padded(check.id(), 27)
              + check.statement());
    }
  }
}
