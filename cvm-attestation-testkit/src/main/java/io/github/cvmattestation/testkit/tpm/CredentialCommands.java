package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.math.BigInteger;

/** Credentials: ActivateCredential and MakeCredential (Part 3, sections 12.5 and 12.6). */
final class CredentialCommands {
  private static final String IDENTITY = "IDENTITY";
  private static final int MAX_NAME = 68;
  private static final int MAX_ID_OBJECT = 132;

  private CredentialCommands() {}

  static void activate(Call call) {
    byte[] blob = call.parameter().sized(MAX_ID_OBJECT);
    byte[] encrypted = call.parameter().sized(SessionCommands.MAX_SECRET);
    call.in().end();
    TpmObject key = call.object(2);
    if (!key.publicArea().isParent()) {
      throw TpmError.handle(Rc.TYPE, 2);
    }
    byte[] seed;
    try {
      seed = Protection.secret(key, IDENTITY, encrypted);
    } catch (TpmError e) {
      throw TpmError.parameter(e.code(), 2);
    }
    try {
      byte[] plain = Protection.unwrapOuter(key, seed, call.object(1).name(), blob);
      TpmReader in = new TpmReader(plain);
      byte[] credential = in.sized(PublicArea.MAX_DIGEST);
      in.end();
      call.out().sized(credential);
    } catch (TpmError e) {
      throw TpmError.parameter(e.code(), 1);
    }
  }

  static void make(Call call) {
    byte[] credential = call.parameter().sized(PublicArea.MAX_DIGEST);
    byte[] name = call.parameter().sized(MAX_NAME);
    call.in().end();
    TpmObject key = call.object(1);
    PublicArea area = key.publicArea();
    if (area.type() == Alg.KEYEDHASH || !area.isParent()) {
      throw TpmError.handle(Rc.TYPE, 1);
    }
    HashAlgorithm hash = area.requireNameAlg();
    if (credential.length > hash.digestSize()) {
      throw TpmError.parameter(Rc.SIZE, 1);
    }
    Drbg random = call.tpm().random();
    byte[] seed = random.next(hash.digestSize());
    byte[] encrypted;
    if (area.type() == Alg.RSA) {
      byte[] label = Crypto.label(IDENTITY);
      byte[] mask = random.next(hash.digestSize());
      byte[] encoded = RsaPadding.oaep(hash, label, seed, mask, area.unique().length);
      encrypted = RsaKey.publicPower(area.unique(), area.exponent(), encoded);
    } else {
      BigInteger secret = random.nextBelow(area.curve().order());
      EccPoint ephemeral = area.curve().publicPoint(secret);
      EccPoint z = area.curve().multiply(secret, area.point());
      seed = Protection.seed(area, IDENTITY, z, ephemeral);
      TpmWriter point = new TpmWriter();
      ephemeral.write(point);
      encrypted = point.array();
    }
    byte[] plain = new TpmWriter().sized(credential).array();
    call.out().sized(Protection.wrapOuter(key, seed, name, plain)).sized(encrypted);
  }
}
