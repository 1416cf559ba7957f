package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.eventlog.RegisterBank;
import io.github.cvmattestation.attestation.eventlog.RegisterKind;
import io.github.cvmattestation.vtpm.ApprovalScope;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.PolicyKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Options that sealing, opening and approving share. */
final class SealingOptions {
  static final String PCRS = "--pcrs";
  static final String PCR_VALUES = "--pcr-values";
  static final String PUBLIC_KEY = "--public-key";
  static final String PURPOSE = "--purpose";
  static final String EPOCH = "--epoch";

  private static final int MAX_KEY = 8192;

  private SealingOptions() {}

  static CommandSpec addValues(CommandSpec spec, boolean required, String description) {
    return spec.addOption(
        Options.value(PCR_VALUES, "FILE", description, "{\"sha256\": {\"7\": \"hex\"}}.")
            .required(required)
            .build());
  }

  static CommandSpec addAuthority(CommandSpec spec, boolean required) {
    return spec.addOption(
            Options.value(
                    PUBLIC_KEY, "FILE", "The key whose owner approves: PEM; RSA, P-256 or P-384.")
                .required(required)
                .build())
        .addOption(
            Options.value(PURPOSE, "TEXT", "What the approvals are for.")
                .required(required)
                .build())
        .addOption(
            Options.value(EPOCH, "NUMBER", "The epoch: raise it to take back earlier approvals.")
                .required(required)
                .build());
  }

  /** {@code sha256:0,2,7}. */
  static Optional<PcrSelection> selection(ParseResult arguments) {
    Optional<String> text = Options.text(arguments, PCRS);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String[] parts = text.get().split(":", 2);
    Optional<HashAlgorithm> bank = HashAlgorithm.ofBankName(parts[0]);
    if (parts.length != 2 || bank.isEmpty() || bank.get().isWeak()) {
      throw wrongSelection(arguments);
    }
    SortedSet<Integer> indices = new TreeSet<>();
    for (String index : parts[1].split(",", -1)) {
      if (!index.matches("[0-9]|1[0-9]|2[0-3]") || !indices.add(Integer.parseInt(index))) {
        throw wrongSelection(arguments);
      }
    }
    return Optional.of(PcrSelection.of(bank.get(), indices));
  }

  private static RuntimeException wrongSelection(ParseResult arguments) {
    return Options.wrong(
        arguments, PCRS + " is a bank and registers from 0 to 23, such as sha256:0,2,7");
  }

  /** Register values of one bank from a file. */
  static Optional<PcrBank> values(ParseResult arguments) throws CouldNotAskException {
    Optional<String> file = Options.text(arguments, PCR_VALUES);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    Bytes json = InputFile.read(file.get());
    try {
      List<RegisterBank> banks = RegisterBank.parse(RegisterKind.PCR, json);
      if (banks.size() != 1) {
        throw Options.wrong(arguments, PCR_VALUES + " names one bank, not " + banks.size());
      }
      RegisterBank bank = banks.get(0);
      return Optional.of(PcrBank.of(bank.algorithm(), bank.values()));
    } catch (MalformedException e) {
      throw Options.wrong(arguments, PCR_VALUES + ": " + e.problem());
    }
  }

  static ApprovalScope scope(ParseResult arguments) {
    String purpose = Options.text(arguments, PURPOSE).orElse("");
    if (purpose.isEmpty() || !Options.has(arguments, EPOCH)) {
      throw Options.wrong(arguments, "an approval has a " + PURPOSE + " and an " + EPOCH);
    }
    return ApprovalScope.of(purpose, number(arguments, EPOCH).orElseThrow());
  }

  static Optional<Long> number(ParseResult arguments, String option) {
    Optional<String> text = Options.text(arguments, option);
    if (text.isPresent() && !text.get().matches("[0-9]{1,18}")) {
      throw Options.wrong(
          arguments, option + " is a whole number, 0 or greater, of at most 18 digits");
    }
    return text.map(Long::parseLong);
  }

  static Optional<PolicyKey> publicKey(ParseResult arguments) throws CouldNotAskException {
    Optional<String> file = Options.text(arguments, PUBLIC_KEY);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    byte[] der = pem(arguments, PUBLIC_KEY, file.get(), "PUBLIC KEY");
    try {
      return Optional.of(PolicyKey.of(PublicKeyInfo.parse(Bytes.of(der))));
    } catch (MalformedException e) {
      throw Options.wrong(arguments, PUBLIC_KEY + ": " + e.problem());
    }
  }

  /** The one block of a PEM file of the user's own. */
  static byte[] pem(ParseResult arguments, String option, String file, String label)
      throws CouldNotAskException {
    String text = new String(InputFile.read(file, MAX_KEY).toArray(), StandardCharsets.US_ASCII);
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    String body = text.strip();
    if (!body.startsWith(begin) || !body.endsWith(end)) {
      throw Options.wrong(arguments, option + " is PEM, a " + label);
    }
    try {
      String base64 = body.substring(begin.length(), body.length() - end.length());
      return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw Options.wrong(arguments, option + " is PEM, a " + label);
    }
  }

  /** What stands on standard input: at most {@code max} bytes and one, by which excess is seen. */
  static byte[] standardInput(Console console, int max) throws CouldNotAskException {
    try {
      return console.in().readNBytes(max + 1);
    } catch (IOException e) {
      throw new CouldNotAskException("cannot read standard input");
    }
  }
}
