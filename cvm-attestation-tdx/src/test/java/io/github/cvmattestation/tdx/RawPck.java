package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.EcSigningKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Encodes a certificate with SGX Extensions (Intel SGX PCK Certificate Specification §1.3.5), each
 * member open to a lie. Nobody signed it: it is only read.
 */
final class RawPck {
  private static final Bytes ARC = Bytes.ofHex("2a864886f84d010d01");
  private static final Bytes ECDSA_SHA256 = Bytes.ofHex("300a06082a8648ce3d040302");

  String issuer = "Intel SGX PCK Platform CA";
  Bytes key = EcSigningKey.p256("pck").subjectPublicKeyInfo();

  /** Values by the last number of their identifier. */
  final Map<Integer, Bytes> tcb = new TreeMap<>();

  final Map<Integer, Bytes> configuration = new TreeMap<>();
  final Map<Integer, Bytes> members = new TreeMap<>();

  /** What stands in a SEQUENCE beside its members: a second one of a kind, say. */
  final List<Bytes> moreTcb = new ArrayList<>();

  final List<Bytes> moreConfiguration = new ArrayList<>();
  final List<Bytes> moreMembers = new ArrayList<>();

  /** Stands after the extension's SEQUENCE. */
  Bytes after = Bytes.empty();

  boolean reversed;

  private RawPck() {}

  static RawPck platform() {
    RawPck pck = new RawPck();
    for (int i = 1; i <= 16; i++) {
      pck.tcb.put(i, integer(Bytes.of((byte) i)));
    }
    pck.tcb.put(17, integer(Bytes.of((byte) 11)));
    pck.tcb.put(18, octets(Le.pattern(1, 16)));
    pck.members.put(1, octets(Le.pattern(2, 16)));
    pck.members.put(3, octets(Bytes.zeros(2)));
    pck.members.put(4, octets(Bytes.ofHex("00806f050000")));
    pck.members.put(5, tlv(0x0A, Bytes.of((byte) 1)));
    pck.members.put(6, octets(Le.pattern(3, 16)));
    pck.configuration.put(1, bool(0xFF));
    pck.configuration.put(2, bool(0));
    pck.configuration.put(3, bool(0xFF));
    return pck;
  }

  static RawPck processor() {
    RawPck pck = platform();
    pck.issuer = "Intel SGX PCK Processor CA";
    pck.members.remove(6);
    pck.configuration.clear();
    return pck;
  }

  /** A pair of identifier (what follows the extension's own) and value. */
  static Bytes pair(Bytes suffix, Bytes value) {
    return tlv(0x30, tlv(0x06, ARC.concat(suffix)), value);
  }

  static Bytes integer(Bytes content) {
    return tlv(0x02, content);
  }

  static Bytes octets(Bytes content) {
    return tlv(0x04, content);
  }

  static Bytes bool(int content) {
    return tlv(0x01, Bytes.of((byte) content));
  }

  /** DER with a length of its shortest form. */
  static Bytes tlv(int tag, Bytes... contents) {
    Bytes content = Bytes.empty().concat(contents);
    int size = content.size();
    Bytes header =
        size < 0x80
            ? Bytes.of((byte) tag, (byte) size)
            : size < 0x100
                ? Bytes.of((byte) tag, (byte) 0x81, (byte) size)
                : Bytes.of((byte) tag, (byte) 0x82, (byte) (size >> 8), (byte) size);
    return header.concat(content);
  }

  /** The content of the extension. */
  Bytes extension() {
    List<Bytes> all = new ArrayList<>();
    members.forEach((number, value) -> all.add(pair(suffix(number), value)));
    Bytes two = Bytes.of((byte) 2);
    if (!members.containsKey(2) && !(tcb.isEmpty() && moreTcb.isEmpty())) {
      all.add(pair(two, sequence(two, tcb, moreTcb)));
    }
    Bytes seven = Bytes.of((byte) 7);
    if (!members.containsKey(7) && !(configuration.isEmpty() && moreConfiguration.isEmpty())) {
      all.add(pair(seven, sequence(seven, configuration, moreConfiguration)));
    }
    all.addAll(moreMembers);
    return tlv(0x30, order(all)).concat(after);
  }

  Bytes encode() {
    return certificate(tlv(0x30, tlv(0x06, ARC), octets(extension())));
  }

  /** A certificate with these extensions. */
  Bytes certificate(Bytes extensions) {
    Bytes dates = RawQuote.ascii("260101000000Z");
    Bytes tbs =
        tlv(
            0x30,
            Bytes.ofHex("a003020102"),
            integer(Bytes.of((byte) 5)),
            ECDSA_SHA256,
            name(issuer),
            tlv(0x30, tlv(0x17, dates), tlv(0x17, dates)),
            name("Intel SGX PCK Certificate"),
            key,
            tlv(0xA3, tlv(0x30, extensions)));
    return tlv(0x30, tbs, ECDSA_SHA256, tlv(0x03, Bytes.zeros(65)));
  }

  private Bytes sequence(Bytes arc, Map<Integer, Bytes> values, List<Bytes> more) {
    List<Bytes> all = new ArrayList<>();
    values.forEach((number, value) -> all.add(pair(arc.concat(suffix(number)), value)));
    all.addAll(more);
    return tlv(0x30, order(all));
  }

  private Bytes[] order(List<Bytes> all) {
    if (reversed) {
      Collections.reverse(all);
    }
    return all.toArray(Bytes[]::new);
  }

  private static Bytes suffix(int number) {
    return Bytes.of((byte) number);
  }

  private static Bytes name(String commonName) {
    return tlv(
        0x30,
        tlv(0x31, tlv(0x30, Bytes.ofHex("0603550403"), tlv(0x0C, RawQuote.ascii(commonName)))));
  }
}
