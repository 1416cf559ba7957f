package io.github.cvmattestation.cli;

import io.github.cvmattestation.azure.AzureImds;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Options that name services: each is scheme and host, perhaps a port, and nothing more. */
final class ServiceOptions {
  private static final String IMDS = "--imds";
  private static final String ISSUER = "--issuer";
  private static final String VAULT = "--vault";

  private ServiceOptions() {}

  static void addImds(CommandSpec spec) {
    spec.addOption(
        Options.value(
                IMDS, "URL", "The instance metadata service; default: " + AzureImds.ENDPOINT + ".")
            .build());
  }

  static void addIssuer(CommandSpec spec, boolean required, String description) {
    spec.addOption(
        Options.value(ISSUER, "URL", description, "Such as https://contoso.weu.attest.azure.net.")
            .required(required)
            .build());
  }

  static void addVault(CommandSpec spec, boolean required) {
    spec.addOption(
        Options.value(VAULT, "URL", "The key vault, such as https://contoso.vault.azure.net.")
            .required(required)
            .build());
  }

  static String imds(ParseResult arguments) {
    return url(arguments, IMDS, List.of("http", "https")).orElse(AzureImds.ENDPOINT);
  }

  static Optional<String> issuer(ParseResult arguments) {
    return url(arguments, ISSUER, List.of("https"));
  }

  static Optional<String> vault(ParseResult arguments) {
    return url(arguments, VAULT, List.of("https"));
  }

  /** Whether this can be who issues tokens. */
  static boolean isIssuer(String url) {
    return isAuthority(url, List.of("https"));
  }

  private static Optional<String> url(ParseResult arguments, String name, List<String> schemes) {
    Optional<String> given = Options.text(arguments, name);
    if (given.isPresent() && !isAuthority(given.get(), schemes)) {
      throw Options.wrong(
          arguments, name + " is " + String.join(" or ", schemes) + "://HOST, with nothing behind");
    }
    return given.map(url -> url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
  }

  private static boolean isAuthority(String text, List<String> schemes) {
    try {
      URI uri = new URI(text);
      return uri.getScheme() != null
          && schemes.contains(uri.getScheme())
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
