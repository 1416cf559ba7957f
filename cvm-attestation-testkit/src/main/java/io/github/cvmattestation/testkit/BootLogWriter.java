package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16LE;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the event log of a PC client's TPM, little-endian and crypto-agile (TCG PC Client Platform
 * Firmware Profile 1.06, section 10), with digests of SHA-1, SHA-256 and SHA-384. And it keeps what
 * has to be extended, in order, so that a TPM may hold what the log tells.
 */
public final class BootLogWriter {
  /** EV_NO_ACTION: extends nothing. */
  public static final long NO_ACTION = 0x00000003;

  /** EV_SEPARATOR. */
  public static final long SEPARATOR = 0x00000004;

  /** EV_S_CRTM_VERSION. */
  public static final long S_CRTM_VERSION = 0x00000008;

  /** EV_IPL: what boot loaders measure. */
  public static final long IPL = 0x0000000D;

  /** EV_EFI_VARIABLE_DRIVER_CONFIG. */
  public static final long EFI_VARIABLE_DRIVER_CONFIG = 0x80000001L;

  /** EV_EFI_VARIABLE_BOOT: of the variable only the contents are measured. */
  public static final long EFI_VARIABLE_BOOT = 0x80000002L;

  /** EV_EFI_BOOT_SERVICES_APPLICATION: the digest is an image's. */
  public static final long EFI_BOOT_SERVICES_APPLICATION = 0x80000003L;

  /** EV_EFI_ACTION. */
  public static final long EFI_ACTION = 0x80000007L;

  /** EV_EFI_PLATFORM_FIRMWARE_BLOB: the digest is that of firmware. */
  public static final long EFI_PLATFORM_FIRMWARE_BLOB = 0x80000008L;

  /** EV_EFI_VARIABLE_AUTHORITY. */
  public static final long EFI_VARIABLE_AUTHORITY = 0x800000E0L;

  /** EFI_GLOBAL_VARIABLE, 16 bytes as stored (UEFI 2.10, section 3.3). */
  public static final Bytes GLOBAL_VARIABLE = Bytes.ofHex("61dfe48bca93d211aa0d00e098032b8c");

  /** EFI_IMAGE_SECURITY_DATABASE_GUID, as stored (UEFI 2.10, section 32.6.1). */
  public static final Bytes IMAGE_SECURITY_DATABASE =
      Bytes.ofHex("cbb219d73a3d9645a3bcdad00e67656f");

  /** shim's variables, as stored. */
  public static final Bytes SHIM_LOCK = Bytes.ofHex("50ab5d6046e00043abb63dd810dd8b23");

  private final Map<Integer, String> algorithms = new LinkedHashMap<>();
  private final List<Bytes> events = new ArrayList<>();
  private final List<Extend> extensions = new ArrayList<>();

  /**
   * What an event extends.
   *
   * @param pcr the register
   * @param content what the digests are of
   */
  public record Extend(int pcr, Bytes content) {
    /** The digest of a bank. */
    public Bytes digest(HashAlgorithm bank) {
      return Hashes.digest(bank.jcaName(), content);
    }
  }

  private BootLogWriter() {
    for (HashAlgorithm algorithm :
        List.of(HashAlgorithm.SHA1, HashAlgorithm.SHA256, HashAlgorithm.SHA384)) {
      algorithms.put(algorithm.id(), algorithm.jcaName());
    }
  }

  /** A log of nothing but its header. */
  public static BootLogWriter empty() {
    return new BootLogWriter();
  }

  /** Appends an event whose digests are those of its data. */
  public BootLogWriter event(int pcr, long type, Bytes data) {
    return measured(pcr, type, data, data);
  }

  /** Appends an event whose digests are those of something else than its data. */
  public BootLogWriter measured(int pcr, long type, Bytes content, Bytes data) {
    Bytes digests = EventEncoder.digests(algorithms, content);
    events.add(EventEncoder.event(pcr, type, algorithms.size(), digests, data));
    if (type != NO_ACTION) {
      extensions.add(new Extend(pcr, content));
    }
    return this;
  }

  /** Appends EV_SEPARATOR with four bytes of zero. */
  public BootLogWriter separator(int pcr) {
    return event(pcr, SEPARATOR, Bytes.zeros(4));
  }

  /** Appends EV_EFI_ACTION. */
  public BootLogWriter action(int pcr, String text) {
    return event(pcr, EFI_ACTION, ascii(text));
  }

  /** Appends a variable that is measured whole, as UEFI_VARIABLE_DATA (section 10.2.6). */
  public BootLogWriter variable(int pcr, long type, Bytes guid, String name, Bytes value) {
    return event(pcr, type, variableData(guid, name, value));
  }

  /** Appends a boot variable, of which only the contents are measured. */
  public BootLogWriter bootVariable(int pcr, String name, Bytes value) {
    return measured(pcr, EFI_VARIABLE_BOOT, value, variableData(GLOBAL_VARIABLE, name, value));
  }

  /** Appends what GRUB measures: the text behind the prefix alone. */
  public BootLogWriter grub(int pcr, String prefix, String text) {
    return measured(pcr, IPL, ascii(text), ascii(prefix + text + "\0"));
  }

  /** What has to be extended, in order. */
  public List<Extend> extensions() {
    return List.copyOf(extensions);
  }

  /** The log. */
  public Bytes write() {
    return EventEncoder.specId(0, algorithms).concat(events.toArray(Bytes[]::new));
  }

  private static Bytes variableData(Bytes guid, String name, Bytes value) {
    return guid.concat(
        FieldBuffer.littleEndian(8, name.length()),
        FieldBuffer.littleEndian(8, value.size()),
        Bytes.of(name.getBytes(UTF_16LE)),
        value);
  }

  private static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(US_ASCII));
  }
}
