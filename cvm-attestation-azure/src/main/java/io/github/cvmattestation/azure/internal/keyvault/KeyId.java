package io.github.cvmattestation.azure.internal.keyvault;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which key of which vault: what stands in a URL such as {@code
 * https://contoso.vault.azure.net/keys/disk-key/0123456789abcdef0123456789abcdef}.
 *
 * @param host the vault's host name, lower case
 * @param name the key's name; the service compares names without regard to letter case
 * @param version its version, or empty for the newest
 */
public record KeyId(String host, String name, Optional<String> version) {
  private static final String NAME = "[0-9A-Za-z-]{1,127}";
  private static final String VERSION = "[0-9A-Za-z]{1,64}";
  private static final Pattern LOCAL = Pattern.compile("(" + NAME + ")(?:/(" + VERSION + "))?");
  private static final Pattern URL =
      Pattern.compile(
          "https://([0-9A-Za-z.-]{1,253})(?::443)?/keys/(" + NAME + ")(?:/(" + VERSION + ")?)?");

  /**
   * A key as a caller names it.
   *
   * @param local a name, or a name, a slash and a version
   * @return nothing if it is neither
   */
  public static Optional<KeyId> of(String host, String local) {
    Matcher matcher = LOCAL.matcher(local);
    return matcher.matches()
        ? Optional.of(new KeyId(host, matcher.group(1), Optional.ofNullable(matcher.group(2))))
        : Optional.empty();
  }

  /** A key as the service names it. */
  public static Optional<KeyId> parse(String url) {
    Matcher matcher = URL.matcher(url);
    return matcher.matches()
        ? Optional.of(
            new KeyId(matcher.group(1), matcher.group(2), Optional.ofNullable(matcher.group(3))))
        : Optional.empty();
  }

  /** Whether the two are of one host and one name, whatever their versions. */
  boolean isSameKey(KeyId other) {
    return host.equalsIgnoreCase(other.host) && name.equalsIgnoreCase(other.name);
  }
}
