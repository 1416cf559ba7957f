package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Scene.NOW;
import static io.github.cvmattestation.tdx.Scene.PKI;
import static io.github.cvmattestation.tdx.Scene.assertRefuted;
import static io.github.cvmattestation.tdx.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.TrustAnchor;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.IntelCertificate;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that is used counts, at the instant that the caller names; both edges included. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.cvmattestation.tdx.Backends#all")
class DatesTest {
  private static final Instant FROM = NOW.minusSeconds(1000);
  private static final Instant UNTIL = NOW.plusSeconds(1000);

  private final SignatureBackend backend;

  DatesTest(SignatureBackend backend) {
    this.backend = backend;
  }

  /** What has the short life, when that is noticed, and how it is told. */
  private enum Item {
    PCK(TdxCheck.PCK_DATES, CoreFinding.CERT_DATES),
    PCK_AUTHORITY(TdxCheck.PCK_DATES, CoreFinding.CERT_DATES),
    ROOT_ANCHOR(TdxCheck.PCK_DATES, CoreFinding.CERT_DATES),
    TCB_SIGNER(TdxCheck.COLLATERAL_DATES, CoreFinding.CERT_DATES),
    TCB_INFO_SIGNER(TdxCheck.COLLATERAL_DATES, CoreFinding.CERT_DATES),
    QE_IDENTITY_SIGNER(TdxCheck.COLLATERAL_DATES, CoreFinding.CERT_DATES),
    ROOT_CRL(TdxCheck.COLLATERAL_DATES, CoreFinding.CRL_DATES),
    PCK_CRL(TdxCheck.COLLATERAL_DATES, CoreFinding.CRL_DATES),
    TCB_INFO(TdxCheck.COLLATERAL_DATES, TdxFinding.COLLATERAL_EXPIRED),
    QE_IDENTITY(TdxCheck.COLLATERAL_DATES, TdxFinding.COLLATERAL_EXPIRED);

    private final TdxCheck check;
    private final FindingCode after;

    Item(TdxCheck check, FindingCode after) {
      this.check = check;
      this.after = after;
    }

    FindingCode before() {
      return after == TdxFinding.COLLATERAL_EXPIRED ? TdxFinding.COLLATERAL_NOT_YET_VALID : after;
    }

    Scene scene() {
      IntelCertificate signer =
          PKI.issue(PKI.tcbSignerSpec().serial(BigInteger.TWO).validity(FROM, UNTIL));
      return switch (this) {
        case PCK -> Scene.v4().pck(spec -> spec.validity(FROM, UNTIL));
        case PCK_AUTHORITY ->
            Scene.v4()
                .authorities(PKI.issue(PKI.platformCaSpec().validity(FROM, UNTIL)), PKI.root());
        case ROOT_ANCHOR -> Scene.v4().anchors(brief());
        case TCB_SIGNER -> Scene.v4().signer(signer);
        case TCB_INFO_SIGNER ->
            Scene.v4().collateral(c -> c.withTcbInfoChain(FakeIntelPki.pem(signer, PKI.root())));
        case QE_IDENTITY_SIGNER ->
            Scene.v4().collateral(c -> c.withQeIdentityChain(FakeIntelPki.pem(signer, PKI.root())));
        case ROOT_CRL -> Scene.v4().rootCrl(spec -> spec.validity(FROM, UNTIL));
        case PCK_CRL -> Scene.v4().pckCrl(spec -> spec.validity(FROM, UNTIL));
        case TCB_INFO -> Scene.v4().tcbInfo(w -> w.issueDate(FROM).nextUpdate(UNTIL));
        case QE_IDENTITY -> Scene.v4().qeIdentity(w -> w.issueDate(FROM).nextUpdate(UNTIL));
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSecondBeforeOrAfterIsRefuted(Item item) {
    Scene scene = item.scene();
    TdxVerifier verifier = verifier(scene);
    for (Instant inside : List.of(FROM, NOW, UNTIL)) {
      proven(scene.at(inside).verify(verifier));
    }
    // Twice: what comes from the cache is held against the clock like what is new.
    for (int i = 0; i < 2; i++) {
      assertOutside(item, scene.at(FROM.minusSeconds(1)).verify(verifier), item.before());
      assertOutside(item, scene.at(UNTIL.plusSeconds(1)).verify(verifier), item.after);
    }
    proven(scene.at(NOW).verify(verifier));
  }

  @ParameterizedTest
  @EnumSource
  void aNanosecondIsEnough(Item item) {
    Scene scene = item.scene();
    TdxVerifier verifier = verifier(scene);
    assertOutside(item, scene.at(FROM.minusNanos(1)).verify(verifier), item.before());
    assertOutside(item, scene.at(UNTIL.plusNanos(1)).verify(verifier), item.after);
  }

  /** The facts name the narrowest window, so that a caller knows when to fetch anew. */
  @ParameterizedTest
  @EnumSource
  void theFactsNameTheEdges(Item item) {
    Scene scene = item.scene();
    Verification verification = scene.verify(verifier(scene));
    CollateralFacts facts = Scene.claimsOf(verification).collateral();
    if (item != Item.ROOT_ANCHOR) { // its certificate was sent with other dates
      assertThat(facts.earliestExpiration()).isEqualTo(UNTIL);
      assertThat(facts.latestIssue()).isEqualTo(FROM);
    }
  }

  /** Nobody signed for the dates of a root certificate but that certificate itself. */
  @Test
  void aRootCertificateThatWasSentCannotProlongItsAnchor() {
    Scene scene = Scene.v4().anchors(brief());
    assertThat(PKI.root().notAfter()).isAfter(UNTIL);
    proven(scene.at(UNTIL).verify(verifier(scene)));
    assertRefuted(
        scene.at(UNTIL.plusSeconds(1)).verify(verifier(scene)), CoreFinding.CERT_DATES, "Root");
  }

  /** At either end of time there is no exception. */
  @Test
  void theEndsOfTimeAreRefuted() {
    for (Instant at : List.of(Instant.MIN, Instant.MAX, Instant.EPOCH)) {
      Scene scene = Scene.v4().at(at);
      assertRefuted(scene.verify(verifier(scene)), CoreFinding.CERT_DATES);
    }
  }

  private TdxVerifier verifier(Scene scene) {
    return TdxVerifier.builder().trustAnchors(scene.anchors()).signatures(backend).build();
  }

  private static TrustAnchors brief() {
    TrustAnchor anchor = PKI.root().anchor();
    return new TrustAnchors(
        List.of(
            new TrustAnchor(
                anchor.name(), anchor.subjectPublicKeyInfo(), anchor.serial(), FROM, UNTIL)));
  }

  private static void assertOutside(Item item, Verification verification, FindingCode code) {
    assertRefuted(verification, code);
    assertThat(verification.checks()).hasSize(item.check.ordinal());
    assertThat(verification.checks()).endsWith(TdxCheck.values()[item.check.ordinal() - 1]);
  }
}
