package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Writes DER (ITU-T X.690) octet by octet, so that tests can write what no encoder would. */
final class Der {
  private Der() {}

  static Bytes tlv(int tag, Bytes... parts) {
    Bytes content = Bytes.empty().concat(parts);
    return Bytes.of((byte) tag).concat(length(content.size()), content);
  }

  static Bytes seq(Bytes... parts) {
    return tlv(0x30, parts);
  }

  static Bytes set(Bytes... parts) {
    return tlv(0x31, parts);
  }

  static Bytes integer(BigInteger value) {
    return tlv(0x02, Bytes.of(value.toByteArray()));
  }

  static Bytes integer(long value) {
    return integer(BigInteger.valueOf(value));
  }

  static Bytes bits(Bytes octets) {
    return tlv(0x03, Bytes.zeros(1), octets);
  }

  static Bytes octets(Bytes octets) {
    return tlv(0x04, octets);
  }

  static Bytes text(int tag, String text) {
    return tlv(tag, Bytes.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  static Bytes utcTime(String text) {
    return text(0x17, text);
  }

  static Bytes generalizedTime(String text) {
    return text(0x18, text);
  }

  static Bytes oid(String dotted) {
    String[] arcs = dotted.split("\\.");
    Bytes content = arc(Long.parseLong(arcs[0]) * 40 + Long.parseLong(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      content = content.concat(arc(Long.parseLong(arcs[i])));
    }
    return tlv(0x06, content);
  }

  private static Bytes arc(long value) {
    Bytes written = Bytes.of((byte) (value & 0x7F));
    for (long rest = value >>> 7; rest != 0; rest >>>= 7) {
      written = Bytes.of((byte) (0x80 | rest & 0x7F)).concat(written);
    }
    return written;
  }

  private static Bytes length(int size) {
    if (size < 0x80) {
      return Bytes.of((byte) size);
    }
    Bytes digits = Bytes.of(BigInteger.valueOf(size).toByteArray());
    Bytes minimal = digits.get(0) == 0 ? digits.slice(1, digits.size()) : digits;
    return Bytes.of((byte) (0x80 | minimal.size())).concat(minimal);
  }
}
