package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.MaaScene.AT;
import static io.github.cvmattestation.azure.MaaScene.GUEST;
import static io.github.cvmattestation.azure.MaaScene.LIFETIME;
import static io.github.cvmattestation.azure.MaaScene.NONCE;
import static io.github.cvmattestation.azure.MaaScene.SIGNER;
import static io.github.cvmattestation.azure.MaaScene.builder;
import static io.github.cvmattestation.azure.MaaScene.publicKey;
import static io.github.cvmattestation.azure.MaaScene.refuted;
import static io.github.cvmattestation.azure.MaaScene.token;
import static io.github.cvmattestation.azure.MaaScene.verified;
import static io.github.cvmattestation.azure.MaaScene.verify;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are too old, too young or say so in a form that is no date. */
class MaaTokenDatesTest {
  /** Case 70, and the like. */
  @ParameterizedTest
  @ValueSource(strings = {"exp", "nbf", "iat"})
  void aDateThatIsNoIntegerOrMissingIsRefuted(String date) {
    String second = Long.toString(AT.getEpochSecond());
    for (String json : List.of("\"" + second + "\"", "true", "null", "[]", "{}", "-1")) {
      refuted(verify(token().claim(date, json).sign(SIGNER)), MaaFinding.JWT_TYPE);
    }
    refuted(verify(token().claim(date, "253402300800").sign(SIGNER)), MaaFinding.JWT_TYPE);
    refuted(verify(token().withoutClaim(date).sign(SIGNER)), MaaFinding.JWT_TYPE);
  }

  /** Case 71. */
  @Test
  void aTokenEndsWithTheSkewAndNotLater() {
    Instant end = AT.plus(LIFETIME);
    verified(at(end.plusSeconds(59), builder()));
    refuted(at(end.plusSeconds(60), builder()), MaaFinding.JWT_EXPIRED);
    refuted(at(end.plusSeconds(61), builder()), MaaFinding.JWT_EXPIRED);
    verified(at(end.minusSeconds(1), builder().skew(Duration.ZERO)));
    refuted(at(end, builder().skew(Duration.ZERO)), MaaFinding.JWT_EXPIRED);
  }

  @Test
  void aTokenBeginsWithTheSkewAndNotEarlier() {
    verified(at(AT.minusSeconds(60), builder()));
    refuted(at(AT.minusSeconds(61), builder()), MaaFinding.JWT_NOT_YET);
    refuted(at(AT.minusSeconds(1), builder().skew(Duration.ZERO)), MaaFinding.JWT_NOT_YET);
    verified(at(AT, builder().skew(Duration.ZERO)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nbf", "iat"})
  void aTokenOfTheFutureIsRefuted(String date) {
    long latest = AT.plusSeconds(60).getEpochSecond();
    verified(verify(token().claim(date, Long.toString(latest)).sign(SIGNER)));
    refuted(
        verify(token().claim(date, Long.toString(latest + 1)).sign(SIGNER)),
        MaaFinding.JWT_NOT_YET);
  }

  @Test
  void aSkewOfMoreThanAMinuteIsAMistake() {
    for (Duration skew : List.of(Duration.ofSeconds(61), Duration.ofSeconds(-1))) {
      assertThatThrownBy(() -> builder().skew(skew))
          .isInstanceOf(AttestationException.Configuration.class);
    }
  }

  private static Verification at(Instant instant, MaaTokenVerifier.Builder verifier) {
    return verifier.build().verify(token().sign(SIGNER), NONCE, publicKey(GUEST), instant);
  }
}
