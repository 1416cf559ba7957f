package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.IntelCertificate;
import io.github.cvmattestation.testkit.IntelCertificateSpec;
import io.github.cvmattestation.testkit.IntelCollateral;
import io.github.cvmattestation.testkit.IntelCrlSpec;
import io.github.cvmattestation.testkit.QeIdentityWriter;
import io.github.cvmattestation.testkit.QeReportWriter;
import io.github.cvmattestation.testkit.SignedJson;
import io.github.cvmattestation.testkit.TcbInfoWriter;
import io.github.cvmattestation.testkit.TdQuoteWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A healthy machine of a fake Intel with its collateral, to be changed in one place before
 * everything is signed, so that a bad case is good in every respect but one.
 */
final class Scene {
  static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  static final FakeIntelPki PKI = FakeIntelPki.seeded(NOW, "tdx tests");

  /** Right names, other keys. */
  static final FakeIntelPki ATTACKER = FakeIntelPki.seeded(NOW, "attacker");

  static final TrustAnchors ANCHORS = PKI.trustAnchors();

  private static final IntelCollateral HEALTHY = PKI.collateral();
  private static final IntelCertificate PROCESSOR_PCK = PKI.issue(PKI.processorPckSpec());
  private static final Bytes PROCESSOR_CRL = PKI.crl(PKI.processorCrlSpec());

  private final TdQuoteWriter quote;
  private IntelCertificate pck = PKI.pck();
  private IntelCertificate[] authorities = {PKI.platformCa(), PKI.root()};
  private Optional<Bytes> chain = Optional.empty();
  private IntelCollateral collateral = HEALTHY;
  private UnaryOperator<Bytes> tampering = UnaryOperator.identity();
  private TrustAnchors anchors = ANCHORS;
  private Optional<ReportData> expected = Optional.empty();
  private Instant at = NOW;

  private Scene(TdQuoteWriter quote) {
    this.quote = quote;
  }

  static Scene v4() {
    return new Scene(TdQuoteWriter.v4());
  }

  static Scene v5() {
    return new Scene(TdQuoteWriter.v5());
  }

  static Scene v5(int bodyType) {
    return new Scene(TdQuoteWriter.v5(bodyType));
  }

  /** A verifier that begins at the fake Intel's key, and is otherwise as strict as any. */
  static TdxVerifier.Builder verifier() {
    return TdxVerifier.builder().trustAnchors(ANCHORS);
  }

  Scene quote(Consumer<TdQuoteWriter> change) {
    change.accept(quote);
    return this;
  }

  Scene qeReport(UnaryOperator<QeReportWriter> change) {
    quote.qeReport(change);
    return this;
  }

  /** Another platform, whose certificate is the Platform CA's but for this change. */
  Scene pck(UnaryOperator<IntelCertificateSpec> change) {
    return withPck(PKI.issue(change.apply(PKI.pckSpec())));
  }

  Scene withPck(IntelCertificate certificate) {
    pck = certificate;
    return this;
  }

  /** What follows the PCK certificate in the quote. */
  Scene authorities(IntelCertificate... certificates) {
    authorities = certificates.clone();
    return this;
  }

  /** A platform of the Processor CA, with that authority's list. */
  Scene fromProcessorCa() {
    return withPck(PROCESSOR_PCK)
        .authorities(PKI.processorCa(), PKI.root())
        .collateral(healthy -> healthy.withPckCrl(PROCESSOR_CRL));
  }

  /** Sends these bytes in the place of the PCK chain. */
  Scene chain(Bytes pem) {
    chain = Optional.of(pem);
    return this;
  }

  /** Sends this chain; the quoting enclave's report is signed by the first. */
  Scene chain(IntelCertificate... certificates) {
    return withPck(certificates[0]).chain(FakeIntelPki.pem(certificates));
  }

  Scene collateral(UnaryOperator<IntelCollateral> change) {
    collateral = change.apply(collateral);
    return this;
  }

  /** Other TCB Info, rightly signed. */
  Scene tcbInfo(UnaryOperator<TcbInfoWriter> change) {
    return collateral(c -> c.withTcbInfo(change.apply(PKI.tcbInfo()).sign(PKI)));
  }

  /** Another QE Identity, rightly signed. */
  Scene qeIdentity(UnaryOperator<QeIdentityWriter> change) {
    return collateral(c -> c.withQeIdentity(change.apply(PKI.qeIdentity()).sign(PKI)));
  }

  /** Another list of the Platform CA. */
  Scene pckCrl(UnaryOperator<IntelCrlSpec> change) {
    return collateral(c -> c.withPckCrl(PKI.crl(change.apply(PKI.platformCrlSpec()))));
  }

  /** Another list of the root. */
  Scene rootCrl(UnaryOperator<IntelCrlSpec> change) {
    return collateral(c -> c.withRootCrl(PKI.crl(change.apply(PKI.rootCrlSpec()))));
  }

  /** Sends this certificate and the root with both documents. */
  Scene signer(IntelCertificate certificate) {
    Bytes pem = FakeIntelPki.pem(certificate, PKI.root());
    return collateral(c -> c.withTcbInfoChain(pem).withQeIdentityChain(pem));
  }

  /** Sends this certificate and the root with both documents, which its key signs. */
  Scene signedBy(IntelCertificate certificate) {
    return signer(certificate)
        .collateral(
            c ->
                c.withTcbInfo(PKI.tcbInfo().sign(certificate.key()))
                    .withQeIdentity(PKI.qeIdentity().sign(certificate.key())));
  }

  /** Changes the quote after it was signed. */
  Scene tampered(UnaryOperator<Bytes> change) {
    tampering = change;
    return this;
  }

  Scene anchors(TrustAnchors chosen) {
    anchors = chosen;
    return this;
  }

  Scene expecting(ReportData value) {
    expected = Optional.of(value);
    return this;
  }

  Scene at(Instant instant) {
    at = instant;
    return this;
  }

  IntelCertificate pck() {
    return pck;
  }

  TrustAnchors anchors() {
    return anchors;
  }

  Bytes quote() {
    return tampering.apply(quote.sign(pck.key(), chain.orElseGet(this::usualChain)));
  }

  private Bytes usualChain() {
    return FakeIntelPki.pem(pck).concat(FakeIntelPki.pem(authorities));
  }

  TdxCollateral collateral() {
    return new TdxCollateral(
        text(collateral.tcbInfo()),
        collateral.tcbInfoChain(),
        text(collateral.qeIdentity()),
        collateral.qeIdentityChain(),
        collateral.pckCrl(),
        collateral.rootCrl());
  }

  private static SignedText text(SignedJson signed) {
    return new SignedText(signed.text(), signed.signature());
  }

  Verification verify(TdxVerifier verifier) {
    return expected.isPresent()
        ? verifier.verify(quote(), collateral(), expected.get(), at)
        : verifier.verifyWithoutFreshness(quote(), collateral(), at);
  }

  Verification verify() {
    return verify(TdxVerifier.builder().trustAnchors(anchors).build());
  }

  @Override
  public String toString() {
    TdQuoteBody body = parsed().body();
    return "version %d, %s, %s"
        .formatted(
            parsed().version(),
            body.td15Ex().isPresent() ? "1.5ex" : body.td15().isPresent() ? "1.5" : "1.0",
            authorities[0].name());
  }

  private TdQuote parsed() {
    try {
      return TdQuote.parse(quote.sign(PKI));
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  static Verification.Verified proven(Verification verification) {
    assertThat(verification)
        .as(() -> verification.findings().toString())
        .isInstanceOf(Verification.Verified.class);
    return (Verification.Verified) verification;
  }

  static TdxClaims claimsOf(Verification verification) {
    return proven(verification).claims().get(TdxClaims.class).orElseThrow();
  }

  /** Refuted for exactly one reason, whose text contains {@code says}. */
  static void assertRefuted(Verification verification, FindingCode code, String says) {
    assertThat(verification).isInstanceOf(Verification.Refuted.class);
    assertThat(verification.findings()).extracting(Finding::code).containsExactly(code);
    assertThat(verification.findings().get(0).toString()).contains(says);
  }

  static void assertRefuted(Verification verification, FindingCode code) {
    assertRefuted(verification, code, "");
  }

  static List<String> ids(Verification verification) {
    return verification.checks().stream().map(Check::id).toList();
  }
}
