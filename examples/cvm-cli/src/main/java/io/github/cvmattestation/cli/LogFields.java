package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.eventlog.BootState;
import io.github.cvmattestation.attestation.eventlog.EventLog;
import io.github.cvmattestation.attestation.eventlog.EventType;
import io.github.cvmattestation.attestation.eventlog.MeasuredEvent;
import io.github.cvmattestation.attestation.eventlog.RegisterBank;
import io.github.cvmattestation.attestation.eventlog.Replay;
import java.util.ArrayList;
import java.util.List;

/** What an event log says, to look at: it agrees with itself, and with no register. */
final class LogFields {
  private LogFields() {}

  /** Adds the events and the boot that they tell of, in the last bank, the strongest as a rule. */
  static ClaimValue.Builder addTo(ClaimValue.Builder fields, Bytes log, Replay.Computed computed) {
    RegisterBank bank = computed.banks().get(computed.banks().size() - 1);
    if (EventLog.replay(log, bank) instanceof Replay.Equal itself) {
      fields.put("boot", BootState.of(itself).claims().toGroup());
      fields.put("events", events(itself.events()));
      fields.put("lateEvents", events(itself.lateEvents()));
    }
    return fields;
  }

  private static ClaimValue events(List<MeasuredEvent> events) {
    List<ClaimValue> all = new ArrayList<>();
    for (MeasuredEvent event : events) {
      ClaimValue.Builder fields =
          ClaimValue.Group.builder()
              .put("register", event.register())
              .put(
                  "type",
                  EventType.of(event.untrustedType())
                      .map(EventType::name)
                      .orElseGet(() -> "0x%08x".formatted(event.untrustedType())))
              .put("digest", event.digest());
      event.data().ifPresent(data -> fields.put("data", data));
      all.add(fields.build());
    }
    return new ClaimValue.Many(all);
  }
}
