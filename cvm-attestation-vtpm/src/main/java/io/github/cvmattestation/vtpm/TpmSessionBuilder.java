package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.vtpm.internal.CommandCode;
import io.github.cvmattestation.vtpm.internal.Kdf;
import io.github.cvmattestation.vtpm.internal.SessionState;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** TPM2_StartAuthSession, with SHA-256 (TPM 2.0 Part 3, section 11.1). */
public final class TpmSessionBuilder {
  private static final HashAlgorithm HASH = HashAlgorithm.SHA256;
  private static final int TYPE_HMAC = 0;
  private static final int TYPE_POLICY = 1;

  /** TPM_HT (Part 2, section 7.2). */
  private static final int HMAC_SESSION = 0x02;

  private static final int POLICY_SESSION = 0x03;

  private final Tpm tpm;
  private @Nullable TpmObject saltKey;
  private TpmHandle bind = TpmHandle.NULL;
  private byte[] bindAuth = new byte[0];
  private boolean encrypting;

  TpmSessionBuilder(Tpm tpm) {
    this.tpm = tpm;
  }

  /**
   * With a secret that only the TPM which has {@code key} can read, so that its answers are from
   * that TPM. The key's public area must be known to be the TPM's from somewhere else.
   *
   * @param key an RSA key, or one on P-256 or P-384, that decrypts; another, or a point off its
   *     curve, is an {@link AttestationException.Device} when the session starts
   */
  public TpmSessionBuilder salted(TpmObject key) {
    saltKey = key;
    return this;
  }

  /**
   * Bound to an entity: whoever does not know its authorisation value can neither forge nor read.
   *
   * @param authValue read when the session starts; stays the caller's
   */
  public TpmSessionBuilder bound(TpmHandle entity, byte[] authValue) {
    bind = entity;
    bindAuth = authValue;
    return this;
  }

  /**
   * Encrypts parameters with AES-128 in both directions wherever the session is used and the
   * command allows it. Without a salt, or a bind to something with a secret, this hides nothing.
   */
  public TpmSessionBuilder encrypting() {
    encrypting = true;
    return this;
  }

  /** Starts an HMAC session. */
  public TpmSession hmac() {
    return start(TYPE_HMAC);
  }

  /** Starts a policy session. */
  public TpmSession policy() {
    return start(TYPE_POLICY);
  }

  private TpmSession start(int type) {
    byte[] nonceCaller = new byte[HASH.digestSize()];
    new SecureRandom().nextBytes(nonceCaller);
    byte[] auth = withoutTrailingZeros(bindAuth);
    SharedSecret salt =
        saltKey == null
            ? SharedSecret.none()
            : SharedSecret.to(saltKey.publicArea(), SharedSecret.Purpose.SECRET);
    TpmWriter out = new TpmWriter().sized(nonceCaller).sized(salt.encrypted()).u8(type);
    if (encrypting) {
      out.u16(AlgorithmIds.AES).u16(128).u16(AlgorithmIds.CFB);
    } else {
      out.u16(AlgorithmIds.NULL);
    }
    byte[] secret = Arrays.copyOf(auth, auth.length + salt.value().length);
    System.arraycopy(salt.value(), 0, secret, auth.length, salt.value().length);
    try {
      SessionState state =
          tpm.run(
              CommandCode.START_AUTH_SESSION,
              List.of(saltKey == null ? TpmHandle.NULL : saltKey.handle(), bind),
              List.of(),
              out.u16(HASH.id()),
              (handle, in) -> {
                Bytes nonceTpm = in.sized16("nonceTPM", HASH.digestSize());
                if (nonceTpm.size() != HASH.digestSize()) {
                  throw in.malformed("nonceTPM", "32 bytes", nonceTpm.size() + " bytes");
                }
                if (handle >>> 24 != (type == TYPE_POLICY ? POLICY_SESSION : HMAC_SESSION)) {
                  throw in.malformed("handle", "of the kind of session", "of another kind");
                }
                return state(handle, type, secret, auth, nonceCaller, nonceTpm.toArray());
              });
      return new TpmSession(tpm, state);
    } finally {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(auth, (byte) 0);
      salt.wipe();
    }
  }

  private SessionState state(
      long handle, int type, byte[] secret, byte[] auth, byte[] nonceCaller, byte[] nonceTpm) {
    boolean keyed = saltKey != null || !bind.equals(TpmHandle.NULL);
    byte[] key =
        keyed
            ? Kdf.kdfa(HASH, secret, "ATH", nonceTpm, nonceCaller, 8 * HASH.digestSize())
            : new byte[0];
    Bytes boundName = bind.equals(TpmHandle.NULL) ? Bytes.empty() : bind.name();
    return new SessionState(
        handle, type == TYPE_POLICY, HASH, key, boundName, auth.clone(), encrypting, nonceTpm);
  }

  private static byte[] withoutTrailingZeros(byte[] value) {
    int size = value.length;
    while (size > 0 && value[size - 1] == 0) {
      size--;
    }
    return Arrays.copyOf(value, size);
  }
}
