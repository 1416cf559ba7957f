package io.github.cvmattestation.azure.internal.maa;

import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.JsonCursor;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.MaaAttestationType;
import io.github.cvmattestation.azure.MaaFinding;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A key (RFC 7517) of x-ms-runtime.keys. Key Vault wraps released keys for the first that may
 * encrypt (Azure Key Vault, secure key release). The keys below x-ms-isolation-tee are others.
 */
public final class GuestKeyClaim {
  /** What the service calls the vTPM's ephemeral key. */
  private static final String EPHEMERAL = "TpmEphemeralEncryptionKey";

  private static final int MAX_OPERATIONS = 16;
  private static final String F4 = "AQAB";

  private @Nullable String kid;
  private @Nullable String kty;
  private @Nullable String modulus;
  private @Nullable String exponent;
  private boolean mayEncrypt;

  private GuestKeyClaim() {}

  /** Consumes a key. */
  static GuestKeyClaim read(JsonCursor in) throws RefutedException {
    GuestKeyClaim key = new GuestKeyClaim();
    in.beginObject();
    while (in.nextMember()) {
      switch (in.name()) {
        case "kid" -> key.kid = in.string();
        case "kty" -> key.kty = in.string();
        case "n" -> key.modulus = in.string();
        case "e" -> key.exponent = in.string();
        case "key_use" -> key.mayEncrypt |= in.string().equals("enc");
        case "key_ops" -> key.readOperations(in);
        default -> in.skipUnsigned();
      }
    }
    return key;
  }

  private void readOperations(JsonCursor in) throws RefutedException {
    in.beginArray();
    for (int i = 0; in.nextItem(); i++) {
      if (i == MAX_OPERATIONS) {
        throw in.wrong("at most " + MAX_OPERATIONS + " operations");
      }
      mayEncrypt |= in.string().equals("encrypt");
    }
  }

  boolean mayEncrypt() {
    return mayEncrypt;
  }

  /** Makes sure that the key in a token is {@code expected}. */
  static void require(TokenClaims claims, PublicKeyInfo.Rsa expected) throws RefutedException {
    if (claims.guestKey().isEmpty()) {
      throw refuted("no key that may encrypt");
    }
    GuestKeyClaim key = claims.guestKey().get();
    if (claims.type() == MaaAttestationType.AZURE_VM && !EPHEMERAL.equals(key.kid)) {
      throw refuted("a key that the vTPM did not make for this");
    }
    if (!"RSA".equals(key.kty) || !F4.equals(key.exponent) || !key.hasModulusOf(expected)) {
      throw refuted("another key");
    }
  }

  /** In the one text that it has: RFC 7518, section 6.3.1.1, base64url without leading zeros. */
  private boolean hasModulusOf(PublicKeyInfo.Rsa expected) {
    byte[] octets = expected.modulusOctets().toArray();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets).equals(modulus);
  }

  private static RefutedException refuted(String actual) {
    return new RefutedException(
        Finding.of(MaaFinding.JWT_GUEST_KEY, "the guest's key in x-ms-runtime.keys", actual));
  }
}
