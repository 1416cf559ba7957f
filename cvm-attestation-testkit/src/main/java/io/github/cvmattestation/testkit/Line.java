package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;

/**
 * A product line of AMD's key hierarchy, with the constants that certificates and reports of that
 * line carry (AMD 57230, section 3; CPUID as AMD 56860, section 7.3, Table 23 reports it).
 */
public enum Line {
  /** Zen 3. */
  MILAN("Milan", "Milan-B0", 0x10000, 0x19, 0x01, 0x01, new Tcb(0, 4, 0, 0x18, 0xDB)),
  /** Zen 4, including Bergamo and Siena. */
  GENOA("Genoa", "Genoa", 0x20000, 0x19, 0x11, 0x01, new Tcb(0, 10, 0, 0x17, 0x54)),
  /** Zen 5: its TCB_VERSION has a component more, and its chip ids are 8 bytes. */
  TURIN("Turin", "Turin", 0x30000, 0x1A, 0x02, 0x01, new Tcb(1, 2, 1, 4, 0x4D));

  private static final int CHIP_ID_SIZE = 64;

  private final String label;
  private final String productName;
  private final int rootSerial;
  private final int family;
  private final int model;
  private final int stepping;
  private final Tcb healthyTcb;

  Line(
      String label,
      String productName,
      int rootSerial,
      int family,
      int model,
      int stepping,
      Tcb healthyTcb) {
    this.label = label;
    this.productName = productName;
    this.rootSerial = rootSerial;
    this.family = family;
    this.model = model;
    this.stepping = stepping;
    this.healthyTcb = healthyTcb;
  }

  /** The name as certificates and AMD's key server write it: {@code Milan}. */
  public String label() {
    return label;
  }

  /** The productName of a VCEK: {@code Milan-B0}, but no stepping on the later lines. */
  public String productName() {
    return productName;
  }

  /** CPUID_FAM_ID, CPUID_MOD_ID and CPUID_STEP of a typical machine, one byte each. */
  public Bytes cpuid() {
    return Bytes.of((byte) family, (byte) model, (byte) stepping);
  }

  /** The TCB that reports and certificates made here carry unless told otherwise. */
  public Tcb healthyTcb() {
    return healthyTcb;
  }

  /** Bytes of CHIP_ID that mean something, and the size of a certificate's hwID: 64, or 8. */
  public int chipIdSize() {
    return this == TURIN ? 8 : CHIP_ID_SIZE;
  }

  /** A chip's id as the report has it: 64 bytes, on Turin zero from the ninth on. */
  public Bytes chipId(String seed) {
    Bytes id = Hashes.digest("SHA-512", "chip " + label + " " + seed);
    return id.slice(0, chipIdSize()).concat(Bytes.zeros(CHIP_ID_SIZE - chipIdSize()));
  }

  /** Serial number of the ARK: 0x10000, 0x20000, 0x30000. */
  int rootSerial() {
    return rootSerial;
  }
}
