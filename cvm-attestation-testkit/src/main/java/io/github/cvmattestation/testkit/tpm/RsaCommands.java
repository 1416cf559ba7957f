package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import org.jspecify.annotations.Nullable;

/** RSA encryption (Part 3, section 14). */
final class RsaCommands {
  private static final int MAX_RSA = 384;
  private static final int MAX_LABEL = 66;

  private RsaCommands() {}

  static void decrypt(Call call) {
    byte[] cipher = call.parameter().sized(MAX_RSA);
    Scheme asked = Scheme.readRsaDecrypt(call.parameter());
    byte[] label = call.parameter().sized(MAX_LABEL);
    call.in().end();
    TpmObject key = call.object(1);
    if (key.publicArea().type() != Alg.RSA) {
      throw TpmError.handle(Rc.KEY, 1);
    }
    if (key.publicArea().has(Attr.RESTRICTED) || !key.publicArea().has(Attr.DECRYPT)) {
      throw TpmError.handle(Rc.ATTRIBUTES, 1);
    }
    Scheme scheme = requireScheme(key, asked, label);
    if (cipher.length != key.publicArea().unique().length) {
      throw TpmError.of(Rc.SIZE);
    }
    byte[] encoded = key.rsaKey().privatePower(cipher);
    byte[] message =
        switch (scheme.algorithm()) {
          case Alg.OAEP ->
              RsaPadding.fromOaep(requireHash(scheme), label, encoded)
                  .orElseThrow(() -> TpmError.of(Rc.VALUE));
          case Alg.RSAES -> RsaPadding.fromPkcs1(encoded).orElseThrow(() -> TpmError.of(Rc.VALUE));
          case Alg.NULL -> encoded;
          default -> throw TpmError.of(Rc.SCHEME);
        };
    call.out().sized(message);
  }

  static void encrypt(Call call) {
    byte[] message = call.parameter().sized(MAX_RSA);
    Scheme asked = Scheme.readRsaDecrypt(call.parameter());
    byte[] label = call.parameter().sized(MAX_LABEL);
    call.in().end();
    TpmObject key = call.object(1);
    PublicArea area = key.publicArea();
    if (area.type() != Alg.RSA) {
      throw TpmError.handle(Rc.KEY, 1);
    }
    if (!area.has(Attr.DECRYPT)) {
      throw TpmError.handle(Rc.ATTRIBUTES, 1);
    }
    Scheme scheme = requireScheme(key, asked, label);
    int size = area.unique().length;
    Drbg random = call.tpm().random();
    byte[] encoded =
        switch (scheme.algorithm()) {
          case Alg.OAEP -> {
            HashAlgorithm hash = requireHash(scheme);
            yield RsaPadding.oaep(hash, label, message, random.next(hash.digestSize()), size);
          }
          case Alg.RSAES -> RsaPadding.pkcs1(message, random, size);
          case Alg.NULL -> message;
          default -> throw TpmError.of(Rc.SCHEME);
        };
    if (encoded.length > size) {
      throw TpmError.of(Rc.VALUE);
    }
    byte[] whole = Crypto.concat(new byte[size - encoded.length], encoded);
    call.out().sized(RsaKey.publicPower(area.unique(), area.exponent(), whole));
  }

  private static Scheme requireScheme(TpmObject key, Scheme asked, byte[] label) {
    // A label is a string, and its end is part of it (section 14.2.1).
    if (label.length != 0 && label[label.length - 1] != 0) {
      throw TpmError.parameter(Rc.VALUE, 3);
    }
    Scheme scheme = select(key.publicArea().scheme(), asked);
    if (scheme == null) {
      throw TpmError.parameter(Rc.SCHEME, 2);
    }
    return scheme;
  }

  private static @Nullable Scheme select(Scheme own, Scheme asked) {
    if (own.isNone()) {
      return asked;
    }
    return asked.isNone() || asked.equals(own) ? own : null;
  }

  private static HashAlgorithm requireHash(Scheme scheme) {
    if (scheme.hash() == null) {
      throw TpmError.of(Rc.SCHEME);
    }
    return scheme.hash();
  }
}
