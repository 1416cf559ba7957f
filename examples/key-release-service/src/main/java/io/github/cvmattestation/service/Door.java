package io.github.cvmattestation.service;

import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.release.KeyCache;
import io.github.cvmattestation.attestation.release.KeyLifetime;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Stands between requests and the key. It is closed until a key is there, and again as soon as
 * somebody says no; one thread knocks at the key's source, so that no request from outside makes
 * this machine attest.
 */
final class Door implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Door.class.getName());
  private static final String KEY = "key";
  private static final Duration SLOWEST = Duration.ofSeconds(30);
  private static final Duration FASTEST = Duration.ofSeconds(1);
  private static final int KNOCKS_BEFORE_EXPIRY = 4;

  private final KeySource source;
  private final KeyCache cache;
  private final Duration pause;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "key-renewal");
            made.setDaemon(true);
            return made;
          });
  private volatile Optional<String> closedBecause = Optional.of("not attested yet");
  private boolean closing;

  /**
   * @param source owned by this from now on
   * @param times how long a key is used
   */
  Door(KeySource source, KeyLifetime times) {
    this.source = source;
    this.cache = new KeyCache(name -> source.key(), times);
    Duration wanted = times.refreshBefore().dividedBy(KNOCKS_BEFORE_EXPIRY);
    Duration atMost = wanted.compareTo(SLOWEST) < 0 ? wanted : SLOWEST;
    this.pause = atMost.compareTo(FASTEST) < 0 ? FASTEST : atMost;
  }

  /** Asks for the key now, and again and again: it renews itself well before it expires. */
  void start() {
    var unused =
        thread.scheduleWithFixedDelay(this::knock, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Asks for the key if it is due, and opens or closes accordingly. Never throws. */
  void knock() {
    if (isClosing()) {
      return;
    }
    try {
      Attempt<KeyCache.Lease> attempt = cache.lease(KEY);
      if (attempt instanceof Attempt.Denied<KeyCache.Lease> denied) {
        shut(reason(denied));
        LOG.log(Level.WARNING, () -> "the key is refused: " + denied.findings());
        return;
      }
      attempt.orThrow().close();
      if (open()) {
        LOG.log(Level.INFO, "the key is here");
      }
    } catch (AttestationException e) {
      shut("could not ask: " + e.getMessage());
      LOG.log(Level.WARNING, "could not ask for the key: {0}", e.getMessage());
    } catch (RuntimeException e) {
      // A mistake of the program's: the thread must live on, and nothing of a secret be quoted.
      shut("internal error");
      LOG.log(Level.ERROR, "could not ask for the key: {0}", e.getClass().getName());
    }
  }

  /** Why nothing is served now; empty while it is. */
  Optional<String> closedBecause() {
    return closedBecause;
  }

  /** Does something with the key, which stays alive as long as that takes; empty while closed. */
  <T> Optional<T> use(Function<ReleasedKey, T> work) {
    if (closedBecause.isPresent()) {
      return Optional.empty();
    }
    try {
      Attempt<KeyCache.Lease> attempt = cache.lease(KEY);
      if (attempt instanceof Attempt.Denied<KeyCache.Lease> denied) {
        shut(reason(denied));
        return Optional.empty();
      }
      try (KeyCache.Lease lease = attempt.orThrow()) {
        return Optional.of(work.apply(lease.key()));
      }
    } catch (AttestationException e) {
      shut("could not ask: " + e.getMessage());
    }
    return Optional.empty();
  }

  /** Whether it was closed before, and is no longer. */
  private synchronized boolean open() {
    boolean opens = !closing && closedBecause.isPresent();
    if (opens) {
      closedBecause = Optional.empty();
    }
    return opens;
  }

  private synchronized void shut(String reason) {
    if (!closing) {
      closedBecause = Optional.of(reason);
    }
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  private synchronized void shutForGood() {
    shut("shutting down");
    closing = true;
  }

  private static String reason(Attempt.Denied<?> denied) {
    return denied.findings().stream()
        .map(finding -> finding.code().name())
        .collect(Collectors.joining(", ", "refused: ", ""));
  }

  /** No more knocking; the key is cleared as soon as nobody uses it, and the machine let go. */
  @Override
  public void close() {
    shutForGood();
    thread.shutdown();
    cache.close();
    source.close();
  }
}
