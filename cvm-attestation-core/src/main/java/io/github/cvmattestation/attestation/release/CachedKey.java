package io.github.cvmattestation.attestation.release;

import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.AttestationException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One name of a {@link KeyCache}: its key, and the request for the next one. Under its lock. */
final class CachedKey {
  private final KeyLifetime times;
  private @Nullable Held held;
  private @Nullable Flight flight;
  private @Nullable Moment failed;

  CachedKey(KeyLifetime times) {
    this.times = times;
  }

  /** A key in use: cleared by the last user once it is retired. */
  static final class Held {
    private final ReleasedKey key;
    private final Moment since;
    private int users;
    private boolean retired;

    private Held(ReleasedKey key, Moment since) {
      this.key = key;
      this.since = since;
    }

    ReleasedKey key() {
      return key;
    }

    private Held taken(int times) {
      users += times;
      return this;
    }

    void giveBack() {
      users--;
      clearIfDone();
    }

    private void retire() {
      retired = true;
      clearIfDone();
    }

    private void clearIfDone() {
      if (retired && users == 0) {
        key.close();
      }
    }
  }

  /** A request on its way, and how many wait for it. */
  static final class Flight {
    private final CompletableFuture<Landing> landing = new CompletableFuture<>();
    private int passengers;

    Landing await() {
      return landing.join();
    }
  }

  /** What everybody on a flight gets: a key that is counted as taken by each of them, or none. */
  sealed interface Landing {
    record Key(Held held) implements Landing {}

    record Denied(Attempt.Denied<ReleasedKey> why) implements Landing {}

    record Failed(RuntimeException why) implements Landing {}

    /** Who asked was interrupted: that is no answer for the others. */
    record Abandoned(RuntimeException why) implements Landing {}
  }

  /** The key, taken, where nobody needs to be asked first. */
  @Nullable Held takeUsable(Moment now) {
    if (held == null) {
      return null;
    }
    Duration age = now.since(held.since);
    boolean failedLately =
        flight == null && failed != null && now.since(failed).compareTo(times.retryAfter()) < 0;
    boolean usable;
    if (age.compareTo(times.lifetime().minus(times.refreshBefore())) < 0) {
      usable = true;
    } else if (age.compareTo(times.lifetime()) < 0) {
      usable = flight != null || failedLately; // somebody sees to the next one
    } else {
      usable = failedLately && isStaleAllowed(held, now);
    }
    return usable ? held.taken(1) : null;
  }

  /** Boards the request that is on its way, if there is one. */
  @Nullable Flight board() {
    if (flight != null) {
      flight.passengers++;
    }
    return flight;
  }

  /** Sends a request on its way, with one waiting for it. */
  Flight takeOff() {
    Flight started = new Flight();
    started.passengers = 1;
    flight = started;
    return started;
  }

  /** The request was answered. */
  void land(Flight landed, Attempt<ReleasedKey> answer, Moment now) {
    flight = null;
    retire();
    if (answer instanceof Attempt.Granted<ReleasedKey> granted) {
      held = new Held(granted.value(), now).taken(landed.passengers);
      failed = null;
      landed.landing.complete(new Landing.Key(held));
    } else {
      landed.landing.complete(new Landing.Denied((Attempt.Denied<ReleasedKey>) answer));
    }
  }

  /** The request failed: an old key serves on where it may. */
  void crash(Flight crashed, RuntimeException failure, Moment now) {
    flight = null;
    if (held != null && failure instanceof AttestationException && isStaleAllowed(held, now)) {
      failed = now;
      crashed.landing.complete(new Landing.Key(held.taken(crashed.passengers)));
    } else {
      retire();
      crashed.landing.complete(new Landing.Failed(failure));
    }
  }

  /** Who asked was told to stop. The key stays, and the next one asks. */
  void abandon(Flight abandoned, RuntimeException why) {
    flight = null;
    abandoned.landing.complete(new Landing.Abandoned(why));
  }

  /** Nothing is kept and nothing is on its way. */
  boolean isIdle() {
    return held == null && flight == null;
  }

  /** The key is not given out again. */
  void retire() {
    if (held != null) {
      held.retire();
      held = null;
    }
  }

  private boolean isStaleAllowed(Held key, Moment now) {
    Duration most = times.lifetime().plus(times.staleOnError());
    return now.since(key.since).compareTo(most) < 0;
  }
}
