package io.github.cvmattestation.snp;

import java.util.Optional;

/**
 * A family of processors that shares AMD's certification authorities and the layout of its TCB
 * version. The Genoa line includes Bergamo and Siena.
 */
public enum ProductLine {
  /** Third generation EPYC: Milan, Milan-X. */
  MILAN("Milan"),
  /** Fourth generation EPYC: Genoa, Genoa-X, Bergamo, Siena. */
  GENOA("Genoa"),
  /** Fifth generation EPYC: Turin, classic and dense. */
  TURIN("Turin");

  private static final int ZEN3_ZEN4 = 0x19;
  private static final int ZEN5 = 0x1A;

  private final String label;

  ProductLine(String label) {
    this.label = label;
  }

  /** The name as AMD's certificates and key distribution service spell it. */
  public String label() {
    return label;
  }

  /** The line that AMD spells this way. */
  public static Optional<ProductLine> ofLabel(String label) {
    for (ProductLine line : values()) {
      if (line.label.equals(label)) {
        return Optional.of(line);
      }
    }
    return Optional.empty();
  }

  /**
   * The line of a processor (AMD 57230, key distribution; CPUID Fn0000_0001_EAX).
   *
   * @param family base plus extended family, such as 0x19
   * @param model extended model and model, such as 0x11
   * @return nothing for a processor whose line is not known: never a guess
   */
  public static Optional<ProductLine> ofCpuid(int family, int model) {
    int range = model >> 4;
    if (family == ZEN3_ZEN4) {
      return switch (range) {
        case 0x0 -> Optional.of(MILAN);
        case 0x1, 0xA -> Optional.of(GENOA);
        default -> Optional.empty();
      };
    }
    return family == ZEN5 && range <= 1 ? Optional.of(TURIN) : Optional.empty();
  }
}
