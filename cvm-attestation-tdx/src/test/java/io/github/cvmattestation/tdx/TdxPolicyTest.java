package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.PolicyScene.indifferent;
import static io.github.cvmattestation.tdx.PolicyScene.td10;
import static io.github.cvmattestation.tdx.PolicyScene.td15;
import static io.github.cvmattestation.tdx.PolicyScene.td15Ex;
import static io.github.cvmattestation.tdx.TdxFinding.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.testkit.TdQuoteWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each rule about a TD and its platform accepts what it should and rejects what it must, with its
 * own reason. What is about the TCB is in {@link TcbPolicyTest}.
 */
class TdxPolicyTest {
  private static final long SEPT_VE_DISABLE = 1L << 28;
  private static final long MIGRATABLE = 1L << 29;
  private static final long SERVTD_EXT = 1L << 17;
  private static final Bytes VALUE = Bytes.ofHex("ab".repeat(48));
  private static final Bytes OTHER = Bytes.ofHex("cd".repeat(48));
  private static final Bytes ALMOST = VALUE.slice(0, 47).concat(Bytes.zeros(1));
  private static final Bytes ZEROS = Bytes.zeros(48);
  private static final Bytes DATA = Bytes.ofHex("5e".repeat(64));
  private static final Bytes ID = Bytes.ofHex("17".repeat(16));

  // Defaults.

  @Test
  void aHealthyTdIsAffirmedWithoutAWarning() {
    for (PolicyScene scene : List.of(td10(), td15(), td15Ex())) {
      AttestationResult result = scene.appraisedBy(indifferent());
      assertThat(result).isInstanceOf(AttestationResult.Affirmed.class);
      assertThat(result.warnings()).isEmpty();
    }
  }

  @Test
  void claimsComeFromTheVerifierAlone() {
    assertThat(TdxClaims.class.getConstructors()).isEmpty();
    assertThat(td15().claims().verifiedAt()).isEqualTo(PolicyScene.NOW);
  }

  @Test
  void aDebugTdIsRejectedUnlessAllowed() {
    Consumer<TdQuoteWriter> debug = quote -> quote.tdAttributes(SEPT_VE_DISABLE | 1);
    rejects(indifferent(), debug, TDX_DEBUG);
    affirms(indifferent().allowDebugGuest(), debug);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void anyOtherBitThatMakesATdUntrustedIsRejectedWhateverIsAllowed(int bit) {
    TdxPolicy.Builder lenient =
        indifferent().allowDebugGuest().allowUnknownAttributes().allowMigratable();
    rejects(indifferent(), quote -> quote.tdAttributes(1L << bit), TDX_ATTRIBUTES);
    rejects(lenient, quote -> quote.tdAttributes(1L << bit), TDX_ATTRIBUTES);
  }

  @Test
  void aMigratableTdIsRejectedUnlessAllowed() {
    Consumer<TdQuoteWriter> migratable = quote -> quote.tdAttributes(SEPT_VE_DISABLE | MIGRATABLE);
    rejects(indifferent(), migratable, TDX_ATTRIBUTES);
    affirms(indifferent().allowMigratable(), migratable);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 15, 18, 26, 32, 61})
  void anUnknownAttributeIsRejectedUnlessAllowed(int bit) {
    Consumer<TdQuoteWriter> unknown = quote -> quote.tdAttributes(SEPT_VE_DISABLE | 1L << bit);
    rejects(indifferent(), unknown, TDX_ATTRIBUTES);
    affirms(indifferent().allowUnknownAttributes(), unknown);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 27, 28, 30, 31, 62, 63})
  void anAttributeThatWeakensNothingIsLetPass(int bit) {
    affirms(indifferent(), quote -> quote.tdAttributes(1L << bit));
  }

  @ParameterizedTest
  @ValueSource(longs = {0x61AE7, 0x602E7, 0x618E7, 0x642E7, 0x600E7, 0x3})
  void featuresThatTdsHaveAreLetPass(long xfam) {
    affirms(indifferent(), quote -> quote.xfam(xfam));
  }

  @Test
  void unknownFeaturesAreRejectedUnlessAllowed() {
    for (int bit : new int[] {3, 4, 10, 13, 16, 19, 63}) {
      rejects(indifferent(), quote -> quote.xfam(0x602E7 | 1L << bit), TDX_XFAM);
      affirms(indifferent().allowUnknownXfam(), quote -> quote.xfam(0x602E7 | 1L << bit));
    }
  }

  @Test
  void aTdWithoutX87OrSseIsRejectedWhateverIsAllowed() {
    for (long xfam : new long[] {0x602E6, 0x602E5, 0}) {
      rejects(indifferent().allowUnknownXfam(), quote -> quote.xfam(xfam), TDX_XFAM);
    }
  }

  // Service TDs.

  @Test
  void aServiceTdIsRejectedUnlessItIsTheNamedOne() {
    Consumer<TdQuoteWriter> bound = quote -> quote.mrServiceTd(VALUE);
    rejects(indifferent(), bound, TDX_SERVICE_TD);
    rejects(indifferent().allowServiceTd(Set.of(OTHER)), bound, TDX_SERVICE_TD);
    rejects(indifferent().allowServiceTd(Set.of(ALMOST)), bound, TDX_SERVICE_TD);
    affirms(indifferent().allowServiceTd(Set.of(OTHER)).allowServiceTd(Set.of(VALUE)), bound);
    affirms(indifferent().allowServiceTd(Set.of(VALUE)).allowServiceTd(Set.of(OTHER)), bound);
    affirms(indifferent().allowServiceTd(Set.of(VALUE)), quote -> {});
    affirms(indifferent().allowAnyServiceTd(), bound);
  }

  @Test
  void aServiceTdOfBeforeOrOfNowIsRejectedToo() {
    TdxPolicy.Builder named = indifferent().allowServiceTd(Set.of(VALUE));
    List<Consumer<TdQuoteWriter>> changes =
        List.of(
            quote -> quote.initServiceTdHash(VALUE), quote -> quote.currentServiceTdHash(VALUE));
    for (Consumer<TdQuoteWriter> change : changes) {
      assertThat(td15Ex().quote(change).codes(indifferent())).containsExactly(TDX_SERVICE_TD);
      assertThat(td15Ex().quote(change).codes(named)).isEmpty();
    }
    assertThat(
            td15Ex()
                .quote(
                    quote ->
                        quote
                            .mrServiceTd(OTHER)
                            .initServiceTdHash(OTHER)
                            .currentServiceTdHash(OTHER))
                .codes(named))
        .containsExactly(TDX_SERVICE_TD, TDX_SERVICE_TD, TDX_SERVICE_TD);
  }

  /** A body of TDX 1.0 has no field for a service TD: one that may be there is not visible. */
  @Test
  void whereAServiceTdCannotBeSeenAttributesMustLeaveNoRoomForOne() {
    PolicyScene extended = td10().quote(quote -> quote.tdAttributes(SERVTD_EXT));
    PolicyScene migratable = td10().quote(quote -> quote.tdAttributes(MIGRATABLE));
    assertThat(extended.codes(indifferent())).containsExactly(TDX_SERVICE_TD);
    assertThat(extended.codes(indifferent().allowServiceTd(Set.of(VALUE))))
        .containsExactly(TDX_SERVICE_TD);
    assertThat(extended.codes(indifferent().allowAnyServiceTd())).isEmpty();
    assertThat(migratable.codes(indifferent().allowMigratable())).containsExactly(TDX_SERVICE_TD);
    assertThat(migratable.codes(indifferent().allowMigratable().allowAnyServiceTd())).isEmpty();
    affirms(indifferent(), quote -> quote.tdAttributes(SERVTD_EXT));
  }

  // Questions.

  @ParameterizedTest(name = "{0}")
  @MethodSource("measurements")
  void aMeasurementIsOneOfTheNamed(
      TdxFinding code,
      BiFunction<TdxPolicy.Builder, Set<Bytes>, TdxPolicy.Builder> require,
      BiConsumer<TdQuoteWriter, Bytes> write) {
    TdxPolicy.Builder policy = require.apply(indifferent(), Set.of(VALUE, OTHER));
    affirms(policy, quote -> write.accept(quote, VALUE));
    affirms(policy, quote -> write.accept(quote, OTHER));
    rejects(policy, quote -> write.accept(quote, ZEROS), code);
    rejects(policy, quote -> write.accept(quote, ALMOST), code);
    // Zeros are what a host leaves there that sets nothing, and may be asked for.
    affirms(require.apply(indifferent(), Set.of(ZEROS)), quote -> write.accept(quote, ZEROS));
    senseless(() -> require.apply(indifferent(), Set.of()));
    senseless(() -> require.apply(indifferent(), Set.of(VALUE.slice(0, 47))));
    senseless(() -> require.apply(indifferent(), Set.of(VALUE.concat(Bytes.zeros(1)))));
  }

  static Stream<Arguments> measurements() {
    return Stream.of(
        measurement(TDX_MRTD, TdxPolicy.Builder::requireMrTd, TdQuoteWriter::mrTd),
        measurement(TDX_MRSEAM, TdxPolicy.Builder::requireMrSeam, TdQuoteWriter::mrSeam),
        measurement(
            TDX_MRCONFIGID, TdxPolicy.Builder::requireMrConfigId, TdQuoteWriter::mrConfigId),
        measurement(TDX_MROWNER, TdxPolicy.Builder::requireMrOwner, TdQuoteWriter::mrOwner),
        measurement(
            TDX_MROWNER, TdxPolicy.Builder::requireMrOwnerConfig, TdQuoteWriter::mrOwnerConfig));
  }

  private static Arguments measurement(
      TdxFinding code,
      BiFunction<TdxPolicy.Builder, Set<Bytes>, TdxPolicy.Builder> require,
      BiConsumer<TdQuoteWriter, Bytes> write) {
    return Arguments.of(code, require, write);
  }

  @Test
  void anOwnerIsNoOwnersConfiguration() {
    TdxPolicy.Builder owner = indifferent().requireMrOwner(Set.of(VALUE));
    rejects(owner, quote -> quote.mrOwnerConfig(VALUE), TDX_MROWNER);
    TdxPolicy.Builder configuration = indifferent().requireMrOwnerConfig(Set.of(VALUE));
    rejects(configuration, quote -> quote.mrOwner(VALUE), TDX_MROWNER);
  }

  @Test
  void reportDataIsTheNamed() {
    TdxPolicy.Builder policy = indifferent().requireReportData(DATA);
    affirms(policy, quote -> quote.reportData(new ReportData(DATA)));
    rejects(policy, quote -> {}, TDX_REPORT_DATA);
    rejects(
        policy,
        quote -> quote.reportData(new ReportData(DATA.slice(0, 63).concat(Bytes.zeros(1)))),
        TDX_REPORT_DATA);
    senseless(() -> TdxPolicy.builder().requireReportData(Bytes.zeros(32)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void anRtmrIsOneOfTheNamedAndOthersAreNotLookedAt(int index) {
    TdxPolicy.Builder policy = indifferent().requireRtmr(index, Set.of(VALUE, OTHER));
    int another = (index + 1) % 4;
    affirms(policy, quote -> quote.rtmr(index, VALUE));
    affirms(policy, quote -> quote.rtmr(index, OTHER).rtmr(another, ALMOST));
    rejects(policy, quote -> quote.rtmr(index, ALMOST), TDX_RTMR);
    rejects(policy, quote -> quote.rtmr(another, VALUE), TDX_RTMR);
  }

  @Test
  void everyRtmrThatIsNamedIsCompared() {
    TdxPolicy.Builder policy =
        indifferent().requireRtmr(0, Set.of(VALUE)).requireRtmr(3, Set.of(ZEROS));
    affirms(policy, quote -> quote.rtmr(0, VALUE));
    rejects(policy, quote -> quote.rtmr(0, VALUE).rtmr(3, OTHER), TDX_RTMR);
    rejects(policy, quote -> quote.rtmr(0, OTHER).rtmr(3, OTHER), TDX_RTMR, TDX_RTMR);
    rejects(
        indifferent().requireRtmr(0, Set.of(VALUE)).requireRtmr(0, Set.of(OTHER)),
        quote -> quote.rtmr(0, VALUE),
        TDX_RTMR);
  }

  /** Azure's paravisor extends no RTMR: a rule about them must not pass on zeros. */
  @Test
  void whereNoRtmrIsUsedARuleAboutOneRejectsAndSaysWhereToLook() {
    for (Set<Bytes> accepted : List.of(Set.of(VALUE), Set.of(ZEROS), Set.of(VALUE, ZEROS))) {
      AttestationResult result =
          td15().appraisedBy(indifferent().requireRtmr(1, accepted).requireRtmr(2, Set.of(VALUE)));
      assertThat(result.findings()).extracting(Finding::code).containsExactly(TDX_RTMR_UNUSED);
      assertThat(result.findings().get(0).actual()).contains("vTPM").contains("PCRs");
    }
  }

  @Test
  void thereAreFourRtmrs() {
    senseless(() -> TdxPolicy.builder().requireRtmr(-1, Set.of(VALUE)));
    senseless(() -> TdxPolicy.builder().requireRtmr(4, Set.of(VALUE)));
    senseless(() -> TdxPolicy.builder().requireRtmr(0, Set.of()));
    senseless(() -> TdxPolicy.builder().requireRtmr(0, Set.of(DATA)));
  }

  @Test
  void thePlatformIsOneOfTheNamed() {
    Bytes own = td15().claims().pck().ppid();
    assertThat(td15().codes(indifferent().requirePpid(Set.of(ID, own)))).isEmpty();
    assertThat(td15().codes(indifferent().requirePpid(Set.of(ID)))).containsExactly(TDX_PLATFORM);
    assertThat(td15().sgx(sgx -> sgx.ppid(ID)).codes(indifferent().requirePpid(Set.of(ID))))
        .isEmpty();
    for (int size : new int[] {15, 17}) {
      senseless(() -> TdxPolicy.builder().requirePpid(Set.of(Bytes.ofHex("11".repeat(size)))));
    }
    senseless(() -> TdxPolicy.builder().requirePpid(Set.of()));
    senseless(() -> TdxPolicy.builder().requirePpid(Set.of(Bytes.zeros(16))));
  }

  @Test
  void thePlatformInstanceIsOneOfTheNamed() {
    Bytes own = td15().claims().pck().platformInstanceId().orElseThrow();
    TdxPolicy.Builder policy = indifferent().requirePlatformInstance(Set.of(own));
    assertThat(td15().codes(policy)).isEmpty();
    assertThat(td15().sgx(sgx -> sgx.platformInstanceId(ID)).codes(policy))
        .containsExactly(TDX_PLATFORM);
    // What the Processor CA does not state is none of the named.
    assertThat(td15().fromProcessorCa().codes(policy)).containsExactly(TDX_PLATFORM);
    assertThat(td15().fromProcessorCa().codes(indifferent())).isEmpty();
    senseless(() -> TdxPolicy.builder().requirePlatformInstance(Set.of(Bytes.zeros(16))));
    // Named both ways, a platform must be both.
    assertThat(
            td15()
                .codes(indifferent().requirePlatformInstance(Set.of(own)).requirePpid(Set.of(ID))))
        .containsExactly(TDX_PLATFORM);
  }

  // Refinements.

  @Test
  void attributesAreComparedUnderTheMaskAlone() {
    TdxPolicy.Builder policy =
        indifferent().requireAttributes(SEPT_VE_DISABLE, SEPT_VE_DISABLE | 1L << 30);
    affirms(policy, quote -> quote.tdAttributes(SEPT_VE_DISABLE));
    affirms(policy, quote -> quote.tdAttributes(SEPT_VE_DISABLE | 1L << 63));
    rejects(policy, quote -> quote.tdAttributes(0), TDX_ATTRIBUTES);
    rejects(policy, quote -> quote.tdAttributes(SEPT_VE_DISABLE | 1L << 30), TDX_ATTRIBUTES);
    TdxPolicy.Builder exact = indifferent().requireAttributes(SEPT_VE_DISABLE, -1);
    affirms(exact, quote -> quote.tdAttributes(SEPT_VE_DISABLE));
    rejects(exact, quote -> quote.tdAttributes(SEPT_VE_DISABLE | 1L << 63), TDX_ATTRIBUTES);
    senseless(() -> indifferent().requireAttributes(SEPT_VE_DISABLE, 1L << 30));
    senseless(() -> indifferent().requireAttributes(0, 0));
    senseless(() -> indifferent().requireAttributes(0, Long.reverseBytes(SEPT_VE_DISABLE)));
  }

  @Test
  void attributesThatAreRefusedCannotBeDemanded() {
    for (long refused : new long[] {1, 1 << 4, 1 << 7, MIGRATABLE, 1L << 40}) {
      senseless(() -> indifferent().requireAttributes(refused, -1).build());
    }
    indifferent().requireAttributes(1, -1).allowDebugGuest().build();
    indifferent().requireAttributes(MIGRATABLE, -1).allowMigratable().build();
    indifferent().requireAttributes(1L << 40, -1).allowUnknownAttributes().build();
    senseless(() -> indifferent().requireAttributes(2, -1).allowUnknownAttributes().build());
  }

  @Test
  void featuresAreComparedUnderTheMaskAlone() {
    TdxPolicy.Builder policy = indifferent().requireXfam(0x4, 0x104);
    affirms(policy, quote -> quote.xfam(0x602E7));
    rejects(policy, quote -> quote.xfam(0x602E3), TDX_XFAM);
    rejects(policy, quote -> quote.xfam(0x603E7), TDX_XFAM);
    senseless(() -> indifferent().requireXfam(0x104, 0x4));
    senseless(() -> indifferent().requireXfam(0, 1L << 40));
    senseless(() -> indifferent().requireXfam(0x4, 0x7)); // would demand that there be no x87
    senseless(() -> indifferent().requireXfam(1L << 19 | 7, -1).build());
    indifferent().requireXfam(1L << 19 | 7, -1).allowUnknownXfam().build();
  }

  @ParameterizedTest
  @CsvSource({
    "STATIC_PLATFORM,false,true,true",
    "NO_CACHED_KEYS,true,false,true",
    "NO_SMT,true,true,false"
  })
  void eachDemandLooksAtItsOwnFlag(
      ConfigurationDemand demand, boolean dynamic, boolean cached, boolean smt) {
    TdxPolicy.Builder policy = indifferent().requireConfiguration(Set.of(demand));
    assertThat(td15().sgx(sgx -> sgx.configuration(dynamic, cached, smt)).codes(policy)).isEmpty();
    assertThat(td15().sgx(sgx -> sgx.configuration(!dynamic, !cached, !smt)).codes(policy))
        .containsExactly(TDX_PLATFORM_CONFIGURATION);
    // What the Processor CA does not state meets no demand.
    assertThat(td15().fromProcessorCa().codes(policy)).containsExactly(TDX_PLATFORM_CONFIGURATION);
  }

  // The whole.

  @Test
  void everyFailureIsReportedNotOnlyTheFirst() {
    TdxPolicy.Builder policy =
        indifferent()
            .requireMrTd(Set.of(VALUE))
            .requireRtmr(0, Set.of(VALUE))
            .requireReportData(DATA)
            .requireMrConfigId(Set.of(VALUE))
            .requireMrOwner(Set.of(VALUE))
            .requireMrOwnerConfig(Set.of(VALUE))
            .requirePpid(Set.of(ID))
            .requireMrSeam(Set.of(VALUE))
            .requireAttributes(SEPT_VE_DISABLE, SEPT_VE_DISABLE)
            .requireConfiguration(Set.of(ConfigurationDemand.NO_SMT))
            .requireTcbDate(Instant.parse("2026-05-01T00:00:00Z"))
            .requireEvaluationDataNumber(19);
    PolicyScene scene =
        td15()
            .svns(PolicyScene.HEALTHY_SVN, PolicyScene.svn(6, 1, 2))
            .platform("UpToDate", "UpToDate", "OutOfDate")
            .quote(quote -> quote.tdAttributes(0x11 | MIGRATABLE).xfam(0x602E6).mrServiceTd(OTHER));
    assertThat(scene.codes(policy))
        .containsExactlyInAnyOrder(
            TDX_TCB_STATUS, // now
            TDX_TCB_STATUS, // worse than at launch
            TDX_ADVISORY,
            TDX_TCB_DATE,
            TDX_EVALUATION_NUMBER,
            TDX_DEBUG,
            TDX_ATTRIBUTES, // TUD
            TDX_ATTRIBUTES, // migratable
            TDX_ATTRIBUTES, // as demanded
            TDX_XFAM,
            TDX_SERVICE_TD,
            TDX_MRTD,
            TDX_RTMR_UNUSED,
            TDX_REPORT_DATA,
            TDX_MRCONFIGID,
            TDX_MROWNER,
            TDX_MROWNER,
            TDX_PLATFORM,
            TDX_MRSEAM,
            TDX_PLATFORM_CONFIGURATION);
  }

  @Test
  void whatWasNotSaidIsNamed() {
    assertThatThrownBy(() -> TdxPolicy.builder().build())
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("requireMrTd or ignoreMrTd")
        .hasMessageContaining("requireRtmr or ignoreRtmrs")
        .hasMessageContaining("requireReportData or ignoreReportData")
        .hasMessageContaining("requireMrConfigId or ignoreMrConfigId")
        .hasMessageContaining("requireMrOwner or ignoreMrOwner")
        .hasMessageContaining("requireMrOwnerConfig or ignoreMrOwnerConfig")
        .hasMessageContaining("requirePpid, requirePlatformInstance or ignorePlatform");
    assertThatThrownBy(
            () ->
                TdxPolicy.builder()
                    .ignoreMrTd()
                    .requireRtmr(0, Set.of(VALUE))
                    .ignoreMrConfigId()
                    .ignoreMrOwner()
                    .ignoreMrOwnerConfig()
                    .requirePpid(Set.of(ID))
                    .build())
        .hasMessageContaining("requireReportData")
        .hasMessageNotContaining("requireRtmr")
        .hasMessageNotContaining("requirePpid");
  }

  @Test
  void whatContradictsItselfIsRefused() {
    List<Supplier<TdxPolicy.Builder>> contradictions =
        List.of(
            () -> indifferent().allowServiceTd(Set.of(VALUE)).allowAnyServiceTd(),
            () -> indifferent().allowAdvisories(Set.of()).allowAnyAdvisory(),
            () ->
                indifferent()
                    .allowAdvisories(Set.of("INTEL-SA-00001"))
                    .refuseAdvisories(Set.of("INTEL-SA-00001")),
            () ->
                indifferent()
                    .allowTcbStatuses(Set.of(TcbStatus.OUT_OF_DATE))
                    .allowOutOfDate(Duration.ofDays(1))
                    .requireTcbDate(Instant.EPOCH)
                    .allowAnyAdvisory());
    for (Supplier<TdxPolicy.Builder> contradiction : contradictions) {
      TdxPolicy.Builder builder = contradiction.get();
      senseless(builder::build);
    }
    senseless(() -> indifferent().allowServiceTd(Set.of(ZEROS)));
    senseless(() -> indifferent().allowServiceTd(Set.of()));
    senseless(() -> indifferent().allowServiceTd(Set.of(DATA)));
  }

  @Test
  void aBuiltPolicyDoesNotChangeWithItsBuilder() {
    TdxPolicy.Builder builder = indifferent().requireRtmr(0, Set.of(VALUE));
    TdxPolicy before = builder.build();
    builder
        .requireRtmr(0, Set.of(OTHER))
        .requireMrTd(Set.of(OTHER))
        .refuseAdvisories(Set.of("INTEL-SA-00003"))
        .requireEvaluationDataNumber(99);
    assertThat(AppraisalPolicy.of(before).appraise(td15().quote(q -> q.rtmr(0, VALUE)).verified()))
        .isInstanceOf(AttestationResult.Affirmed.class);
    builder.allowTcbStatuses(Set.of(TcbStatus.OUT_OF_DATE)).allowAnyAdvisory();
    assertThat(
            AppraisalPolicy.of(before)
                .appraise(
                    td15()
                        .quote(q -> q.rtmr(0, VALUE))
                        .platform("UpToDate", "OutOfDate", "OutOfDate")
                        .verified())
                .findings())
        .extracting(Finding::code)
        .containsExactly(TDX_TCB_STATUS, TDX_ADVISORY);
  }

  @Test
  void withoutTdxClaimsThePolicyRejects() {
    Ledger ledger = new Ledger();
    ledger.passed(TdxCheck.FORMAT);
    AttestationResult result =
        AppraisalPolicy.of(indifferent().build()).appraise(ledger.verified(ClaimSet.of()));
    assertThat(result.findings())
        .extracting(Finding::code)
        .containsExactly(CoreFinding.CLAIMS_ABSENT);
  }

  private static void affirms(TdxPolicy.Builder policy, Consumer<TdQuoteWriter> change) {
    assertThat(td15().quote(change).codes(policy)).isEmpty();
  }

  private static void rejects(
      TdxPolicy.Builder policy, Consumer<TdQuoteWriter> change, TdxFinding... codes) {
    assertThat(td15().quote(change).codes(policy)).containsExactly(codes);
  }

  private static void senseless(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(AttestationException.Configuration.class);
  }
}
