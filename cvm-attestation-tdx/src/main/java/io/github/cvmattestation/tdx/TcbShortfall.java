package io.github.cvmattestation.tdx;

import java.time.Instant;

/**
 * One SVN that is below what the newest level demands: the reason why a TCB is not at it.
 *
 * @param kind whose SVN it is
 * @param index which of the 16 SGX or TDX components, from 0; 0 for the kinds that have one SVN
 * @param have the SVN that was found
 * @param need the SVN that the newest level demands
 * @param levelDate the {@code tcbDate} of the newest level
 */
public record TcbShortfall(Kind kind, int index, int have, int need, Instant levelDate) {
  /** Whose SVN it is; in the order in which they are compared. */
  public enum Kind {
    /** A component of {@code sgxtcbcomponents}: the PCK certificate names what the CPU has. */
    SGX("sgx"),
    /** The provisioning certification enclave, by the PCK certificate. */
    PCE("pcesvn"),
    /** A component of {@code tdxtcbcomponents}: TEE_TCB_SVN names what the TD has. */
    TDX("tdx"),
    /** The TDX module: the first byte of TEE_TCB_SVN against its version's levels. */
    MODULE("module isvsvn"),
    /** The TD quoting enclave: ISVSVN of its report against the QE identity's levels. */
    QE("qe isvsvn");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  /**
   * The component's name: {@code sgx[3]}, {@code pcesvn}, {@code tdx[3]}, {@code module isvsvn} or
   * {@code qe isvsvn}. The first three of TDX also say what they are, such as {@code tdx[0] TDX
   * module SVN} (Intel TDX Module Base Architecture, TEE_TCB_SVN).
   */
  public String component() {
    return switch (kind) {
      case SGX -> kind.label + "[" + index + "]";
      case TDX -> kind.label + "[" + index + "]" + meaning(index);
      case PCE, MODULE, QE -> kind.label;
    };
  }

  private static String meaning(int index) {
    return switch (index) {
      case 0 -> " TDX module SVN";
      case 1 -> " TDX module version";
      case 2 -> " TDX late microcode update";
      default -> "";
    };
  }

  /** Such as {@code pcesvn 5, needs 11}. */
  @Override
  public String toString() {
    return component() + " " + have + ", needs " + need;
  }
}
