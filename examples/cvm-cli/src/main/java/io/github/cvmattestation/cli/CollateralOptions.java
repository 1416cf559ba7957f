package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.tdx.TdxCollateral;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Where Intel's collateral comes from: one bundle, or the six files that it consists of. */
final class CollateralOptions {
  private static final String COLLATERAL = "--collateral";
  private static final String TCB_INFO = "--tcb-info";
  private static final String TCB_CHAIN = "--tcb-chain";
  private static final String QE_IDENTITY = "--qe-identity";
  private static final String QE_CHAIN = "--qe-chain";
  private static final String PCK_CRL = "--pck-crl";
  private static final String ROOT_CRL = "--root-crl";
  private static final List<String> FILES =
      List.of(TCB_INFO, TCB_CHAIN, QE_IDENTITY, QE_CHAIN, PCK_CRL, ROOT_CRL);

  private CollateralOptions() {}

  static CommandSpec addTo(CommandSpec spec) {
    return spec.addOption(
            Options.value(
                    COLLATERAL,
                    "FILE",
                    "All of Intel's collateral in one JSON file, in any of the common forms; or",
                    "else these six files:")
                .build())
        .addOption(Options.value(TCB_INFO, "FILE", "TCB Info, the PCS's answer as it was.").build())
        .addOption(Options.value(TCB_CHAIN, "FILE", "Its issuer chain, PEM or DER.").build())
        .addOption(
            Options.value(QE_IDENTITY, "FILE", "QE Identity, the PCS's answer as it was.").build())
        .addOption(Options.value(QE_CHAIN, "FILE", "Its issuer chain, PEM or DER.").build())
        .addOption(Options.value(PCK_CRL, "FILE", "Revocation list of the PCK authority.").build())
        .addOption(Options.value(ROOT_CRL, "FILE", "Revocation list of the root.").build());
  }

  /**
   * The collateral that was named, as one document for a verifier; nothing if none was.
   *
   * @throws MalformedException if one of six files is not what it should be
   */
  static Optional<Bytes> document(ParseResult arguments)
      throws CouldNotAskException, MalformedException {
    Optional<String> bundle = Options.text(arguments, COLLATERAL);
    List<String> given = FILES.stream().filter(arguments::hasMatchedOption).toList();
    if (bundle.isPresent()) {
      if (!given.isEmpty()) {
        throw Options.wrong(arguments, COLLATERAL + " and " + given.get(0) + " exclude each other");
      }
      return Optional.of(InputFile.read(bundle.get(), TdxCollateral.MAX_BUNDLE_SIZE));
    }
    if (given.isEmpty()) {
      return Optional.empty();
    }
    if (given.size() < FILES.size()) {
      List<String> missing = new ArrayList<>(FILES);
      missing.removeAll(given);
      throw Options.wrong(
          arguments, given.get(0) + " is one of six files; missing: " + String.join(", ", missing));
    }
    return Optional.of(
        TdxCollateral.ofFiles(
                file(arguments, TCB_INFO),
                file(arguments, TCB_CHAIN),
                file(arguments, QE_IDENTITY),
                file(arguments, QE_CHAIN),
                file(arguments, PCK_CRL),
                file(arguments, ROOT_CRL))
            .toJson());
  }

  private static Bytes file(ParseResult arguments, String option) throws CouldNotAskException {
    return InputFile.read(
        Options.text(arguments, option).orElseThrow(), TdxCollateral.MAX_CRL_SIZE);
  }
}
