package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;

/** Writes DER elements (ITU-T X.690, section 10), for keys and signatures that providers take. */
public final class Der {
  private static final int SHORT_LENGTHS = 0x80;

  private Der() {}

  /** An element of this tag whose content is {@code parts}, one after the other. */
  public static Bytes element(int tag, Bytes... parts) {
    int size = 0;
    for (Bytes part : parts) {
      size = Math.addExact(size, part.size());
    }
    return header(tag, size).concat(parts);
  }

  /** INTEGER. */
  public static Bytes integer(BigInteger value) {
    return element(DerReader.INTEGER, Bytes.of(value.toByteArray()));
  }

  /** Tag and length, in the fewest octets. */
  private static Bytes header(int tag, int size) {
    if (size < SHORT_LENGTHS) {
      return Bytes.of((byte) tag, (byte) size);
    }
    int octets = (Integer.SIZE - Integer.numberOfLeadingZeros(size) + 7) / Byte.SIZE;
    byte[] header = new byte[2 + octets];
    header[0] = (byte) tag;
    header[1] = (byte) (SHORT_LENGTHS | octets);
    for (int i = 0; i < octets; i++) {
      header[2 + i] = (byte) (size >>> (Byte.SIZE * (octets - 1 - i)));
    }
    return Bytes.of(header);
  }
}
