package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.azure.ReleasePolicy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** What the {@code cvm policy} commands read: a policy, and what a token claims. */
final class ReleaseFiles {

  private ReleaseFiles() {}

  /** {@code FILE}. */
  static PositionalParamSpec policy() {
    return PositionalParamSpec.builder()
        .paramLabel("FILE")
        .type(String.class)
        .arity("1")
        .required(true)
        .index("0")
        .description("The release policy, JSON.")
        .build();
  }

  /** The policy's text, or so much that it is refused. */
  static Bytes text(ParseResult arguments) throws CouldNotAskException {
    return InputFile.read(arguments.matchedPositionalValue(0, ""), ReleasePolicy.MAX_SIZE);
  }

  /** The policy; if the file holds none, that is said and there is none. */
  static Optional<ReleasePolicy> policy(ParseResult arguments, Console console)
      throws CouldNotAskException {
    try {
      return Optional.of(ReleasePolicy.parse(text(arguments)));
    } catch (MalformedException e) {
      console.say("no release policy: " + e.problem());
      return Optional.empty();
    }
  }

  /** An option that takes one value, and may repeat. */
  static OptionSpec.Builder many(String name, String label, String... description) {
    return OptionSpec.builder(name)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .arity("1")
        .paramLabel(label)
        .description(String.join(" ", description));
  }

  /** The values of such an option. */
  static List<String> values(ParseResult arguments, String name) {
    return arguments.matchedOptionValue(name, List.of());
  }

  /** The claims in a file: JSON as it stands, or the payload of a compact JWS, unverified. */
  static Bytes claims(String file) throws CouldNotAskException, MalformedException {
    Bytes content = InputFile.read(file, ReleasePolicy.MAX_CLAIMS_SIZE);
    String text = new String(content.toArray(), StandardCharsets.ISO_8859_1).strip();
    if (text.startsWith("{")) {
      return content;
    }
    if (!TokenFields.resembles(Bytes.of(text.getBytes(StandardCharsets.ISO_8859_1)))) {
      throw new MalformedException("claims", "a JSON object or a token", "neither");
    }
    return TokenFields.claims(content);
  }
}
