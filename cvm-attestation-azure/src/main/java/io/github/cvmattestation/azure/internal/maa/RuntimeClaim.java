package io.github.cvmattestation.azure.internal.maa;

import io.github.cvmattestation.attestation.internal.JsonCursor;
import io.github.cvmattestation.attestation.spi.RefutedException;
import org.jspecify.annotations.Nullable;

/**
 * x-ms-runtime: whatever the guest put there, of which the key and the nonce are looked for. Claims
 * of the service have the same names at other places, and none of them is read from here.
 */
final class RuntimeClaim {
  private static final int MAX_KEYS = 16;

  /** client-payload.nonce, in base64. */
  private @Nullable String nonce;

  /** The first of keys that may encrypt. */
  private @Nullable GuestKeyClaim key;

  /** Consumes the claim. */
  static RuntimeClaim read(JsonCursor in) throws RefutedException {
    RuntimeClaim claim = new RuntimeClaim();
    in.beginObject();
    while (in.nextMember()) {
      switch (in.name()) {
        case "client-payload" -> claim.readPayload(in);
        case "keys" -> claim.readKeys(in);
        default -> in.skipUnsigned();
      }
    }
    return claim;
  }

  private void readPayload(JsonCursor in) throws RefutedException {
    in.beginObject();
    while (in.nextMember()) {
      if (in.name().equals("nonce")) {
        nonce = in.string();
      } else {
        in.skipUnsigned();
      }
    }
  }

  private void readKeys(JsonCursor in) throws RefutedException {
    in.beginArray();
    for (int i = 0; in.nextItem(); i++) {
      if (i == MAX_KEYS) {
        throw in.wrong("at most " + MAX_KEYS + " keys");
      }
      GuestKeyClaim read = GuestKeyClaim.read(in);
      if (key == null && read.mayEncrypt()) {
        key = read;
      }
    }
  }

  @Nullable String nonce() {
    return nonce;
  }

  @Nullable GuestKeyClaim key() {
    return key;
  }
}
