package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** What a bare report or quote must have been made for. */
final class Freshness {
  private Freshness() {}

  static CommandSpec addTo(CommandSpec spec) {
    return spec.addOption(
            Options.value(
                    Options.NONCE, "HEX", "REPORT_DATA must be this nonce, followed by zeros.")
                .build())
        .addOption(
            Options.value(Options.REPORT_DATA, "HEX", "REPORT_DATA must be exactly these 64 bytes.")
                .build());
  }

  static Optional<ReportData> expected(ParseResult arguments) {
    Optional<Nonce> nonce = Options.nonce(arguments);
    Optional<ReportData> exact = Options.reportData(arguments, Options.REPORT_DATA, false);
    if (nonce.isPresent() && exact.isPresent()) {
      throw Options.wrong(
          arguments, Options.NONCE + " and " + Options.REPORT_DATA + " exclude each other");
    }
    return exact.isPresent() ? exact : nonce.map(ReportData::of);
  }

  /** A warning where nobody asked. */
  static List<Finding> remarks(Optional<ReportData> expected) {
    return expected.isPresent()
        ? List.of()
        : List.of(
            Finding.of(
                CliFinding.FRESHNESS_NOT_CHECKED,
                Options.NONCE + " or " + Options.REPORT_DATA,
                "neither: freshness not checked, this report may be a replay"));
  }
}
