package io.github.cvmattestation.vtpm.contract;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The parameters of a response, read one after the other. */
final class Reply {
  private static final Set<Integer> WITH_HANDLE = Set.of(0x131, 0x157, 0x167, 0x176, 0x161);
  private final int code;
  private final int handle;
  private final byte[] parameters;
  private final int authsAt;
  private int at;

  private Reply(int code, int handle, byte[] parameters, int authsAt) {
    this.code = code;
    this.handle = handle;
    this.parameters = parameters;
    this.authsAt = authsAt;
  }

  static boolean returnsHandle(int commandCode) {
    return WITH_HANDLE.contains(commandCode);
  }

  static Reply of(byte[] response, boolean withHandle) {
    ByteBuffer in = ByteBuffer.wrap(response);
    boolean sessions = in.getShort() == (short) 0x8002;
    in.getInt();
    int code = in.getInt();
    if (code != 0) {
      return new Reply(code, 0, new byte[0], response.length);
    }
    int handle = withHandle ? in.getInt() : 0;
    byte[] parameters = new byte[sessions ? in.getInt() : in.remaining()];
    in.get(parameters);
    return new Reply(code, handle, parameters, in.position());
  }

  /** With the first parameter, a TPM2B, in clear text. */
  Reply decrypted(UnaryOperator<byte[]> cipher) {
    int size = ByteBuffer.wrap(parameters).getShort(0) & 0xFFFF;
    byte[] clear = parameters.clone();
    byte[] first = cipher.apply(Arrays.copyOfRange(parameters, 2, 2 + size));
    System.arraycopy(first, 0, clear, 2, size);
    return new Reply(code, handle, clear, authsAt);
  }

  int code() {
    return code;
  }

  int handle() {
    return handle;
  }

  byte[] parameters() {
    return parameters;
  }

  int authsAt() {
    return authsAt;
  }

  int u8() {
    return parameters[at++] & 0xFF;
  }

  /** The next byte, which stays. */
  int peek() {
    return parameters[at] & 0xFF;
  }

  boolean hasMore() {
    return at < parameters.length;
  }

  int u16() {
    return u8() << 8 | u8();
  }

  int u32() {
    return u16() << 16 | u16();
  }

  byte[] raw(int size) {
    byte[] bytes = Arrays.copyOfRange(parameters, at, at + size);
    at += size;
    return bytes;
  }

  byte[] sized() {
    return raw(u16());
  }

  byte[] rest() {
    return raw(parameters.length - at);
  }

  /** Another reader for a structure inside. */
  static Reply inside(byte[] structure) {
    return new Reply(0, 0, structure, structure.length);
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
