package io.github.cvmattestation.attestation.crypto;

/**
 * Who checks a signature. Handed to verifiers, never registered with the JVM: a library is a guest.
 * See {@link SignatureBackends} for the three that come with the project; all give equal verdicts.
 */
public interface SignatureBackend {
  /** A short name for people, such as {@code jdk}. */
  String name();

  /**
   * Prepares {@code key} for verification. Keep what this returns as long as the key is in use: it
   * may hold a precomputation that makes the next check several times faster.
   */
  VerificationKey prepare(PublicKeyInfo key);
}
