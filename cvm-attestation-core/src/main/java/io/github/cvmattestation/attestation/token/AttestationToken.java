package io.github.cvmattestation.attestation.token;

import io.github.cvmattestation.attestation.MalformedException;

/**
 * A token as an issuer returned it, still unproven: a JWS in compact serialisation (RFC 7515,
 * section 7.1). It is a credential: it is shown to nobody but the service that asks for it.
 */
public final class AttestationToken {
  /** The most characters that a token may have. Real ones have some 5,000 to 12,000. */
  public static final int MAX_SIZE = 64 << 10;

  private final String compact;

  private AttestationToken(String compact) {
    this.compact = compact;
  }

  /**
   * A token in three parts, base64url each, with a dot between them.
   *
   * @throws MalformedException for anything else; the text is not repeated
   */
  public static AttestationToken parse(String compact) throws MalformedException {
    if (compact.length() > MAX_SIZE) {
      throw new MalformedException("token", "at most " + MAX_SIZE + " characters", "more");
    }
    int dots = 0;
    for (int i = 0; i < compact.length(); i++) {
      char c = compact.charAt(i);
      dots += c == '.' ? 1 : 0;
      if (c != '.' && !isBase64Url(c)) {
        throw new MalformedException("token", "base64url and dots", "another character");
      }
    }
    if (dots != 2) {
      throw new MalformedException("token", "three parts", dots + 1 + " of them");
    }
    return new AttestationToken(compact);
  }

  private static boolean isBase64Url(char c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_';
  }

  /** The token's text, for the service that it is shown to. */
  public String compact() {
    return compact;
  }

  /** Says nothing of the token. */
  @Override
  public String toString() {
    return "AttestationToken";
  }
}
