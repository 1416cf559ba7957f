package io.github.cvmattestation.attestation.internal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what was proven, within one verifier and up to a bound. What may change with time is
 * never remembered here: dates and revocation are looked at anew whoever asks.
 */
public final class BoundedCache<K, V> {
  private final @Nullable Cache<Hashed<K>, V> cache;

  /** A cache of at most {@code size} entries; of size 0 it remembers nothing and costs nothing. */
  public BoundedCache(int size) {
    // Evicting on the calling thread: a library starts no threads of its own.
    cache =
        size == 0 ? null : Caffeine.newBuilder().maximumSize(size).executor(Runnable::run).build();
  }

  /** What was remembered under {@code key}. */
  public Optional<V> get(K key) {
    return cache == null
        ? Optional.empty()
        : Optional.ofNullable(cache.getIfPresent(Hashed.of(key)));
  }

  /** Remembers {@code value}. */
  public void put(K key, V value) {
    if (cache != null) {
      cache.put(Hashed.of(key), value);
    }
  }

  /** Keys are whole certificates and quotes, and eviction asks again and again for their hash. */
  private record Hashed<K>(K key, int hash) {
    static <K> Hashed<K> of(K key) {
      return new Hashed<>(key, key.hashCode());
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
