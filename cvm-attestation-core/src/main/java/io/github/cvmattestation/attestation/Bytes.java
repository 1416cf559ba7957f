package io.github.cvmattestation.attestation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sequence of octets.
 *
 * <p>Public values are made of {@code Bytes}, never of {@code byte[]}: arrays break equality and
 * let a caller change what was verified. Equality takes the same time wherever the first difference
 * is. A slice shares the storage of the whole, so cutting a signed region out of evidence copies
 * nothing.
 */
public final class Bytes {
  private static final int SHOWN = 8;
  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

  private final byte[] array;
  private final int offset;
  private final int size;

  private Bytes(byte[] array, int offset, int size) {
    this.array = array;
    this.offset = offset;
    this.size = size;
  }

  /** No octets. */
  public static Bytes empty() {
    return EMPTY;
  }

  /** A copy of {@code octets}. */
  public static Bytes of(byte... octets) {
    return new Bytes(octets.clone(), 0, octets.length);
  }

  /** A copy of what {@code octets} has left; its position stays. */
  public static Bytes of(ByteBuffer octets) {
    byte[] copy = new byte[octets.remaining()];
    octets.get(octets.position(), copy);
    return new Bytes(copy, 0, copy.length);
  }

  /** The octets that {@code hex} names, two digits each, either letter case, no separators. */
  public static Bytes ofHex(String hex) {
    byte[] octets = HexFormat.of().parseHex(hex);
    return new Bytes(octets, 0, octets.length);
  }

  /** {@code size} octets of zero. */
  public static Bytes zeros(int size) {
    return new Bytes(new byte[size], 0, size);
  }

  /** These octets followed by {@code others}, in order. */
  public Bytes concat(Bytes... others) {
    int total = size;
    for (Bytes other : others) {
      total = Math.addExact(total, other.size);
    }
    byte[] joined = Arrays.copyOf(toArray(), total);
    int at = size;
    for (Bytes other : others) {
      System.arraycopy(other.array, other.offset, joined, at, other.size);
      at += other.size;
    }
    return new Bytes(joined, 0, total);
  }

  /** How many octets there are. */
  public int size() {
    return size;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** The octet at {@code index}, 0 to 255. */
  public int get(int index) {
    return array[offset + Objects.checkIndex(index, size)] & 0xFF;
  }

  /** The unsigned 32-bit number in the four octets from {@code index} on, little-endian. */
  public long u32LittleEndian(int index) {
    Objects.checkFromIndexSize(index, Integer.BYTES, size);
    return Integer.toUnsignedLong((int) INTS.get(array, offset + index));
  }

  /** The octets from {@code from} (inclusive) to {@code to} (exclusive), sharing this storage. */
  public Bytes slice(int from, int to) {
    Objects.checkFromToIndex(from, to, size);
    return new Bytes(array, offset + from, to - from);
  }

  /**
   * The same octets in storage of their own: for keeping a slice without the whole that it was cut
   * out of.
   */
  public Bytes detached() {
    return new Bytes(toArray(), 0, size);
  }

  /** The same octets, last first. */
  public Bytes reversed() {
    byte[] turned = new byte[size];
    for (int i = 0; i < size; i++) {
      turned[i] = array[offset + size - 1 - i];
    }
    return new Bytes(turned, 0, size);
  }

  /** Whether every octet is zero; true of none at all. */
  public boolean isZero() {
    int seen = 0;
    for (int i = offset; i < offset + size; i++) {
      seen |= array[i];
    }
    return seen == 0;
  }

  /** Whether these octets begin with {@code prefix}. */
  public boolean startsWith(Bytes prefix) {
    return size >= prefix.size && slice(0, prefix.size).equals(prefix);
  }

  /** A copy. */
  public byte[] toArray() {
    return Arrays.copyOfRange(array, offset, offset + size);
  }

  /** Feeds these octets to {@code digest} without copying them. */
  public void update(MessageDigest digest) {
    digest.update(array, offset, size);
  }

  /** Copies these octets to {@code target}, beginning at {@code at}. */
  public void copyTo(byte[] target, int at) {
    System.arraycopy(array, offset, target, at, size);
  }

  /** All octets in lower-case hexadecimal. */
  public String hex() {
    return HexFormat.of().formatHex(array, offset, offset + size);
  }

  /** The first octets in hexadecimal, with an ellipsis where there are more: for messages. */
  public String abbreviated() {
    return size <= SHOWN ? hex() : HexFormat.of().formatHex(array, offset, offset + SHOWN) + "…";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Bytes that) || size != that.size) {
      return false;
    }
    long difference = 0;
    int at = 0;
    for (; at <= size - Long.BYTES; at += Long.BYTES) {
      difference |= longAt(at) ^ that.longAt(at);
    }
    for (; at < size; at++) {
      difference |= array[offset + at] ^ that.array[that.offset + at];
    }
    return difference == 0;
  }

  @Override
  public int hashCode() {
    // Eight bytes at a time: certificates are looked up by their bytes at every verification.
    long hash = size;
    int at = 0;
    for (; at <= size - Long.BYTES; at += Long.BYTES) {
      hash = MIX * (hash ^ longAt(at));
      hash ^= hash >>> Integer.SIZE;
    }
    for (; at < size; at++) {
      hash = MIX * (hash ^ array[offset + at]);
    }
    return Long.hashCode(hash);
  }

  private long longAt(int index) {
    return (long) LONGS.get(array, offset + index);
  }

  /** Size and first octets: whole values go through {@link #hex()}, on purpose. */
  @Override
  public String toString() {
    return "Bytes[" + size + ": " + abbreviated() + "]";
  }
}
