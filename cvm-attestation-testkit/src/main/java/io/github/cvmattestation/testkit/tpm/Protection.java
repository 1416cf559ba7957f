package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * Protected storage: how sensitive areas and secrets are wrapped (Part 1, sections 24 and B.10).
 */
final class Protection {
  private static final int BLOCK = 16;

  private Protection() {}

  /**
   * TPM2B_PRIVATE's content: HMAC, IV, and the sensitive area encrypted under the parent's seed.
   */
  static byte[] wrap(TpmObject parent, byte[] name, Sensitive sensitive, Drbg random) {
    byte[] seed = parent.requireSensitive(TpmError.of(Rc.TYPE)).seedValue();
    byte[] iv = random.next(BLOCK);
    byte[] plain = new TpmWriter().sized(padded(sensitive, name).bytes()).array();
    byte[] hidden = Crypto.encryptCfb(storageKey(parent, seed, name), iv, plain);
    byte[] withIv = new TpmWriter().sized(iv).raw(hidden).array();
    return new TpmWriter().sized(integrity(parent, seed, withIv, name)).raw(withIv).array();
  }

  /** The authValue as long as a digest, so that its length does not show (Part 1, section 24.3). */
  private static Sensitive padded(Sensitive sensitive, byte[] name) {
    int size = Math.max(name.length - Short.BYTES, sensitive.authValue().length);
    return sensitive.withAuth(Arrays.copyOf(sensitive.authValue(), size));
  }

  static Sensitive unwrap(TpmObject parent, byte[] name, byte[] wrapped) {
    byte[] seed = parent.requireSensitive(TpmError.of(Rc.TYPE)).seedValue();
    TpmReader in = new TpmReader(checked(parent, seed, name, wrapped));
    byte[] iv = in.sized(BLOCK);
    if (iv.length != BLOCK) {
      throw TpmError.of(Rc.VALUE);
    }
    return sensitive(Crypto.decryptCfb(storageKey(parent, seed, name), iv, in.rest()));
  }

  /** The outer wrapper of a duplicate or a credential: as {@link #unwrap}, but without an IV. */
  static byte[] unwrapOuter(TpmObject parent, byte[] seed, byte[] name, byte[] wrapped) {
    byte[] hidden = checked(parent, seed, name, wrapped);
    return Crypto.decryptCfb(storageKey(parent, seed, name), new byte[BLOCK], hidden);
  }

  static byte[] wrapOuter(TpmObject parent, byte[] seed, byte[] name, byte[] plain) {
    byte[] hidden = Crypto.encryptCfb(storageKey(parent, seed, name), new byte[BLOCK], plain);
    return new TpmWriter().sized(integrity(parent, seed, hidden, name)).raw(hidden).array();
  }

  /** The inner wrapper of a duplicate: the digest of sensitive area and Name, all encrypted. */
  static byte[] unwrapInner(HashAlgorithm hash, byte[] key, byte[] name, byte[] wrapped) {
    TpmReader in = new TpmReader(Crypto.decryptCfb(key, new byte[BLOCK], wrapped));
    byte[] digest = in.sized(PublicArea.MAX_DIGEST);
    byte[] plain = in.rest();
    if (!Crypto.same(digest, Crypto.hash(hash, plain, name))) {
      throw TpmError.of(Rc.INTEGRITY);
    }
    return plain;
  }

  /** TPM2B_SENSITIVE, all of it. */
  static Sensitive sensitive(byte[] plain) {
    TpmReader in = new TpmReader(plain);
    if (in.u16() != in.remaining()) {
      throw TpmError.of(Rc.SIZE);
    }
    Sensitive sensitive = Sensitive.read(in);
    in.end();
    return sensitive;
  }

  private static byte[] checked(TpmObject parent, byte[] seed, byte[] name, byte[] wrapped) {
    TpmReader in = new TpmReader(wrapped);
    byte[] digest = in.sized(PublicArea.MAX_DIGEST);
    byte[] hidden = in.rest();
    if (!Crypto.same(digest, integrity(parent, seed, hidden, name))) {
      throw TpmError.of(Rc.INTEGRITY);
    }
    return hidden;
  }

  private static byte[] storageKey(TpmObject parent, byte[] seed, byte[] name) {
    PublicArea area = parent.publicArea();
    int bits = area.symmetric().bits();
    return Crypto.kdfa(area.requireNameAlg(), seed, "STORAGE", name, new byte[0], bits);
  }

  private static byte[] integrity(TpmObject parent, byte[] seed, byte[] hidden, byte[] name) {
    HashAlgorithm hash = parent.publicArea().requireNameAlg();
    int bits = hash.digestSize() * 8;
    byte[] key = Crypto.kdfa(hash, seed, "INTEGRITY", new byte[0], new byte[0], bits);
    return Crypto.hmac(hash, key, hidden, name);
  }

  /**
   * The seed that TPM2B_ENCRYPTED_SECRET carries to an asymmetric key (Part 1, sections B.10 and
   * C.6): by OAEP, or by a Diffie-Hellman exchange and KDFe.
   */
  static byte[] secret(TpmObject key, String label, byte[] encrypted) {
    PublicArea area = key.publicArea();
    HashAlgorithm hash = area.requireNameAlg();
    if (area.type() == Alg.RSA) {
      // Secrets are shared by OAEP (Part 1, appendix B.4): a key made for another scheme opens
      // none.
      int scheme = area.scheme().algorithm();
      if (scheme != Alg.NULL && scheme != Alg.OAEP) {
        throw TpmError.of(Rc.VALUE);
      }
      if (encrypted.length != area.unique().length) {
        throw TpmError.of(Rc.SIZE);
      }
      byte[] encoded = key.rsaKey().privatePower(encrypted);
      byte[] seed =
          RsaPadding.fromOaep(hash, Crypto.label(label), encoded)
              .orElseThrow(() -> TpmError.of(Rc.VALUE));
      if (seed.length > hash.digestSize()) {
        throw TpmError.of(Rc.VALUE);
      }
      return seed;
    }
    TpmReader in = new TpmReader(encrypted);
    EccPoint ephemeral = EccPoint.read(in);
    if (in.remaining() != 0) {
      throw TpmError.of(Rc.SIZE);
    }
    EccCurve curve = area.curve();
    if (!curve.contains(ephemeral)) {
      throw TpmError.of(Rc.ECC_POINT);
    }
    byte[] d = key.requireSensitive(TpmError.of(Rc.KEY)).secret();
    EccPoint z = curve.multiply(new BigInteger(1, d), ephemeral);
    return seed(area, label, z, ephemeral);
  }

  static byte[] seed(PublicArea area, String label, EccPoint z, EccPoint ephemeral) {
    HashAlgorithm hash = area.requireNameAlg();
    byte[] u = padded(ephemeral.x(), area.curve());
    byte[] v = padded(area.point().x(), area.curve());
    return Crypto.kdfe(hash, z.x(), label, u, v, hash.digestSize() * 8);
  }

  private static byte[] padded(byte[] coordinate, EccCurve curve) {
    return RsaKey.unsigned(new BigInteger(1, coordinate), curve.size());
  }
}
