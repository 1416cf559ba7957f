package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * What both ends of a session remember (TPM 2.0 Part 1, section 19.6): the key and the two latest
 * nonces. Used by one thread at a time, under the lock of its {@link CommandChannel}.
 */
public final class SessionState {
  private final long handle;
  private final boolean policy;
  private final HashAlgorithm hash;
  private final byte[] sessionKey;
  private final Bytes boundName;
  private final byte[] boundAuth;
  private final boolean encrypting;
  private byte[] nonceTpm;
  private boolean authValueNeeded;
  private boolean alive = true;

  /**
   * A session that the TPM has just started.
   *
   * @param sessionKey empty if neither salted nor bound; this object owns it
   * @param boundName the Name of the entity to which it is bound, or empty
   * @param encrypting whether parameters are to be encrypted wherever the command allows it
   */
  public SessionState(
      long handle,
      boolean policy,
      HashAlgorithm hash,
      byte[] sessionKey,
      Bytes boundName,
      byte[] boundAuth,
      boolean encrypting,
      byte[] nonceTpm) {
    this.handle = handle;
    this.policy = policy;
    this.hash = hash;
    this.sessionKey = sessionKey;
    this.boundName = boundName;
    this.boundAuth = boundAuth;
    this.encrypting = encrypting;
    this.nonceTpm = nonceTpm;
  }

  /** The TPM's handle of it. */
  public long handle() {
    return handle;
  }

  /** Whether the TPM still has it, as far as is known here. */
  public boolean alive() {
    return alive;
  }

  /** TPM2_PolicyAuthValue was executed: the object's authorisation value is part of the key. */
  public void requireAuthValue() {
    authValueNeeded = true;
  }

  /** The nonce that a signed or secret authorisation names. */
  public byte[] nonceTpm() {
    return nonceTpm.clone();
  }

  /** Forgets the key. */
  public void end() {
    alive = false;
    Arrays.fill(sessionKey, (byte) 0);
    Arrays.fill(boundAuth, (byte) 0);
  }

  boolean policy() {
    return policy;
  }

  HashAlgorithm hash() {
    return hash;
  }

  boolean encrypting() {
    return encrypting;
  }

  void roll(byte[] newer) {
    nonceTpm = newer;
  }

  /** After a use the TPM has forgotten the policy (Part 1, section 19.7.12). */
  void used() {
    if (policy) {
      authValueNeeded = false;
    }
  }

  /**
   * The HMAC key (Part 1, sections 19.6.5 and 19.7.5).
   *
   * @param authValue without trailing zeros; of the entity that is authorised, if any
   * @param name of that entity; the value is left out where the session is bound to it
   */
  byte[] hmacKey(byte[] authValue, Bytes name) {
    // The binding is to a Name and a value: with another value it is no longer bound.
    boolean bound =
        !policy
            && !boundName.isEmpty()
            && boundName.equals(name)
            && MessageDigest.isEqual(boundAuth, authValue);
    boolean include = policy ? authValueNeeded : !bound;
    return include ? join(sessionKey, authValue) : sessionKey.clone();
  }

  /** sessionValue of parameter encryption, which ignores the binding (Part 1, section 21.2). */
  byte[] encryptionKey(byte[] authValue) {
    return join(sessionKey, authValue);
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }
}
