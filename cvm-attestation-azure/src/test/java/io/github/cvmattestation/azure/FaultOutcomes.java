package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.azure.internal.http.SteppedTime;
import io.github.cvmattestation.testkit.FakeFault;
import java.time.Duration;
import java.util.Optional;

/** What each fault of a server looks like to whoever reads its answers to the end. */
final class FaultOutcomes {
  private FaultOutcomes() {}

  /** None where the answer is right, or one that only its verifier tells from the right one. */
  static Optional<Failure> of(FakeFault fault) {
    return switch (fault) {
      case THROTTLED, THROTTLED_RETRY_AFTER -> Optional.of(Failure.ENDPOINT_THROTTLED);
      case NOT_FOUND, GONE, INTERNAL_ERROR, UNAVAILABLE -> Optional.of(Failure.HTTP_STATUS);
      case RESET -> Optional.of(Failure.UNREACHABLE);
      case HANG, DRIP -> Optional.of(Failure.DEADLINE);
      case TRUNCATED -> Optional.of(Failure.TRUNCATED);
      case REDIRECT -> Optional.of(Failure.HTTP_REDIRECT);
      case GZIP_BOMB, ENDLESS -> Optional.of(Failure.INPUT_LIMIT);
      case GARBAGE, GARBLED_LENGTH, HTML, WRONG_LENGTH -> Optional.of(Failure.ANSWER_MALFORMED);
      case STALE_BODY, SWAPPED_BODY -> Optional.empty();
    };
  }

  /** Time in which a hang is cut soon, a drip after some bytes, and retries find room. */
  static SteppedTime time(FakeFault fault, Duration deadline) {
    return switch (fault) {
      case HANG -> SteppedTime.passing(deadline.minusMillis(50));
      case DRIP -> SteppedTime.passing(deadline.dividedBy(10));
      default -> SteppedTime.standing();
    };
  }
}
