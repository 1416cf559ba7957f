package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Scene.assertRefuted;
import static io.github.cvmattestation.tdx.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.IntelCertificate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every attack is refuted by the check it aims at, with the same words, by every backend. */
class AttackMatrixTest {
  static Stream<Attack> all() {
    return Stream.of(
            QuoteAttacks.all(),
            PckChainAttacks.all(),
            SignerAttacks.all(),
            CrlAttacks.all(),
            DocumentAttacks.all(),
            QeAttacks.all(),
            TcbAttacks.all())
        .flatMap(List::stream);
  }

  static Stream<Arguments> attacks() {
    return all().flatMap(attack -> Backends.all().map(backend -> Arguments.of(attack, backend)));
  }

  @ParameterizedTest(name = "{0} ({1})")
  @MethodSource("attacks")
  void isRefutedByTheCheckItAimsAt(Attack attack, SignatureBackend backend) {
    Scene scene = attack.scene().get();
    // Without a cache: no attack profits from the one before.
    TdxVerifier verifier =
        TdxVerifier.builder()
            .trustAnchors(scene.anchors())
            .signatures(backend)
            .cacheSize(0)
            .build();
    Verification verification = scene.verify(verifier);
    assertRefuted(verification, attack.code(), attack.says());
    assertThat(verification.checks())
        .containsExactlyElementsOf(
            Arrays.stream(TdxCheck.values())
                .limit(attack.at().ordinal())
                .filter(check -> check != TdxCheck.COLLATERAL_AGE)
                .toList());
  }

  static Stream<Arguments> healthy() {
    return Stream.of(
            Scene.v4(),
            Scene.v5(2),
            Scene.v5(3),
            Scene.v5(4),
            Scene.v4().fromProcessorCa(),
            Scene.v5().fromProcessorCa())
        .flatMap(scene -> Backends.all().map(backend -> Arguments.of(scene, backend)));
  }

  @ParameterizedTest
  @MethodSource("healthy")
  void withoutAnAttackEveryKindOfQuoteIsVerified(Scene scene, SignatureBackend backend) {
    TdxVerifier verifier = Scene.verifier().signatures(backend).build();
    TdxClaims claims = Scene.claimsOf(proven(scene.verify(verifier)));
    assertThat(claims.tcb().status()).isEqualTo(TcbStatus.UP_TO_DATE);
    assertThat(claims.pck().certificate().serial()).isEqualTo(scene.pck().serial());
  }

  /** Of a root whose key alone was written down, any certificate will do, if it is one for all. */
  @Test
  void anotherCertificateForTheRootsKeyIsRefusedOnlyWhereOneWasWrittenDown() {
    IntelCertificate other = PckChainAttacks.prolongedRoot();
    Bytes signers = FakeIntelPki.pem(Scene.PKI.tcbSigner(), other);
    Scene scene =
        Scene.v4()
            .authorities(Scene.PKI.platformCa(), other)
            .collateral(c -> c.withTcbInfoChain(signers).withQeIdentityChain(signers));
    proven(scene.verify());
    assertRefuted(scene.anchors(PckChainAttacks.withFingerprint()).verify(), TdxFinding.TDX_ROOT);
    proven(Scene.v4().anchors(PckChainAttacks.withFingerprint()).verify());
  }

  @Test
  void attackNamesAreDistinct() {
    assertThat(all().map(Attack::name)).doesNotHaveDuplicates();
  }

  /** A check at which no attack stops could be removed and nobody would notice. */
  @Test
  void everyCheckStopsAnAttack() {
    assertThat(all().map(Attack::at))
        .contains(
            Arrays.stream(TdxCheck.values())
                .filter(check -> check != TdxCheck.COLLATERAL_AGE)
                .toArray(TdxCheck[]::new));
  }
}
