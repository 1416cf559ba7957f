package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import java.nio.charset.StandardCharsets;

/** Writes tagged values of Windows' boot log as wbcl.h describes them; knows no reader. */
final class SipaWriter {
  static final Bytes WBCL = LogWriter.ascii("WBCL");

  private SipaWriter() {}

  /** Type, size, data. */
  static Bytes item(long type, Bytes... data) {
    Bytes joined = Bytes.empty().concat(data);
    return sized(type, joined.size(), joined);
  }

  /** With a size that may be a lie. */
  static Bytes sized(long type, long size, Bytes data) {
    return number(type, 4).concat(number(size, 4), data);
  }

  static Bytes bool(long type, int value) {
    return item(type, number(value, 1));
  }

  static Bytes u32(long type, long value) {
    return item(type, number(value, 4));
  }

  static Bytes u64(long type, long value) {
    return item(type, number(value, 8));
  }

  static Bytes text(long type, String text) {
    return item(type, Bytes.of((text + "\0").getBytes(StandardCharsets.UTF_16LE)));
  }

  /** SIPAEVENT_TRUSTBOUNDARY: what boot programs put their reports into. */
  static Bytes boundary(Bytes... items) {
    return item(0x40010001L, items);
  }

  static Bytes number(long value, int size) {
    byte[] octets = new byte[size];
    for (int i = 0; i < size; i++) {
      octets[i] = (byte) (value >>> 8 * i);
    }
    return Bytes.of(octets);
  }

  /** A boot manager's and a loader's reports as a healthy machine has them. */
  static Bytes healthy() {
    return boundary(
        u32(0x00020005L, 4),
        bool(0x00040001L, 0),
        bool(0x00050001L, 0),
        bool(0x00050002L, 1),
        bool(0x00050003L, 0),
        u64(0x00050004L, 3),
        bool(0x00050005L, 0),
        bool(0x00050006L, 0),
        text(0x00050009L, "\\Windows"),
        u64(0x0005000AL, 1),
        bool(0x0005000DL, 0),
        u64(0x00050012L, 1),
        bool(0x00050021L, 0));
  }

  static Bytes module(String path, Bytes sha256) {
    return item(
        0x40010003L,
        text(0x00070001L, path),
        u64(0x00070002L, 0x1000),
        u32(0x00070003L, 0x800C),
        item(0x00070004L, sha256),
        text(0x00070005L, "Microsoft Windows Production PCA 2011"),
        item(0x00070006L, Bytes.ofHex("3300000460cf42a912315f6fb3")),
        u64(0x00070007L, 0x10000),
        text(0x00070008L, "Microsoft Windows"),
        item(0x00070009L, Bytes.ofHex("580a6f4cc4e4b669b9ebdc1b2b3e087b80d0678d")),
        bool(0x0007000AL, 1),
        u32(0x0007000BL, 7));
  }

  static Bytes elam(String name) {
    return item(
        0x40010002L,
        text(0x00090001L, name),
        item(0x00090004L, Bytes.ofHex("01020304")),
        item(0x00090003L, Bytes.ofHex("0506")),
        item(0x00090002L, Bytes.ofHex("07")));
  }

  /** A whole boot. */
  static LogWriter boot() {
    return LogWriter.withAlgorithms(LogWriter.Alg.SHA256)
        .measured(12, LogWriter.EVENT_TAG, healthy())
        .measured(12, LogWriter.SEPARATOR, WBCL)
        .measured(
            13,
            LogWriter.EVENT_TAG,
            boundary(
                module("\\Windows\\system32\\ntoskrnl.exe", Bytes.ofHex("11".repeat(32))),
                module("\\Windows\\system32\\hal.dll", Bytes.ofHex("22".repeat(32))),
                elam("Windows Defender")))
        .measured(13, LogWriter.SEPARATOR, WBCL)
        .measured(14, LogWriter.EVENT_TAG, item(0x00060002L, Bytes.ofHex("30820122")))
        .measured(14, LogWriter.SEPARATOR, WBCL);
  }
}
