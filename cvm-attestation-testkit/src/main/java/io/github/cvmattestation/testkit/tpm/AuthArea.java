package io.github.cvmattestation.testkit.tpm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command's authorisation area: read, associated with handles, checked, and answered (Part 1,
 * section 19; Part 3, sections 5.5 and 5.6).
 */
final class AuthArea {
  private static final int MAX_SESSIONS = 3;

  private final TpmState tpm;
  private final Entities entities;
  private final Command command;
  private final int[] handles;
  private final List<SessionUse> uses = new ArrayList<>();
  private @Nullable SessionUse decrypting;
  private @Nullable SessionUse encrypting;
  private @Nullable SessionUse auditing;
  private byte[] auditedCpHash = new byte[0];

  AuthArea(TpmState tpm, Entities entities, Command command, int[] handles) {
    this.tpm = tpm;
    this.entities = entities;
    this.command = command;
    this.handles = handles.clone();
  }

  boolean isAudited() {
    return auditing != null;
  }

  /** A command without sessions must not need any. */
  void requireNone() {
    for (int i = 0; i < handles.length; i++) {
      if (command.role(i) != Role.NONE) {
        throw TpmError.of(Rc.AUTH_MISSING);
      }
    }
  }

  /** Checks every authorisation; returns the parameters, decrypted if a session says so. */
  byte[] authorize(byte[] area, byte[] parameters) {
    if (!command.allowsSessions()) {
      throw TpmError.of(Rc.AUTH_CONTEXT);
    }
    read(area);
    for (int i = 0; i < handles.length; i++) {
      if (command.role(i) != Role.NONE) {
        if (i >= uses.size()) {
          throw TpmError.of(Rc.AUTH_MISSING);
        }
        uses.get(i).authorize(handles[i]);
      }
    }
    Authorization checks = new Authorization(tpm, entities, command, handles, parameters);
    for (int i = 0; i < uses.size(); i++) {
      try {
        checks.check(uses.get(i), command.role(i), otherNonces(i));
      } catch (TpmError e) {
        throw TpmError.session(e.code(), i + 1);
      }
    }
    if (auditing != null) {
      auditedCpHash = checks.cpHash(auditing.session().hash());
    }
    if (decrypting == null) {
      return parameters;
    }
    try {
      return ParameterCipher.command(decrypting, extraKey(decrypting), parameters);
    } catch (TpmError e) {
      throw TpmError.session(e.code(), uses.indexOf(decrypting) + 1);
    }
  }

  private void read(byte[] area) {
    TpmReader in = new TpmReader(area);
    while (in.remaining() > 0) {
      int number = uses.size() + 1;
      if (uses.size() == MAX_SESSIONS) {
        throw TpmError.session(Rc.SIZE, number);
      }
      SessionUse use = SessionUse.read(in, number);
      if (use.isPassword()) {
        if (use.nonceCaller().length != 0) {
          throw TpmError.session(Rc.NONCE, number);
        }
        if (use.has(SessionUse.PURPOSES | SessionUse.AUDIT_DETAILS)) {
          throw TpmError.session(Rc.ATTRIBUTES, number);
        }
      } else {
        use.bind(
            tpm.sessions()
                .require(
                    use.handle(),
                    TpmError.of(Rc.REFERENCE_S0 + number - 1),
                    TpmError.session(Rc.HANDLE, number)));
        if (uses.stream().anyMatch(other -> other.handle() == use.handle())) {
          throw TpmError.session(Rc.HANDLE, number);
        }
        readPurposes(use, number);
      }
      uses.add(use);
    }
  }

  private void readPurposes(SessionUse use, int number) {
    if (use.has(SessionUse.DECRYPT)) {
      requireCipher(use, command.allowsDecrypt() && decrypting == null, number);
      decrypting = use;
    }
    if (use.has(SessionUse.ENCRYPT)) {
      requireCipher(use, command.allowsEncrypt() && encrypting == null, number);
      encrypting = use;
    }
    if (use.has(SessionUse.AUDIT)) {
      if (auditing != null || use.session().isPolicy()) {
        throw TpmError.session(Rc.ATTRIBUTES, number);
      }
      if (use.has(SessionUse.AUDIT_EXCLUSIVE)
          && !use.has(SessionUse.AUDIT_RESET)
          && use.session().isAudit()
          && tpm.sessions().exclusive() != use.handle()) {
        throw TpmError.of(Rc.EXCLUSIVE);
      }
      auditing = use;
    }
  }

  /**
   * Nobody may take away or replace the sessions that encrypt: the first session, if it authorises,
   * covers their nonceTPM; one session's nonce once (Part 1, section 19.6.5).
   */
  private byte[] otherNonces(int i) {
    SessionUse use = uses.get(i);
    if (i != 0 || use.authorizes() == null) {
      return new byte[0];
    }
    byte[] nonces = new byte[0];
    if (decrypting != null && decrypting != use) {
      nonces = decrypting.session().nonceTpm();
    }
    if (encrypting != null && encrypting != use && encrypting != decrypting) {
      nonces = Crypto.concat(nonces, encrypting.session().nonceTpm());
    }
    return nonces;
  }

  private static void requireCipher(SessionUse use, boolean allowed, int number) {
    if (!allowed) {
      throw TpmError.session(Rc.ATTRIBUTES, number);
    }
    if (use.session().symmetric().isNone()) {
      throw TpmError.session(Rc.SYMMETRIC, number);
    }
  }

  private byte[] extraKey(SessionUse use) {
    Integer entity = use.authorizes();
    return entity == null ? new byte[0] : entities.authValue(entity);
  }

  /** The response's authorisation area; nonces roll, policies are forgotten, sessions end. */
  ResponseAuths respond(byte[] plain) {
    for (SessionUse use : uses) {
      if (!use.isPassword()) {
        Session session = use.session();
        session.setNonceTpm(tpm.random().next(session.nonceTpm().length));
      }
    }
    byte[] parameters = plain;
    if (encrypting != null) {
      parameters = ParameterCipher.response(encrypting, extraKey(encrypting), plain);
    }
    audit(parameters);
    TpmWriter area = new TpmWriter();
    for (SessionUse use : uses) {
      respond(use, parameters, area);
    }
    return new ResponseAuths(parameters, area.array());
  }

  /** A session stays exclusive as long as every command is audited by it (Part 1, 19.6.11). */
  private void audit(byte[] parameters) {
    if (auditing == null) {
      return;
    }
    Session session = auditing.session();
    boolean anew = auditing.has(SessionUse.AUDIT_RESET) || !session.isAudit();
    session.audit(anew, auditedCpHash, rpHash(session, parameters));
    tpm.sessions().audited(auditing.handle(), anew);
  }

  private byte[] rpHash(Session session, byte[] parameters) {
    return Crypto.hash(
        session.hash(), Handles.bytes(Rc.SUCCESS), Handles.bytes(command.code()), parameters);
  }

  private void respond(SessionUse use, byte[] parameters, TpmWriter area) {
    if (use.isPassword()) {
      area.sized(new byte[0]).u8(SessionUse.CONTINUE).sized(new byte[0]);
      return;
    }
    Session session = use.session();
    byte[] rpHash = rpHash(session, parameters);
    boolean exclusive = use == auditing && tpm.sessions().exclusive() == use.handle();
    int attributes =
        (use.attributes() & ~SessionUse.AUDIT_DETAILS)
            | (exclusive ? SessionUse.AUDIT_EXCLUSIVE : 0);
    byte[] auth = use.includesAuth() ? extraKey(use) : new byte[0];
    byte[] hmac =
        session.isPasswordNeeded()
            ? new byte[0]
            : Authorization.hmac(
                use, attributes, auth, rpHash, session.nonceTpm(), use.nonceCaller(), new byte[0]);
    area.sized(session.nonceTpm()).u8(attributes).sized(hmac);
    // Where the nonce rolls, a policy begins anew, whatever the session was used for.
    if (session.isPolicy()) {
      session.resetPolicy();
    }
    if (!use.has(SessionUse.CONTINUE)) {
      tpm.sessions().flush(session.handle());
    }
  }
}
