package io.github.cvmattestation.attestation.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Room;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The cache of released keys: one release for all, no key beyond its time, none cleared in use. */
class KeyCacheTest {
  private static final int CALLERS = 1000;
  private static final Finding NO = Finding.of(CoreFinding.SKR_UNWRAP, "a key", "none");
  private static final KeyLifetime HOUR =
      new KeyLifetime(
          Duration.ofMinutes(60), Duration.ofMinutes(10), Duration.ofMinutes(1), Duration.ZERO);

  private Instant now = Instant.parse("2026-11-22T12:00:00Z");
  private Duration ran = Duration.ZERO;
  private final AtomicReference<KeyCache> cacheInUse = new AtomicReference<>();
  private final AtomicInteger loads = new AtomicInteger();
  private volatile Supplier<Attempt<ReleasedKey>> service = () -> granted(key(loads.get()));

  private KeyCache cache(KeyLifetime times) {
    return new KeyCache(
        name -> {
          loads.incrementAndGet();
          return service.get();
        },
        times,
        () -> new Moment(now, ran.toNanos()));
  }

  @Test
  void aThousandCallersCauseOneRelease() throws Exception {
    CountDownLatch arrived = new CountDownLatch(CALLERS);
    service =
        () -> {
          await(arrived);
          return granted(key(7));
        };
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    try (KeyCache cache = cache(HOUR)) {
      List<Future<Byte>> answers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        answers.add(
            threads.submit(
                () -> {
                  arrived.countDown();
                  try (KeyCache.Lease lease = cache.lease("disk-key").orThrow()) {
                    return lease.key().octets()[0];
                  }
                }));
      }
      for (Future<Byte> answer : answers) {
        assertThat(answer.get()).isEqualTo((byte) 7);
      }
      assertThat(loads).hasValue(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void allWhoWaitHearOfTheSameFailureAndTheNextOneAsksAgain() throws Exception {
    CountDownLatch arrived = new CountDownLatch(2);
    service =
        () -> {
          await(arrived);
          throw unreachable();
        };
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (KeyCache cache = cache(HOUR)) {
      List<Future<?>> answers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        answers.add(
            threads.submit(
                () -> {
                  arrived.countDown();
                  cache.lease("disk-key").orThrow().close();
                }));
      }
      for (Future<?> answer : answers) {
        assertThatThrownBy(answer::get)
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(AttestationException.Service.class);
      }
      service = () -> granted(key(9));
      assertThat(octet(cache.lease("disk-key"))).isEqualTo((byte) 9);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whoIsInterruptedWhileAskingFailsAloneAndTheNextOneAsks() throws Exception {
    FutureTask<Byte> second = new FutureTask<>(() -> octet(cacheInUse.get().lease("disk-key")));
    Thread waiting = new Thread(second);
    service =
        () -> {
          service = () -> granted(key(9));
          waiting.start();
          while (waiting.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
          }
          Thread.currentThread().interrupt();
          throw unreachable();
        };
    try (KeyCache cache = cache(HOUR)) {
      cacheInUse.set(cache);
      assertThatThrownBy(() -> cache.lease("disk-key"))
          .isInstanceOf(AttestationException.Service.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(second.get()).isEqualTo((byte) 9);
      assertThat(loads).hasValue(2);
    }
  }

  @Test
  void anInterruptedRenewalLeavesTheOldKeyToOthers() {
    try (KeyCache cache = cache(HOUR)) {
      cache.lease("disk-key").orThrow().close();
      pass(Duration.ofMinutes(55));
      service =
          () -> {
            Thread.currentThread().interrupt();
            throw unreachable();
          };
      assertThatThrownBy(() -> cache.lease("disk-key"))
          .isInstanceOf(AttestationException.Service.class);
      assertThat(Thread.interrupted()).isTrue();
      service =
          () -> {
            throw unreachable();
          };
      assertThat(octet(cache.lease("disk-key"))).isEqualTo((byte) 1);
    }
  }

  @Test
  void aKeyIsReleasedOnceAndNeverUsedBeyondItsLifetime() {
    try (KeyCache cache = cache(HOUR)) {
      assertThat(octet(cache.lease("disk-key"))).isEqualTo((byte) 1);
      pass(Duration.ofMinutes(49));
      assertThat(octet(cache.lease("disk-key"))).isEqualTo((byte) 1);
      service =
          () -> {
            throw unreachable();
          };
      pass(Duration.ofMinutes(11));
      assertThatThrownBy(() -> cache.lease("disk-key"))
          .isInstanceOf(AttestationException.Service.class);
      assertThat(loads).hasValue(2);
    }
  }

  /** The host owns the clock on the wall. */
  @Test
  void aClockThatIsPutBackMakesNoKeyLiveLonger() {
    try (KeyCache cache = cache(HOUR)) {
      cache.lease("disk-key").orThrow().close();
      now = now.minus(Duration.ofDays(365));
      cache.lease("disk-key").orThrow().close();
      assertThat(loads).as("put back before the key's beginning").hasValue(2);
      for (int minute = 0; minute < 60; minute += 4) {
        pass(Duration.ofMinutes(4));
        ran = ran.plus(Duration.ofMinutes(4));
        cache.lease("disk-key").orThrow().close();
        now = now.minus(Duration.ofMinutes(4));
      }
      assertThat(loads).as("put back again and again").hasValue(3);
    }
  }

  @Test
  void aMachineThatSleptFindsItsKeyExpired() {
    try (KeyCache cache = cache(HOUR)) {
      cache.lease("disk-key").orThrow().close();
      pass(Duration.ofMinutes(60));
      cache.lease("disk-key").orThrow().close();
      assertThat(loads).hasValue(2);
    }
  }

  @Test
  void aStaleKeyIsNotServedWhereItsAgeIsUnknown() {
    KeyLifetime times = HOUR.allowStaleOnError(Duration.ofMinutes(30));
    try (KeyCache cache = cache(times)) {
      cache.lease("disk-key").orThrow().close();
      service =
          () -> {
            throw unreachable();
          };
      now = now.minus(Duration.ofSeconds(1));
      assertThatThrownBy(() -> cache.lease("disk-key"))
          .isInstanceOf(AttestationException.Service.class);
    }
  }

  @Test
  void aKeyIsRenewedBeforeItExpires() {
    try (KeyCache cache = cache(HOUR)) {
      octet(cache.lease("disk-key"));
      pass(Duration.ofMinutes(50));
      assertThat(octet(cache.lease("disk-key"))).isEqualTo((byte) 2);
    }
  }

  @Test
  void whileOneRenewsTheOthersGoOnWithTheOldKey() {
    try (KeyCache cache = cache(HOUR)) {
      octet(cache.lease("disk-key"));
      pass(Duration.ofMinutes(50));
      service =
          () -> {
            // The renewal is on its way; another caller does not wait for it.
            assertThat(octet(cache.lease("disk-key"))).isEqualTo((byte) 1);
            return granted(key(2));
          };
      assertThat(octet(cache.lease("disk-key"))).isEqualTo((byte) 2);
      assertThat(loads).hasValue(2);
    }
  }

  @Test
  void aFailedRenewalLeavesTheKeyAndIsNotTriedAtEveryCall() {
    try (KeyCache cache = cache(HOUR)) {
      octet(cache.lease("disk-key"));
      pass(Duration.ofMinutes(50));
      service =
          () -> {
            throw unreachable();
          };
      for (int i = 0; i < 3; i++) {
        assertThat(octet(cache.lease("disk-key"))).isEqualTo((byte) 1);
      }
      assertThat(loads).hasValue(2);
      pass(Duration.ofMinutes(1));
      assertThat(octet(cache.lease("disk-key"))).isEqualTo((byte) 1);
      assertThat(loads).hasValue(3);
    }
  }

  @Test
  void aStaleKeyServesOnErrorWhereAskedForAndWithinItsBound() {
    try (KeyCache cache = cache(HOUR.allowStaleOnError(Duration.ofMinutes(30)))) {
      octet(cache.lease("disk-key"));
      service =
          () -> {
            throw unreachable();
          };
      pass(Duration.ofMinutes(89).plusSeconds(30));
      assertThat(octet(cache.lease("disk-key"))).isEqualTo((byte) 1);
      assertThat(octet(cache.lease("disk-key"))).isEqualTo((byte) 1);
      assertThat(loads).hasValue(2);
      pass(Duration.ofSeconds(30)); // the bound ends before the next try is due
      assertThatThrownBy(() -> cache.lease("disk-key"))
          .isInstanceOf(AttestationException.Service.class);
    }
  }

  @Test
  void aRefusalEndsAKeyAtOnceAndIsNotKept() {
    try (KeyCache cache = cache(HOUR.allowStaleOnError(Duration.ofMinutes(30)))) {
      byte[] octets = held(cache.lease("disk-key"));
      pass(Duration.ofMinutes(50));
      service = () -> new Attempt.Denied<>(Room.RELEASE, List.of(NO));
      assertThat(cache.lease("disk-key"))
          .isEqualTo(new Attempt.Denied<>(Room.RELEASE, List.of(NO)));
      assertThat(octets).containsOnly(0);
      service = () -> granted(key(3));
      assertThat(octet(cache.lease("disk-key"))).isEqualTo((byte) 3);
    }
  }

  @Test
  void aDenialThatIsThrownIsADenialAndNoReasonToServeAStaleKey() {
    try (KeyCache cache = cache(HOUR.allowStaleOnError(Duration.ofMinutes(30)))) {
      byte[] octets = held(cache.lease("disk-key"));
      pass(Duration.ofMinutes(50));
      Attempt<ReleasedKey> no = new Attempt.Denied<>(Room.APPRAISE, List.of(NO));
      service =
          () -> {
            no.orThrow();
            return no;
          };
      assertThat(cache.lease("disk-key")).isEqualTo(no);
      assertThat(octets).containsOnly(0);
    }
  }

  @Test
  void aRenewedKeyIsClearedOnlyWhenItsLastUserGivesItBack() {
    try (KeyCache cache = cache(HOUR)) {
      KeyCache.Lease first = cache.lease("disk-key").orThrow();
      KeyCache.Lease second = cache.lease("disk-key").orThrow();
      byte[] octets = first.key().octets();
      pass(Duration.ofMinutes(50));
      cache.lease("disk-key").orThrow().close();
      first.close();
      first.close(); // a second time counts for nothing
      assertThat(octets).doesNotContain(0);
      second.close();
      assertThat(octets).containsOnly(0);
    }
  }

  @Test
  void aKeyForWhichTwoWaitedIsClearedByTheLastOfThem() throws Exception {
    try (KeyCache cache = cache(HOUR)) {
      List<KeyCache.Lease> both = together(cache, () -> granted(key(1)));
      pass(Duration.ofMinutes(50));
      service = () -> granted(key(2));
      assertThat(octet(cache.lease("disk-key"))).isEqualTo((byte) 2);
      assertClearedByTheLast(both);
    }
  }

  @Test
  void aStaleKeyForWhoseSuccessorTwoWaitedIsClearedByTheLastOfThem() throws Exception {
    KeyCache cache = cache(HOUR.allowStaleOnError(Duration.ofMinutes(30)));
    octet(cache.lease("disk-key"));
    pass(Duration.ofMinutes(65));
    List<KeyCache.Lease> both =
        together(
            cache,
            () -> {
              throw unreachable();
            });
    cache.close();
    assertClearedByTheLast(both);
  }

  /** What two callers get of one answer: the second is waiting for it before it comes. */
  private List<KeyCache.Lease> together(KeyCache cache, Supplier<Attempt<ReleasedKey>> answer)
      throws Exception {
    FutureTask<KeyCache.Lease> second = new FutureTask<>(() -> cache.lease("disk-key").orThrow());
    Thread waiting = new Thread(second);
    service =
        () -> {
          waiting.start();
          while (waiting.getState() != Thread.State.WAITING && !Thread.interrupted()) {
            Thread.onSpinWait();
          }
          return answer.get();
        };
    int before = loads.get();
    KeyCache.Lease first = cache.lease("disk-key").orThrow();
    List<KeyCache.Lease> both = List.of(first, second.get());
    assertThat(loads).hasValue(before + 1);
    return both;
  }

  private static void assertClearedByTheLast(List<KeyCache.Lease> both) {
    byte[] octets = both.get(0).key().octets();
    both.get(0).close();
    assertThat(both.get(1).key().octets()).isSameAs(octets).containsOnly(1);
    both.get(1).close();
    assertThat(octets).containsOnly(0);
  }

  @Test
  void closingTheCacheClearsWhatNobodyUses() {
    KeyCache cache = cache(HOUR);
    byte[] idle = held(cache.lease("idle"));
    KeyCache.Lease inUse = cache.lease("in-use").orThrow();
    byte[] used = inUse.key().octets();
    cache.close();
    assertThat(idle).containsOnly(0);
    assertThat(used).doesNotContain(0);
    inUse.close();
    assertThat(used).containsOnly(0);
    assertThatThrownBy(() -> cache.lease("idle")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aKeyThatArrivesAtAClosedCacheIsCleared() {
    KeyCache cache = cache(HOUR);
    ReleasedKey late = key(5);
    byte[] octets = late.octets();
    service =
        () -> {
          cache.close();
          return granted(late);
        };
    assertThatThrownBy(() -> cache.lease("disk-key")).isInstanceOf(IllegalStateException.class);
    assertThat(octets).containsOnly(0);
  }

  @Test
  void aLeaseThatWasGivenBackGivesNoKey() {
    try (KeyCache cache = cache(HOUR)) {
      KeyCache.Lease lease = cache.lease("disk-key").orThrow();
      lease.close();
      assertThatThrownBy(() -> lease.key()).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void moreNamesThanThereAreKeysAreRefused() {
    try (KeyCache cache = cache(HOUR)) {
      for (int i = 0; i < KeyCache.MAX_NAMES; i++) {
        cache.lease("key-" + i).orThrow().close();
      }
      assertThatThrownBy(() -> cache.lease("one-more"))
          .isInstanceOf(AttestationException.Configuration.class);
    }
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private static byte octet(Attempt<KeyCache.Lease> attempt) {
    try (KeyCache.Lease lease = attempt.orThrow()) {
      return lease.key().octets()[0];
    }
  }

  private static byte[] held(Attempt<KeyCache.Lease> attempt) {
    try (KeyCache.Lease lease = attempt.orThrow()) {
      return lease.key().octets();
    }
  }

  private static Attempt<ReleasedKey> granted(ReleasedKey key) {
    return new Attempt.Granted<>(key);
  }

  private static ReleasedKey key(int octet) {
    WrappedKey wrapped =
        new WrappedKey(
            "https://v/keys/k/" + octet,
            WrappedKey.Kind.OCT,
            Optional.empty(),
            WrapAlgorithm.RSA_AES_KEY_WRAP_256,
            Bytes.empty());
    return new ReleasedKey(wrapped, new SecretBytes(new byte[] {(byte) octet, (byte) octet}));
  }

  private static AttestationException.Service unreachable() {
    return new AttestationException.Service(
        "vault", AttestationException.Service.Failure.UNREACHABLE, 0, "", "", "wait");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
