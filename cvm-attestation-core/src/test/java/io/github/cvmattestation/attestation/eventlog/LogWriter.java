package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes crypto-agile logs from the text of TCG PFP §10, byte by byte, and keeps registers beside
 * them. It shares nothing with the parser, so that both cannot have the same misunderstanding.
 */
final class LogWriter {
  static final long NO_ACTION = 3;
  static final long SEPARATOR = 4;
  static final long EVENT_TAG = 6;
  static final long CRTM_VERSION = 8;
  static final long IPL = 0x0D;
  static final long DRIVER_CONFIG = 0x80000001L;
  static final long BOOT_VARIABLE = 0x80000002L;
  static final long BOOT_APPLICATION = 0x80000003L;
  static final long EFI_ACTION = 0x80000007L;
  static final long AUTHORITY = 0x800000E0L;

  static final Bytes ZEROS = Bytes.ofHex("00000000");
  static final Bytes ONES = Bytes.ofHex("ffffffff");

  /** A hash as the log names it. */
  enum Alg {
    SHA1(0x04, 20, "SHA-1"),
    SHA256(0x0B, 32, "SHA-256"),
    SHA384(0x0C, 48, "SHA-384"),
    SHA512(0x0D, 64, "SHA-512");

    final int id;
    final int size;
    final String jca;

    Alg(int id, int size, String jca) {
      this.id = id;
      this.size = size;
      this.jca = jca;
    }

    byte[] hash(byte[]... parts) {
      try {
        MessageDigest digest = MessageDigest.getInstance(jca);
        for (byte[] part : parts) {
          digest.update(part);
        }
        return digest.digest();
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError(e);
      }
    }
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Alg> algs;
  private final Map<String, byte[]> registers = new HashMap<>();
  private final BitSet unauthenticated = new BitSet();
  private final List<Integer> boundaries = new ArrayList<>();

  private boolean legacy;

  private LogWriter(Alg... algs) {
    this.algs = List.of(algs);
  }

  /** A log with its Spec ID event, as TDX firmware writes it: index 1, SHA-384. */
  static LogWriter ccel() {
    return new LogWriter(Alg.SHA384).specId(1, "");
  }

  static LogWriter withAlgorithms(Alg... algs) {
    return new LogWriter(algs).specId(0, "vendor");
  }

  /** Without a first event. */
  static LogWriter bare(Alg... algs) {
    return new LogWriter(algs);
  }

  /** A log from before the crypto-agile format: SHA-1 alone, and no first event that says so. */
  static LogWriter legacy() {
    LogWriter log = new LogWriter(Alg.SHA1);
    log.legacy = true;
    return log;
  }

  private LogWriter specId(int index, String vendor) {
    open(index, 4);
    u32(NO_ACTION);
    write(new byte[20]);
    u32(16 + 4 + 4 + 4 + 4L * algs.size() + 1 + vendor.length());
    write("Spec ID Event03\0".getBytes(StandardCharsets.US_ASCII));
    open(0, 4); // platformClass
    write(new byte[] {0, 2});
    loose(2); // specErrata, uintnSize
    write(new byte[] {0, 2});
    u32(algs.size());
    for (Alg alg : algs) {
      u16(alg.id);
      u16(alg.size);
    }
    out.write(vendor.length());
    loose(vendor.length());
    write(vendor.getBytes(StandardCharsets.US_ASCII));
    boundaries.add(out.size());
    return this;
  }

  /** An event whose digest is the hash of its data. */
  LogWriter measured(int index, long type, Bytes data) {
    return event(index, type, data, data);
  }

  LogWriter measured(int index, long type, String data) {
    return measured(index, type, ascii(data));
  }

  /** An event that measures {@code content} and says {@code data}. */
  LogWriter event(int index, long type, Bytes data, Bytes content) {
    // What extends nothing is covered by nothing: its register and its digest are anybody's.
    boolean remark = type == NO_ACTION;
    open(index, remark ? 4 : 0);
    boolean free = type != SEPARATOR;
    open(type, free ? 4 : 0);
    if (!legacy) {
      u32(algs.size());
    }
    for (Alg alg : algs) {
      if (!legacy) {
        u16(alg.id);
      }
      byte[] digest = alg.hash(content.toArray());
      loose(remark ? digest.length : 0);
      write(digest);
      if (!remark) {
        registers.put(alg + " " + index, alg.hash(held(alg, index).toArray(), digest));
      }
    }
    u32(data.size());
    boolean hashed =
        List.of(SEPARATOR, CRTM_VERSION, DRIVER_CONFIG, EFI_ACTION, AUTHORITY).contains(type);
    if (!hashed) {
      loose(data.size());
    }
    write(data.toArray());
    boundaries.add(out.size());
    return this;
  }

  LogWriter event(int index, long type, String data, String content) {
    return event(index, type, ascii(data), ascii(content));
  }

  LogWriter raw(String hex) {
    write(Bytes.ofHex(hex).toArray());
    return this;
  }

  LogWriter u16(int value) {
    out.write(value);
    out.write(value >> 8);
    return this;
  }

  LogWriter u32(long value) {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write((int) (value >> shift));
    }
    return this;
  }

  LogWriter fill(int octet, int size) {
    for (int i = 0; i < size; i++) {
      out.write(octet);
    }
    return this;
  }

  Bytes log() {
    return Bytes.of(out.toByteArray());
  }

  /** Where the first event and every one after it end. */
  List<Integer> boundaries() {
    return Collections.unmodifiableList(boundaries);
  }

  /** Offsets of bytes that neither a digest nor the format fixes altogether. */
  BitSet unauthenticated() {
    return (BitSet) unauthenticated.clone();
  }

  /** RTMR0 to RTMR3: log indices 1 to 4. */
  RegisterBank rtmrs() {
    try {
      return RegisterBank.rtmrs(
          List.of(
              held(Alg.SHA384, 1), held(Alg.SHA384, 2), held(Alg.SHA384, 3), held(Alg.SHA384, 4)));
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  /** PCRs of one bank. */
  RegisterBank pcrs(Alg alg, int... indices) {
    Map<Integer, Bytes> values = new TreeMap<>();
    for (int index : indices) {
      values.put(index, held(alg, index));
    }
    try {
      return RegisterBank.of(RegisterKind.PCR, HashAlgorithm.valueOf(alg.name()), values);
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  private Bytes held(Alg alg, int index) {
    byte[] held = registers.get(alg + " " + index);
    return held == null ? Bytes.zeros(alg.size) : Bytes.of(held);
  }

  private void open(long value, int bytes) {
    loose(bytes);
    u32(value);
  }

  private void loose(int bytes) {
    unauthenticated.set(out.size(), out.size() + bytes);
  }

  private void write(byte[] octets) {
    out.write(octets, 0, octets.length);
  }
}
