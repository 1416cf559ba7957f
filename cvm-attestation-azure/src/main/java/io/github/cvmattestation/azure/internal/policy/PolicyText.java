package io.github.cvmattestation.azure.internal.policy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.azure.ReleaseCondition;
import io.github.cvmattestation.azure.ReleaseCondition.Value;

/** What texts a release policy may hold, and how they look in a message. */
public final class PolicyText {
  private static final int MAX_VALUE = 4096;
  private static final int MAX_PATH = 512;
  private static final int MAX_AUTHORITY = 2048;
  private static final int MAX_SHOWN = 128;

  private PolicyText() {}

  /** Refuses a text that no claim is compared with. */
  public static void requireValue(String value) {
    require("the value of a condition", value, MAX_VALUE);
  }

  /** Refuses a path that leads nowhere: empty, or with an empty name in it. */
  public static void requirePath(String claim) {
    require("the claim of a condition", claim, MAX_PATH);
    if (claim.isEmpty() || claim.startsWith(".") || claim.endsWith(".") || claim.contains("..")) {
      throw new AttestationException.Configuration(
          "the claim of a condition has an empty name", "write names with one dot between them");
    }
  }

  /** Refuses an authority that no token can have been issued by. */
  public static void requireAuthority(String authority) {
    require("an authority", authority, MAX_AUTHORITY);
    if (authority.isEmpty()) {
      throw new AttestationException.Configuration(
          "an authority without a name", "write its URL, as in the token's iss");
    }
    if (authority.endsWith("/")) {
      throw new AttestationException.Configuration(
          "an authority with several slashes at its end", "write its URL, as in the token's iss");
    }
  }

  private static void require(String what, String text, int max) {
    if (text.length() > max) {
      throw new AttestationException.Configuration(
          what + " has more than " + max + " characters", "shorten it");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean low = Character.isLowSurrogate(c);
      boolean paired =
          low
              ? i > 0 && Character.isHighSurrogate(text.charAt(i - 1))
              : !Character.isHighSurrogate(c)
                  || (i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1)));
      if (!paired || Character.isISOControl(c)) {
        throw new AttestationException.Configuration(
            what + " has a control character, or half a character", "write it without");
      }
    }
  }

  /** An issuer without the one slash at its end that some write and others do not. */
  public static String withoutSlash(String issuer) {
    return issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
  }

  /** A value for a message: strings in quotes, so that {@code "true"} is told from {@code true}. */
  public static String shown(Value value) {
    if (value instanceof Value.Text text) {
      return '"' + shown(text.value()) + '"';
    } else if (value instanceof Value.Whole number) {
      return Long.toString(number.value());
    }
    return Boolean.toString(((Value.Flag) value).value());
  }

  /** A stranger's text for a message: a bounded part, nothing that a log or terminal obeys. */
  public static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length() && i < MAX_SHOWN; i++) {
      char c = text.charAt(i);
      shown.append(c >= ' ' && c < 0x7F && c != '"' && c != '\\' ? c : '?');
    }
    return text.length() > MAX_SHOWN ? shown.append("…").toString() : shown.toString();
  }

  /** How many conditions there are, groups among them. */
  public static int count(ReleaseCondition condition) {
    int count = 1;
    if (condition instanceof ReleaseCondition.Group group) {
      for (ReleaseCondition inner : group.conditions()) {
        count += count(inner);
      }
    }
    return count;
  }
}
