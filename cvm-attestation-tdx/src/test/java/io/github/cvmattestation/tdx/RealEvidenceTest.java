package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.eventlog.EventLog;
import io.github.cvmattestation.attestation.eventlog.RegisterBank;
import io.github.cvmattestation.attestation.eventlog.Replay;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.testkit.Tampering;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What public projects captured on real machines comes out as their manifest says. */
class RealEvidenceTest {
  /** From when until when all collateral of a case holds, and what ends it on each side. */
  private record Window(
      Instant from, FindingCode before, Instant until, FindingCode after, String ofCase) {}

  private static final List<Window> WINDOWS =
      List.of(
          new Window(
              Instant.parse("2025-06-19T10:32:27Z"),
              TdxFinding.COLLATERAL_NOT_YET_VALID,
              Instant.parse("2025-07-19T10:00:35Z"),
              CoreFinding.CRL_DATES,
              "tdx/v4-b0c06f"),
          new Window(
              Instant.parse("2026-03-16T22:34:05Z"),
              CoreFinding.CRL_DATES,
              Instant.parse("2026-04-15T22:16:03Z"),
              TdxFinding.COLLATERAL_EXPIRED,
              "tdx/v4-50806f-debug"),
          // Its TCB Info ends ten minutes before the QE Identity that ends the case above.
          new Window(
              Instant.parse("2026-03-16T22:34:05Z"),
              CoreFinding.CRL_DATES,
              Instant.parse("2026-04-15T22:06:09Z"),
              TdxFinding.COLLATERAL_EXPIRED,
              "tdx/v5-90c06f"));

  static Stream<Arguments> verified() {
    return underEachBackend(quotes("verified"));
  }

  static Stream<Arguments> refuted() {
    return underEachBackend(quotes("refuted"));
  }

  static Stream<Arguments> withLogs() {
    return underEachBackend(Vectors.cases("tdx-ccel"));
  }

  static Stream<Arguments> azure() {
    return underEachBackend(
        Vectors.cases("azure-evidence")
            .filter(found -> found.expected("tee").equals(Optional.of("TDX"))));
  }

  static Stream<Vectors.Case> reports() {
    return Vectors.cases("tdreport");
  }

  private static Stream<Vectors.Case> quotes(String verification) {
    return Vectors.cases("tdx-quote")
        .filter(found -> found.expected("verification").equals(Optional.of(verification)));
  }

  private static Stream<Arguments> underEachBackend(Stream<Vectors.Case> cases) {
    return cases.flatMap(found -> Backends.all().map(backend -> Arguments.of(found, backend)));
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("verified")
  void quotesComeOutAsTheManifestSays(Vectors.Case found, SignatureBackend backend)
      throws MalformedException {
    TdxVerifier verifier = verifier(backend);
    TdxCollateral collateral = collateral(found);
    TdxClaims claims =
        proven(verifier.verifyWithoutFreshness(found.file("quote"), collateral, found.at()));
    TcbEvaluation tcb = claims.tcb();

    assertThat(tcb.status().label()).isEqualTo(found.expected("tcbStatus").orElseThrow());
    assertThat(tcb.tcbDate())
        .isEqualTo(found.expected("tcbDate").map(Instant::parse).orElseThrow());
    // Where the manifest does not tell the two apart, the launch is all that the status is of.
    assertThat(tcb.launch().status().label())
        .isEqualTo(
            found.expected("launchStatus").or(() -> found.expected("tcbStatus")).orElseThrow());
    assertThat(tcb.current().map(current -> current.status().label()))
        .isEqualTo(found.expected("currentStatus"));
    assertThat(claims.quote().body().attributes().debug())
        .isEqualTo(found.expectedValue("debug").map(RealEvidenceTest::bool).orElse(false));
    List<String> advisories = new ArrayList<>();
    tcb.advisories().forEach(advisory -> advisories.add(advisory.toString()));
    if (found.expectedValue("advisories").isPresent()) {
      List<String> expected = new ArrayList<>();
      for (Json item : found.expectedValue("advisories").get().asArray(100)) {
        expected.add(item.asString());
      }
      assertThat(advisories).isEqualTo(expected);
    }
    found
        .expectedValue("advisoryCount")
        .ifPresent(
            count -> assertThat(advisories).hasSize(((Json.Num) count).value().intValueExact()));
    assertThat(claims.toGroup().members().get("tcbStatus"))
        .isEqualTo(new ClaimValue.Text(found.expected("tcbStatus").orElseThrow()));

    // Captured to one file and replayed, and a second time with what the verifier remembers.
    Endorsements bundle = Endorsements.none().withDocument(collateral.toJson());
    for (int times = 0; times < 2; times++) {
      Verification replayed =
          verifier.verifyWithoutFreshness(found.file("quote"), bundle, found.at());
      assertThat(proven(replayed).toGroup()).isEqualTo(claims.toGroup());
    }
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("verified")
  void aSecondOutsideTheCollateralsDatesIsRefuted(Vectors.Case found, SignatureBackend backend)
      throws MalformedException {
    TdxVerifier verifier = verifier(backend);
    TdxCollateral collateral = collateral(found);
    Window window =
        WINDOWS.stream()
            .filter(known -> known.ofCase().equals(found.id()))
            .findFirst()
            .orElseThrow();
    Bytes quote = found.file("quote");

    for (Instant edge : List.of(window.from(), window.until())) {
      TdxClaims claims = proven(verifier.verifyWithoutFreshness(quote, collateral, edge));
      assertThat(claims.collateral().latestIssue()).isEqualTo(window.from());
      assertThat(claims.collateral().earliestExpiration()).isEqualTo(window.until());
    }
    assertRefuted(
        verifier.verifyWithoutFreshness(quote, collateral, window.from().minusSeconds(1)),
        window.before());
    assertRefuted(
        verifier.verifyWithoutFreshness(quote, collateral, window.until().plusSeconds(1)),
        window.after());
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("verified")
  void onlyItsOwnReportDataIsAccepted(Vectors.Case found, SignatureBackend backend)
      throws MalformedException {
    TdxVerifier verifier = verifier(backend);
    TdxCollateral collateral = collateral(found);
    Bytes quote = found.file("quote");
    Bytes reportData = TdQuote.parse(quote).body().reportData();

    Verification fresh = verifier.verify(quote, collateral, new ReportData(reportData), found.at());
    assertThat(proven(fresh).quote().body().reportData()).isEqualTo(reportData);
    assertThat(fresh.checks()).contains(TdxCheck.REPORT_DATA);
    assertRefuted(
        verifier.verify(
            quote, collateral, new ReportData(Tampering.flipBit(reportData, 511)), found.at()),
        CoreFinding.NONCE_MISMATCH);
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("verified")
  void collateralOfAnotherPlatformIsRefuted(Vectors.Case found, SignatureBackend backend)
      throws MalformedException {
    String other = found.id().equals("tdx/v5-90c06f") ? "tdx/v4-50806f-debug" : "tdx/v5-90c06f";
    Vectors.Case stranger = Vectors.named("tdx-quote", other);
    assertRefuted(
        verifier(backend)
            .verifyWithoutFreshness(found.file("quote"), collateral(stranger), stranger.at()),
        TdxFinding.TDX_FMSPC);
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("refuted")
  void quotesOfAnotherTeeAreRefuted(Vectors.Case found, SignatureBackend backend)
      throws MalformedException {
    Vectors.Case genuine = Vectors.named("tdx-quote", "tdx/v4-b0c06f");
    TdxVerifier verifier = verifier(backend);
    assertRefuted(
        verifier.verifyWithoutFreshness(found.file("quote"), collateral(genuine), genuine.at()),
        TdxFinding.TDX_TYPE);
    assertThat(verifier.brokenSignature(found.file("quote"), genuine.at()).map(Finding::code))
        .contains(TdxFinding.TDX_TYPE);
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("withLogs")
  void theLogAddsUpToTheRegistersOfTheQuote(Vectors.Case found, SignatureBackend backend)
      throws MalformedException {
    assertThat(found.expected("signatures")).contains("valid");
    Bytes raw = found.file("quote");
    TdQuote quote = TdQuote.parse(raw);
    assertSignaturesHold(raw, backend);
    // The nonce fills REPORTDATA.
    assertThat(quote.body().reportData()).isEqualTo(found.file("nonce"));
    assertThat(ReportData.of(new Nonce(found.file("nonce"))).value())
        .isEqualTo(quote.body().reportData());

    Replay replay = EventLog.replay(found.file("ccel"), RegisterBank.rtmrs(quote.body().rtmrs()));
    assertThat(replay.findings()).isEmpty();
    assertThat(replay).isInstanceOf(Replay.Equal.class);
    assertThat(((Replay.Equal) replay).events()).isNotEmpty();
    for (int register = 0; register < 3; register++) {
      List<Bytes> others = new ArrayList<>(quote.body().rtmrs());
      others.set(register, Tampering.flipBit(others.get(register), 0));
      assertThat(EventLog.replay(found.file("ccel"), RegisterBank.rtmrs(others)))
          .isInstanceOf(Replay.Different.class);
    }
  }

  @ParameterizedTest(name = "{0} under {1}")
  @MethodSource("azure")
  void theSignaturesOfAnAzureQuoteHold(Vectors.Case found, SignatureBackend backend)
      throws MalformedException {
    assertThat(found.expected("signatures")).contains("valid");
    assertSignaturesHold(RealQuotesTest.azure("td_quote"), backend);
  }

  /**
   * The capture lacks its first 48 bytes, of which all but the beginning of a hash is known: see
   * {@link RealReportsTest}. What the manifest expects holds 48 bytes further up.
   */
  @ParameterizedTest
  @MethodSource("reports")
  void theHashOfTdInfoHoldsInACapture(Vectors.Case found) {
    int lost = 48;
    assertThat(found.expected("hashes")).contains("SHA-384(TDINFO) equals the TEE_INFO hash");
    Bytes capture = found.file("tdreport");
    Bytes tdInfo = capture.slice(512 - lost, 1024 - lost);
    assertThat(RawReport.sha384(tdInfo)).isEqualTo(capture.slice(80 - lost, 128 - lost));
    assertThat(capture.slice(1024 - lost, 1024).isZero()).isTrue();
  }

  /** At the edges of the PCK certificate too, and a second outside not; nor with a bit flipped. */
  private static void assertSignaturesHold(Bytes raw, SignatureBackend backend)
      throws MalformedException {
    TdxVerifier verifier = verifier(backend);
    TdQuote quote = TdQuote.parse(raw);
    DerCertificate pck = CertificateBundle.parse(quote.qe().pckChain()).get(0);
    Instant from = pck.validity().notBefore();
    Instant until = pck.validity().notAfter();
    for (Instant inside : List.of(from, until)) {
      assertThat(verifier.brokenSignature(raw, inside)).isEmpty();
    }
    for (Instant outside : List.of(from.minusSeconds(1), until.plusSeconds(1))) {
      assertThat(verifier.brokenSignature(raw, outside).map(Finding::code))
          .contains(CoreFinding.CERT_DATES);
    }
    int signed = quote.signedBytes().size();
    assertThat(code(verifier, Tampering.flipBit(raw, 8 * signed - 1), from))
        .isEqualTo(TdxFinding.TDX_SIGNATURE);
    int report = signed + 4 + 64 + 64 + 6;
    assertThat(code(verifier, Tampering.flipBit(raw, 8 * report), from))
        .isEqualTo(TdxFinding.TDX_QE_SIGNATURE);
    assertThat(code(verifier, Tampering.flipBit(raw, 8 * (signed + 4 + 64)), from))
        .isEqualTo(TdxFinding.TDX_QE_BINDING);
  }

  private static FindingCode code(TdxVerifier verifier, Bytes quote, Instant at) {
    return verifier.brokenSignature(quote, at).orElseThrow().code();
  }

  private static TdxVerifier verifier(SignatureBackend backend) {
    return TdxVerifier.builder().signatures(backend).build();
  }

  /** In the two forms of the manifest: one bundle, or files. */
  static TdxCollateral collateral(Vectors.Case found) throws MalformedException {
    if (found.id().equals("tdx/v4-b0c06f")) {
      return TdxCollateral.parse(found.file("collateral"));
    }
    return TdxCollateral.ofFiles(
        found.file("tcbInfo"),
        found.file("tcbChain"),
        found.file("qeIdentity"),
        found.file("qeChain"),
        found.file("pckCrl"),
        found.file("rootCrl"));
  }

  private static boolean bool(Json value) {
    return ((Json.Bool) value).value();
  }

  static TdxClaims proven(Verification verification) {
    assertThat(verification.findings()).isEmpty();
    Verification.Verified verified = (Verification.Verified) verification;
    return verified.claims().get(TdxClaims.class).orElseThrow();
  }

  private static void assertRefuted(Verification verification, FindingCode code) {
    assertThat(verification).isInstanceOf(Verification.Refuted.class);
    assertThat(verification.findings()).extracting(Finding::code).containsExactly(code);
  }
}
