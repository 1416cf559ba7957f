package io.github.cvmattestation.azure.internal.maa;

import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.attestation.token.AttestationToken;

/** Claims in neutral form, member for member. */
public final class ClaimTree {
  private ClaimTree() {}

  /** Reads the claims of a token that was verified. */
  public static Json.Obj read(AttestationToken verified) {
    try {
      return CompactToken.read(verified).readClaims();
    } catch (RefutedException e) {
      throw new IllegalStateException("claims that were read before", e);
    }
  }

  /**
   * The value; its integers are unsigned and of 64 bits, as {@link TokenClaimsReader} has seen to.
   */
  public static ClaimValue of(Json value) {
    if (value instanceof Json.Obj object) {
      return group(object);
    }
    if (value instanceof Json.Arr array) {
      return new ClaimValue.Many(array.items().stream().map(ClaimTree::of).toList());
    }
    if (value instanceof Json.Str text) {
      return new ClaimValue.Text(text.value());
    }
    if (value instanceof Json.Num number) {
      return new ClaimValue.Unsigned(number.value().longValue());
    }
    if (value instanceof Json.Bool flag) {
      return new ClaimValue.Flag(flag.value());
    }
    return new ClaimValue.Unknown();
  }

  /** The object. */
  public static ClaimValue.Group group(Json.Obj object) {
    ClaimValue.Builder group = ClaimValue.Group.builder();
    object.members().forEach((name, member) -> group.put(name, of(member)));
    return group.build();
  }
}
