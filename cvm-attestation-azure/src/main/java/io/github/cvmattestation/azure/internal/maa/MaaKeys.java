package io.github.cvmattestation.azure.internal.maa;

import io.github.cvmattestation.attestation.AttestationException.Service;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.MaaFinding;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The signing keys of the trusted issuers, as they publish them. Whoever sends tokens decides when
 * keys are asked for, so an issuer is asked at most once in {@link #PAUSE} whatever is sent, and
 * once for all callers who wait.
 */
public final class MaaKeys {
  /** What messages call it. */
  public static final String SERVICE = "MAA keys";

  /** How soon after an answer an unknown name leads to another question. */
  static final Duration PAUSE = Duration.ofMinutes(1);

  /** How soon after a failure the next attempt is made. */
  static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);

  private final JwksSource source;
  private final SignatureBackend backend;
  private final InstantSource clock;
  private final Ages ages;
  private final Map<String, Slot> slots = new LinkedHashMap<>();

  /**
   * How old keys may be.
   *
   * @param fresh keys are asked for again once they are older than this
   * @param staleOnError if that fails, they are used for this much longer
   */
  public record Ages(Duration fresh, Duration staleOnError) {}

  /**
   * @param issuers all that will ever be asked about
   * @param clock tells how old keys are
   */
  public MaaKeys(
      Collection<String> issuers,
      JwksSource source,
      SignatureBackend backend,
      InstantSource clock,
      Ages ages) {
    this.source = source;
    this.backend = backend;
    this.clock = clock;
    this.ages = ages;
    issuers.forEach(issuer -> slots.put(issuer, new Slot(issuer)));
  }

  /**
   * The key that {@code issuer} publishes under {@code kid}, fit for {@code algorithm}.
   *
   * @throws RefutedException if there is none
   * @throws Service if that could not be found out
   */
  VerificationKey find(String issuer, String kid, JwsAlgorithm algorithm) throws RefutedException {
    Optional<Jwks.Entry> entry = slot(issuer).find(kid);
    if (entry.isEmpty()) {
      throw refuted("none");
    }
    if (entry.get() instanceof Jwks.Entry.Unfit unfit) {
      throw refuted(unfit.problem());
    }
    Jwks.Entry.Usable usable = (Jwks.Entry.Usable) entry.get();
    if (!usable.fits(algorithm)) {
      throw refuted("a key for another algorithm");
    }
    return usable.key();
  }

  /** The same key, if it is at hand and fresh: nobody is asked. */
  Optional<VerificationKey> findKnown(String issuer, String kid, JwsAlgorithm algorithm) {
    return slot(issuer)
        .findKnown(kid)
        .filter(usable -> usable.fits(algorithm))
        .map(Jwks.Entry.Usable::key);
  }

  private Slot slot(String issuer) {
    Slot slot = slots.get(issuer);
    if (slot == null) {
      throw new IllegalArgumentException("not one of the issuers");
    }
    return slot;
  }

  private static RefutedException refuted(String actual) {
    return new RefutedException(
        Finding.of(MaaFinding.JWT_KEY, "one fit key under kid, published by the issuer", actual));
  }

  /**
   * What is known of one issuer's keys, replaced as a whole.
   *
   * @param keys the last that it gave
   * @param since when it gave them
   * @param asked when it was last asked
   * @param failure why that came to nothing, if so
   */
  private record Known(
      @Nullable Jwks keys, Instant since, Instant asked, @Nullable Service failure) {
    /** The keys, unless they are older than {@code most} or from the future of a clock put back. */
    Optional<Jwks> notOlderThan(Duration most, Instant now) {
      boolean old = now.isBefore(since) || !now.isBefore(since.plus(most));
      return old ? Optional.empty() : Optional.ofNullable(keys);
    }

    boolean isPause(Instant now) {
      Duration pause = failure == null ? PAUSE : PAUSE_AFTER_FAILURE;
      return !now.isBefore(asked) && now.isBefore(asked.plus(pause));
    }
  }

  private final class Slot {
    private final String issuer;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile @Nullable Known known;

    Slot(String issuer) {
      this.issuer = issuer;
    }

    Optional<Jwks.Entry> find(String kid) {
      Known current = known;
      if (current == null || isWorthAsking(current, kid, clock.instant())) {
        current = ask(kid);
      }
      Optional<Jwks> keys =
          current.notOlderThan(ages.fresh.plus(ages.staleOnError), clock.instant());
      Optional<Jwks.Entry> entry = keys.flatMap(set -> set.find(kid));
      if (entry.isEmpty() && current.failure != null) {
        // Whether the issuer has such a key by now is not known.
        throw again(current.failure);
      }
      if (keys.isEmpty()) {
        throw again(Jwks.unusable(Service.Failure.UNREACHABLE));
      }
      return entry;
    }

    /** The key, if nobody would be asked for it now. */
    Optional<Jwks.Entry.Usable> findKnown(String kid) {
      Known current = known;
      return current == null ? Optional.empty() : fresh(current, kid, clock.instant());
    }

    private Optional<Jwks.Entry.Usable> fresh(Known current, String kid, Instant now) {
      return current
          .notOlderThan(ages.fresh, now)
          .flatMap(set -> set.find(kid))
          .filter(Jwks.Entry.Usable.class::isInstance)
          .map(Jwks.Entry.Usable.class::cast);
    }

    private boolean isWorthAsking(Known current, String kid, Instant now) {
      return !current.isPause(now) && fresh(current, kid, now).isEmpty();
    }

    private Known ask(String kid) {
      asking.lock();
      try {
        Known current = known;
        if (current != null && !isWorthAsking(current, kid, clock.instant())) {
          return current; // another caller has asked while this one waited
        }
        Known asked = ask(current);
        known = asked;
        return asked;
      } finally {
        asking.unlock();
      }
    }

    private Known ask(@Nullable Known before) {
      try {
        Jwks keys = Jwks.parse(source.fetch(issuer), backend);
        Instant now = clock.instant();
        return new Known(keys, now, now, null);
      } catch (Service failure) {
        if (Thread.currentThread().isInterrupted()) {
          throw failure; // this caller was told to stop; the issuer did not fail
        }
        Instant now = clock.instant();
        return before == null
            ? new Known(null, Instant.EPOCH, now, failure)
            : new Known(before.keys, before.since, now, failure);
      }
    }

    /** The same failure for another caller, who has a stack of its own. */
    private Service again(Service failure) {
      return new Service(
          SERVICE,
          failure.failure(),
          failure.status(),
          failure.requestId(),
          failure.serviceCode(),
          failure.remedy());
    }
  }
}
