package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;

/** The checks of one entry of the authorisation area (Part 3, section 5.6). */
final class Authorization {
  private final TpmState tpm;
  private final Entities entities;
  private final Command command;
  private final int[] handles;
  private final byte[] parameters;

  Authorization(
      TpmState tpm, Entities entities, Command command, int[] handles, byte[] parameters) {
    this.tpm = tpm;
    this.entities = entities;
    this.command = command;
    this.handles = handles;
    this.parameters = parameters;
  }

  /**
   * Checks one entry.
   *
   * @param otherNonces what its HMAC covers of other sessions
   */
  void check(SessionUse use, Role role, byte[] otherNonces) {
    Integer entity = use.authorizes();
    if (use.isPassword()) {
      if (entity == null) {
        throw TpmError.of(Rc.HANDLE);
      }
    } else if (use.session().isTrial()) {
      throw TpmError.of(Rc.ATTRIBUTES);
    }
    if (!use.isPassword()) {
      requireBoundOpen(use.session());
    }
    if (entity == null) {
      if (!use.has(SessionUse.PURPOSES)) {
        throw TpmError.of(Rc.ATTRIBUTES);
      }
      checkHmac(use, new byte[0], Handles.NULL, otherNonces);
      return;
    }
    checkEntity(use, role, entity, otherNonces);
  }

  /**
   * A session bound to what counts failures would answer guesses at its value: in lockout it is of
   * no use, whatever it authorises (Part 1, section 19.8). lockoutAuth has a lockout of its own.
   */
  private void requireBoundOpen(Session session) {
    if (session.countsFailures()) {
      requireOpen(session.isBoundToLockout());
    }
  }

  private void requireOpen(boolean ofLockout) {
    DictionaryAttack attack = tpm.attack();
    if (ofLockout ? attack.isLockoutAuthBlocked() : attack.isLockedOut()) {
      throw TpmError.of(Rc.LOCKOUT);
    }
    if (!ofLockout && attack.use()) {
      tpm.changed();
    }
  }

  private void checkEntity(SessionUse use, Role role, int entity, byte[] otherNonces) {
    boolean writing = command.isNvWrite();
    boolean policy = !use.isPassword() && use.session().isPolicy();
    boolean needsAuth =
        !policy || use.session().isAuthValueNeeded() || use.session().isPasswordNeeded();
    if (needsAuth && !entities.isExemptFromLockout(entity)) {
      requireOpen(entity == Handles.LOCKOUT);
    }
    if (policy) {
      if (!entities.allowsPolicy(entity, role, writing)) {
        throw TpmError.of(Rc.AUTH_UNAVAILABLE);
      }
      checkPolicy(use.session(), role, entity);
      if (use.session().isPasswordNeeded()) {
        checkPassword(use, entity);
        return;
      }
      use.includeAuth(use.session().isAuthValueNeeded());
    } else {
      if (entities.requiresPolicy(entity, role)) {
        throw TpmError.of(Rc.AUTH_TYPE);
      }
      if (!entities.allowsAuthValue(entity, role, writing)) {
        throw TpmError.of(Rc.AUTH_UNAVAILABLE);
      }
      if (use.isPassword()) {
        checkPassword(use, entity);
        return;
      }
      byte[] auth = entities.authValue(entity);
      use.includeAuth(!use.session().isBoundTo(entities.name(entity), auth));
    }
    byte[] auth = use.includesAuth() ? entities.authValue(entity) : new byte[0];
    checkHmac(use, auth, entity, otherNonces);
  }

  private void checkPassword(SessionUse use, int entity) {
    if (!Crypto.same(Crypto.trimmed(use.auth()), entities.authValue(entity))) {
      throw failed(use, entity, true);
    }
  }

  private void checkHmac(SessionUse use, byte[] auth, int entity, byte[] otherNonces) {
    byte[] cpHash = cpHash(use.session().hash());
    byte[] expected =
        hmac(
            use,
            use.attributes(),
            auth,
            cpHash,
            use.nonceCaller(),
            use.session().nonceTpm(),
            otherNonces);
    if (!Crypto.same(expected, use.auth())) {
      throw failed(use, entity, use.includesAuth());
    }
  }

  /**
   * TPM_RC_BAD_AUTH, or TPM_RC_AUTH_FAIL where failures count: where the value of something
   * protected was {@code tried}, in this command or by a session that is bound to it.
   */
  private TpmError failed(SessionUse use, int entity, boolean tried) {
    boolean ofLockout = entity == Handles.LOCKOUT;
    if (!use.isPassword() && use.session().countsFailures()) {
      ofLockout |= use.session().isBoundToLockout();
    } else if (entities.isExemptFromLockout(entity) || !tried) {
      return TpmError.of(Rc.BAD_AUTH);
    }
    if (ofLockout) {
      tpm.attack().lockoutAuthFailed();
    } else {
      tpm.attack().failed();
    }
    return TpmError.of(Rc.AUTH_FAIL);
  }

  /** The checks of Part 1, section 19.7.10, on what the policy has asked for. */
  private void checkPolicy(Session session, Role role, int entity) {
    if (session.seesChangedPcrs(tpm.pcrs().updateCounter())) {
      throw TpmError.of(Rc.PCR_CHANGED);
    }
    if (session.hash() != entities.policyHash(entity)
        || !Crypto.same(session.policyDigest(), entities.authPolicy(entity))) {
      throw TpmError.of(Rc.POLICY_FAIL);
    }
    if (session.deadline() != 0 && session.deadline() < tpm.clock().time()) {
      throw TpmError.of(Rc.EXPIRED);
    }
    if (session.commandCode() != 0) {
      if (session.commandCode() != command.code()) {
        throw TpmError.of(Rc.POLICY_CC);
      }
    } else if (role == Role.ADMIN) {
      throw TpmError.of(Rc.POLICY_FAIL);
    }
    if (session.cpHash().length != 0 && !Crypto.same(session.cpHash(), cpHash(session.hash()))) {
      throw TpmError.of(Rc.POLICY_FAIL);
    }
  }

  /** cpHash: of the command code, the handles' Names and the parameters as they were sent. */
  byte[] cpHash(HashAlgorithm hash) {
    TpmWriter data = new TpmWriter().u32(command.code());
    for (int handle : handles) {
      data.raw(entities.name(handle));
    }
    return Crypto.hash(hash, data.raw(parameters).array());
  }

  /**
   * The HMAC of a command or a response (Part 1, section 19.6.5). Where there is neither a key nor
   * a value, none is asked for if none was given.
   */
  static byte[] hmac(
      SessionUse use,
      int attributes,
      byte[] auth,
      byte[] pHash,
      byte[] newer,
      byte[] older,
      byte[] others) {
    byte[] key = Crypto.concat(use.session().key(), auth);
    if (key.length == 0 && use.auth().length == 0) {
      return new byte[0];
    }
    byte[] attributeByte = {(byte) attributes};
    return Crypto.hmac(use.session().hash(), key, pHash, newer, older, others, attributeByte);
  }
}
