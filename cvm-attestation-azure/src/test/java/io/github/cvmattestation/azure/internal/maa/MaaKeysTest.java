package io.github.cvmattestation.azure.internal.maa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.MaaFinding;
import io.github.cvmattestation.testkit.JwksWriter;
import io.github.cvmattestation.testkit.RsaSigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How often an issuer is asked for its keys, and what happens when it does not answer. */
class MaaKeysTest {
  private static final String ISSUER = "https://sharedweu.weu.attest.azure.net";
  private static final String OTHER = "https://shareduks.uks.attest.azure.net";
  private static final RsaSigningKey FIRST = RsaSigningKey.of(2048, "first");
  private static final RsaSigningKey SECOND = RsaSigningKey.of(2048, "second");
  private static final Duration HOUR = Duration.ofHours(1);

  private final Issuer issuer = new Issuer();
  private Instant now = Instant.parse("2026-06-01T00:00:00Z");

  /** Answers what it is told to, or fails, and counts. */
  private static final class Issuer implements JwksSource {
    private final List<String> asked = new ArrayList<>();
    private Bytes answer = new JwksWriter().key("one", FIRST).json();
    private boolean down;
    private boolean interrupting;

    @Override
    public synchronized Bytes fetch(String issuer) {
      asked.add(issuer);
      if (interrupting) {
        interrupting = false;
        Thread.currentThread().interrupt();
        throw new AttestationException.Service("stub", Failure.DEADLINE, 0, "", "", "try again");
      }
      if (down) {
        throw new AttestationException.Service(
            "stub", Failure.HTTP_STATUS, 503, "request-7", "Busy", "wait");
      }
      return answer;
    }

    synchronized int questions() {
      return asked.size();
    }
  }

  private MaaKeys keys(Duration staleOnError) {
    return new MaaKeys(
        Set.of(ISSUER, OTHER),
        issuer,
        SignatureBackends.bouncyCastle(),
        () -> now,
        new MaaKeys.Ages(HOUR, staleOnError));
  }

  private MaaKeys keys() {
    return keys(Duration.ZERO);
  }

  private static VerificationKey find(MaaKeys keys, String kid) throws RefutedException {
    return keys.find(ISSUER, kid, JwsAlgorithm.RS256);
  }

  private static void requireKey(MaaKeys keys, String kid, RsaSigningKey expected)
      throws RefutedException {
    assertThat(find(keys, kid).info().der()).isEqualTo(expected.subjectPublicKeyInfo());
  }

  private static void requireNone(MaaKeys keys, String kid) {
    assertThatThrownBy(() -> find(keys, kid))
        .isInstanceOfSatisfying(
            RefutedException.class,
            e -> assertThat(e.finding().code()).isEqualTo(MaaFinding.JWT_KEY));
  }

  private static void requireFailure(MaaKeys keys, String kid, Failure failure) {
    assertThatThrownBy(() -> find(keys, kid))
        .isInstanceOfSatisfying(
            AttestationException.Service.class, e -> assertThat(e.failure()).isEqualTo(failure));
  }

  @Test
  void aKnownKeyIsAskedForOnceAnHour() throws RefutedException {
    MaaKeys keys = keys();
    requireKey(keys, "one", FIRST);
    now = now.plus(HOUR).minusSeconds(1);
    requireKey(keys, "one", FIRST);
    assertThat(issuer.questions()).isEqualTo(1);
    now = now.plusSeconds(1);
    requireKey(keys, "one", FIRST);
    assertThat(issuer.asked).containsExactly(ISSUER, ISSUER);
  }

  /** It is the caller who was told to stop: the issuer has not failed, and is asked by the next. */
  @Test
  void whoIsInterruptedWhileAskingFailsAlone() throws RefutedException {
    MaaKeys keys = keys();
    issuer.interrupting = true;
    requireFailure(keys, "one", Failure.DEADLINE);
    assertThat(Thread.interrupted()).isTrue();
    requireKey(keys, "one", FIRST);
    assertThat(issuer.questions()).isEqualTo(2);
    now = now.plus(HOUR);
    issuer.interrupting = true;
    requireFailure(keys, "one", Failure.DEADLINE);
    assertThat(Thread.interrupted()).isTrue();
    requireKey(keys, "one", FIRST);
  }

  @Test
  void aKeyThatTheIssuerWithdrawsIsGoneAfterAnHour() throws RefutedException {
    MaaKeys keys = keys(Duration.ofDays(1));
    requireKey(keys, "one", FIRST);
    issuer.answer = new JwksWriter().key("two", SECOND).json();
    requireKey(keys, "one", FIRST);
    now = now.plus(HOUR);
    requireNone(keys, "one");
    requireKey(keys, "two", SECOND);
  }

  @Test
  void anUnknownNameAsksAgainButOnceAMinuteWhateverIsSent() throws RefutedException {
    MaaKeys keys = keys();
    requireKey(keys, "one", FIRST);
    for (int i = 0; i < 100; i++) {
      requireNone(keys, "no " + i);
    }
    assertThat(issuer.questions()).isEqualTo(1);
    now = now.plus(MaaKeys.PAUSE).minusSeconds(1);
    requireNone(keys, "two");
    assertThat(issuer.questions()).isEqualTo(1);
    issuer.answer = new JwksWriter().key("one", FIRST).key("two", SECOND).json();
    now = now.plusSeconds(1);
    requireKey(keys, "two", SECOND);
    requireKey(keys, "one", FIRST);
    requireNone(keys, "three");
    assertThat(issuer.questions()).isEqualTo(2);
  }

  @Test
  void issuersAreAskedEachForItself() throws RefutedException {
    MaaKeys keys = keys();
    requireKey(keys, "one", FIRST);
    keys.find(OTHER, "one", JwsAlgorithm.RS256);
    assertThat(issuer.asked).containsExactly(ISSUER, OTHER);
    assertThatThrownBy(() -> keys.find("https://evil.example", "one", JwsAlgorithm.RS256))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(issuer.questions()).isEqualTo(2);
  }

  @Test
  void anIssuerThatIsDownIsNotAVerdict() throws RefutedException {
    issuer.down = true;
    MaaKeys keys = keys();
    assertThatThrownBy(() -> find(keys, "one"))
        .isInstanceOfSatisfying(
            AttestationException.Service.class,
            e -> {
              assertThat(e.failure()).isEqualTo(Failure.HTTP_STATUS);
              assertThat(e.status()).isEqualTo(503);
              assertThat(e.requestId()).isEqualTo("request-7");
              assertThat(e.serviceCode()).isEqualTo("Busy");
              assertThat(e.remedy()).isEqualTo("wait");
            });
    requireFailure(keys, "one", Failure.HTTP_STATUS);
    assertThat(issuer.questions()).as("no second question within ten seconds").isEqualTo(1);
    issuer.down = false;
    now = now.plus(MaaKeys.PAUSE_AFTER_FAILURE);
    requireKey(keys, "one", FIRST);
    assertThat(issuer.questions()).isEqualTo(2);
  }

  @Test
  void aFailedRefreshKeepsWhatIsFreshAndDecidesNothingElse() throws RefutedException {
    MaaKeys keys = keys();
    requireKey(keys, "one", FIRST);
    issuer.down = true;
    now = now.plus(MaaKeys.PAUSE);
    requireFailure(keys, "two", Failure.HTTP_STATUS);
    requireKey(keys, "one", FIRST);
    assertThat(issuer.questions()).isEqualTo(2);
  }

  @Test
  void oldKeysAreNotUsedWhenTheIssuerIsDown() throws RefutedException {
    MaaKeys keys = keys();
    requireKey(keys, "one", FIRST);
    issuer.down = true;
    now = now.plus(HOUR);
    requireFailure(keys, "one", Failure.HTTP_STATUS);
  }

  @Test
  void oldKeysAreUsedForAsLongAsWasAskedForAndNotLonger() throws RefutedException {
    MaaKeys keys = keys(Duration.ofMinutes(10));
    requireKey(keys, "one", FIRST);
    issuer.down = true;
    now = now.plus(HOUR);
    requireKey(keys, "one", FIRST);
    now = now.plus(Duration.ofMinutes(10)).minusSeconds(1);
    requireKey(keys, "one", FIRST);
    assertThat(issuer.questions()).isEqualTo(3);
    now = now.plusSeconds(1);
    requireFailure(keys, "one", Failure.HTTP_STATUS);
  }

  @Test
  void aClockThatIsPutBackMakesKeysOld() throws RefutedException {
    MaaKeys keys = keys();
    requireKey(keys, "one", FIRST);
    now = now.minus(Duration.ofDays(1));
    requireKey(keys, "one", FIRST);
    assertThat(issuer.questions()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>Sign in</html>",
        "",
        "[]",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":[7]}",
        "{\"keys\":[{\"kid\":7}]}",
        "{\"keys\":[]}x",
        "{\"keys\":[],\"keys\":[]}"
      })
  void anAnswerThatIsNoKeySetIsAFailureAndNothingIsKept(String text) throws RefutedException {
    Bytes answer = Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    MaaKeys keys = keys();
    issuer.answer = answer;
    requireFailure(keys, "one", Failure.ANSWER_MALFORMED);
    issuer.answer = new JwksWriter().key("one", FIRST).json();
    now = now.plus(MaaKeys.PAUSE_AFTER_FAILURE);
    requireKey(keys, "one", FIRST);
    issuer.answer = answer;
    now = now.plus(MaaKeys.PAUSE);
    requireFailure(keys, "two", Failure.ANSWER_MALFORMED);
    requireKey(keys, "one", FIRST);
  }

  @Test
  void manyCallersAtOnceAskOnce() throws Exception {
    int callers = 64;
    CountDownLatch ready = new CountDownLatch(callers);
    MaaKeys keys =
        new MaaKeys(
            Set.of(ISSUER),
            asked -> {
              try {
                // The answer comes when everybody waits for it.
                assertThat(ready.await(30, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return issuer.fetch(asked);
            },
            SignatureBackends.bouncyCastle(),
            () -> now,
            new MaaKeys.Ages(HOUR, Duration.ZERO));
    ExecutorService pool = Executors.newFixedThreadPool(callers);
    try {
      List<Future<VerificationKey>> found = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        found.add(
            pool.submit(
                () -> {
                  ready.countDown();
                  return find(keys, "one");
                }));
      }
      for (Future<VerificationKey> one : found) {
        assertThat(one.get(30, TimeUnit.SECONDS)).isSameAs(found.get(0).get());
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(issuer.questions()).isEqualTo(1);
  }
}
