package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A TPM that answers whatever a script says, and counts what it is asked. It shares the sessions'
 * keys, so that its answers come past the HMAC and are decrypted; that half is computed from Part
 * 1, sections 18 to 21, and nothing of it is the client's.
 *
 * <p>A script is a row of pieces: a size in 16 bits, and so many octets. With bit 15 set the piece
 * is a whole response, otherwise the handle and the parameters of one that is framed here; with bit
 * 14 set, the Name of the first TPM2B follows. At the end come responses without parameters.
 */
final class ScriptedTpm implements TpmTransport {
  /** What sessions are bound to. */
  static final byte[] OWNER_AUTH = {'o', 'w', 'n'};

  /** Of every object. */
  static final byte[] OBJECT_AUTH = {'k', 'e', 'y'};

  static final int FLUSH = 0x165;
  private static final int START = 0x176;
  private static final int POLICY_AUTH_VALUE = 0x16B;
  private static final int READ_PUBLIC = 0x173;
  private static final int NV_READ_PUBLIC = 0x169;

  /** The piece is a whole response. */
  static final int RAW = 0x8000;

  /** A Name follows the piece. */
  static final int NAMED = 0x4000;

  private static final int PASSWORD = 0x40000009;
  private static final int ENCRYPT = 0x40;
  private static final Set<Integer> BUSY = Set.of(0x922, 0x908, 0x90A, 0x920);
  private static final Set<Integer> WITH_HANDLE = Set.of(0x131, 0x157, 0x167, START);
  private static final Set<Integer> TWO_HANDLES =
      Set.of(0x120, 0x14E, 0x137, 0x122, 0x148, 0x14A, 0x151, 0x147, START);
  private static final Set<Integer> NO_HANDLE = Set.of(0x144, 0x17A, 0x17B, FLUSH, 0x167, 0x17E);
  private static final Set<Integer> TWO_AUTHS = Set.of(0x148, 0x147);
  private static final Set<Integer> NO_AUTH =
      Set.of(
          0x17B,
          READ_PUBLIC,
          0x167,
          NV_READ_PUBLIC,
          0x17F,
          0x16A,
          0x189,
          0x171,
          POLICY_AUTH_VALUE,
          0x177,
          0x181,
          START);

  /** A session of this TPM's. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Session(boolean policy, byte[] key, boolean[] authValue) {}

  /** One place in the session area of a command, and what is answered to it. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Use(
      int handle, byte[] nonceCaller, int attributes, byte[] nonceTpm, byte[] authValue) {}

  private final List<Session> sessions = new ArrayList<>();
  private final List<Integer> commands = new ArrayList<>();
  private final List<Long> flushed = new ArrayList<>();
  private ByteBuffer script = ByteBuffer.allocate(0);
  private boolean scripted;
  private int damage = -1;
  private boolean damaged;
  private boolean raw;
  private int busy;
  private int nonces;

  /** From now on the script answers. */
  void follow(Bytes text) {
    script = ByteBuffer.wrap(text.toArray());
    scripted = true;
  }

  /** Flips one bit in the session area of each framed response that has one. */
  void damage(int bit) {
    damage = bit;
  }

  /** The commands since the script began, a repetition after "busy" not counted. */
  List<Integer> commands() {
    return commands;
  }

  /** What was to be flushed. */
  List<Long> flushed() {
    return flushed;
  }

  /** Whether an answer was changed behind its HMAC. */
  boolean damaged() {
    return damaged;
  }

  /** Whether an answer was not framed here. */
  boolean raw() {
    return raw;
  }

  @Override
  public byte[] transmit(byte[] octets) {
    ByteBuffer command = ByteBuffer.wrap(octets);
    assertThat(octets.length).isBetween(10, 4096);
    boolean withSessions = command.getShort() == (short) 0x8002;
    assertThat(command.getInt()).isEqualTo(octets.length);
    int code = command.getInt();
    if (!scripted) {
      return genuine(code, octets);
    }
    if (busy == 0) {
      commands.add(code);
      if (code == FLUSH) {
        flushed.add(command.getInt() & 0xFFFFFFFFL);
      }
    }
    byte[] response = scripted(code, withSessions, octets);
    busy = isBusy(response) ? busy + 1 : 0;
    assertThat(busy).as("tries of one command").isLessThanOrEqualTo(8);
    busy %= 8;
    return response;
  }

  private byte[] scripted(int code, boolean withSessions, byte[] octets) {
    int size = script.remaining() < 2 ? 0 : script.getShort() & 0xFFFF;
    byte[] piece = new byte[Math.min(size & ~RAW & ~NAMED, script.remaining())];
    script.get(piece);
    if ((size & RAW) != 0) {
      raw = true;
      return piece;
    }
    int handle = WITH_HANDLE.contains(code) ? Math.min(4, piece.length) : 0;
    byte[] parameters = Arrays.copyOfRange(piece, handle, piece.length);
    if ((size & NAMED) != 0) {
      parameters = named(code, parameters);
    }
    return framed(code, withSessions, octets, Arrays.copyOf(piece, handle), parameters);
  }

  /** The Name of a TPMT_PUBLIC or TPMS_NV_PUBLIC, for what no search would ever find. */
  private static byte[] named(int code, byte[] parameters) {
    ByteBuffer in = ByteBuffer.wrap(parameters);
    int at = code == NV_READ_PUBLIC ? 4 : 2;
    int size = in.remaining() < 2 ? 0 : in.getShort() & 0xFFFF;
    if (size < at + 2 || size > in.remaining()) {
      return parameters;
    }
    byte[] area = Arrays.copyOfRange(parameters, 2, 2 + size);
    int nameAlg = ByteBuffer.wrap(area).getShort(at);
    String algorithm =
        switch (nameAlg) {
          case 0x04 -> "SHA-1";
          case 0x0C -> "SHA-384";
          case 0x0D -> "SHA-512";
          default -> "SHA-256";
        };
    byte[] name = join(be16(nameAlg), digest(algorithm, area));
    byte[] sized = join(be16(name.length), name);
    // TPM2_ReadPublic has a qualifiedName too, of which nobody can tell whether it is right.
    return code == READ_PUBLIC ? join(parameters, sized, sized) : join(parameters, sized);
  }

  private static boolean isBusy(byte[] response) {
    return response.length == 10 && BUSY.contains(ByteBuffer.wrap(response).getInt(6));
  }

  /** Before the script: sessions start, and everything else succeeds. */
  private byte[] genuine(int code, byte[] octets) {
    if (code == POLICY_AUTH_VALUE) {
      sessions.get(ByteBuffer.wrap(octets).getInt(10) & 0xFFFFFF).authValue()[0] = true;
    }
    if (code != START) {
      return framed(code, false, octets, new byte[0], new byte[0]);
    }
    ByteBuffer in = ByteBuffer.wrap(octets, 14, octets.length - 14);
    boolean bound = in.getInt() != 0x40000007;
    byte[] nonceCaller = sized(in);
    sized(in);
    boolean policy = in.get() == 1;
    byte[] nonceTpm = nonce();
    byte[] key = bound ? kdfa(OWNER_AUTH, "ATH", nonceTpm, nonceCaller) : new byte[0];
    sessions.add(new Session(policy, key, new boolean[1]));
    int type = policy ? 0x03000000 : 0x02000000;
    return framed(code, false, octets, be(type | sessions.size() - 1), join(be16(32), nonceTpm));
  }

  private byte[] framed(
      int code, boolean withSessions, byte[] octets, byte[] handle, byte[] parameters) {
    byte[] body = join(handle, parameters);
    if (withSessions) {
      byte[] clear = parameters.clone();
      byte[] area = area(code, octets, clear);
      if (damage >= 0) {
        area[damage / 8 % area.length] ^= (byte) (1 << damage % 8);
        damaged = true;
      }
      body = join(handle, be(clear.length), clear, area);
    }
    return join(be16(withSessions ? 0x8002 : 0x8001), be(10 + body.length), be(0), body);
  }

  /** The session area of the response; {@code parameters} are encrypted in place. */
  private byte[] area(int code, byte[] octets, byte[] parameters) {
    int handles = TWO_HANDLES.contains(code) ? 2 : NO_HANDLE.contains(code) ? 0 : 1;
    int auths = TWO_AUTHS.contains(code) ? 2 : NO_AUTH.contains(code) ? 0 : 1;
    ByteBuffer in = ByteBuffer.wrap(octets, 10 + 4 * handles, octets.length - 10 - 4 * handles);
    int end = in.getInt() + in.position();
    List<Use> uses = new ArrayList<>();
    while (in.position() < end) {
      int handle = in.getInt();
      byte[] nonceCaller = sized(in);
      int attributes = in.get();
      sized(in);
      byte[] authValue = uses.size() < auths ? OBJECT_AUTH : new byte[0];
      uses.add(new Use(handle, nonceCaller, attributes, nonce(), authValue));
    }
    for (Use use : uses) {
      if (use.handle() != PASSWORD && (use.attributes() & ENCRYPT) != 0) {
        byte[] key = join(session(use.handle()).key(), use.authValue());
        encrypt(kdfa(key, "CFB", use.nonceTpm(), use.nonceCaller()), parameters);
      }
    }
    byte[] area = new byte[0];
    for (Use use : uses) {
      if (use.handle() == PASSWORD) {
        area = join(area, be16(0), new byte[] {1}, be16(0));
        continue;
      }
      Session session = session(use.handle());
      boolean authValue = !session.policy() || session.authValue()[0];
      byte[] key = authValue ? join(session.key(), use.authValue()) : session.key();
      byte[] attributes = {(byte) use.attributes()};
      byte[] hmac =
          session.policy() && key.length == 0
              ? key
              : hmac(
                  key,
                  digest("SHA-256", join(be(0), be(code), parameters)),
                  use.nonceTpm(),
                  use.nonceCaller(),
                  attributes);
      area = join(area, be16(32), use.nonceTpm(), attributes, be16(hmac.length), hmac);
    }
    // A policy that was used is forgotten, and the need of a value with it.
    uses.stream()
        .limit(auths)
        .filter(use -> use.handle() != PASSWORD)
        .forEach(use -> session(use.handle()).authValue()[0] = false);
    return area;
  }

  private Session session(int handle) {
    return sessions.get(handle & 0xFFFFFF);
  }

  private byte[] nonce() {
    byte[] nonce = new byte[32];
    Arrays.fill(nonce, (byte) ++nonces);
    return nonce;
  }

  private static void encrypt(byte[] keyAndIv, byte[] parameters) {
    if (parameters.length < 2) {
      return;
    }
    int size = ByteBuffer.wrap(parameters).getShort() & 0xFFFF;
    try {
      Cipher cipher = Cipher.getInstance("AES/CFB/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(keyAndIv, 0, 16, "AES"),
          new IvParameterSpec(keyAndIv, 16, 16));
      byte[] hidden = cipher.doFinal(parameters, 2, Math.min(size, parameters.length - 2));
      System.arraycopy(hidden, 0, parameters, 2, hidden.length);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] kdfa(byte[] key, String label, byte[] u, byte[] v) {
    byte[] name = (label + "\0").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    return hmac(key, be(1), name, u, v, be(256));
  }

  private static byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, "HmacSHA256"));
      return mac.doFinal(join(parts));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] digest(String algorithm, byte[] data) {
    try {
      return MessageDigest.getInstance(algorithm).digest(data);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] sized(ByteBuffer in) {
    byte[] octets = new byte[in.getShort() & 0xFFFF];
    in.get(octets);
    return octets;
  }

  private static byte[] be(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  private static byte[] be16(int value) {
    return ByteBuffer.allocate(Short.BYTES).putShort((short) value).array();
  }

  private static byte[] join(byte[]... parts) {
    ByteBuffer out = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
    for (byte[] part : parts) {
      out.put(part);
    }
    return out.array();
  }
}
