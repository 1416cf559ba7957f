package io.github.cvmattestation.testkit.tpm;

import org.jspecify.annotations.Nullable;

/** One entry of a command's authorisation area: TPMS_AUTH_COMMAND (Part 2, section 10.13.2). */
final class SessionUse {
  static final int CONTINUE = 0x01;
  static final int AUDIT_EXCLUSIVE = 0x02;
  static final int AUDIT_RESET = 0x04;

  /** They mean something beside {@link #AUDIT} alone. */
  static final int AUDIT_DETAILS = AUDIT_EXCLUSIVE | AUDIT_RESET;

  static final int DECRYPT = 0x20;
  static final int ENCRYPT = 0x40;
  static final int AUDIT = 0x80;

  /** What a session may be for besides authorising. */
  static final int PURPOSES = DECRYPT | ENCRYPT | AUDIT;

  private static final int RESERVED = 0x18;

  private final int handle;
  private final byte[] nonceCaller;
  private final int attributes;
  private final byte[] auth;
  private @Nullable Session session;

  /** The handle that this entry authorises; null for an entry that authorises nothing. */
  private @Nullable Integer authorizes;

  private boolean includesAuth;

  private SessionUse(int handle, byte[] nonceCaller, int attributes, byte[] auth) {
    this.handle = handle;
    this.nonceCaller = nonceCaller;
    this.attributes = attributes;
    this.auth = auth;
  }

  static SessionUse read(TpmReader in, int number) {
    try {
      int handle = in.u32();
      if (handle != Handles.PASSWORD && !HandleKind.isSession(handle)) {
        throw in.error(Rc.VALUE);
      }
      byte[] nonce = in.sized(PublicArea.MAX_DIGEST);
      int attributes = in.u8();
      if ((attributes & RESERVED) != 0) {
        throw in.error(Rc.RESERVED_BITS);
      }
      return new SessionUse(handle, nonce, attributes, in.sized(PublicArea.MAX_DIGEST));
    } catch (TpmError e) {
      throw TpmError.session(e.code(), number);
    }
  }

  boolean isPassword() {
    return handle == Handles.PASSWORD;
  }

  int handle() {
    return handle;
  }

  byte[] nonceCaller() {
    return nonceCaller.clone();
  }

  int attributes() {
    return attributes;
  }

  boolean has(int mask) {
    return (attributes & mask) != 0;
  }

  byte[] auth() {
    return auth.clone();
  }

  void bind(Session loaded) {
    session = loaded;
  }

  /** The session; a password has none. */
  Session session() {
    if (session == null) {
      throw TpmError.of(Rc.AUTH_CONTEXT);
    }
    return session;
  }

  void authorize(int entity) {
    authorizes = entity;
  }

  @Nullable Integer authorizes() {
    return authorizes;
  }

  /** Whether the entity's authValue is part of the HMAC's key. */
  boolean includesAuth() {
    return includesAuth;
  }

  void includeAuth(boolean value) {
    includesAuth = value;
  }
}
