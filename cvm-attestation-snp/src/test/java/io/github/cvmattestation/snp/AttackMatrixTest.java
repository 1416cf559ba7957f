package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.Scene.assertRefuted;
import static io.github.cvmattestation.snp.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.testkit.Line;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every attack is refuted by the check it aims at, with the same words, by every backend. */
class AttackMatrixTest {
  private static final Map<String, SnpVerifier> VERIFIERS = new ConcurrentHashMap<>();

  static Stream<Arguments> attacks() {
    return Stream.of(
            ReportAttacks.all(), SignatureAttacks.all(), LeafAttacks.all(), ChainAttacks.all())
        .flatMap(List::stream)
        .flatMap(attack -> Backends.all().map(backend -> Arguments.of(attack, backend)));
  }

  @ParameterizedTest(name = "{0} ({1})")
  @MethodSource("attacks")
  void isRefutedByTheCheckItAimsAt(Attack attack, SignatureBackend backend) {
    // Without a cache: no attack profits from the one before.
    SnpVerifier verifier =
        VERIFIERS.computeIfAbsent(
            backend.name(), name -> Scene.verifier().signatures(backend).cacheSize(0).build());
    Verification verification = attack.scene().get().verify(verifier);
    assertRefuted(verification, attack.code(), attack.says());
    assertThat(verification.checks())
        .containsExactlyElementsOf(
            Arrays.stream(SnpCheck.values()).limit(attack.at().ordinal()).toList());
  }

  static Stream<Arguments> healthy() {
    return Arrays.stream(Line.values())
        .flatMap(line -> Stream.of(2, 3, 4, 5).map(version -> new Object[] {line, version}))
        .flatMap(pair -> Backends.all().map(backend -> Arguments.of(pair[0], pair[1], backend)));
  }

  @ParameterizedTest(name = "{0} version {1} ({2})")
  @MethodSource("healthy")
  void withoutAnAttackEveryLineAndVersionIsVerified(
      Line line, int version, SignatureBackend backend) {
    SnpVerifier verifier = Scene.verifier().signatures(backend).build();
    for (Scene scene : List.of(Scene.vcek(line), Scene.vlek(line))) {
      Scene versioned =
          scene.report(
              report -> {
                report.version(version);
                if (scene.isVlek()) {
                  report.signedWithVlek();
                }
              });
      SnpClaims claims = Scene.claimsOf(proven(versioned.verify(verifier)));
      assertThat(claims.report().version()).isEqualTo(version);
      assertThat(claims.productLine().name()).isEqualTo(line.name());
      assertThat(claims.leaf().kind().name()).isEqualTo(scene.isVlek() ? "VLEK" : "VCEK");
      assertThat(claims.isRevocationChecked()).isTrue();
    }
  }

  @Test
  void attackNamesAreDistinct() {
    assertThat(attacks().map(arguments -> arguments.get()[0]).distinct().map(Object::toString))
        .doesNotHaveDuplicates();
  }
}
