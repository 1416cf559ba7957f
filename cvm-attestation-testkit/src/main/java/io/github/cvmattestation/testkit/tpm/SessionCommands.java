package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;

/** TPM2_StartAuthSession (Part 3, section 11.1). */
final class SessionCommands {
  private static final int HMAC = 0;
  private static final int POLICY = 1;
  private static final int TRIAL = 3;
  private static final int MIN_NONCE = 16;
  static final int MAX_SECRET = 384;

  private SessionCommands() {}

  static void startAuthSession(Call call) {
    byte[] nonceCaller = call.parameter().sized(PublicArea.MAX_DIGEST);
    byte[] encryptedSalt = call.parameter().sized(MAX_SECRET);
    int type = readType(call.parameter());
    SymDef symmetric = SymDef.read(call.parameter());
    HashAlgorithm hash = Alg.readHash(call.parameter());
    call.in().end();
    if (nonceCaller.length < MIN_NONCE || nonceCaller.length > hash.digestSize()) {
      throw TpmError.parameter(Rc.SIZE, 1);
    }
    byte[] salt = salt(call, encryptedSalt);
    byte[] boundAuth = boundAuth(call);
    if (!symmetric.isNone() && symmetric.mode() != Alg.CFB) {
      throw TpmError.parameter(Rc.MODE, 4);
    }
    TpmState tpm = call.tpm();
    int handleType = type == HMAC ? Handles.TYPE_HMAC_SESSION : Handles.TYPE_POLICY_SESSION;
    int handle = tpm.sessions().freeHandle(handleType);
    byte[] nonceTpm = tpm.random().next(nonceCaller.length);
    boolean bound = call.handle(2) != Handles.NULL;
    boolean keyed = bound || call.handle(1) != Handles.NULL;
    byte[] key =
        keyed
            ? Crypto.kdfa(
                hash,
                Crypto.concat(boundAuth, salt),
                "ATH",
                nonceTpm,
                nonceCaller,
                hash.digestSize() * 8)
            : new byte[0];
    // A policy session has the entity's value in its key, but is not bound to it (Part 1, 19.6.12).
    byte[] boundName = bound && type == HMAC ? call.entities().name(call.handle(2)) : new byte[0];
    Session session =
        new Session(handle, type == TRIAL, hash, symmetric, key, nonceTpm, boundName, boundAuth);
    if (bound && !call.entities().isExemptFromLockout(call.handle(2))) {
      session.countFailures(call.handle(2) == Handles.LOCKOUT);
    }
    tpm.sessions().add(session);
    call.respondWith(handle);
    call.out().sized(nonceTpm);
  }

  private static int readType(TpmReader in) {
    int type = in.u8();
    if (type != HMAC && type != POLICY && type != TRIAL) {
      throw in.error(Rc.VALUE);
    }
    return type;
  }

  private static byte[] salt(Call call, byte[] encrypted) {
    if (call.handle(1) == Handles.NULL) {
      if (encrypted.length != 0) {
        throw TpmError.parameter(Rc.VALUE, 2);
      }
      return new byte[0];
    }
    TpmObject key = call.object(1);
    if (key.publicArea().type() == Alg.KEYEDHASH) {
      throw TpmError.handle(Rc.KEY, 1);
    }
    if (encrypted.length == 0) {
      throw TpmError.parameter(Rc.VALUE, 2);
    }
    if (key.sensitive() == null) {
      throw TpmError.handle(Rc.HANDLE, 1);
    }
    if (!key.publicArea().has(Attr.DECRYPT)) {
      throw TpmError.handle(Rc.ATTRIBUTES, 1);
    }
    try {
      return Protection.secret(key, "SECRET", encrypted);
    } catch (TpmError e) {
      throw TpmError.parameter(Rc.VALUE, 2);
    }
  }

  private static byte[] boundAuth(Call call) {
    int bind = call.handle(2);
    if (bind == Handles.NULL) {
      return new byte[0];
    }
    TpmObject object = call.tpm().objects().find(bind);
    if (object != null && object.sensitive() == null) {
      throw TpmError.handle(Rc.HANDLE, 2);
    }
    return call.entities().authValue(bind);
  }
}
