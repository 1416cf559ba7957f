package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.IntelCertificate;
import io.github.cvmattestation.testkit.IntelCollateral;
import io.github.cvmattestation.testkit.QeIdentityWriter;
import io.github.cvmattestation.testkit.SgxExtensions;
import io.github.cvmattestation.testkit.TcbInfoWriter;
import io.github.cvmattestation.testkit.TcbLevelWriter;
import io.github.cvmattestation.testkit.TdQuoteWriter;
import io.github.cvmattestation.testkit.TdxModuleIdentityWriter;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A genuine TD of a fake Intel, verified: whatever is changed, the signatures hold, so that only a
 * policy can object.
 */
final class PolicyScene {
  static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  static final FakeIntelPki PKI = FakeIntelPki.seeded(NOW, "tdx policies");
  static final Bytes HEALTHY_SVN = svn(6, 1, 3);

  private static final TdxVerifier VERIFIER =
      TdxVerifier.builder().trustAnchors(PKI.trustAnchors()).build();
  private static final IntelCollateral HEALTHY = PKI.collateral();
  private static final IntelCertificate PROCESSOR_PCK = PKI.issue(PKI.processorPckSpec());

  private final TdQuoteWriter quote;
  private final TcbInfoWriter tcbInfo = PKI.tcbInfo();
  private final QeIdentityWriter qeIdentity = PKI.qeIdentity();
  private IntelCertificate pck = PKI.pck();
  private IntelCertificate authority = PKI.platformCa();
  private Instant at = NOW;

  private PolicyScene(TdQuoteWriter quote) {
    this.quote = quote;
  }

  /** A healthy TD of TDX 1.5, which says what ran at launch and what runs now. */
  static PolicyScene td15() {
    return new PolicyScene(TdQuoteWriter.v5());
  }

  /** A healthy TD whose quote has the extended body. */
  static PolicyScene td15Ex() {
    return new PolicyScene(TdQuoteWriter.v5(TdQuoteWriter.TD_1_5_EX));
  }

  /** A healthy TD whose quote has the body of TDX 1.0. */
  static PolicyScene td10() {
    return new PolicyScene(TdQuoteWriter.v4());
  }

  /** TEE_TCB_SVN: SVN and version of the TDX module, and SVN of the late microcode update. */
  static Bytes svn(int module, int version, int microcode) {
    return Bytes.of((byte) module, (byte) version, (byte) microcode).concat(Bytes.zeros(13));
  }

  PolicyScene quote(Consumer<TdQuoteWriter> change) {
    change.accept(quote);
    return this;
  }

  PolicyScene svns(Bytes launch, Bytes now) {
    quote.teeTcbSvn(launch).teeTcbSvn2(now);
    return this;
  }

  /** Levels of the platform by the SVN of its late microcode update: 4, then 3, then 2. */
  PolicyScene platform(String four, String three, String two) {
    tcbInfo.levels(
        platformLevel(four, 4, "2026-05-12T00:00:00Z", "INTEL-SA-00004"),
        platformLevel(three, 3, "2025-11-12T00:00:00Z", "INTEL-SA-00003"),
        platformLevel(two, 2, "2025-05-14T00:00:00Z", "INTEL-SA-00002"));
    return this;
  }

  /** Levels of version 1 of the TDX module by its SVN: 6, then 4. */
  PolicyScene module(String six, String four) {
    tcbInfo.moduleIdentities(
        TdxModuleIdentityWriter.healthy("TDX_01")
            .levels(
                isvLevel(6, six, "2026-04-01T00:00:00Z", "INTEL-SA-00006"),
                isvLevel(4, four, "2025-04-01T00:00:00Z", "INTEL-SA-00104")));
    return this;
  }

  /** Levels of the quoting enclave, whose ISVSVN is 7: 8, then 7. */
  PolicyScene qe(String eight, String seven) {
    qeIdentity.levels(
        isvLevel(8, eight, "2026-04-15T00:00:00Z", "INTEL-SA-00008"),
        isvLevel(7, seven, "2025-03-15T00:00:00Z", "INTEL-SA-00007"));
    return this;
  }

  /** A quoting enclave of yesterday's level. */
  static void recentQe(QeIdentityWriter identity) {
    identity.levels(TcbLevelWriter.isv(7, "UpToDate").date(NOW.minusSeconds(86_400)));
  }

  PolicyScene collateral(Consumer<TcbInfoWriter> info, Consumer<QeIdentityWriter> identity) {
    info.accept(tcbInfo);
    identity.accept(qeIdentity);
    return this;
  }

  /** A platform whose certificate says something else. */
  PolicyScene sgx(UnaryOperator<SgxExtensions> change) {
    pck = PKI.issue(PKI.pckSpec().sgx(change::apply));
    return this;
  }

  /** A platform with a certificate of the Processor CA, which says less of it. */
  PolicyScene fromProcessorCa() {
    pck = PROCESSOR_PCK;
    authority = PKI.processorCa();
    return this;
  }

  PolicyScene at(Instant instant) {
    at = instant;
    return this;
  }

  Verification.Verified verified() {
    boolean isPlatform = authority.equals(PKI.platformCa());
    IntelCollateral collateral =
        HEALTHY
            .withTcbInfo(tcbInfo.sign(PKI))
            .withQeIdentity(qeIdentity.sign(PKI))
            .withPckCrl(isPlatform ? HEALTHY.pckCrl() : PKI.crl(PKI.processorCrlSpec()))
            .withPckCrlChain(FakeIntelPki.pem(authority, PKI.root()));
    Bytes signed = quote.sign(pck.key(), FakeIntelPki.pem(pck, authority, PKI.root()));
    Verification verification =
        VERIFIER.verifyWithoutFreshness(signed, parsed(collateral.phala()), at);
    assertThat(verification.findings()).isEmpty();
    return (Verification.Verified) verification;
  }

  TdxClaims claims() {
    return verified().claims().get(TdxClaims.class).orElseThrow();
  }

  AttestationResult appraisedBy(TdxPolicy.Builder policy) {
    return AppraisalPolicy.of(policy.build()).appraise(verified());
  }

  /** Why {@code policy} does not want this TD; nothing if it does. */
  List<FindingCode> codes(TdxPolicy.Builder policy) {
    return appraisedBy(policy).findings().stream().map(Finding::code).toList();
  }

  /** Every question ignored: what is left are the defaults. */
  static TdxPolicy.Builder indifferent() {
    return TdxPolicy.builder()
        .ignoreMrTd()
        .ignoreRtmrs()
        .ignoreReportData()
        .ignoreMrConfigId()
        .ignoreMrOwner()
        .ignoreMrOwnerConfig()
        .ignorePlatform();
  }

  private static TdxCollateral parsed(Bytes bundle) {
    try {
      return TdxCollateral.parse(bundle);
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  private static TcbLevelWriter platformLevel(
      String status, int microcode, String date, String advisory) {
    TcbLevelWriter level =
        TcbLevelWriter.platform(status)
            .tdxComponents(5, 0, microcode, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            .date(Instant.parse(date));
    return status.equals("UpToDate") ? level : level.advisories(advisory);
  }

  private static TcbLevelWriter isvLevel(int svn, String status, String date, String advisory) {
    TcbLevelWriter level = TcbLevelWriter.isv(svn, status).date(Instant.parse(date));
    return status.equals("UpToDate") ? level : level.advisories(advisory);
  }
}
