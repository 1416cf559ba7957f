package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.Replays.equal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Every bit of a real log turned, one at a time: the log is refused or different, or the byte is
 * one of those in the table of docs/not-covered.md, and the events that come out say the same.
 */
class ExhaustiveFlipTest {
  private static final String ID = "eventlog/ubuntu-2104-no-secure-boot/";

  @Test
  void everyBitIsCoveredOrPublishedAsUncovered() throws MalformedException, IOException {
    Bytes log = Vectors.read(ID + "log.bin");
    RegisterBank pcrs =
        RegisterBank.parse(RegisterKind.PCR, Vectors.read(ID + "pcrs.json")).stream()
            .filter(bank -> bank.algorithm() == HashAlgorithm.SHA256)
            .findFirst()
            .orElseThrow();
    List<MeasuredEvent> truth = story(equal(EventLog.replay(log, pcrs)));
    UncoveredBytes uncovered = UncoveredBytes.published(log);
    BitSet outside = new BitSet();
    BitSet survived = new BitSet();
    IntStream.range(0, 8 * log.size())
        .parallel()
        .filter(bit -> survives(log, bit, pcrs, truth, uncovered))
        .boxed()
        .toList()
        .forEach(
            bit -> {
              survived.set(bit / 8);
              outside.set(bit, !uncovered.anything().get(bit / 8));
            });
    assertThat(outside.stream().boxed()).isEmpty();
    // Nor does the list deny a cover that is there: each row is true of the log that has its bytes.
    BitSet covered = (BitSet) uncovered.always().clone();
    covered.andNot(survived);
    assertThat(covered.stream().boxed()).isEmpty();
    uncovered
        .rows()
        .forEach((part, bytes) -> assertThat(bytes.intersects(survived)).as(part).isTrue());
  }

  private static boolean survives(
      Bytes log, int bit, RegisterBank pcrs, List<MeasuredEvent> truth, UncoveredBytes uncovered) {
    if (EventLog.replay(Replays.flipped(log, bit), pcrs) instanceof Replay.Equal accepted) {
      assertSame(truth, story(accepted), uncovered.hiding().get(bit / 8), bit);
      return true;
    }
    return false;
  }

  /** Turning a type, or a label, may hide data that was shown; it changes none. */
  private static void assertSame(
      List<MeasuredEvent> truth, List<MeasuredEvent> told, boolean hiding, int bit) {
    assertThat(told).as("bit %d", bit).hasSameSizeAs(truth);
    for (int i = 0; i < truth.size(); i++) {
      MeasuredEvent real = truth.get(i);
      MeasuredEvent event = told.get(i);
      // Compared before anything is formatted: there are ten million of them.
      if (event.register() != real.register()
          || !event.digest().equals(real.digest())
          || !(event.data().equals(real.data()) || (hiding && event.data().isEmpty()))) {
        fail("bit %d: %s instead of %s", bit, event, real);
      }
    }
  }

  private static List<MeasuredEvent> story(Replay.Equal replay) {
    List<MeasuredEvent> story = new ArrayList<>(replay.events());
    story.addAll(replay.lateEvents());
    return story;
  }
}
