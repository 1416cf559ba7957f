package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;

/** Decides, for a {@link FakeKeyVault}, whether a token meets a key's release policy. */
@FunctionalInterface
public interface ReleasePolicyCheck {
  /**
   * Whether the key is released.
   *
   * @param policy the policy's text as it was uploaded
   * @param token the token as it was shown, a JWS in compact serialisation; nobody has checked it
   */
  boolean permits(Bytes policy, String token);
}
