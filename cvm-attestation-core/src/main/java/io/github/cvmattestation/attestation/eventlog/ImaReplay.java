package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Finding;
import java.util.List;

/** What became of an IMA log; made by {@link ImaLog} alone. Entries are in {@link Matched} only. */
public sealed interface ImaReplay permits ImaReplay.Matched, ImaReplay.Refused {
  /** Why the log is not to be believed; empty where it is. */
  List<Finding> findings();

  /** A beginning of the log adds up to PCR 10. */
  final class Matched implements ImaReplay {
    private final RegisterBank registers;
    private final List<ImaEntry> entries;
    private final int unproven;
    private final boolean bootAggregateCompared;
    private final boolean sha1InOtherBank;

    Matched(
        RegisterBank registers,
        List<ImaEntry> entries,
        int unproven,
        boolean bootAggregateCompared,
        boolean sha1InOtherBank) {
      this.registers = registers;
      this.entries = List.copyOf(entries);
      this.unproven = unproven;
      this.bootAggregateCompared = bootAggregateCompared;
      this.sha1InOtherBank = sha1InOtherBank;
    }

    /** The registers that the log was compared with. */
    public RegisterBank registers() {
      return registers;
    }

    /** The entries that PCR 10 proves, in their order; at least one. */
    public List<ImaEntry> entries() {
      return entries;
    }

    /**
     * How many entries of PCR 10 came later than its value, and prove nothing: the log goes on
     * growing between the quote and its reading.
     */
    public int unprovenEntries() {
      return unproven;
    }

    /**
     * Whether the first entry was found to be the hash of the other registers, so that the log
     * belongs to their boot. It cannot be compared if one of them is not there, or if the entry was
     * made with the algorithm of another bank.
     */
    public boolean bootAggregateCompared() {
      return bootAggregateCompared;
    }

    /** Whether the proof has the strength of SHA-1: {@link ImaRisk#ALLOW_SHA1_IN_OTHER_BANKS}. */
    public boolean sha1InOtherBank() {
      return sha1InOtherBank;
    }

    @Override
    public List<Finding> findings() {
      return List.of();
    }

    @Override
    public String toString() {
      return "Matched["
          + registers
          + ", "
          + entries.size()
          + " entries, "
          + unproven
          + " unproven, boot aggregate "
          + (bootAggregateCompared ? "compared" : "not compared")
          + "]";
    }
  }

  /** The log proves nothing. */
  final class Refused implements ImaReplay {
    private final Finding finding;

    Refused(Finding finding) {
      this.finding = finding;
    }

    @Override
    public List<Finding> findings() {
      return List.of(finding);
    }

    @Override
    public String toString() {
      return "Refused[" + finding + "]";
    }
  }
}
