package io.github.cvmattestation.testkit.tpm;

import java.util.Arrays;

/**
 * Reads a command's bytes and blames as a TPM does: what is wrong is added to the parameter that is
 * being read ({@link #parameter}).
 */
final class TpmReader {
  private final byte[] in;
  private int at;
  private int parameter;

  TpmReader(byte[] in) {
    this.in = in;
  }

  /** The next parameter begins: it is to blame from here on. */
  TpmReader parameter() {
    parameter++;
    return this;
  }

  /** {@code code}, blaming the parameter that is being read, if any is. */
  TpmError error(int code) {
    return parameter == 0 ? TpmError.of(code) : TpmError.parameter(code, parameter);
  }

  int remaining() {
    return in.length - at;
  }

  int offset() {
    return at;
  }

  int u8() {
    require(1);
    return in[at++] & 0xFF;
  }

  int u16() {
    require(2);
    return u8() << 8 | u8();
  }

  /** An unsigned 32-bit number as its bits. */
  int u32() {
    require(4);
    return u16() << 16 | u16();
  }

  long u64() {
    require(8);
    return (long) u32() << 32 | (u32() & 0xFFFF_FFFFL);
  }

  byte[] raw(int size) {
    require(size);
    at += size;
    return Arrays.copyOfRange(in, at - size, at);
  }

  /** A "2B" of at most {@code max} bytes. */
  byte[] sized(int max) {
    int size = u16();
    if (size > max) {
      throw error(Rc.SIZE);
    }
    return raw(size);
  }

  /** Opens a "2B" that holds a structure; {@link #close} checks that it was all of it. */
  int open() {
    int size = u16();
    if (size == 0) {
      throw error(Rc.SIZE);
    }
    return at + size;
  }

  void close(int end) {
    if (at != end) {
      throw error(Rc.SIZE);
    }
  }

  /** The parameters are all read: bytes that are left over are nobody's (Part 3, section 5.7). */
  void end() {
    if (remaining() != 0) {
      throw TpmError.of(Rc.SIZE);
    }
  }

  /** The bytes not yet read. */
  byte[] rest() {
    return Arrays.copyOfRange(in, at, in.length);
  }

  private void require(int size) {
    if (size > remaining()) {
      throw error(Rc.INSUFFICIENT);
    }
  }
}
