package io.github.cvmattestation.vtpm.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Random sequences of commands, valid, nearly valid and malformed, on swtpm and on SoftwareTpm:
 * equal response codes, positions included, and equal results where the specification determines
 * them.
 *
 * <p>A sequence follows from its number. {@code -Dcvm.differential.first=N} and {@code
 * -Dcvm.differential.count=N} choose others than those that every build runs.
 */
class DifferentialTest {
  private static final int FIRST = Integer.getInteger("cvm.differential.first", 1);
  private static final int COUNT = Integer.getInteger("cvm.differential.count", 2000);
  private static final int LENGTH = 21;

  private static final int REPORTED = Integer.getInteger("cvm.differential.reported", 10);

  /**
   * Each lane has a pair of TPMs of its own: a sequence begins in the same state on all of them.
   */
  private static final int LANES = Math.min(4, Runtime.getRuntime().availableProcessors());

  private record Outcome(Map<String, Integer> codes, List<String> disagreements, int commands) {}

  @Test
  void randomCommandsHaveTheSameAnswersOnBothTpms()
      throws InterruptedException, ExecutionException {
    List<Outcome> outcomes = new ArrayList<>();
    List<Subject> open = new ArrayList<>();
    ExecutorService lanes = Executors.newFixedThreadPool(LANES);
    try {
      AtomicInteger next = new AtomicInteger(FIRST);
      List<Callable<Outcome>> work = new ArrayList<>();
      for (int i = 0; i < LANES; i++) {
        Subject left = Subject.swtpm();
        open.add(left);
        work.add(() -> lane(left, Subject.software("differential"), next));
      }
      for (Future<Outcome> lane : lanes.invokeAll(work)) {
        outcomes.add(lane.get());
      }
    } finally {
      lanes.shutdownNow();
      open.forEach(Subject::close);
    }
    Map<String, Integer> codes = new TreeMap<>();
    outcomes.forEach(o -> o.codes().forEach((k, v) -> codes.merge(k, v, Integer::sum)));
    List<String> disagreements =
        outcomes.stream().flatMap(o -> o.disagreements().stream()).toList();
    int commands = outcomes.stream().mapToInt(Outcome::commands).sum();
    report(codes, disagreements, commands);
    assertEquals(
        List.of(),
        disagreements.stream().limit(REPORTED).toList(),
        disagreements.size() + " of " + COUNT + " sequences differ");
    assertTrue(COUNT < 2000 || commands > 40_000, "fewer commands than that: " + commands);
  }

  /** Takes one sequence after the other, until there is none left. */
  private static Outcome lane(Subject left, Subject right, AtomicInteger next) {
    Map<String, Integer> codes = new TreeMap<>();
    List<String> disagreements = new ArrayList<>();
    int commands = 0;
    for (int seed = next.getAndIncrement(); seed < FIRST + COUNT; seed = next.getAndIncrement()) {
      RandomUser swtpm = new RandomUser(left, seed);
      RandomUser software = new RandomUser(right, seed);
      String difference = Sequence.compare(swtpm, software, LENGTH, codes);
      if (!difference.isEmpty()) {
        disagreements.add("sequence %d: %s".formatted(seed, difference));
      }
      commands += swtpm.commands;
    }
    return new Outcome(codes, disagreements, commands);
  }

  @Test
  void theSameSequenceHasTheSameAnswersOnSwtpmTwice() {
    try (Subject one = Subject.swtpm();
        Subject two = Subject.swtpm()) {
      for (int seed = FIRST; seed < FIRST + 200; seed++) {
        String difference =
            Sequence.compare(
                new RandomUser(one, seed), new RandomUser(two, seed), LENGTH, new TreeMap<>());
        assertEquals("", difference, "sequence " + seed);
      }
    }
  }

  private static void report(Map<String, Integer> codes, List<String> disagreements, int commands) {
    System.Logger log = System.getLogger(DifferentialTest.class.getName());
    log.log(
        System.Logger.Level.INFO,
        "{0} sequences, {1} commands, {2} differ; {3}",
        COUNT,
        commands,
        disagreements.size(),
        codes);
  }
}
