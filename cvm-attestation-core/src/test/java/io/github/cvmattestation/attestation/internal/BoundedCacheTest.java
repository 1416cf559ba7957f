package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BoundedCacheTest {
  @Test
  void whatWasPutIsFound() {
    BoundedCache<String, Integer> cache = new BoundedCache<>(4);
    cache.put("a", 1);
    assertThat(cache.get("a")).contains(1);
    assertThat(cache.get("b")).isEmpty();
  }

  @Test
  void aFloodOfKeysDoesNotGrowItBeyondItsBound() {
    for (int bound : new int[] {1, 8, 100}) {
      BoundedCache<Integer, Integer> cache = new BoundedCache<>(bound);
      IntStream.range(0, 10_000).forEach(i -> cache.put(i, i));
      long kept = IntStream.range(0, 10_000).filter(i -> cache.get(i).isPresent()).count();
      assertThat(kept).isBetween(1L, (long) bound);
    }
  }

  @Test
  void aCacheOfNoEntriesRemembersNothing() {
    BoundedCache<String, Integer> cache = new BoundedCache<>(0);
    cache.put("a", 1);
    assertThat(cache.get("a")).isEmpty();
  }

  @Test
  void cachesDoNotShareWhatTheyRemember() {
    BoundedCache<String, Integer> one = new BoundedCache<>(4);
    one.put("a", 1);
    assertThat(new BoundedCache<String, Integer>(4).get("a")).isEmpty();
  }
}
