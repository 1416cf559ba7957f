package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.vtpm.TpmHandle;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The authorisation area of one command and of its response (TPM 2.0 Part 1, section 19). */
final class SessionArea implements AutoCloseable {
  private static final int TPM_RS_PW = 0x40000009;
  private static final int CONTINUE = 0x01;
  private static final int DECRYPT = 0x20;
  private static final int ENCRYPT = 0x40;

  private final Call call;
  private final List<Use> uses = new ArrayList<>();

  /** One session, or password, in its place. */
  private static final class Use {
    final @Nullable SessionState session;
    final byte[] authValue;
    final Bytes name;
    final byte[] nonceCaller;
    int attributes = CONTINUE;

    Use(@Nullable SessionState session, byte[] authValue, Bytes name) {
      this.session = session;
      this.authValue = authValue;
      this.name = name;
      this.nonceCaller = new byte[session == null ? 0 : session.hash().digestSize()];
      if (session != null) {
        new SecureRandom().nextBytes(nonceCaller);
      }
    }
  }

  SessionArea(Call call) {
    this.call = call;
    for (int i = 0; i < call.authorizations().size(); i++) {
      Authorization authorization = call.authorizations().get(i);
      uses.add(
          new Use(
              authorization.session(),
              withoutTrailingZeros(authorization.authValue()),
              call.handles().get(i).name()));
    }
    addExtra();
    markEncryption();
  }

  private void addExtra() {
    SessionState extra = call.extra();
    boolean useful = call.command().commandEncryptable() || call.command().responseEncryptable();
    if (extra != null && useful && uses.stream().noneMatch(use -> use.session == extra)) {
      uses.add(new Use(extra, new byte[0], Bytes.empty()));
    }
  }

  /** One session encrypts in each direction at most: the last, which is the extra one. */
  private void markEncryption() {
    for (int i = uses.size() - 1; i >= 0; i--) {
      Use use = uses.get(i);
      if (use.session != null && use.session.encrypting()) {
        use.attributes |= call.command().commandEncryptable() ? DECRYPT : 0;
        use.attributes |= call.command().responseEncryptable() ? ENCRYPT : 0;
        return;
      }
    }
  }

  int count() {
    return uses.size();
  }

  /** The whole command. */
  byte[] command() {
    byte[] parameters = encrypted(call.parameters());
    TpmWriter out = new TpmWriter();
    TpmWriter area = new TpmWriter();
    try {
      for (Use use : uses) {
        write(use, parameters, area);
      }
      byte[] authorizations = area.toArray();
      int areaSize = uses.isEmpty() ? 0 : Integer.BYTES + authorizations.length;
      int size = ResponseFrame.HEADER + 4 * call.handles().size() + areaSize + parameters.length;
      if (size > TpmTransport.MAX_SIZE) {
        throw new AttestationException.Configuration(
            call.command().specName() + " would have " + size + " bytes, a TPM takes 4096",
            "give it less data at once");
      }
      out.u16(uses.isEmpty() ? ResponseFrame.NO_SESSIONS : ResponseFrame.SESSIONS);
      out.u32(size).u32(call.command().code());
      call.handles().forEach(handle -> out.u32(handle.value()));
      if (!uses.isEmpty()) {
        out.u32(authorizations.length).raw(authorizations);
      }
      Arrays.fill(authorizations, (byte) 0);
      return out.raw(parameters).toArray();
    } finally {
      Arrays.fill(parameters, (byte) 0);
      out.wipe();
      area.wipe();
    }
  }

  private void write(Use use, byte[] parameters, TpmWriter area) {
    SessionState session = use.session;
    if (session == null) {
      area.u32(TPM_RS_PW).u16(0).u8(CONTINUE).sized(use.authValue);
      return;
    }
    if (!session.alive()) {
      throw new IllegalStateException("the session is closed");
    }
    byte[] hmac =
        hmac(
            use,
            session,
            cpHash(session.hash(), parameters),
            use.nonceCaller,
            session.nonceTpm(),
            use.attributes,
            others(use));
    area.u32(session.handle()).sized(use.nonceCaller).u8(use.attributes).sized(hmac);
  }

  /** nonceTPM of a separate session that encrypts, in the first HMAC only (section 19.6.5). */
  private byte[] others(Use use) {
    if (use != uses.get(0) || call.authorizations().isEmpty()) {
      return new byte[0];
    }
    for (Use other : uses) {
      SessionState session = other.session;
      if (other != use && session != null && (other.attributes & (DECRYPT | ENCRYPT)) != 0) {
        return session.nonceTpm();
      }
    }
    return new byte[0];
  }

  private static byte[] hmac(
      Use use,
      SessionState session,
      byte[] hash,
      byte[] newer,
      byte[] older,
      int attributes,
      byte[] others) {
    byte[] key = session.hmacKey(use.authValue, use.name);
    try {
      // A policy that needs no value is its own authorisation (Part 1, section 19.7.5).
      return session.policy() && key.length == 0
          ? new byte[0]
          : Kdf.hmac(
              session.hash(), key, hash, newer, older, others, new byte[] {(byte) attributes});
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private byte[] cpHash(HashAlgorithm hash, byte[] parameters) {
    MessageDigest digest = Digests.create(hash.jcaName());
    digest.update(new TpmWriter().u32(call.command().code()).toArray());
    for (TpmHandle handle : call.handles()) {
      handle.name().update(digest);
    }
    return digest.digest(parameters);
  }

  private byte[] rpHash(HashAlgorithm hash, Bytes parameters) {
    MessageDigest digest = Digests.create(hash.jcaName());
    digest.update(new TpmWriter().u32(0).u32(call.command().code()).toArray());
    parameters.update(digest);
    return digest.digest();
  }

  /** Checks every HMAC before a nonce is rolled or a byte is decrypted. */
  Bytes verify(ResponseFrame frame) throws MalformedException {
    for (int i = 0; i < uses.size(); i++) {
      verify(uses.get(i), frame.sessions().get(i), frame.parameters());
    }
    Bytes plain = decrypted(frame);
    for (int i = 0; i < uses.size(); i++) {
      SessionState session = uses.get(i).session;
      if (session != null) {
        session.roll(frame.sessions().get(i).nonce().toArray());
        if (i < call.authorizations().size()) {
          session.used();
        }
      }
    }
    return plain;
  }

  private void verify(Use use, ResponseFrame.Entry entry, Bytes parameters) {
    SessionState session = use.session;
    boolean shaped = entry.attributes() == (session == null ? CONTINUE : use.attributes);
    byte[] expected = new byte[0];
    if (session == null) {
      shaped &= entry.nonce().isEmpty();
    } else {
      shaped &= entry.nonce().size() == session.hash().digestSize();
      expected =
          hmac(
              use,
              session,
              rpHash(session.hash(), parameters),
              entry.nonce().toArray(),
              use.nonceCaller,
              entry.attributes(),
              new byte[0]);
    }
    if (!shaped || !MessageDigest.isEqual(expected, entry.hmac().toArray())) {
      throw new AttestationException.Device(
          call.command().specName() + " got a response that its session does not authenticate",
          "close the session; something between here and the TPM changes what is sent, or the"
              + " authorisation value is another");
    }
  }

  private byte[] encrypted(byte[] parameters) {
    byte[] copy = parameters.clone();
    for (Use use : uses) {
      SessionState session = use.session;
      if (session != null && (use.attributes & DECRYPT) != 0) {
        int size = ((copy[0] & 0xFF) << 8) | (copy[1] & 0xFF);
        ParameterCipher.apply(
            true, session, use.authValue, use.nonceCaller, session.nonceTpm(), copy, size);
      }
    }
    return copy;
  }

  private Bytes decrypted(ResponseFrame frame) throws MalformedException {
    for (int i = 0; i < uses.size(); i++) {
      Use use = uses.get(i);
      SessionState session = use.session;
      if (session != null && (use.attributes & ENCRYPT) != 0) {
        byte[] copy = frame.parameters().toArray();
        int size = copy.length < 2 ? -1 : ((copy[0] & 0xFF) << 8) | (copy[1] & 0xFF);
        if (size < 0 || size > copy.length - 2) {
          throw new MalformedException(
              call.command().specName(), "an encrypted TPM2B", copy.length + " bytes");
        }
        byte[] nonce = frame.sessions().get(i).nonce().toArray();
        ParameterCipher.apply(false, session, use.authValue, nonce, use.nonceCaller, copy, size);
        return Bytes.of(copy);
      }
    }
    return frame.parameters();
  }

  /** Trailing zeros of an authorisation value do not count (Part 1, section 19.6.4.3). */
  static byte[] withoutTrailingZeros(byte[] value) {
    int size = value.length;
    while (size > 0 && value[size - 1] == 0) {
      size--;
    }
    return Arrays.copyOf(value, size);
  }

  @Override
  public void close() {
    uses.forEach(use -> Arrays.fill(use.authValue, (byte) 0));
  }
}
