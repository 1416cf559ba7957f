package io.github.cvmattestation.azure.internal.endorsement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.azure.internal.endorsement.KeptAnswers.Answer;
import io.github.cvmattestation.azure.internal.http.SteppedTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeptAnswersTest {
  private static final int CALLERS = 20;

  private final SteppedTime time = SteppedTime.standing();
  private final KeptAnswers<Integer> answers = new KeptAnswers<>(time);
  private final AtomicInteger asked = new AtomicInteger();

  private int get(Instant until) {
    return answers.get("name", () -> new Answer<>(asked.incrementAndGet(), until));
  }

  @Test
  void anAnswerIsKeptUntilItsEndAndNoLonger() {
    Instant end = SteppedTime.START.plusSeconds(100);
    assertThat(get(end)).isEqualTo(1);
    time.pause(Duration.ofSeconds(99));
    assertThat(get(end)).isEqualTo(1);
    time.pause(Duration.ofSeconds(1));
    assertThat(get(end.plusSeconds(100))).isEqualTo(2);
    assertThat(get(end)).isEqualTo(2);
  }

  @Test
  void noAnswerIsKeptForMoreThanADay() {
    assertThat(get(Instant.MAX)).isEqualTo(1);
    time.pause(Duration.ofDays(1).minusSeconds(1));
    assertThat(get(Instant.MAX)).isEqualTo(1);
    time.pause(Duration.ofSeconds(1));
    assertThat(get(Instant.MAX)).isEqualTo(2);
  }

  @Test
  void whatHasEndedAlreadyIsHandedOnAndNotKept() {
    assertThat(get(SteppedTime.START)).isEqualTo(1);
    assertThat(get(SteppedTime.START)).isEqualTo(2);
    assertThat(answers.get("name", () -> Answer.passing(7))).isEqualTo(7);
    assertThat(get(Instant.MAX)).isEqualTo(3);
  }

  @Test
  void aFailureIsNotKept() {
    AttestationException failure = new AttestationException.Configuration("no", "none");
    assertThatThrownBy(() -> answers.get("name", failing(failure))).isSameAs(failure);
    Error broken = new AssertionError("broken");
    assertThatThrownBy(
            () ->
                answers.get(
                    "name",
                    () -> {
                      throw broken;
                    }))
        .isSameAs(broken);
    assertThat(get(Instant.MAX)).isEqualTo(1);
  }

  private static Supplier<Answer<Integer>> failing(AttestationException failure) {
    return () -> {
      throw failure;
    };
  }

  @Test
  void namesDoNotShareAnswers() {
    assertThat(get(Instant.MAX)).isEqualTo(1);
    assertThat(answers.get("other", () -> new Answer<>(9, Instant.MAX))).isEqualTo(9);
    assertThat(get(Instant.MAX)).isEqualTo(1);
  }

  @Test
  void manyNamesDoNotFillTheMemory() {
    int names = 10 * KeptAnswers.MAX_ANSWERS;
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < names; i++) {
        answers.get("name " + i, () -> new Answer<>(asked.incrementAndGet(), Instant.MAX));
      }
    }
    assertThat(asked.get()).isGreaterThanOrEqualTo(2 * names - KeptAnswers.MAX_ANSWERS);
  }

  @Test
  void whoAsksMeanwhileWaitsForTheSameAnswer() throws InterruptedException {
    AtomicReferenceArray<Object> got = together(() -> Answer.passing(asked.incrementAndGet()));
    for (int i = 0; i < CALLERS; i++) {
      assertThat(got.get(i)).isEqualTo(1);
    }
    assertThat(get(Instant.MAX)).isEqualTo(2);
  }

  @Test
  void whoIsInterruptedWhileAskingFailsAloneAndTheNextOneAsks() throws Exception {
    AttestationException failure = new AttestationException.Configuration("stopped", "none");
    FutureTask<Integer> second = new FutureTask<>(() -> get(Instant.MAX));
    Thread waiting = new Thread(second);
    assertThatThrownBy(
            () ->
                answers.get(
                    "name",
                    () -> {
                      waiting.start();
                      while (waiting.getState() != Thread.State.WAITING) {
                        Thread.onSpinWait();
                      }
                      Thread.currentThread().interrupt();
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(second.get()).isEqualTo(1);
  }

  @Test
  void whoWaitsIsToldOfTheFailure() throws InterruptedException {
    AttestationException failure = new AttestationException.Configuration("no", "none");
    AtomicReferenceArray<Object> got = together(failing(failure));
    for (int i = 0; i < CALLERS; i++) {
      assertThat(got.get(i)).isSameAs(failure);
    }
  }

  /** Has many ask, and the one who is answered first waits until all others do. */
  private AtomicReferenceArray<Object> together(Supplier<Answer<Integer>> question)
      throws InterruptedException {
    CountDownLatch others = new CountDownLatch(1);
    CountDownLatch first = new CountDownLatch(1);
    AtomicReferenceArray<Object> got = new AtomicReferenceArray<>(CALLERS);
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      int caller = i;
      Thread thread =
          new Thread(
              () -> {
                try {
                  got.set(
                      caller,
                      answers.get(
                          "name",
                          () -> {
                            first.countDown();
                            await(others);
                            return question.get();
                          }));
                } catch (AttestationException e) {
                  got.set(caller, e);
                }
              });
      callers.add(thread);
      thread.start();
      first.await();
    }
    for (Thread caller : callers) {
      while (caller.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    others.countDown();
    for (Thread caller : callers) {
      caller.join();
    }
    return got;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
