package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16LE;

import io.github.cvmattestation.attestation.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the event log of a confidential guest's firmware, little-endian: a header event that names
 * the digests, then crypto-agile events (TCG PC Client Platform Firmware Profile 1.06, section 10;
 * UEFI 2.10, section 38.4.1). And it keeps what the events leave in the registers.
 *
 * <p>Register 0 stands for MRTD, 1 to 4 for RTMR0 to RTMR3. Digests are SHA-384 unless told
 * otherwise.
 */
public final class CcelWriter {
  /** EV_NO_ACTION: extends nothing. */
  public static final long NO_ACTION = 0x00000003;

  /** EV_SEPARATOR: its digest is that of its data. */
  public static final long SEPARATOR = 0x00000004;

  /** EV_IPL: its digest is that of what a boot loader has loaded, not of the data. */
  public static final long IPL = 0x0000000D;

  /** EV_EFI_VARIABLE_DRIVER_CONFIG: its digest is that of its data. */
  public static final long EFI_VARIABLE_DRIVER_CONFIG = 0x80000001L;

  /** TPM_ALG_ID of SHA-384. */
  public static final int SHA384 = 0x000C;

  private static final int REGISTERS = 4;
  private static final int REGISTER_SIZE = 48;

  private final Map<Integer, String> algorithms = new LinkedHashMap<>();
  private final List<Bytes> events = new ArrayList<>();
  private final List<Bytes> registers = new ArrayList<>();
  private long headerIndex = 1;
  private @Nullable Bytes header;
  private int size;
  private int filling;

  private CcelWriter() {
    algorithms.put(SHA384, "SHA-384");
    registers.addAll(List.of(zero(), zero(), zero(), zero()));
  }

  /** A log of nothing but its header. */
  public static CcelWriter empty() {
    return new CcelWriter();
  }

  /** Has every later event carry a digest of another algorithm too, after that of SHA-384. */
  public CcelWriter algorithm(int id, String jcaName) {
    algorithms.put(id, jcaName);
    return this;
  }

  /** Sets the register that the header event names, which nobody looks at; 1, unless set. */
  public CcelWriter headerIndex(long value) {
    headerIndex = value;
    return this;
  }

  /** Sets the header event to anything. */
  public CcelWriter header(Bytes value) {
    header = value;
    return this;
  }

  /** Appends an event whose digests are those of its data, and extends its register. */
  public CcelWriter event(long index, long type, Bytes data) {
    return measured(index, type, data, data);
  }

  /** Appends an event whose digests are those of something else than its data. */
  public CcelWriter measured(long index, long type, Bytes content, Bytes data) {
    Bytes digests = EventEncoder.digests(algorithms, content);
    extend(index, type, Hashes.digest("SHA-384", content));
    return append(index, type, algorithms.size(), digests, data);
  }

  /** Appends an event with this SHA-384 digest alone, 48 bytes, and extends its register. */
  public CcelWriter digested(long index, long type, Bytes digest, Bytes data) {
    extend(index, type, digest);
    return append(index, type, 1, FieldBuffer.littleEndian(2, SHA384).concat(digest), data);
  }

  /** Appends EV_SEPARATOR with four bytes of zero. */
  public CcelWriter separator(long index) {
    return event(index, SEPARATOR, Bytes.zeros(4));
  }

  /**
   * Appends a UEFI variable as EV_EFI_VARIABLE_DRIVER_CONFIG, UEFI_VARIABLE_DATA (TCG PC Client
   * Platform Firmware Profile 1.06, section 10.4.7).
   *
   * @param guid of the vendor, 16 bytes as stored
   */
  public CcelWriter variable(long index, Bytes guid, String name, Bytes value) {
    Bytes data =
        guid.concat(
            FieldBuffer.littleEndian(8, name.length()),
            FieldBuffer.littleEndian(8, value.size()),
            Bytes.of(name.getBytes(UTF_16LE)),
            value);
    return event(index, EFI_VARIABLE_DRIVER_CONFIG, data);
  }

  /** Appends the variable that says whether Secure Boot is on, in register 1. */
  public CcelWriter secureBoot(boolean on) {
    Bytes global = Bytes.ofHex("61dfe48bca93d211aa0d00e098032b8c");
    return variable(1, global, "SecureBoot", Bytes.of((byte) (on ? 1 : 0)));
  }

  /** Appends any bytes, and extends nothing. */
  public CcelWriter raw(Bytes value) {
    events.add(value);
    return this;
  }

  /** Fills the log up to a size: with 0xFF as firmware does, or with zeros. */
  public CcelWriter padded(int bytes, int fill) {
    size = bytes;
    filling = fill;
    return this;
  }

  /** What the events so far leave in RTMR0 to RTMR3, 48 bytes each. */
  public List<Bytes> rtmrs() {
    return List.copyOf(registers);
  }

  /** The log. */
  public Bytes write() {
    Bytes log = header != null ? header : EventEncoder.specId(headerIndex, algorithms);
    log = log.concat(events.toArray(Bytes[]::new));
    byte[] padding = new byte[Math.max(0, size - log.size())];
    Arrays.fill(padding, (byte) filling);
    return log.concat(Bytes.of(padding));
  }

  /**
   * The ACPI table that says where the log is: 56 bytes, as EDK II writes it (ACPI 6.5, section
   * 5.2.34).
   *
   * @param logSize room for the log in bytes
   * @param logAddress physical address
   */
  public static Bytes acpiTable(long logSize, long logAddress) {
    FieldBuffer table = new FieldBuffer(56);
    table.bytes(0, 4, ascii("CCEL"));
    table.number(4, 4, 56);
    table.number(8, 1, 1);
    table.bytes(10, 6, ascii("INTEL "));
    table.bytes(16, 8, ascii("EDK2    "));
    table.number(24, 4, 2);
    table.bytes(28, 4, ascii("    "));
    table.number(32, 4, 0x01000013);
    table.number(36, 1, 2); // CC type: TDX
    table.number(40, 8, logSize);
    table.number(48, 8, logAddress);
    int sum = 0;
    for (byte b : table.slice(0, 56).toArray()) {
      sum += b;
    }
    table.number(9, 1, -sum); // all bytes add up to zero
    return table.slice(0, 56);
  }

  private CcelWriter append(long index, long type, int count, Bytes digests, Bytes data) {
    return raw(EventEncoder.event(index, type, count, digests, data));
  }

  private void extend(long index, long type, Bytes digest) {
    if (type == NO_ACTION || index < 1 || index > REGISTERS) {
      return;
    }
    int register = (int) index - 1;
    registers.set(register, Hashes.digest("SHA-384", registers.get(register).concat(digest)));
  }

  private static Bytes zero() {
    return Bytes.zeros(REGISTER_SIZE);
  }

  private static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(US_ASCII));
  }
}
