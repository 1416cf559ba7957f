package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.Arrays;

/** An ordinary NV index: TPMS_NV_PUBLIC (Part 2, section 13.5), its authValue and its data. */
final class NvIndex {
  private final int handle;
  private final HashAlgorithm nameAlg;
  private final byte[] authPolicy;
  private final byte[] data;
  private int attributes;
  private byte[] auth = new byte[0];

  NvIndex(int handle, HashAlgorithm nameAlg, int attributes, byte[] authPolicy, int size) {
    this.handle = handle;
    this.nameAlg = nameAlg;
    this.attributes = attributes;
    this.authPolicy = authPolicy.clone();
    this.data = new byte[size];
    // Once a part was written, the rest reads as flash does, or as RAM does for an orderly index.
    // The
    // specification leaves this open; swtpm is followed.
    Arrays.fill(data, has(NvAttr.ORDERLY) ? 0 : (byte) 0xFF);
  }

  byte[] publicBytes() {
    return new TpmWriter()
        .u32(handle)
        .u16(nameAlg.id())
        .u32(attributes)
        .sized(authPolicy)
        .u16(data.length)
        .array();
  }

  byte[] name() {
    return new TpmWriter().u16(nameAlg.id()).raw(Crypto.hash(nameAlg, publicBytes())).array();
  }

  byte[] read(int offset, int size) {
    return Arrays.copyOfRange(data, offset, offset + size);
  }

  void write(int offset, byte[] value) {
    System.arraycopy(value, 0, data, offset, value.length);
    attributes |= NvAttr.WRITTEN;
  }

  boolean has(int mask) {
    return (attributes & mask) == mask;
  }

  boolean hasAny(int mask) {
    return (attributes & mask) != 0;
  }

  void set(int mask) {
    attributes |= mask;
  }

  void clear(int mask) {
    attributes &= ~mask;
  }

  int handle() {
    return handle;
  }

  HashAlgorithm nameAlg() {
    return nameAlg;
  }

  byte[] authPolicy() {
    return authPolicy.clone();
  }

  byte[] auth() {
    return auth.clone();
  }

  void setAuth(byte[] value) {
    auth = value.clone();
  }

  int size() {
    return data.length;
  }
}
