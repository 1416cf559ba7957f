package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Collects what Windows' boot programs reported, register by register, up to the separator with
 * which they end. Whatever comes later was extended by somebody else.
 */
final class WindowsReader {
  /** Configuration of the boot (PCR 12) and modules (PCR 13). */
  private static final List<Integer> REPORTS = List.of(12, 13);

  /** Whose keys verified the modules. */
  private static final int AUTHORITIES = 14;

  private static final Bytes WBCL = Bytes.of("WBCL".getBytes(StandardCharsets.US_ASCII));

  private static final Map<Long, WindowsSetting> SETTINGS =
      Stream.of(WindowsSetting.values())
          .collect(Collectors.toUnmodifiableMap(WindowsSetting::type, s -> s));

  private final Map<WindowsSetting, Latch> latches = new EnumMap<>(WindowsSetting.class);
  private final Set<BitLockerUnlock> unlocks = EnumSet.noneOf(BitLockerUnlock.class);
  private final List<WindowsModule> modules = new ArrayList<>();
  private final List<WindowsElam> elam = new ArrayList<>();
  private Optional<NxPolicy> nxPolicy = Optional.empty();
  private boolean failed;

  private WindowsReader() {}

  /** Nothing if no event is one of Windows. */
  static Optional<WindowsBoot> read(Replay.Equal replay) throws MalformedException {
    if (replay.registers().kind() != RegisterKind.PCR
        || replay.events().stream().noneMatch(WindowsReader::isOfWindows)) {
      return Optional.empty();
    }
    WindowsReader reader = new WindowsReader();
    boolean complete = true;
    for (int register : REPORTS) {
      complete &= reader.reports(register, eventsOf(replay, register));
    }
    complete &= !reader.failed;
    return Optional.of(reader.result(complete, authorities(eventsOf(replay, AUTHORITIES))));
  }

  private static boolean isOfWindows(MeasuredEvent event) {
    return REPORTS.contains(event.register())
        && (closes(event)
            || (tagged(event) && event.data().filter(SipaItem::looksLikeContainer).isPresent()));
  }

  private static List<MeasuredEvent> eventsOf(Replay.Equal replay, int register) {
    return replay.events().stream().filter(event -> event.register() == register).toList();
  }

  private static boolean tagged(MeasuredEvent event) {
    return event.untrustedType() == EventType.EV_EVENT_TAG.id();
  }

  /** By its data, which is covered: a separator of another name is no readable event. */
  private static boolean closes(MeasuredEvent event) {
    return event.untrustedType() == EventType.EV_SEPARATOR.id()
        && event.data().filter(WBCL::equals).isPresent();
  }

  /** Whether the register was closed, so that nobody could add to what it reports. */
  private boolean reports(int register, List<MeasuredEvent> events) throws MalformedException {
    boolean closed = false;
    for (MeasuredEvent event : events) {
      if (closes(event)) {
        if (closed) {
          throw refusal(register, "one separator", "a second one");
        }
        closed = true;
      } else if (!closed) {
        // Nothing may hide: a report under another type, or with other data, could be a weak one.
        if (!tagged(event) || event.data().isEmpty()) {
          throw refusal(
              register,
              "tagged events whose digest covers them",
              "type 0x%08x".formatted(event.untrustedType()));
        }
        Bytes data = event.data().get();
        if (!SipaItem.looksLikeContainer(data)) {
          throw refusal(register, "containers of Windows", "an event of another kind");
        }
        collect(register, parse(register, data));
      }
    }
    return closed;
  }

  private void collect(int register, SipaItem item) throws MalformedException {
    if (item.type() == SipaItem.MODULE_AGGREGATION || item.type() == SipaItem.ELAM_AGGREGATION) {
      try {
        if (item.type() == SipaItem.MODULE_AGGREGATION) {
          modules.add(WindowsModule.of(register, item));
        } else {
          elam.add(WindowsElam.of(item));
        }
      } catch (MalformedException e) {
        throw new MalformedException("PCR" + register, e.toFinding(LogFinding.WINDOWS_LOG));
      }
    } else {
      setting(item);
    }
    // Whoever could not measure may have left out what matters.
    failed |= item.isError();
    Set<Long> seen = new HashSet<>();
    for (SipaItem child : item.children()) {
      if (!seen.add(child.type())) {
        doubt(child);
      }
      collect(register, child);
    }
  }

  private void setting(SipaItem item) {
    WindowsSetting setting = SETTINGS.get(item.type());
    if (setting != null) {
      latch(setting).report(setting.read(item));
    } else if (item.type() == SipaItem.DATA_EXECUTION_PREVENTION) {
      NxPolicy reported = NxPolicy.of(item);
      nxPolicy =
          Optional.of(nxPolicy.filter(seen -> seen.compareTo(reported) < 0).orElse(reported));
    } else if (item.type() == SipaItem.BITLOCKER_UNLOCK) {
      unlocks.addAll(BitLockerUnlock.of(item));
    }
  }

  /** The same setting twice in one aggregation: nothing says which one Windows went by. */
  private void doubt(SipaItem again) {
    WindowsSetting setting = SETTINGS.get(again.type());
    if (setting != null) {
      latch(setting).doubt();
    } else if (again.type() == SipaItem.DATA_EXECUTION_PREVENTION) {
      nxPolicy = Optional.of(NxPolicy.UNKNOWN);
    }
  }

  private Latch latch(WindowsSetting setting) {
    return latches.computeIfAbsent(setting, Latch::new);
  }

  /** Nothing unless every event up to the separator can be read: half a list would mislead. */
  private static Optional<List<Bytes>> authorities(List<MeasuredEvent> events)
      throws MalformedException {
    List<Bytes> authorities = new ArrayList<>();
    for (MeasuredEvent event : events) {
      if (closes(event)) {
        return Optional.of(authorities);
      }
      if (!tagged(event) || event.data().isEmpty()) {
        return Optional.empty();
      }
      SipaItem item = parse(AUTHORITIES, event.data().get());
      if (item.type() != SipaItem.AUTHORITY_PUBLIC_KEY) {
        // SIPAEVENT_NOAUTHORITY, or something new: not all that ran was signed by a known key.
        return Optional.empty();
      }
      authorities.add(item.data());
    }
    return Optional.empty();
  }

  private WindowsBoot result(boolean complete, Optional<List<Bytes>> authorities) {
    Map<WindowsSetting, WindowsSetting.State> states = new EnumMap<>(WindowsSetting.class);
    for (WindowsSetting setting : WindowsSetting.values()) {
      states.put(setting, latch(setting).value(complete));
    }
    NxPolicy nx = nxPolicy.orElse(NxPolicy.UNKNOWN);
    return new WindowsBoot(
        complete,
        states,
        complete || nx == NxPolicy.ALWAYS_OFF ? nx : NxPolicy.UNKNOWN,
        unlocks,
        modules,
        elam,
        authorities);
  }

  private static SipaItem parse(int register, Bytes data) throws MalformedException {
    try {
      return SipaItem.read(data);
    } catch (MalformedException e) {
      throw new MalformedException("PCR" + register, e.toFinding(LogFinding.WINDOWS_LOG));
    }
  }

  private static MalformedException refusal(int register, String expected, String actual) {
    return new MalformedException(
        "PCR" + register, Finding.of(LogFinding.WINDOWS_LOG, expected, actual));
  }
}
