package io.github.cvmattestation.vtpm.contract;

import static io.github.cvmattestation.vtpm.contract.Wire.be;
import static io.github.cvmattestation.vtpm.contract.Wire.concat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import javax.crypto.Cipher;

/**
 * Somebody who talks to a TPM in bytes: he authorises commands, sometimes wrongly, damages some of
 * them on purpose, and checks the HMACs of responses.
 *
 * <p>He decides by a seed and by response codes alone. Two of them with the same seed therefore do
 * the same on two TPMs, until those disagree.
 */
class RawUser {
  static final int RS_PW = 0x40000009;
  private static final int RETRY = 0x922;

  /** How one authorisation of a command is given. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Auth(int handle, RawSession session, byte[] value, int attributes) {
    static Auth password(byte[] value) {
      return new Auth(RS_PW, NONE, value, 0);
    }
  }

  static final RawSession NONE =
      new RawSession(RS_PW, -1, new byte[0], new byte[0], new byte[0], new byte[0]);

  final Subject tpm;
  final Random random;
  final Map<Integer, byte[]> auths = new HashMap<>();
  final List<RawSession> sessions = new ArrayList<>();
  int damagePerMille;
  int commands;

  RawUser(Subject tpm, long seed) {
    this.tpm = tpm;
    this.random = new Random(seed);
  }

  byte[] bytes(int size) {
    byte[] value = new byte[size];
    random.nextBytes(value);
    return value;
  }

  boolean chance(int perMille) {
    return random.nextInt(1000) < perMille;
  }

  @SafeVarargs
  final <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }

  byte[] auth(int handle) {
    return auths.getOrDefault(handle, new byte[0]);
  }

  /** A command without authorisation. */
  Exchange plain(
      String label, int code, int[] handles, Wire params, Function<Reply, String> comparable) {
    return send(label, code, handles, List.of(), params, comparable);
  }

  /** A command whose first handle is authorised, in a way that is drawn. */
  Exchange authorized(
      String label, int code, int[] handles, Wire params, Function<Reply, String> comparable) {
    List<Auth> list = new ArrayList<>();
    list.add(draw(handles[0]));
    if (chance(60)) {
      // A second session, for encryption or audit or nothing.
      sessions.stream()
          .filter(s -> list.get(0).session() != s)
          .findFirst()
          .ifPresent(s -> list.add(new Auth(s.handle, s, new byte[0], attributes())));
    }
    return send(label, code, handles, list, params, comparable);
  }

  Auth draw(int handle) {
    byte[] value = chance(930) ? auth(handle) : pick(new byte[] {0x78}, new byte[0], new byte[65]);
    if (!sessions.isEmpty() && chance(400)) {
      RawSession session = sessions.get(random.nextInt(sessions.size()));
      if (session.type != RawSession.HMAC && !wantsPolicy(handle) && chance(850)) {
        return Auth.password(value);
      }
      return new Auth(session.handle, session, value(handle, session, value), attributes());
    }
    return Auth.password(value);
  }

  /**
   * Where no HMAC notices a wrong value, the right one: it is part of the cipher's key too (Part 1,
   * section 21.3), and what comes out under a wrong one is different on every TPM.
   */
  private byte[] value(int handle, RawSession session, byte[] drawn) {
    boolean noticed =
        session.type == RawSession.POLICY
            ? session.authValue || session.password
            : session.boundName.length == 0;
    return noticed ? drawn : auth(handle);
  }

  /** Whether a policy session may fit. */
  boolean wantsPolicy(int handle) {
    return false;
  }

  private int attributes() {
    int value = chance(850) ? RawSession.CONTINUE : 0;
    value |= chance(150) ? RawSession.DECRYPT : 0;
    value |= chance(150) ? RawSession.ENCRYPT : 0;
    return chance(20) ? random.nextInt(256) : value;
  }

  Exchange send(
      String label,
      int code,
      int[] handles,
      List<Auth> list,
      Wire params,
      Function<Reply, String> comparable) {
    byte[][] names = new byte[handles.length][];
    boolean named = list.stream().anyMatch(a -> a.session() != NONE);
    for (int i = 0; i < handles.length; i++) {
      names[i] = named ? name(handles[i]) : new byte[0];
    }
    for (Auth auth : list) {
      if (auth.session() != NONE) {
        auth.session().nonceCaller = bytes(16);
      }
    }
    boolean damaged = chance(damagePerMille);
    Wire sent = encrypted(params, list, damaged);
    byte[] cpHash = RawSession.sha256(concat(be(code), concat(names), sent.bytes()));
    Wire body = new Wire();
    for (int handle : handles) {
      body.u32(handle);
    }
    if (!list.isEmpty()) {
      Wire area = new Wire();
      for (int i = 0; i < list.size(); i++) {
        authorize(area, list, i, cpHash, names, damaged);
      }
      body.u32(area.bytes().length).all(area);
    }
    body.all(sent);
    Wire command =
        new Wire()
            .u16(list.isEmpty() ? 0x8001 : 0x8002)
            .u32(10 + body.bytes().length)
            .u32(code)
            .all(body);
    byte[] bytes = damaged ? Damage.of(command, random) : command.bytes();
    byte[] response = tpm.transmit(bytes);
    commands++;
    int rc = ByteBuffer.wrap(response).getInt(6);
    if (rc == RETRY) {
      // swtpm's way to write down, before it happens, that a protected object is used; a TPM may
      // say
      // this at any time, and whoever asks again unchanged is answered (Part 2, table of TPM_RC).
      response = tpm.transmit(bytes);
      rc = ByteBuffer.wrap(response).getInt(6);
    }
    String result = "";
    if (rc == 0) {
      if (damaged) {
        // What it meant is not known any more; what it opened is given up.
        list.forEach(a -> drop(a.session()));
        result = "damaged";
      } else {
        result = comparable.apply(answered(label, code, list, names, response));
      }
    }
    return new Exchange(label, bytes, response, rc, result);
  }

  /**
   * A damaged size moves what follows: HMAC and ciphertext are then read as something else. They
   * must not depend on a nonce that is different on every TPM.
   */
  private static RawSession side(Auth auth, boolean damaged) {
    return damaged && auth.session() != NONE ? auth.session().withoutSecrets() : auth.session();
  }

  private void authorize(
      Wire area, List<Auth> list, int i, byte[] cpHash, byte[][] names, boolean damaged) {
    Auth auth = list.get(i);
    RawSession session = side(auth, damaged);
    area.u32(auth.handle());
    if (session == NONE) {
      area.sized(new byte[0]).u8(0).sized(auth.value());
      return;
    }
    byte[] name = i == 0 && names.length > 0 ? names[0] : new byte[0];
    byte[] hmac;
    if (i == 0 && session.type == RawSession.POLICY && session.password) {
      hmac = auth.value();
    } else {
      byte[] key = session.hmacKey(name, auth.value());
      byte[] data = concat(cpHash, session.nonceCaller, session.nonceTpm);
      if (i == 0) {
        for (Auth other : list.subList(1, list.size())) {
          if ((other.attributes() & (RawSession.DECRYPT | RawSession.ENCRYPT)) != 0) {
            data = concat(data, side(other, damaged).nonceTpm);
          }
        }
      }
      data = concat(data, new byte[] {(byte) auth.attributes()});
      boolean empty = session.type == RawSession.POLICY && key.length == 0;
      hmac = empty ? new byte[0] : RawSession.hmac(key, data);
    }
    area.sized(session.nonceCaller).u8(auth.attributes()).sized(hmac);
  }

  private static Wire encrypted(Wire params, List<Auth> list, boolean damaged) {
    byte[] bytes = params.bytes();
    for (int i = 0; i < list.size(); i++) {
      Auth auth = list.get(i);
      if (auth.session() != NONE
          && (auth.attributes() & RawSession.DECRYPT) != 0
          && bytes.length > 2) {
        int size = ByteBuffer.wrap(bytes).getShort(0) & 0xFFFF;
        if (size > 0 && size <= bytes.length - 2) {
          RawSession session = side(auth, damaged);
          byte[] key = session.cipherKey(i == 0 ? auth.value() : new byte[0]);
          byte[] hidden =
              session.encrypt(
                  key,
                  Arrays.copyOfRange(bytes, 2, 2 + size),
                  Cipher.ENCRYPT_MODE,
                  session.nonceCaller,
                  session.nonceTpm);
          return new Wire()
              .raw(Arrays.copyOf(bytes, 2))
              .raw(hidden)
              .raw(Arrays.copyOfRange(bytes, 2 + size, bytes.length));
        }
      }
    }
    return params;
  }

  private Reply answered(String label, int code, List<Auth> list, byte[][] names, byte[] response) {
    Reply reply = Reply.of(response, Reply.returnsHandle(code));
    int at = reply.authsAt();
    byte[] parameters = reply.parameters();
    byte[] rpHash = RawSession.sha256(concat(be(0), be(code), parameters));
    for (int i = 0; i < list.size(); i++) {
      ByteBuffer in = ByteBuffer.wrap(response, at, response.length - at);
      byte[] nonce = new byte[in.getShort() & 0xFFFF];
      in.get(nonce);
      int attributes = in.get() & 0xFF;
      byte[] hmac = new byte[in.getShort() & 0xFFFF];
      in.get(hmac);
      at = in.position();
      RawSession session = list.get(i).session();
      if (session == NONE) {
        continue;
      }
      byte[] value = list.get(i).value();
      byte[] name = i == 0 && names.length > 0 ? names[0] : new byte[0];
      byte[] key = i == 0 ? session.hmacKey(name, value) : session.key;
      session.nonceTpm = nonce;
      // Whoever changes an authValue gets an answer under the new one (Part 1, 19.6.9).
      boolean changes = code == 0x129 || code == 0x126 || code == 0x121;
      boolean silent = session.type == RawSession.POLICY && (key.length == 0 || session.password);
      if (!changes && !silent) {
        byte[] data = concat(rpHash, nonce, session.nonceCaller, new byte[] {(byte) attributes});
        if (!Arrays.equals(RawSession.hmac(key, data), hmac)) {
          throw new AssertionError(
              label + ": the response's HMAC is wrong " + HexFormat.of().formatHex(response));
        }
      }
      if ((attributes & RawSession.ENCRYPT) != 0) {
        byte[] cipherKey = session.cipherKey(i == 0 ? value : new byte[0]);
        reply =
            reply.decrypted(
                data ->
                    session.encrypt(
                        cipherKey, data, Cipher.DECRYPT_MODE, nonce, session.nonceCaller));
      }
      if (session.type == RawSession.POLICY && i == 0) {
        session.authValue = false;
        session.password = false;
        session.foreign = false;
      }
      if ((attributes & RawSession.CONTINUE) == 0) {
        sessions.remove(session);
      }
    }
    return reply;
  }

  private void drop(RawSession session) {
    if (sessions.remove(session)) {
      tpm.transmit(new Wire().u16(0x8001).u32(14).u32(0x165).u32(session.handle).bytes());
    }
  }

  /** The name of what a handle stands for, asked of the TPM. */
  byte[] name(int handle) {
    int type = handle >>> 24;
    if (type == 0x80 || type == 0x81 || type == 0x01) {
      int code = type == 0x01 ? 0x169 : 0x173;
      byte[] response = tpm.transmit(new Wire().u16(0x8001).u32(14).u32(code).u32(handle).bytes());
      Reply reply = Reply.of(response, false);
      if (reply.code() != 0) {
        return new byte[0];
      }
      reply.sized();
      return reply.sized();
    }
    return be(handle);
  }
}
