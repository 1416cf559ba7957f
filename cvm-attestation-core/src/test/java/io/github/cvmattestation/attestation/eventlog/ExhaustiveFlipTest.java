package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.Replays.equal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Every bit of a real log turned, one at a time: the log is refused or different, or the byte is
 * one of those that docs/not-covered.md lists, and the events that come out say the same.
 */
class ExhaustiveFlipTest {
  private static final String ID = "eventlog/ubuntu-2104-no-secure-boot/";
  private static final long VARIABLE_BOOT = 0x80000002L;

  /** Types whose data is hashed whole, or the log is refused. */
  private static final Set<Long> HASHED = Set.of(4L, 8L, 0x80000001L, 0x80000007L, 0x800000E0L);

  /** Types whose data is shown if it is hashed whole. */
  private static final Set<Long> SHOWN = Set.of(0x11L, 0x80000006L);

  @Test
  void everyBitIsCoveredOrListedAsUncovered() throws MalformedException {
    Bytes log = Vectors.read(ID + "log.bin");
    RegisterBank pcrs =
        RegisterBank.parse(RegisterKind.PCR, Vectors.read(ID + "pcrs.json")).stream()
            .filter(bank -> bank.algorithm() == HashAlgorithm.SHA256)
            .findFirst()
            .orElseThrow();
    Uncovered uncovered = Uncovered.of(log);
    List<MeasuredEvent> truth = story(equal(EventLog.replay(log, pcrs)));
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
              outside.set(bit, !uncovered.anything.get(bit / 8));
            });
    assertThat(outside.stream().boxed()).isEmpty();
    // Each listed byte that no type fixes does survive: the list promises no cover that is missing.
    BitSet idle = (BitSet) uncovered.always.clone();
    idle.andNot(survived);
    assertThat(idle.stream().boxed()).isEmpty();
  }

  private static boolean survives(
      Bytes log, int bit, RegisterBank pcrs, List<MeasuredEvent> truth, Uncovered uncovered) {
    if (EventLog.replay(Replays.flipped(log, bit), pcrs) instanceof Replay.Equal accepted) {
      assertSame(truth, story(accepted), uncovered.hiding.get(bit / 8), bit);
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

  /**
   * Bytes that nothing covers, by the rules of docs/not-covered.md and not by trial.
   *
   * @param anything those, of which a bit may survive
   * @param always those of them that survive whatever the other fields say
   * @param hiding those of them that decide what data is shown
   */
  private record Uncovered(BitSet anything, BitSet always, BitSet hiding) {
    static Uncovered of(Bytes log) {
      Uncovered found = new Uncovered(new BitSet(), new BitSet(), new BitSet());
      ByteBuffer in = ByteBuffer.wrap(log.toArray()).order(ByteOrder.LITTLE_ENDIAN);
      // The first event: its index; platform class, errata and UINTN size behind the signature.
      found.anything.set(0, 4);
      int specId = 32;
      found.free(specId + 16, 4);
      found.free(specId + 22, 2);
      in.position(specId + in.getInt(28));
      while (in.hasRemaining()) {
        found.event(in);
      }
      return found;
    }

    private void event(ByteBuffer in) {
      in.getInt();
      long type = Integer.toUnsignedLong(in.getInt());
      anything.set(in.position() - 4, in.position());
      hiding.set(in.position() - 4, in.position());
      int digests = in.getInt();
      for (int i = 0; i < digests; i++) {
        int id = in.getShort();
        int size = id == 4 ? 20 : id == 0xB ? 32 : 48;
        if (id != 0xB) {
          free(in.position(), size);
        }
        in.position(in.position() + size);
      }
      byte[] data = new byte[in.getInt()];
      int at = in.position();
      in.get(data);
      data(type, at, data);
    }

    private void data(long type, int at, byte[] data) {
      if (HASHED.contains(type) || SHOWN.contains(type)) {
        if (SHOWN.contains(type)) {
          anything.set(at, at + data.length);
          hiding.set(at, at + data.length);
        }
      } else if (type == VARIABLE_BOOT) {
        free(at, 16);
        hide(at + 16, data.length - 16);
        ByteBuffer header = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        free(at + 32, 2 * header.getInt(16));
      } else {
        String text = new String(data, StandardCharsets.ISO_8859_1);
        int label = text.indexOf(": ") + 2;
        if (type == 0xD && (text.startsWith("grub_cmd: ") || text.startsWith("kernel_cmdline: "))) {
          hide(at, label);
          hide(at + label, data.length - label);
        } else {
          free(at, data.length);
        }
      }
    }

    private void hide(int at, int size) {
      anything.set(at, at + size);
      always.set(at, at + size);
      hiding.set(at, at + size);
    }

    private void free(int at, int size) {
      anything.set(at, at + size);
      always.set(at, at + size);
    }
  }
}
