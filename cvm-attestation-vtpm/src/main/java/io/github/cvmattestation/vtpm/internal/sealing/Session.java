package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.vtpm.internal.Kdf;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A salted HMAC or policy session with AES-128-CFB for parameters (TPM 2.0 Part 1, sections 19 and
 * 21). Only who has the salted key's private part can answer in it.
 */
final class Session implements Authorization, AutoCloseable {
  static final HashAlgorithm HASH = HashAlgorithm.SHA256;
  static final int NONCE = 32;

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int CONTINUE = 0x01;
  private static final int DECRYPT = 0x20;
  private static final int ENCRYPT = 0x40;

  /** Which first parameter is encrypted: the command's, or the response's. */
  enum Secret {
    IN_COMMAND(CONTINUE | DECRYPT),
    IN_RESPONSE(CONTINUE | ENCRYPT);

    private final int attributes;

    Secret(int attributes) {
      this.attributes = attributes;
    }
  }

  private final SealingTpm tpm;
  private final int handle;
  private final byte[] sessionKey;
  private final Secret secret;
  private byte[] nonceTpm;
  private byte[] nonceCaller;

  /** Key material of the HMAC and of encryption: sessionKey and authValue (Part 1, 19.6.5). */
  private byte[] key;

  /**
   * @param sessionKey owned by the session, and cleared with it
   */
  Session(
      SealingTpm tpm,
      int handle,
      byte[] sessionKey,
      byte[] nonceCaller,
      byte[] nonceTpm,
      Secret secret) {
    this.tpm = tpm;
    this.handle = handle;
    this.sessionKey = sessionKey;
    this.key = sessionKey.clone();
    this.nonceCaller = nonceCaller;
    this.nonceTpm = nonceTpm;
    this.secret = secret;
  }

  int handle() {
    return handle;
  }

  /**
   * Includes the object's authorisation value from now on.
   *
   * @param authValue without trailing zeros (Part 1, section 19.6.4.3)
   */
  void useAuthValue(byte[] authValue) {
    Arrays.fill(key, (byte) 0);
    key = Arrays.copyOf(sessionKey, sessionKey.length + authValue.length);
    System.arraycopy(authValue, 0, key, sessionKey.length, authValue.length);
  }

  static byte[] nonce() {
    byte[] nonce = new byte[NONCE];
    RANDOM.nextBytes(nonce);
    return nonce;
  }

  @Override
  public void write(TpmOutput area, CommandCode command, List<Bytes> names, byte[] parameters) {
    nonceCaller = nonce();
    if (secret == Secret.IN_COMMAND) {
      crypt(Cipher.ENCRYPT_MODE, parameters, nonceCaller, nonceTpm);
    }
    MessageDigest cpHash = Digests.create(HASH.jcaName());
    cpHash.update(u32(command.code()));
    names.forEach(name -> name.update(cpHash));
    cpHash.update(parameters);
    byte[] hmac = hmac(cpHash.digest(), nonceCaller, nonceTpm, secret.attributes);
    area.u32(handle).sized16(nonceCaller).u8(secret.attributes).sized16(hmac);
  }

  @Override
  public void verify(ByteReader area, CommandCode command, byte[] parameters)
      throws MalformedException {
    Bytes nonce = area.sized16("nonceTPM", 64);
    if (nonce.size() != NONCE) {
      throw area.malformed("nonceTPM", NONCE + " bytes", nonce.size() + " bytes");
    }
    nonceTpm = nonce.toArray();
    int attributes = area.u8("sessionAttributes");
    Bytes mac = area.sized16("hmac", 64);
    MessageDigest rpHash = Digests.create(HASH.jcaName());
    rpHash.update(u32(0));
    rpHash.update(u32(command.code()));
    rpHash.update(parameters);
    byte[] expected = hmac(rpHash.digest(), nonceTpm, nonceCaller, attributes);
    if (attributes != secret.attributes || !MessageDigest.isEqual(expected, mac.toArray())) {
      throw area.malformed("hmac", "the HMAC of the session that was begun", "another");
    }
    if (secret == Secret.IN_RESPONSE) {
      crypt(Cipher.DECRYPT_MODE, parameters, nonceTpm, nonceCaller);
    }
  }

  private byte[] hmac(byte[] parameterHash, byte[] newer, byte[] older, int attributes) {
    return Kdf.hmac(HASH, key, parameterHash, newer, older, new byte[] {(byte) attributes});
  }

  /** Only the octets of the first parameter, which is a TPM2B; not its size (section 21.3). */
  private void crypt(int mode, byte[] parameters, byte[] newer, byte[] older) {
    if (parameters.length < Short.BYTES) {
      return; // what is too short for a TPM2B is refused where it is read
    }
    int size = ByteBuffer.wrap(parameters).getShort() & 0xFFFF;
    if (size > parameters.length - Short.BYTES) {
      return;
    }
    byte[] derived = Kdf.kdfa(HASH, key, "CFB", newer, older, 256);
    try {
      Cipher cipher = Cipher.getInstance("AES/CFB/NoPadding");
      cipher.init(
          mode, new SecretKeySpec(derived, 0, 16, "AES"), new IvParameterSpec(derived, 16, 16));
      byte[] crypted = cipher.doFinal(parameters, Short.BYTES, size);
      System.arraycopy(crypted, 0, parameters, Short.BYTES, size);
      Arrays.fill(crypted, (byte) 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks AES in CFB mode", e);
    } finally {
      Arrays.fill(derived, (byte) 0);
    }
  }

  private static byte[] u32(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  @Override
  public void close() {
    Arrays.fill(key, (byte) 0);
    Arrays.fill(sessionKey, (byte) 0);
    tpm.flush(handle);
  }
}
