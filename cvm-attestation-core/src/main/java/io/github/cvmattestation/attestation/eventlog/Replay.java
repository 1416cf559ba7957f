package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import java.util.List;

/** What became of a log; made by {@link EventLog} alone. Events are in {@link Equal} only. */
public sealed interface Replay
    permits Replay.Equal, Replay.Different, Replay.Computed, Replay.Refused {
  /** Why the log is not to be believed; empty where it was compared and equal, or only computed. */
  List<Finding> findings();

  /** The log adds up to the registers, and keeps the rules. */
  final class Equal implements Replay {
    private final RegisterBank registers;
    private final List<MeasuredEvent> events;
    private final List<MeasuredEvent> lateEvents;

    Equal(RegisterBank registers, List<MeasuredEvent> events, List<MeasuredEvent> lateEvents) {
      this.registers = registers;
      this.events = List.copyOf(events);
      this.lateEvents = List.copyOf(lateEvents);
    }

    /** The registers that were compared. */
    public RegisterBank registers() {
      return registers;
    }

    /**
     * The events of these registers, in the order of the log, and of no others; without {@link
     * #lateEvents}.
     */
    public List<MeasuredEvent> events() {
      return events;
    }

    /**
     * Events of PCR 0 to 3 and 6 after their separator, and of PCR 4 and 5 after "Exit Boot
     * Services Invocation": they were extended too, but no longer by whom the register belongs to.
     * Anybody who runs later can measure what looks like the firmware's. None for RTMRs.
     */
    public List<MeasuredEvent> lateEvents() {
      return lateEvents;
    }

    @Override
    public List<Finding> findings() {
      return List.of();
    }

    @Override
    public String toString() {
      return "Equal[" + registers + ", " + events.size() + " events]";
    }
  }

  /** The log tells the history of other values. */
  final class Different implements Replay {
    private final RegisterBank replayed;
    private final List<Mismatch> mismatches;

    Different(RegisterBank replayed, List<Mismatch> mismatches) {
      this.replayed = replayed;
      this.mismatches = List.copyOf(mismatches);
    }

    /** What the log adds up to, for the registers that were compared. */
    public RegisterBank replayed() {
      return replayed;
    }

    /** The registers that differ, ascending; at least one. */
    public List<Mismatch> mismatches() {
      return mismatches;
    }

    @Override
    public List<Finding> findings() {
      return mismatches.stream()
          .map(
              differs -> {
                String label = replayed.kind().label(differs.register());
                return Finding.of(
                    LogFinding.LOG_REPLAY,
                    label + " " + differs.expected().hex(),
                    differs.replayed().hex());
              })
          .toList();
    }

    @Override
    public String toString() {
      return "Different" + findings();
    }
  }

  /** What the log adds up to; nothing to compare it with was given, so it proves nothing. */
  final class Computed implements Replay {
    private final List<RegisterBank> banks;

    Computed(List<RegisterBank> banks) {
      this.banks = List.copyOf(banks);
    }

    /** One bank for each algorithm of the log that the registers have, with every register. */
    public List<RegisterBank> banks() {
      return banks;
    }

    @Override
    public List<Finding> findings() {
      return List.of();
    }

    @Override
    public String toString() {
      return "Computed" + banks;
    }
  }

  /** The log is absent or malformed, or breaks a rule whatever the registers hold. */
  final class Refused implements Replay {
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

  /**
   * A register that does not hold what the log adds up to.
   *
   * @param register its number, from 0
   * @param expected what it holds
   * @param replayed what the log adds up to
   */
  record Mismatch(int register, Bytes expected, Bytes replayed) {}
}
