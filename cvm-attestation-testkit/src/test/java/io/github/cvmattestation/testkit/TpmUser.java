package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.testkit.tpm.TpmWriter;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Talks to a SoftwareTpm in raw bytes, written from Parts 1 to 3 and sharing nothing with it. */
final class TpmUser {
  static final int OWNER = 0x40000001;
  static final int NULL = 0x40000007;
  static final int ENDORSEMENT = 0x4000000B;
  static final int PLATFORM = 0x4000000C;

  /** fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, sign. */
  static final int SIGNER = 0x00050472;

  /** fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, decrypt. */
  static final int STORAGE = 0x00030472;

  final SoftwareTpm tpm;

  TpmUser(SoftwareTpm tpm) {
    this.tpm = tpm;
  }

  static TpmWriter w() {
    return new TpmWriter();
  }

  static byte[] handles(int... handles) {
    TpmWriter out = w();
    for (int handle : handles) {
      out.u32(handle);
    }
    return out.array();
  }

  /** One password for each authorised handle. */
  static byte[] passwords(String... passwords) {
    TpmWriter out = w();
    for (String password : passwords) {
      out.u32(0x40000009).u16(0).u8(1).sized(password.getBytes(US_ASCII));
    }
    return out.array();
  }

  byte[] send(int code, byte[] handles, byte[] auths, byte[] parameters) {
    TpmWriter body = w().raw(handles);
    if (auths.length > 0) {
      body.u32(auths.length).raw(auths);
    }
    byte[] bytes = body.raw(parameters).array();
    return tpm.transmit(
        w().u16(auths.length > 0 ? 0x8002 : 0x8001)
            .u32(10 + bytes.length)
            .u32(code)
            .raw(bytes)
            .array());
  }

  static int code(byte[] response) {
    return ByteBuffer.wrap(response).getInt(6);
  }

  /** Sends a command that must succeed; returns what follows the header. */
  ByteBuffer done(int code, byte[] handles, byte[] auths, byte[] parameters) {
    byte[] response = send(code, handles, auths, parameters);
    assertThat(code(response)).isZero();
    return ByteBuffer.wrap(response, 10, response.length - 10).slice();
  }

  int refused(int code, byte[] handles, byte[] auths, byte[] parameters) {
    byte[] response = send(code, handles, auths, parameters);
    if (code(response) != 0) {
      assertThat(response).hasSize(10).startsWith(0x80, 0x01);
    }
    return code(response);
  }

  static byte[] sized(ByteBuffer in) {
    byte[] out = new byte[in.getShort() & 0xFFFF];
    in.get(out);
    return out;
  }

  static byte[] ecc(int attributes, int scheme) {
    TpmWriter out = w().u16(0x23).u16(0x0B).u32(attributes).u16(0);
    if ((attributes & 0x20000) != 0) {
      out.u16(6).u16(128).u16(0x43);
    } else {
      out.u16(0x10);
    }
    out.u16(scheme);
    if (scheme != 0x10) {
      out.u16(0x0B);
    }
    return out.u16(3).u16(0x10).u16(0).u16(0).array();
  }

  static byte[] rsa(int attributes, int scheme) {
    TpmWriter out = w().u16(1).u16(0x0B).u32(attributes).u16(0).u16(0x10).u16(scheme);
    if (scheme != 0x10) {
      out.u16(0x0B);
    }
    return out.u16(2048).u32(0).u16(0).array();
  }

  /** Sealed data; {@code policy} is empty for an object that its password opens. */
  static byte[] sealed(int attributes, byte[] policy) {
    return w().u16(8).u16(0x0B).u32(attributes).sized(policy).u16(0x10).u16(0).array();
  }

  static byte[] creation(String auth, byte[] data, byte[] area) {
    byte[] sensitive = w().sized(auth.getBytes(US_ASCII)).sized(data).array();
    return w().sized(sensitive).sized(area).u16(0).u32(0).array();
  }

  int primary(int hierarchy, byte[] area) {
    return done(0x131, handles(hierarchy), passwords(""), creation("", new byte[0], area)).getInt();
  }

  /** The private and the public area of a new child. */
  byte[][] create(int parent, String auth, byte[] data, byte[] area) {
    ByteBuffer out = done(0x153, handles(parent), passwords(""), creation(auth, data, area));
    out.getInt();
    return new byte[][] {sized(out), sized(out)};
  }

  int load(int parent, byte[][] areas) {
    byte[] parameters = w().sized(areas[0]).sized(areas[1]).array();
    return done(0x157, handles(parent), passwords(""), parameters).getInt();
  }

  void flush(int handle) {
    done(0x165, new byte[0], new byte[0], handles(handle));
  }

  byte[] name(int handle) {
    ByteBuffer out = done(0x173, handles(handle), new byte[0], new byte[0]);
    sized(out);
    return sized(out);
  }

  /** A PCR selection of one SHA-256 register. */
  static byte[] pcr(int register) {
    byte[] bitmap = new byte[3];
    bitmap[register / 8] = (byte) (1 << (register % 8));
    return w().u32(1).u16(0x0B).u8(3).raw(bitmap).array();
  }

  byte[] readPcr(int register) {
    ByteBuffer out = done(0x17E, new byte[0], new byte[0], pcr(register));
    out.position(out.position() + 4 + 4 + 6 + 4);
    return sized(out);
  }

  int extend(int register) {
    byte[] digests = w().u32(1).u16(0x0B).raw(new byte[32]).array();
    return refused(0x182, handles(register), passwords(""), digests);
  }

  int define(int hierarchy, int index, int attributes, int size) {
    byte[] area = w().u32(index).u16(0x0B).u32(attributes).u16(0).u16(size).array();
    byte[] parameters = w().sized("nv".getBytes(US_ASCII)).sized(area).array();
    return refused(0x12A, handles(hierarchy), passwords(""), parameters);
  }

  Session session(int type, int bind, byte[] bindAuth) {
    byte[] nonceCaller = new byte[32];
    Arrays.fill(nonceCaller, (byte) 1);
    byte[] parameters =
        w().sized(nonceCaller).u16(0).u8(type).u16(6).u16(128).u16(0x43).u16(0x0B).array();
    ByteBuffer out = done(0x176, handles(NULL, bind), new byte[0], parameters);
    int handle = out.getInt();
    byte[] nonceTpm = sized(out);
    byte[] key = bind == NULL ? new byte[0] : kdfa(bindAuth, "ATH", nonceTpm, nonceCaller, 256);
    return new Session(handle, key, nonceTpm);
  }

  static byte[] concat(byte[]... parts) {
    TpmWriter out = w();
    for (byte[] part : parts) {
      out.raw(part);
    }
    return out.array();
  }

  static byte[] sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, "HmacSHA256"));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] kdfa(byte[] key, String label, byte[] u, byte[] v, int bits) {
    byte[] name = (label + "\0").getBytes(US_ASCII);
    return Arrays.copyOf(hmac(key, handles(1), name, u, v, handles(bits)), bits / 8);
  }

  /** A session's client side. */
  static final class Session {
    final int handle;
    final byte[] key;
    byte[] nonceTpm;
    byte[] nonceCaller = new byte[16];

    private Session(int handle, byte[] key, byte[] nonceTpm) {
      this.handle = handle;
      this.key = key;
      this.nonceTpm = nonceTpm;
    }

    byte[] cipher(int mode, byte[] auth, byte[] newer, byte[] older, byte[] data) {
      byte[] derived = kdfa(concat(key, auth), "CFB", newer, older, 256);
      try {
        Cipher cipher = Cipher.getInstance("AES/CFB/NoPadding");
        cipher.init(
            mode,
            new SecretKeySpec(Arrays.copyOf(derived, 16), "AES"),
            new IvParameterSpec(Arrays.copyOfRange(derived, 16, 32)));
        return cipher.doFinal(data);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    /**
     * The authorisation of a command, its HMAC under the session's key and {@code auth}; it covers
     * the nonces of other sessions where the specification asks for that.
     */
    byte[] authorize(
        int code, byte[] names, byte[] parameters, byte[] auth, int attributes, byte[]... others) {
      byte[] cpHash = sha256(handles(code), names, parameters);
      byte[] flags = {(byte) attributes};
      byte[] nonces = concat(others);
      byte[] mac = hmac(concat(key, auth), cpHash, nonceCaller, nonceTpm, nonces, flags);
      return w().u32(handle).sized(nonceCaller).u8(attributes).sized(mac).array();
    }

    /** Checks a response's HMAC and takes its nonce; returns the parameters as they came. */
    byte[] accept(int code, byte[] response, byte[] auth) {
      ByteBuffer in = ByteBuffer.wrap(response, 10, response.length - 10).slice();
      byte[] parameters = new byte[in.getInt()];
      in.get(parameters);
      byte[] nonce = sized(in);
      byte[] flags = {in.get()};
      byte[] rpHash = sha256(handles(0), handles(code), parameters);
      assertThat(sized(in)).isEqualTo(hmac(concat(key, auth), rpHash, nonce, nonceCaller, flags));
      nonceTpm = nonce;
      return parameters;
    }
  }
}
