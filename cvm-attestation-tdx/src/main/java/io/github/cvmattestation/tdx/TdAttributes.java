package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * ATTRIBUTES: what the host chose for the TD at its creation (Intel TDX Module v1.5 ABI
 * specification, table 3.9). Bits without a name stay readable in {@link #raw}: which of them may
 * be set is for a policy to say.
 *
 * @param raw the 64 bits as signed
 */
public record TdAttributes(long raw) {
  /** The size in bytes. */
  public static final int SIZE = 8;

  /** Bits 7 to 0, TUD: one of them set means that the host can look into the TD. */
  public static final long UNTRUSTED_BITS = 0xFF;

  /** Every bit that has a published name. */
  public static final long KNOWN_BITS =
      1L | 1L << 4 | 1L << 5 | 1L << 6 | 1L << 16 | 1L << 17 | 1L << 27 | 1L << 28 | 1L << 29
          | 1L << 30 | 1L << 31 | 1L << 62 | 1L << 63;

  /** Bit 0, DEBUG: the host may read and write the TD's memory and registers. */
  public boolean debug() {
    return bit(0);
  }

  /** Bit 4, HGS_PLUS_PROF: the TD takes part in hardware-guided scheduling, which tells of it. */
  public boolean hgsPlusProfiling() {
    return bit(4);
  }

  /** Bit 5, PERF_PROF: the host may profile the TD with performance monitors. */
  public boolean performanceProfiling() {
    return bit(5);
  }

  /** Bit 6, PMT_PROF: the host may profile the TD with platform telemetry. */
  public boolean telemetryProfiling() {
    return bit(6);
  }

  /** Bits 7 to 0, TUD: the TD runs in a way that makes it untrusted, as under debug. */
  public boolean untrusted() {
    return (raw & UNTRUSTED_BITS) != 0;
  }

  /** Bit 16, ICSSD. */
  public boolean icssd() {
    return bit(16);
  }

  /** Bit 17, SERVTD_EXT: SERVTD_HASH is that of the extended record of service TDs. */
  public boolean extendedServiceTd() {
    return bit(17);
  }

  /** Bit 27, LASS: the TD may use linear address space separation. */
  public boolean lass() {
    return bit(27);
  }

  /** Bit 28, SEPT_VE_DISABLE: pages that the host takes away never turn into exceptions inside. */
  public boolean septVeDisable() {
    return bit(28);
  }

  /** Bit 29, MIGRATABLE: a migration TD may move the TD to another platform. */
  public boolean migratable() {
    return bit(29);
  }

  /** Bit 30, PKS: the TD may use supervisor protection keys. */
  public boolean pks() {
    return bit(30);
  }

  /** Bit 31, KL: the TD may use key locker. */
  public boolean keyLocker() {
    return bit(31);
  }

  /** Bit 62, TPA: the TD may be a TDX connect provisioning agent. */
  public boolean tpa() {
    return bit(62);
  }

  /** Bit 63, PERFMON: the TD may use performance monitors of its own. */
  public boolean perfmon() {
    return bit(63);
  }

  /** The bits that are set and have no published name. */
  public long unknownBits() {
    return raw & ~KNOWN_BITS;
  }

  /** The 8 bytes as they stand in a quote, little-endian. */
  public Bytes bytes() {
    return littleEndian(raw);
  }

  /** The bits as claims. */
  public ClaimValue.Group toGroup() {
    return ClaimValue.Group.builder()
        .put("raw", bytes())
        .put("untrusted", untrusted())
        .put("debug", debug())
        .put("hgsPlusProfiling", hgsPlusProfiling())
        .put("performanceProfiling", performanceProfiling())
        .put("telemetryProfiling", telemetryProfiling())
        .put("icssd", icssd())
        .put("extendedServiceTd", extendedServiceTd())
        .put("lass", lass())
        .put("septVeDisable", septVeDisable())
        .put("migratable", migratable())
        .put("pks", pks())
        .put("keyLocker", keyLocker())
        .put("tpa", tpa())
        .put("perfmon", perfmon())
        .build();
  }

  static Bytes littleEndian(long value) {
    return Bytes.of(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  private boolean bit(int index) {
    return (raw >>> index & 1) == 1;
  }
}
