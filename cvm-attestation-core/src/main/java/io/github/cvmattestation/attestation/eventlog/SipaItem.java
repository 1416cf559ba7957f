package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One tagged value of Windows' boot log, TCG_PCClientTaggedEvent: a type (u32), a size (u32) and
 * that many bytes, little-endian (TCG PFP §10.4.2.1; Windows SDK, wbcl.h). An aggregation holds
 * more of them and nothing else.
 *
 * @param type SIPAEVENT_*, unsigned 32 bits
 * @param data what the size counts
 * @param children the values in an aggregation; empty for any other type
 */
record SipaItem(long type, Bytes data, List<SipaItem> children) {
  /** SIPAEVENTTYPE_AGGREGATION: the bit that says that the data is more tagged values. */
  static final long AGGREGATION = 0x40000000L;

  static final long ELAM_AGGREGATION = 0x40010002L;
  static final long MODULE_AGGREGATION = 0x40010003L;

  static final long BITLOCKER_UNLOCK = 0x00020005L;
  static final long DATA_EXECUTION_PREVENTION = 0x00050004L;

  static final long AUTHORITY_PUBLIC_KEY = 0x00060002L;

  static final long FILE_PATH = 0x00070001L;
  static final long HASH_ALGORITHM = 0x00070003L;
  static final long AUTHENTICODE_HASH = 0x00070004L;
  static final long AUTHORITY_ISSUER = 0x00070005L;
  static final long AUTHORITY_SERIAL = 0x00070006L;
  static final long AUTHORITY_PUBLISHER = 0x00070008L;
  static final long AUTHORITY_THUMBPRINT = 0x00070009L;
  static final long IMAGE_VALIDATED = 0x0007000AL;
  static final long MODULE_SVN = 0x0007000BL;

  static final long ELAM_KEY_NAME = 0x00090001L;
  static final long ELAM_CONFIGURATION = 0x00090002L;
  static final long ELAM_POLICY = 0x00090003L;
  static final long ELAM_MEASURED = 0x00090004L;

  /** How deep aggregations nest at most; Windows nests two. */
  static final int MAX_DEPTH = 8;

  private static final long CLASS_MASK = 0x000F0000L;
  private static final long CONTAINER = 0x00010000L;
  private static final long ERROR = 0x00030000L;

  SipaItem {
    children = List.copyOf(children);
  }

  /** An event's data: one value, to the last byte. */
  static SipaItem read(Bytes event) throws MalformedException {
    ByteReader in = ByteReader.littleEndian("SIPA event", event);
    SipaItem item = read(in, 1);
    in.end();
    return item;
  }

  /** Whether an event's data begins like a container of Windows: all that recognising one takes. */
  static boolean looksLikeContainer(Bytes event) {
    if (event.size() < 2 * Integer.BYTES) {
      return false;
    }
    long type = 0;
    for (int i = Integer.BYTES - 1; i >= 0; i--) {
      type = type << Byte.SIZE | event.get(i);
    }
    return (type & AGGREGATION) != 0 && (type & CLASS_MASK) == CONTAINER;
  }

  /** Whether it reports that something failed: SIPAERROR_*. */
  boolean isError() {
    return (type & CLASS_MASK) == ERROR;
  }

  /** The only child of this type; none if there are two, for nothing says which one holds. */
  Optional<SipaItem> only(long wanted) {
    List<SipaItem> found = children.stream().filter(child -> child.type == wanted).toList();
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  /** The data as an unsigned little-endian number, if it has that many bytes, at most eight. */
  Optional<Long> number(int size) {
    if (data.size() != size) {
      return Optional.empty();
    }
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << Byte.SIZE | data.get(i);
    }
    return Optional.of(value);
  }

  private static SipaItem read(ByteReader in, int depth) throws MalformedException {
    if (depth > MAX_DEPTH) {
      throw in.malformed("type", "at most " + MAX_DEPTH + " levels", "another one");
    }
    long type = in.u32("type");
    Bytes data = in.bytes("data", in.u32("size"));
    List<SipaItem> children = new ArrayList<>();
    if ((type & AGGREGATION) != 0) {
      ByteReader inside = ByteReader.littleEndian("SIPA aggregation", data);
      while (inside.remaining() > 0) {
        children.add(read(inside, depth + 1));
      }
    }
    return new SipaItem(type, data, children);
  }
}
