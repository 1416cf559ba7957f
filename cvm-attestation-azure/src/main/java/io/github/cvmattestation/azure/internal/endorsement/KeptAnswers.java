package io.github.cvmattestation.azure.internal.endorsement;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a service has published, kept for a day at most. However many threads want the same at once,
 * it is asked for once, by the first of them; if that fails, all who wait are told, and nothing of
 * it is kept. If the first of them is interrupted, that is its own affair: the next one asks.
 */
public final class KeptAnswers<V> {
  /** How long an answer is kept that may be kept longer: vendors replace lists before they end. */
  public static final Duration MAX_AGE = Duration.ofDays(1);

  /** More than the platforms that one program sees in a day; then the least used are forgotten. */
  public static final int MAX_ANSWERS = 256;

  private final HttpTime time;

  // Evicting on the calling thread: a library starts no threads of its own.
  private final Cache<String, CompletableFuture<@Nullable Answer<V>>> answers =
      Caffeine.newBuilder().maximumSize(MAX_ANSWERS).executor(Runnable::run).build();

  /** None yet. */
  public KeptAnswers(HttpTime time) {
    this.time = time;
  }

  /**
   * An answer.
   *
   * @param value what was asked for
   * @param until until when it may be kept; what has ended already is not kept
   */
  public record Answer<V>(V value, Instant until) {
    /** One that fits nothing that is asked again. */
    public static <V> Answer<V> passing(V value) {
      return new Answer<>(value, Instant.MIN);
    }

    /** Whether it fits a question that is asked again. */
    public boolean isFitting() {
      return !until.equals(Instant.MIN);
    }
  }

  /**
   * The answer of this name, asked for with {@code question} unless it is at hand.
   *
   * @throws AttestationException if {@code question} throws it
   */
  public V get(String name, Supplier<Answer<V>> question) {
    while (true) {
      CompletableFuture<@Nullable Answer<V>> mine = new CompletableFuture<>();
      CompletableFuture<@Nullable Answer<V>> there = answers.asMap().putIfAbsent(name, mine);
      if (there == null) {
        return ask(name, question, mine);
      }
      boolean isNew = !there.isDone();
      Answer<V> answer = await(there);
      if (answer != null && (isNew || isCurrent(answer))) {
        return answer.value();
      }
      answers.asMap().remove(name, there);
    }
  }

  /** Keeps nothing of what was answered so far. */
  public void forget() {
    answers.invalidateAll();
  }

  private V ask(
      String name, Supplier<Answer<V>> question, CompletableFuture<@Nullable Answer<V>> waitedFor) {
    boolean keep = false;
    try {
      Answer<V> answer = limited(question.get());
      keep = isCurrent(answer);
      waitedFor.complete(answer);
      return answer.value();
    } catch (AttestationException e) {
      if (Thread.currentThread().isInterrupted()) {
        waitedFor.complete(null);
      }
      waitedFor.completeExceptionally(e);
      throw e;
    } finally {
      // Without effect unless something broke that nobody expected: then nobody waits for ever.
      waitedFor.completeExceptionally(new IllegalStateException("no answer came of an error"));
      if (!keep) {
        answers.asMap().remove(name, waitedFor);
      }
    }
  }

  private Answer<V> limited(Answer<V> answer) {
    Instant limit = time.now().plus(MAX_AGE);
    return answer.until().isAfter(limit) ? new Answer<>(answer.value(), limit) : answer;
  }

  private boolean isCurrent(Answer<V> answer) {
    return time.now().isBefore(answer.until());
  }

  /** The answer, or null where whoever was to ask did not. */
  private @Nullable Answer<V> await(CompletableFuture<@Nullable Answer<V>> answer) {
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof AttestationException refusal ? refusal : e;
    }
  }
}
