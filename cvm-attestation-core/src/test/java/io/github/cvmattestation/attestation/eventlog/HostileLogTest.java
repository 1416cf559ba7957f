package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.Replays.equal;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every cut and every turned bit of a log: never an exception, never another story believed. */
class HostileLogTest {
  private static final LogWriter LOG = EventLogTest.boot();
  private static final Bytes OCTETS = LOG.log();
  private static final RegisterBank RTMRS = LOG.rtmrs();
  private static final List<MeasuredEvent> TRUTH = equal(EventLog.replay(OCTETS, RTMRS)).events();

  @Test
  void everyCutIsRefusedOrDifferent() {
    for (int size = 0; size < OCTETS.size(); size++) {
      Replay replay = EventLog.replay(OCTETS.slice(0, size), RTMRS);
      assertThat(replay).as("first %d bytes", size).isNotInstanceOf(Replay.Equal.class);
      boolean whole = LOG.boundaries().contains(size);
      // Between events a cut log is a log, of another boot.
      assertThat(replay instanceof Replay.Different)
          .as("first %d bytes", size)
          .isEqualTo(whole || onlyPaddingLeft(size));
      assertThat(EventLog.compute(OCTETS.slice(0, size), RegisterKind.RTMR)).isNotNull();
    }
  }

  /** An event of index 0 begins with zeros: cut inside them, what is left is padding. */
  private static boolean onlyPaddingLeft(int size) {
    int boundary =
        LOG.boundaries().stream().filter(end -> end <= size).max(Integer::compare).orElse(0);
    return boundary > 0 && OCTETS.slice(boundary, size).isZero();
  }

  @Test
  void everyTurnedBitIsRefusedOrChangesNothingThatIsBelieved() {
    BitSet survived = new BitSet();
    for (int bit = 0; bit < 8 * OCTETS.size(); bit++) {
      Bytes changed = Replays.flipped(OCTETS, bit);
      if (EventLog.replay(changed, RTMRS) instanceof Replay.Equal accepted) {
        survived.set(bit / 8);
        assertSameStory(accepted.events(), "bit " + bit);
      }
      assertThat(EventLog.compute(changed, RegisterKind.RTMR)).isNotNull();
    }
    // Only bytes that no digest covers, and every kind of them.
    BitSet outside = (BitSet) survived.clone();
    outside.andNot(LOG.unauthenticated());
    assertThat(outside.stream().boxed()).isEmpty();
    assertThat(survived.cardinality()).isGreaterThan(40);
  }

  @Test
  void everyTurnedBitWithSeveralBanksChangesNothingOfTheOneThatIsCompared() {
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA1, Alg.SHA256, Alg.SHA384)
            .measured(7, LogWriter.DRIVER_CONFIG, "SecureBoot=1")
            .measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS)
            .event(4, LogWriter.BOOT_APPLICATION, "shim", "image");
    RegisterBank pcrs = log.pcrs(Alg.SHA256, 4, 7);
    List<MeasuredEvent> truth = equal(EventLog.replay(log.log(), pcrs)).events();
    for (int bit = 0; bit < 8 * log.log().size(); bit++) {
      Bytes changed = Replays.flipped(log.log(), bit);
      if (EventLog.replay(changed, pcrs) instanceof Replay.Equal accepted) {
        assertSameStory(truth, accepted.events(), "bit " + bit);
      }
      assertThat(EventLog.compute(changed, RegisterKind.PCR)).isNotNull();
    }
  }

  private static void assertSameStory(List<MeasuredEvent> told, String what) {
    assertSameStory(TRUTH, told, what);
  }

  /** The same digests in the same registers, and no data but what was measured. */
  static void assertSameStory(List<MeasuredEvent> truth, List<MeasuredEvent> told, String what) {
    assertThat(told).as(what).hasSameSizeAs(truth);
    for (int i = 0; i < truth.size(); i++) {
      assertThat(told.get(i).register()).as(what).isEqualTo(truth.get(i).register());
      assertThat(told.get(i).digest()).as(what).isEqualTo(truth.get(i).digest());
      if (told.get(i).data().isPresent()) {
        assertThat(told.get(i).data()).as(what).isEqualTo(truth.get(i).data());
      }
    }
  }
}
