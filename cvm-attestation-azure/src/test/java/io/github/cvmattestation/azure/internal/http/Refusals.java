package io.github.cvmattestation.azure.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.testkit.FaultyServer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a service's failure looks like, whoever met it. */
public final class Refusals {
  private Refusals() {}

  /** The failure, which must be of the service and must repeat nothing of what it sent. */
  public static AttestationException.Service of(ThrowingCallable call) {
    AttestationException.Service refusal =
        catchThrowableOfType(AttestationException.Service.class, call);
    assertThat(refusal).isNotNull();
    assertThat(refusal).hasNoCause().hasNoSuppressedExceptions();
    assertThat(refusal.toString())
        .doesNotContain("told", "<html>", FaultyServer.ELSEWHERE, FaultyServer.GARBAGE, "\n", "\r");
    return refusal;
  }
}
