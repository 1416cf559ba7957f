package io.github.cvmattestation.testkit.tpm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import org.jspecify.annotations.Nullable;

/** A hierarchy, or the lockout authority: seed, proof, authorisation (Part 1, sections 13, 14). */
final class Hierarchy {
  private final int handle;
  private final String name;
  private byte[] seed = new byte[0];
  private byte[] proof = new byte[0];
  private byte[] auth = new byte[0];
  private byte[] policy = new byte[0];
  private @Nullable HashAlgorithm policyAlg;
  private boolean enabled = true;

  Hierarchy(int handle, String name, Drbg random) {
    this.handle = handle;
    this.name = name;
    reseed(random);
  }

  /** A new primary seed and proof: every object of the old ones is lost. */
  void reseed(Drbg random) {
    seed = random.next(64);
    proof = random.next(64);
  }

  void reproof(Drbg random) {
    proof = random.next(64);
  }

  /** A stream for a primary key: it follows from the seed and all of the template. */
  Drbg stream(byte[]... template) {
    return new Drbg(Crypto.hmac(HashAlgorithm.SHA512, seed, template), name.getBytes(US_ASCII));
  }

  void setAuth(byte[] value) {
    auth = value.clone();
  }

  void setPolicy(@Nullable HashAlgorithm algorithm, byte[] digest) {
    policyAlg = algorithm;
    policy = digest.clone();
  }

  void setEnabled(boolean value) {
    enabled = value;
  }

  int handle() {
    return handle;
  }

  byte[] proof() {
    return proof.clone();
  }

  byte[] auth() {
    return auth.clone();
  }

  byte[] policy() {
    return policy.clone();
  }

  @Nullable HashAlgorithm policyAlg() {
    return policyAlg;
  }

  boolean isEnabled() {
    return enabled;
  }
}
