package io.github.cvmattestation.azure;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.testkit.FaultyServer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** A service and one question to it, as the matrix of faults needs them. */
interface FaultScene extends AutoCloseable {
  /** What an asker says of an answer that is right. */
  String RIGHT = "right";

  /** What an asker says of another answer, which is not his to judge. */
  String HANDED_ON = "handed on";

  /** No client of these tests gives up by itself. */
  Duration PATIENCE = Duration.ofMinutes(10);

  /** Who speaks HTTP without TLS. */
  HttpClient PLAIN = BoundedHttp.direct(PATIENCE, PATIENCE);

  /** Who asks the question, and keeps what he learns. */
  interface Asker extends AutoCloseable {
    /** {@link #RIGHT} if the whole answer is, else the codes of who has refuted it. */
    String ask();

    @Override
    default void close() {}
  }

  /** Who answers. */
  FaultyServer server();

  /** Where. */
  String path();

  /** How long the answer may take, with all repetitions. */
  Duration deadline();

  /** Who speaks HTTP to the server. */
  default HttpClient client() {
    return PLAIN;
  }

  /** Has the server remember what will be a stale answer, and after it a swapped one. */
  void prime();

  /** Somebody who knows nothing yet. */
  Asker asker(HttpClient http, FaultTime time);

  @Override
  void close();

  /** What a verifier says. */
  static String verdict(Verification verdict) {
    return verdict instanceof Verification.Verified ? RIGHT : codes(verdict.findings());
  }

  /** The codes, in order. */
  static String codes(List<Finding> findings) {
    return findings.stream()
        .map(finding -> finding.code().name())
        .distinct()
        .collect(Collectors.joining(" "));
  }
}
