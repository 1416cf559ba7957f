package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes IMA's measurement list in both forms, as Linux' IMA-templates.rst and ima_fs.c describe
 * them, and keeps PCR 10 beside it. It shares nothing with the readers.
 */
final class ImaWriter {
  private final Alg bank;
  private final Alg logged;
  private final boolean padded;
  private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
  private final StringBuilder text = new StringBuilder();
  private final List<Bytes> history = new ArrayList<>();
  private final Map<Integer, Bytes> others = new TreeMap<>();
  private byte[] register;

  private ImaWriter(Alg bank, Alg logged, boolean padded) {
    this.bank = bank;
    this.logged = logged;
    this.padded = padded;
    this.register = new byte[bank.size];
    history.add(Bytes.of(register));
  }

  static ImaWriter of(Alg bank) {
    return new ImaWriter(bank, Alg.SHA1, false);
  }

  /** As kernels before 5.8 extended other banks. */
  static ImaWriter padded(Alg bank) {
    return new ImaWriter(bank, Alg.SHA1, true);
  }

  /** With the template hashes of another algorithm in the text. */
  static ImaWriter logging(Alg bank, Alg logged) {
    return new ImaWriter(bank, logged, false);
  }

  /** PCR 0 to 9 with some values, and their hash as the first entry. */
  ImaWriter boot() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 10; i++) {
      byte[] value = bank.hash(new byte[] {(byte) i});
      others.put(i, Bytes.of(value));
      if (bank != Alg.SHA1 || i < 8) {
        all.writeBytes(value);
      }
    }
    return ng("ima-ng", bank, bank.hash(all.toByteArray()), "boot_aggregate");
  }

  /** A file whose contents are its name. */
  ImaWriter file(String name) {
    return ng("ima-ng", Alg.SHA256, Alg.SHA256.hash(name.getBytes(StandardCharsets.UTF_8)), name);
  }

  ImaWriter ng(String template, Alg alg, byte[] digest, String name, String... extra) {
    List<byte[]> fields = new ArrayList<>();
    StringBuilder columns = new StringBuilder(dng(alg, digest) + " " + name);
    fields.add(join(ascii(alg.name().toLowerCase(Locale.ROOT) + ":\0"), digest));
    fields.add(join(name.getBytes(StandardCharsets.UTF_8), new byte[1]));
    for (String column : extra) {
      columns.append(' ').append(column);
      int colon = column.indexOf(':');
      byte[] octets = Bytes.ofHex(column.substring(colon + 1)).toArray();
      fields.add(colon < 0 ? octets : join(ascii(column.substring(0, colon) + ":\0"), octets));
    }
    return entry(10, template, fields, columns.toString());
  }

  /** The template "ima". */
  ImaWriter old(byte[] sha1, String name) {
    byte[] padded = Arrays.copyOf(ascii(name), 256);
    byte[] hashed = join(sha1, padded);
    header(10, logged.hash(hashed), "ima");
    binary.writeBytes(sha1);
    u32(name.length());
    binary.writeBytes(ascii(name));
    text.append(hex(sha1)).append(' ').append(name).append('\n');
    return extend(extended(hashed));
  }

  /** An entry of another register. */
  ImaWriter elsewhere(int pcr, String name) {
    Bytes held = Bytes.of(register);
    byte[] digest = Alg.SHA256.hash(ascii(name));
    entry(
        pcr,
        "ima-ng",
        List.of(join(ascii("sha256:\0"), digest), join(ascii(name), new byte[1])),
        dng(Alg.SHA256, digest) + " " + name);
    register = held.toArray();
    history.remove(history.size() - 1);
    return this;
  }

  /** What ima_add_violation leaves: zeros in the log, ones in the register. */
  ImaWriter violation(String name) {
    header(10, new byte[logged.size], "ima-ng");
    byte[] digest = new byte[32];
    data(List.of(join(ascii("sha256:\0"), digest), join(ascii(name), new byte[1])));
    text.append(dng(Alg.SHA256, digest)).append(' ').append(name).append('\n');
    byte[] ones = new byte[bank.size];
    Arrays.fill(ones, (byte) 0xFF);
    return extend(ones);
  }

  private ImaWriter entry(int pcr, String template, List<byte[]> fields, String columns) {
    ByteArrayOutputStream hashed = new ByteArrayOutputStream();
    for (byte[] field : fields) {
      hashed.writeBytes(le(field.length));
      hashed.writeBytes(field);
    }
    header(pcr, logged.hash(hashed.toByteArray()), template);
    data(fields);
    text.append(columns).append('\n');
    return extend(extended(hashed.toByteArray()));
  }

  private byte[] extended(byte[] hashed) {
    return padded ? Arrays.copyOf(Alg.SHA1.hash(hashed), bank.size) : bank.hash(hashed);
  }

  private ImaWriter extend(byte[] digest) {
    register = bank.hash(register, digest);
    history.add(Bytes.of(register));
    return this;
  }

  private void header(int pcr, byte[] hash, String template) {
    u32(pcr);
    binary.writeBytes(hash);
    u32(template.length());
    binary.writeBytes(ascii(template));
    text.append(String.format("%2d %s %s ", pcr, hex(hash), template));
  }

  private void data(List<byte[]> fields) {
    u32(fields.stream().mapToInt(field -> 4 + field.length).sum());
    for (byte[] field : fields) {
      u32(field.length);
      binary.writeBytes(field);
    }
  }

  private void u32(int value) {
    binary.writeBytes(le(value));
  }

  Bytes binary() {
    return Bytes.of(binary.toByteArray());
  }

  String text() {
    return text.toString();
  }

  Bytes ascii() {
    return Bytes.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** PCR 0 to 10 as they are now. */
  RegisterBank pcrs() {
    return pcrsAfter(history.size() - 1);
  }

  /** PCR 0 to 10 as they were after some of the entries of PCR 10. */
  RegisterBank pcrsAfter(int entries) {
    Map<Integer, Bytes> values = new TreeMap<>(others);
    values.put(10, history.get(entries));
    return bank(values);
  }

  RegisterBank onlyPcr10() {
    return bank(Map.of(10, Bytes.of(register)));
  }

  RegisterBank bank(Map<Integer, Bytes> values) {
    try {
      return RegisterBank.of(RegisterKind.PCR, HashAlgorithm.valueOf(bank.name()), values);
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  Map<Integer, Bytes> values() {
    return new TreeMap<>(pcrs().values());
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String dng(Alg alg, byte[] digest) {
    return alg.name().toLowerCase(Locale.ROOT) + ":" + hex(digest);
  }

  private static String hex(byte[] octets) {
    return Bytes.of(octets).hex();
  }

  private static byte[] join(byte[] first, byte[] second) {
    return Bytes.of(first).concat(Bytes.of(second)).toArray();
  }

  private static byte[] le(int value) {
    return new byte[] {
      (byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)
    };
  }
}
