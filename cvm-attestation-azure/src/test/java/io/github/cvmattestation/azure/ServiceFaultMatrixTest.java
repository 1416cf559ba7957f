package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.FaultScene.HANDED_ON;
import static io.github.cvmattestation.azure.FaultScene.RIGHT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.azure.FaultScene.Asker;
import io.github.cvmattestation.azure.internal.http.Refusals;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakePcs;
import io.github.cvmattestation.testkit.FaultyServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each fault of each service: its own outcome, within the deadline; no thread and no socket stays,
 * nothing of it is kept, and the next answer is right (issue 5, section 6; security brief, 91 to
 * 100). A fault or a question without an outcome does not compile.
 */
@Timeout(60)
class ServiceFaultMatrixTest {
  /** What is left of a deadline when somebody begins to hang or to drip. */
  private static final Duration MOMENT = Duration.ofMillis(100);

  /** After how long a {@link FakeFault#THROTTLED_RETRY_AFTER} wants to be asked again. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(7);

  /** Longer than anybody remembers that a service has failed. */
  private static final Duration A_WHILE = Duration.ofMinutes(1);

  /** How long a thread may take to end that has nothing to do any more. */
  private static final Duration UNTIL_ENDED = Duration.ofSeconds(30);

  /** Of four clients: one that selects each, and idle workers, against a thousand exchanges. */
  private static final int CLIENT_THREADS = 40;

  private static final Map<Question, FaultScene> SCENES = new EnumMap<>(Question.class);
  private static final Set<Thread> BEFORE = new HashSet<>();

  @TempDir private static Path folder;

  /** Who is asked for what. */
  enum Question {
    IMDS_INSTANCE(at -> new ImdsScene.Instance()),
    IMDS_VCEK(at -> new ImdsScene.Vcek()),
    IMDS_TD_QUOTE(at -> new ImdsScene.Quote()),
    MAA_ATTEST(AttestScene.Token::new),
    MAA_CERTS(AttestScene.Certs::new),
    VAULT_RELEASE(at -> new ReleaseScene()),
    AMD_LIST(at -> VendorScene.Amd.list()),
    AMD_CHAIN(at -> VendorScene.Amd.chain()),
    AMD_VCEK(at -> VendorScene.Amd.vcek()),
    INTEL_TCB_INFO(at -> new VendorScene.Intel(FakePcs.TCB)),
    INTEL_QE_IDENTITY(at -> new VendorScene.Intel(FakePcs.QE_IDENTITY)),
    INTEL_PCK_LIST(at -> new VendorScene.Intel(FakePcs.PCK_CRL)),
    INTEL_ROOT_LIST(at -> new VendorScene.Intel(FakePcs.ROOT_CRL));

    private final Function<Path, FaultScene> scene;

    Question(Function<Path, FaultScene> scene) {
      this.scene = scene;
    }
  }

  /** How often the question is put before somebody gives up. */
  private static int tries(FakeFault fault, Question question) {
    return switch (fault) {
      case NOT_FOUND, GONE ->
          switch (question) {
            // So it says that it is being updated; from all others it is an answer.
            case IMDS_INSTANCE, IMDS_VCEK, IMDS_TD_QUOTE -> 7;
            default -> 1;
          };
      case THROTTLED, THROTTLED_RETRY_AFTER, INTERNAL_ERROR, UNAVAILABLE ->
          switch (question) {
            case IMDS_INSTANCE, IMDS_VCEK, IMDS_TD_QUOTE -> 7;
            case MAA_CERTS -> 3;
            default -> 4;
          };
      case STALE_BODY ->
          switch (question) {
            case IMDS_VCEK, IMDS_TD_QUOTE -> 3;
            default -> 1;
          };
      default -> 1;
    };
  }

  private static String expected(FakeFault fault, Question question) {
    return switch (fault) {
      case THROTTLED, THROTTLED_RETRY_AFTER -> "ENDPOINT_THROTTLED 429 Throttled";
      case NOT_FOUND -> "HTTP_STATUS 404 NotFound";
      case GONE -> "HTTP_STATUS 410 Gone";
      case INTERNAL_ERROR -> "HTTP_STATUS 500 InternalError";
      case UNAVAILABLE -> "HTTP_STATUS 503 Unavailable";
      case RESET -> "UNREACHABLE";
      case HANG, DRIP -> "DEADLINE";
      case TRUNCATED -> "TRUNCATED";
      case REDIRECT -> "HTTP_REDIRECT 302";
      case GZIP_BOMB, ENDLESS -> "INPUT_LIMIT";
      case GARBAGE, GARBLED_LENGTH, HTML, WRONG_LENGTH -> "ANSWER_MALFORMED";
      case STALE_BODY ->
          switch (question) {
            // Of another firmware, and of another report: asked for again, in vain.
            case IMDS_VCEK, IMDS_TD_QUOTE -> "ANSWER_MALFORMED";
            case MAA_ATTEST -> "JWT_NONCE";
            case MAA_CERTS -> "JWT_KEY";
            case VAULT_RELEASE -> "SKR_NONCE";
            // The same again, with dates of its own or none.
            case IMDS_INSTANCE,
                AMD_LIST,
                AMD_CHAIN,
                AMD_VCEK,
                INTEL_TCB_INFO,
                INTEL_QE_IDENTITY,
                INTEL_PCK_LIST,
                INTEL_ROOT_LIST ->
                RIGHT;
          };
      case SWAPPED_BODY ->
          switch (question) {
            case IMDS_INSTANCE,
                IMDS_VCEK,
                IMDS_TD_QUOTE,
                MAA_ATTEST,
                MAA_CERTS,
                INTEL_TCB_INFO,
                INTEL_QE_IDENTITY,
                INTEL_PCK_LIST ->
                "ANSWER_MALFORMED";
            // Another key's release, certificate or list is whole: who verifies it tells.
            case AMD_LIST, AMD_CHAIN, AMD_VCEK -> HANDED_ON;
            case VAULT_RELEASE -> "SKR_NONCE";
            case INTEL_ROOT_LIST -> "CRL_ISSUER";
          };
    };
  }

  static Stream<Arguments> cells() {
    return Arrays.stream(Question.values())
        .flatMap(
            question ->
                Arrays.stream(FakeFault.values()).map(fault -> Arguments.of(fault, question)));
  }

  @BeforeAll
  static void remember() {
    BEFORE.addAll(Thread.getAllStackTraces().keySet());
  }

  @ParameterizedTest
  @MethodSource("cells")
  void everyFaultOfEveryServiceHasItsOutcomeAndLeavesNothing(FakeFault fault, Question question) {
    FaultScene scene = SCENES.computeIfAbsent(question, asked -> asked.scene.apply(folder));
    FaultTime time = new FaultTime(Forge.AT);
    Duration leap = endless(fault) ? scene.deadline().minus(MOMENT) : Duration.ZERO;
    HurriedClient http = new HurriedClient(scene.client(), scene.path(), time, leap);
    scene.server().heal(); // where the cell before has failed
    scene.prime();
    scene.server().fail(scene.path(), fault);
    int before = scene.server().requestsTo(scene.path());
    try (Asker asker = scene.asker(http, time)) {
      assertThat(outcome(asker)).isEqualTo(expected(fault, question));
      int tries = tries(fault, question);
      // The JDK's client itself repeats a GET, once, where the connection ended without an answer.
      assertThat(scene.server().requestsTo(scene.path()) - before)
          .isBetween(tries, fault == FakeFault.RESET ? 2 : tries);
      assertThat(http.patience()).isPositive().isLessThan(scene.deadline());
      if (fault == FakeFault.THROTTLED_RETRY_AFTER) {
        assertThat(time.elapsed()).isEqualTo(RETRY_AFTER.multipliedBy(tries - 1));
      }
      if (!endless(fault)) {
        assertThat(time.elapsed()).isLessThan(scene.deadline());
      }
      scene.server().awaitNoClient();
      assertNobodyIsLeft();
      scene.server().heal();
      http.calm();
      time.pause(A_WHILE);
      assertThat(asker.ask()).as("once the service is well again").isEqualTo(RIGHT);
    }
    scene.server().awaitNoClient();
    assertThat(scene.server().requestsTo(FaultyServer.ELSEWHERE)).isZero();
  }

  /** Only these have to be cut off. */
  private static boolean endless(FakeFault fault) {
    return fault == FakeFault.HANG || fault == FakeFault.DRIP;
  }

  /** What the asker says, or what the exception says: failure, status and the service's code. */
  private static String outcome(Asker asker) {
    String[] said = new String[1];
    Throwable thrown = catchThrowable(() -> said[0] = asker.ask());
    if (thrown == null) {
      return said[0];
    }
    AttestationException.Service refusal =
        Refusals.of(
            () -> {
              throw thrown;
            });
    String status = refusal.status() < 300 ? "" : " " + refusal.status();
    return (refusal.failure() + status + " " + refusal.serviceCode()).strip();
  }

  /** Nobody runs our code but this thread and the servers, who wait for the next to come. */
  private static void assertNobodyIsLeft() {
    List<String> left = left();
    long start = System.nanoTime();
    while (!left.isEmpty() && System.nanoTime() - start < UNTIL_ENDED.toNanos()) {
      Thread.onSpinWait();
      left = left();
    }
    assertThat(left).isEmpty();
  }

  private static List<String> left() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(entry -> entry.getKey() != Thread.currentThread())
        .filter(entry -> !entry.getKey().getName().equals("faulty-server"))
        .filter(
            entry ->
                Arrays.stream(entry.getValue())
                    .anyMatch(frame -> frame.getClassName().startsWith("io.github.cvmattestation")))
        .map(entry -> entry.getKey().getName())
        .toList();
  }

  @AfterAll
  static void leaveNothing() {
    SCENES.values().forEach(FaultScene::close);
    SCENES.clear();
    List<String> more =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !BEFORE.contains(thread))
            .map(Thread::getName)
            .toList();
    BEFORE.clear();
    assertThat(more).noneMatch(name -> name.startsWith("faulty-server"));
    assertThat(more)
        .filteredOn(name -> name.startsWith("HttpClient-"))
        .hasSizeLessThan(CLIENT_THREADS);
  }
}
