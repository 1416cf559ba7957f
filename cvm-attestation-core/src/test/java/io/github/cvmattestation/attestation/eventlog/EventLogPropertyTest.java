package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.Replays.computed;
import static io.github.cvmattestation.attestation.eventlog.Replays.different;
import static io.github.cvmattestation.attestation.eventlog.Replays.equal;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever the tests' writer writes is read back as it is, and nothing else agrees with it. */
class EventLogPropertyTest {
  /** What an event is made of; {@code covered} says that the digest is the data's. */
  record Step(int index, long type, Bytes data, boolean covered) {}

  @Property(tries = 300)
  void everyWellFormedLogReplaysToItsRegisters(
      @ForAll("steps") List<Step> steps, @ForAll @IntRange(max = 64) int padding) {
    LogWriter log = write(steps);
    log.fill(steps.size() % 2 == 0 ? 0x00 : 0xFF, padding);
    List<MeasuredEvent> events = equal(EventLog.replay(log.log(), log.rtmrs())).events();
    List<Step> extended = steps.stream().filter(step -> step.type() != 3).toList();
    assertThat(events).hasSameSizeAs(extended);
    IntStream.range(0, events.size())
        .forEach(
            i -> {
              Step step = extended.get(i);
              MeasuredEvent event = events.get(i);
              assertThat(event.register()).isEqualTo(step.index() - 1);
              assertThat(event.untrustedType()).isEqualTo(step.type());
              if (!step.covered()) {
                assertThat(event.data()).isEmpty();
              } else {
                assertThat(event.data()).hasValue(step.data());
              }
            });
    assertThat(computed(EventLog.compute(log.log(), RegisterKind.RTMR)).banks())
        .containsExactly(log.rtmrs());
  }

  @Property(tries = 200)
  void leavingOutOneEventIsADifferentBoot(
      @ForAll("steps") List<Step> steps, @ForAll @IntRange(max = 19) int which) {
    List<Step> extended = steps.stream().filter(step -> step.type() != 3).toList();
    if (extended.isEmpty()) {
      return;
    }
    int left = which % extended.size();
    List<Step> rest =
        IntStream.range(0, extended.size()).filter(i -> i != left).mapToObj(extended::get).toList();
    Replay replay = EventLog.replay(write(rest).log(), write(steps).rtmrs());
    assertThat(different(replay).mismatches())
        .extracting(Replay.Mismatch::register)
        .containsExactly(extended.get(left).index() - 1);
  }

  @Property(tries = 500)
  void whateverTheBytesTheAnswerIsAValue(@ForAll byte[] octets) {
    RegisterBank zeros = LogWriter.ccel().rtmrs();
    assertThat(EventLog.replay(Bytes.of(octets), zeros)).isInstanceOf(Replay.Refused.class);
    // Some random bytes are an older log; whatever they are, nothing is thrown.
    assertThat(EventLog.compute(Bytes.of(octets), RegisterKind.PCR)).isNotNull();
    Bytes behindAHeader = LogWriter.ccel().log().concat(Bytes.of(octets));
    if (EventLog.replay(behindAHeader, zeros) instanceof Replay.Equal equal) {
      assertThat(equal.events()).isEmpty();
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Bytes> data =
        Arbitraries.bytes().array(byte[].class).ofMinSize(5).ofMaxSize(40).map(Bytes::of);
    Arbitrary<Long> types =
        Arbitraries.of(
            LogWriter.NO_ACTION,
            LogWriter.IPL,
            LogWriter.DRIVER_CONFIG,
            LogWriter.AUTHORITY,
            LogWriter.EFI_ACTION);
    return Combinators.combine(Arbitraries.integers().between(1, 4), types, data)
        .as(
            (index, type, value) ->
                new Step(
                    index, type, value, type != LogWriter.IPL || value.reversed().equals(value)))
        .list()
        .ofMaxSize(20);
  }

  private static LogWriter write(List<Step> steps) {
    LogWriter log = LogWriter.ccel();
    for (Step step : steps) {
      Bytes content = step.covered() ? step.data() : step.data().reversed();
      log.event(step.index(), step.type(), step.data(), content);
    }
    return log;
  }
}
