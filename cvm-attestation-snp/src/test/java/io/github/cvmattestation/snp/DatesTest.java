package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.Scene.NOW;
import static io.github.cvmattestation.snp.Scene.PKI;
import static io.github.cvmattestation.snp.Scene.assertRefuted;
import static io.github.cvmattestation.snp.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchor;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.FakeCa;
import io.github.cvmattestation.testkit.Line;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each of the three certificates counts, at the instant that the caller names. */
class DatesTest {
  private static final Instant FROM = NOW.minusSeconds(1000);
  private static final Instant UNTIL = NOW.plusSeconds(1000);
  private static final Line LINE = Line.GENOA;

  /** Which certificate has the short life. */
  private enum Short {
    LEAF,
    INTERMEDIATE,
    ROOT,
    INTERMEDIATE_ANCHOR,
    ROOT_ANCHOR
  }

  static Stream<SignatureBackend> backends() {
    return Backends.all();
  }

  @ParameterizedTest
  @EnumSource
  void aSecondBeforeOrAfterIsRefuted(Short which) {
    SnpVerifier verifier = Scene.verifier().trustAnchors(anchors(which)).build();
    Scene scene = scene(which);
    for (Instant inside : List.of(FROM, NOW, UNTIL)) {
      proven(verify(verifier, scene, inside));
    }
    for (Instant outside : List.of(FROM.minusSeconds(1), UNTIL.plusSeconds(1))) {
      // Twice: a chain from the cache is held against the clock like a new one.
      for (int i = 0; i < 2; i++) {
        Verification verification = verify(verifier, scene, outside);
        assertRefuted(verification, CoreFinding.CERT_DATES, name(which));
        assertThat(verification.checks()).endsWith(SnpCheck.CHAIN);
      }
    }
    proven(verify(verifier, scene, NOW));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void everyBackendAgreesOnTheLeafsDates(SignatureBackend backend) {
    SnpVerifier verifier = Scene.verifier().signatures(backend).build();
    Scene scene = scene(Short.LEAF);
    proven(verify(verifier, scene, UNTIL));
    assertRefuted(verify(verifier, scene, UNTIL.plusSeconds(1)), CoreFinding.CERT_DATES);
  }

  /** Nobody signed for the dates of a root certificate but that certificate itself. */
  @Test
  void aRootCertificateThatWasSentCannotProlongItsAnchor() {
    FakeCa brief = PKI.issue(PKI.arkSpec(LINE).validity(FROM, UNTIL));
    FakeCa forged =
        PKI.issue(PKI.arkSpec(LINE).validity(FROM.minusSeconds(9), UNTIL.plusSeconds(9)));
    SnpVerifier verifier =
        Scene.verifier()
            .trustAnchors(new TrustAnchors(List.of(brief.anchor(), PKI.ask(LINE).anchor())))
            .build();
    Scene scene =
        Scene.vcek(LINE)
            .authorities(PKI.ask(LINE).certificate(), forged.certificate())
            .lists(crl());
    proven(verify(verifier, scene, UNTIL));
    assertRefuted(verify(verifier, scene, UNTIL.plusSeconds(1)), CoreFinding.CERT_DATES, "ARK");
    assertRefuted(verify(verifier, scene, FROM.minusSeconds(1)), CoreFinding.CERT_DATES, "ARK");
  }

  /** Two anchors of one name: only the one that signed has to be valid. */
  @Test
  void anExpiredAnchorOfTheSameNameDoesNotStandInTheWay() {
    FakeCa other = FakeAmdPki.seeded(NOW, "successor").ark(LINE);
    TrustAnchor expired =
        new TrustAnchor(
            other.name(),
            other.anchor().subjectPublicKeyInfo(),
            other.serial(),
            FROM.minusSeconds(9),
            FROM);
    SnpVerifier verifier =
        Scene.verifier()
            .trustAnchors(new TrustAnchors(List.of(expired)).plus(PKI.trustAnchors(LINE)))
            .build();
    proven(verify(verifier, Scene.vcek(LINE).authorities(PKI.ask(LINE).certificate()), NOW));
  }

  private static Scene scene(Short which) {
    Bytes ask = PKI.ask(LINE).certificate();
    Bytes ark = PKI.ark(LINE).certificate();
    Scene scene = Scene.vcek(LINE).lists(crl());
    return switch (which) {
      case LEAF -> scene.leaf(leaf -> leaf.validity(FROM, UNTIL));
      case INTERMEDIATE ->
          scene.authorities(PKI.issue(PKI.askSpec(LINE).validity(FROM, UNTIL)).certificate(), ark);
      case ROOT ->
          scene.authorities(ask, PKI.issue(PKI.arkSpec(LINE).validity(FROM, UNTIL)).certificate());
      case INTERMEDIATE_ANCHOR -> scene.authorities();
      case ROOT_ANCHOR -> scene.authorities(ask);
    };
  }

  private static TrustAnchors anchors(Short which) {
    FakeCa ark = PKI.ark(LINE);
    FakeCa ask = PKI.ask(LINE);
    if (which == Short.ROOT_ANCHOR) {
      ark = PKI.issue(PKI.arkSpec(LINE).validity(FROM, UNTIL));
    } else if (which == Short.INTERMEDIATE_ANCHOR) {
      ask = PKI.issue(PKI.askSpec(LINE).validity(FROM, UNTIL));
    }
    return new TrustAnchors(List.of(ark.anchor(), ask.anchor()));
  }

  private static String name(Short which) {
    return switch (which) {
      case LEAF -> "SEV-VCEK";
      case INTERMEDIATE, INTERMEDIATE_ANCHOR -> "SEV-Genoa";
      case ROOT, ROOT_ANCHOR -> "ARK-Genoa";
    };
  }

  private static Bytes crl() {
    return Scene.crl(LINE);
  }

  private static Verification verify(SnpVerifier verifier, Scene scene, Instant at) {
    return verifier.verifyWithoutFreshness(scene.report(), scene.endorsements(), at);
  }
}
