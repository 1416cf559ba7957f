package io.github.cvmattestation.attestation.release;

import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.AttestationException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Released keys, kept for a while and shared: however many threads ask for a key at once, it is
 * released once. A key is cleared when nobody uses it any more, and never before.
 *
 * <p>No thread runs in the background: whoever first finds a key to be due for renewal asks for it
 * while the others go on with the old one. A refusal ends a key at once. Ages are counted by the
 * system's clock or by the time that passed, whichever says more; a clock that is put back before a
 * key's beginning ends it. Safe for use by many threads.
 */
public final class KeyCache implements AutoCloseable {
  /** The most names that are kept: more are a mistake, such as a name with a counter in it. */
  public static final int MAX_NAMES = 1024;

  private final Loader loader;
  private final KeyLifetime times;
  private final Supplier<Moment> clock;
  private final Map<String, CachedKey> keys = new HashMap<>();
  private boolean closed;

  /** Attests, has the key released, and unwraps it. */
  @FunctionalInterface
  public interface Loader {
    /**
     * Gets a key; called for several names at once. {@code cvm::tryRelease} is one.
     *
     * @throws AttestationException if a device or a service could not be asked; {@code Denied}
     *     counts as the denial that it is
     */
    Attempt<ReleasedKey> load(String name);
  }

  /** The use of a key until this is closed; closing the key itself is not for its users. */
  public static final class Lease implements AutoCloseable {
    private final CachedKey.Held held;
    private final KeyCache cache;
    private boolean returned;

    private Lease(KeyCache cache, CachedKey.Held held) {
      this.cache = cache;
      this.held = held;
    }

    /**
     * The key.
     *
     * @throws IllegalStateException if this is closed
     */
    public ReleasedKey key() {
      synchronized (cache.keys) {
        if (returned) {
          throw new IllegalStateException("the key has been given back");
        }
        return held.key();
      }
    }

    @Override
    public void close() {
      synchronized (cache.keys) {
        if (!returned) {
          returned = true;
          held.giveBack();
        }
      }
    }
  }

  /**
   * @param loader how a key is got; for each name, one thread at a time calls it
   * @param times how long a key is used
   */
  public KeyCache(Loader loader, KeyLifetime times) {
    this(loader, times, () -> new Moment(Instant.now(), System.nanoTime()));
  }

  KeyCache(Loader loader, KeyLifetime times, Supplier<Moment> clock) {
    this.loader = loader;
    this.times = times;
    this.clock = clock;
  }

  /**
   * The key of this name, released now if it must be; or who says no. Whoever gets a lease closes
   * it soon: {@code try (KeyCache.Lease lease = cache.lease("disk-key").orThrow())}.
   *
   * @throws AttestationException if it is not at hand and somebody could not be asked for it; all
   *     who waited for the same answer get the same exception, unless the thread that asked was
   *     interrupted: then another of them asks
   * @throws IllegalStateException if this is closed
   */
  public Attempt<Lease> lease(String name) {
    while (true) {
      CachedKey entry;
      CachedKey.Flight flight;
      boolean pilot = false;
      synchronized (keys) {
        requireOpen();
        entry = entry(name);
        CachedKey.Held usable = entry.takeUsable(clock.get());
        if (usable != null) {
          return new Attempt.Granted<>(new Lease(this, usable));
        }
        flight = entry.board();
        if (flight == null) {
          flight = entry.takeOff();
          pilot = true;
        }
      }
      if (pilot) {
        fly(name, entry, flight);
      }
      CachedKey.Landing landing = flight.await();
      if (pilot || !(landing instanceof CachedKey.Landing.Abandoned)) {
        return lease(landing);
      }
    }
  }

  private Attempt<Lease> lease(CachedKey.Landing landing) {
    if (landing instanceof CachedKey.Landing.Key key) {
      return new Attempt.Granted<>(new Lease(this, key.held()));
    }
    if (landing instanceof CachedKey.Landing.Denied denied) {
      return new Attempt.Denied<>(denied.why().room(), denied.why().findings());
    }
    throw landing instanceof CachedKey.Landing.Failed failed
        ? failed.why()
        : ((CachedKey.Landing.Abandoned) landing).why();
  }

  private CachedKey entry(String name) {
    CachedKey entry = keys.get(name);
    if (entry == null) {
      if (keys.size() >= MAX_NAMES) {
        throw new AttestationException.Configuration(
            "more than " + MAX_NAMES + " key names", "ask for the keys that there are");
      }
      entry = new CachedKey(times);
      keys.put(name, entry);
    }
    return entry;
  }

  /** Gets the key and tells all who wait. Whatever happens, nobody is left waiting. */
  private void fly(String name, CachedKey entry, CachedKey.Flight flight) {
    Attempt<ReleasedKey> answer = null;
    RuntimeException failure = new IllegalStateException("no answer came of an error");
    try {
      answer = loader.load(name);
    } catch (AttestationException.Denied e) {
      answer = new Attempt.Denied<>(e.room(), e.findings());
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      synchronized (keys) {
        if (answer != null && closed) {
          if (answer instanceof Attempt.Granted<ReleasedKey> late) {
            late.value().close();
          }
          answer = null;
          failure = new IllegalStateException("the cache is closed");
        }
        if (answer != null) {
          entry.land(flight, answer, clock.get());
        } else if (failure instanceof AttestationException
            && Thread.currentThread().isInterrupted()) {
          entry.abandon(flight, failure);
        } else {
          entry.crash(flight, failure, clock.get());
        }
        if (entry.isIdle()) {
          keys.remove(name);
        }
      }
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the cache is closed");
    }
  }

  /** No key is given out any more; each is cleared as soon as its last user gives it back. */
  @Override
  public void close() {
    synchronized (keys) {
      closed = true;
      keys.values().forEach(CachedKey::retire);
      keys.clear();
    }
  }
}
