package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.eventlog.WindowsSetting.State;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What Windows' boot programs reported into PCR 12, 13 and 14 before they handed over: tagged
 * events of the Windows Boot Configuration Log (TCG PFP §10.4.2.1; Windows SDK, wbcl.h).
 *
 * <p>It is worth what the programs before it are: anything that boots can report the same. First
 * make sure, from PCR 4 and 7, that Microsoft's boot manager ran and that Secure Boot was on.
 *
 * <p>Settings are believed at their weakest: one report of the weak state decides. The safe state
 * takes reports that agree and are readable, none of them twice in one aggregation, PCR 12 and 13
 * both closed by their separator, and no failure; else the state is unknown.
 */
public final class WindowsBoot {
  private final boolean complete;
  private final Map<WindowsSetting, State> states;
  private final NxPolicy nxPolicy;
  private final Set<BitLockerUnlock> bitLockerUnlocks;
  private final List<WindowsModule> modules;
  private final List<WindowsElam> elam;
  private final Optional<List<Bytes>> authorities;

  WindowsBoot(
      boolean complete,
      Map<WindowsSetting, State> states,
      NxPolicy nxPolicy,
      Set<BitLockerUnlock> bitLockerUnlocks,
      List<WindowsModule> modules,
      List<WindowsElam> elam,
      Optional<List<Bytes>> authorities) {
    this.complete = complete;
    this.states = Collections.unmodifiableMap(new EnumMap<>(states));
    this.nxPolicy = nxPolicy;
    this.bitLockerUnlocks = Collections.unmodifiableSet(EnumSet.copyOf(bitLockerUnlocks));
    this.modules = List.copyOf(modules);
    this.elam = List.copyOf(elam);
    this.authorities = authorities.map(List::copyOf);
  }

  /**
   * Reads it out of a replayed log.
   *
   * @param replay with PCR 12 and 13, and 14 for {@link #authorities}
   * @return nothing if no event of PCR 12 or 13 is one of Windows
   * @throws MalformedException if one is, and not all of them up to the separators are; its finding
   *     has the code {@link LogFinding#WINDOWS_LOG}
   */
  public static Optional<WindowsBoot> from(Replay.Equal replay) throws MalformedException {
    return WindowsReader.read(replay);
  }

  /**
   * Whether PCR 12 and 13 were both closed by the separator {@code WBCL}, and no failure was
   * reported before. If not, anybody who ran later may have added to them, or something was left
   * out: {@link #modules} and {@link #elam} then prove nothing.
   */
  public boolean complete() {
    return complete;
  }

  /** The state of a setting. */
  public State state(WindowsSetting setting) {
    return states.getOrDefault(setting, State.UNKNOWN);
  }

  /** The state of every setting, in the order of the enum. Unmodifiable. */
  public Map<WindowsSetting, State> states() {
    return states;
  }

  /** The weakest policy about executing data that was reported. */
  public NxPolicy nxPolicy() {
    return nxPolicy;
  }

  /** Everything that opened a BitLocker volume; empty if no opening was reported. Unmodifiable. */
  public Set<BitLockerUnlock> bitLockerUnlocks() {
    return bitLockerUnlocks;
  }

  /** What was loaded, in the order of its register: first those of PCR 12, then those of 13. */
  public List<WindowsModule> modules() {
    return modules;
  }

  /** Early-launch antimalware drivers. */
  public List<WindowsElam> elam() {
    return elam;
  }

  /**
   * The public keys that modules were verified with, SIPAEVENT_AUTHORITYPUBKEY as it stands. Absent
   * if PCR 14 is not closed, holds anything else, or says that something ran without authority.
   */
  public Optional<List<Bytes>> authorities() {
    return authorities;
  }

  @Override
  public String toString() {
    return "WindowsBoot[%s, %s, nx %s, BitLocker %s, %d modules, %d ELAM drivers]"
        .formatted(
            complete ? "complete" : "not complete",
            states,
            nxPolicy,
            bitLockerUnlocks,
            modules.size(),
            elam.size());
  }
}
