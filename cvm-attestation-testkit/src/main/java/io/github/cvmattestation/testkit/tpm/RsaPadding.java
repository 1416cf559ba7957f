package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.Arrays;
import java.util.Optional;

/** The encodings around RSA's power (RFC 8017, sections 7 and 9). */
final class RsaPadding {
  private static final int PKCS1_OVERHEAD = 11;

  private RsaPadding() {}

  /** EMSA-PKCS1-v1_5 of a digest (section 9.2). */
  static byte[] pkcs1Signature(HashAlgorithm hash, byte[] digest, int size) {
    byte[] info = Crypto.concat(digestInfo(hash), digest);
    if (size < info.length + PKCS1_OVERHEAD) {
      throw TpmError.of(Rc.SIZE);
    }
    byte[] encoded = new byte[size];
    Arrays.fill(encoded, (byte) 0xFF);
    encoded[0] = 0;
    encoded[1] = 1;
    encoded[size - info.length - 1] = 0;
    System.arraycopy(info, 0, encoded, size - info.length, info.length);
    return encoded;
  }

  /** What stands before a digest in DigestInfo (section 9.2, note 1). */
  private static byte[] digestInfo(HashAlgorithm hash) {
    byte[] oid =
        switch (hash) {
          case SHA1 -> new byte[] {0x2B, 0x0E, 0x03, 0x02, 0x1A};
          case SHA256 -> nist(1);
          case SHA384 -> nist(2);
          case SHA512 -> nist(3);
        };
    int size = hash.digestSize();
    return new TpmWriter()
        .u8(0x30)
        .u8(2 + oid.length + 2 + 2 + 2 + size)
        .u8(0x30)
        .u8(oid.length + 4)
        .u8(0x06)
        .u8(oid.length)
        .raw(oid)
        .u16(0x0500)
        .u8(0x04)
        .u8(size)
        .array();
  }

  private static byte[] nist(int last) {
    return new byte[] {0x60, (byte) 0x86, 0x48, 1, 0x65, 3, 4, 2, (byte) last};
  }

  /** EMSA-PSS of a digest (section 9.1.1); the salt is as long as the digest (Part 1, B.7). */
  static byte[] pss(HashAlgorithm hash, byte[] digest, byte[] salt, int size) {
    byte[] h = Crypto.hash(hash, new byte[8], digest, salt);
    byte[] encoded = new byte[size];
    int dbSize = size - h.length - 1;
    encoded[dbSize - salt.length - 1] = 1;
    System.arraycopy(salt, 0, encoded, dbSize - salt.length, salt.length);
    mask(hash, h, encoded, 0, dbSize);
    encoded[0] &= 0x7F;
    System.arraycopy(h, 0, encoded, dbSize, h.length);
    encoded[size - 1] = (byte) 0xBC;
    return encoded;
  }

  /** EMSA-PSS-VERIFY (section 9.1.2) for a salt of any size. */
  static boolean isPss(HashAlgorithm hash, byte[] digest, byte[] encoded) {
    int dbSize = encoded.length - hash.digestSize() - 1;
    if (encoded[encoded.length - 1] != (byte) 0xBC || (encoded[0] & 0x80) != 0) {
      return false;
    }
    byte[] h = Arrays.copyOfRange(encoded, dbSize, encoded.length - 1);
    byte[] db = encoded.clone();
    mask(hash, h, db, 0, dbSize);
    db[0] &= 0x7F;
    int at = 0;
    while (at < dbSize && db[at] == 0) {
      at++;
    }
    if (at == dbSize || db[at] != 1) {
      return false;
    }
    byte[] salt = Arrays.copyOfRange(db, at + 1, dbSize);
    return Crypto.same(h, Crypto.hash(hash, new byte[8], digest, salt));
  }

  /** EME-OAEP (section 7.1.1), the mask by the same hash. */
  static byte[] oaep(HashAlgorithm hash, byte[] label, byte[] message, byte[] seed, int size) {
    int hashSize = hash.digestSize();
    if (message.length > size - 2 * hashSize - 2) {
      throw TpmError.of(Rc.VALUE);
    }
    byte[] encoded = new byte[size];
    System.arraycopy(seed, 0, encoded, 1, hashSize);
    byte[] labelHash = Crypto.hash(hash, label);
    System.arraycopy(labelHash, 0, encoded, 1 + hashSize, hashSize);
    encoded[size - message.length - 1] = 1;
    System.arraycopy(message, 0, encoded, size - message.length, message.length);
    mask(hash, seed, encoded, 1 + hashSize, size);
    mask(hash, Arrays.copyOfRange(encoded, 1 + hashSize, size), encoded, 1, 1 + hashSize);
    return encoded;
  }

  /** What EME-OAEP hides; empty if this is no such encoding (section 7.1.2). */
  static Optional<byte[]> fromOaep(HashAlgorithm hash, byte[] label, byte[] encoded) {
    int hashSize = hash.digestSize();
    int size = encoded.length;
    if (size < 2 * hashSize + 2 || encoded[0] != 0) {
      return Optional.empty();
    }
    byte[] out = encoded.clone();
    mask(hash, Arrays.copyOfRange(out, 1 + hashSize, size), out, 1, 1 + hashSize);
    mask(hash, Arrays.copyOfRange(out, 1, 1 + hashSize), out, 1 + hashSize, size);
    byte[] labelHash = Arrays.copyOfRange(out, 1 + hashSize, 1 + 2 * hashSize);
    int at = 1 + 2 * hashSize;
    while (at < size && out[at] == 0) {
      at++;
    }
    if (at == size || out[at] != 1 || !Crypto.same(labelHash, Crypto.hash(hash, label))) {
      return Optional.empty();
    }
    return Optional.of(Arrays.copyOfRange(out, at + 1, size));
  }

  /** EME-PKCS1-v1_5 (section 7.2.1). */
  static byte[] pkcs1(byte[] message, Drbg random, int size) {
    if (message.length > size - PKCS1_OVERHEAD) {
      throw TpmError.of(Rc.VALUE);
    }
    byte[] encoded = new byte[size];
    encoded[1] = 2;
    int end = size - message.length - 1;
    for (int i = 2; i < end; i++) {
      while (encoded[i] == 0) {
        encoded[i] = random.next(1)[0];
      }
    }
    System.arraycopy(message, 0, encoded, end + 1, message.length);
    return encoded;
  }

  /** What EME-PKCS1-v1_5 hides; empty if this is no such encoding (section 7.2.2). */
  static Optional<byte[]> fromPkcs1(byte[] encoded) {
    if (encoded[0] != 0 || encoded[1] != 2) {
      return Optional.empty();
    }
    int at = 2;
    while (at < encoded.length && encoded[at] != 0) {
      at++;
    }
    if (at == encoded.length || at < PKCS1_OVERHEAD - 1) {
      return Optional.empty();
    }
    return Optional.of(Arrays.copyOfRange(encoded, at + 1, encoded.length));
  }

  /** Masks {@code [from, to)} with MGF1 of a seed (appendix B.2.1). */
  private static void mask(HashAlgorithm hash, byte[] seed, byte[] data, int from, int to) {
    for (int counter = 0, at = from; at < to; counter++) {
      byte[] block = Crypto.hash(hash, seed, new TpmWriter().u32(counter).array());
      for (int i = 0; i < block.length && at < to; i++, at++) {
        data[at] ^= block[i];
      }
    }
  }
}
