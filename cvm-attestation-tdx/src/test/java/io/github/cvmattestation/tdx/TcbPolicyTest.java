package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.PolicyScene.indifferent;
import static io.github.cvmattestation.tdx.PolicyScene.svn;
import static io.github.cvmattestation.tdx.PolicyScene.td10;
import static io.github.cvmattestation.tdx.PolicyScene.td15;
import static io.github.cvmattestation.tdx.TcbStatus.*;
import static io.github.cvmattestation.tdx.TdxFinding.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.testkit.TcbLevelWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which TCBs a policy lets in: by status at launch, now and of each part, advisories and dates. */
class TcbPolicyTest {
  private static final Set<TcbStatus> ALL_BUT_REVOKED = EnumSet.complementOf(EnumSet.of(REVOKED));
  private static final Instant LONG_AGO = Instant.parse("2018-01-01T00:00:00Z");

  /** The late microcode update of a TD at launch, and one that it runs on now. */
  private static final Bytes TWO = svn(6, 1, 2);

  private static final Bytes THREE = svn(6, 1, 3);
  private static final Bytes FOUR = svn(6, 1, 4);

  // Statuses.

  @ParameterizedTest
  @EnumSource(
      value = TcbStatus.class,
      names = {"TD_RELAUNCH.*"},
      mode = EnumSource.Mode.MATCH_NONE)
  void onlyUpToDateIsAcceptedUnlessAllowedByName(TcbStatus status) {
    PolicyScene scene = td15().platform(status.label(), "Revoked", "Revoked").svns(FOUR, FOUR);
    TdxPolicy.Builder strict = indifferent().allowAnyAdvisory();
    assertThat(scene.codes(strict))
        .isEqualTo(status == UP_TO_DATE ? List.of() : List.of(TDX_TCB_STATUS));
    for (TcbStatus allowed : ALL_BUT_REVOKED) {
      TdxPolicy.Builder policy = indifferent().allowTcbStatuses(Set.of(allowed)).allowAnyAdvisory();
      boolean accepted = status == UP_TO_DATE || (status == allowed && status != REVOKED);
      AttestationResult result = scene.appraisedBy(policy);
      assertThat(result.findings()).hasSize(accepted ? 0 : 1);
      // What was let in by name alone is told.
      assertThat(result.warnings()).hasSize(accepted && status != UP_TO_DATE ? 1 : 0);
    }
  }

  @Test
  void revokedIsNeverAccepted() {
    TdxPolicy.Builder most =
        indifferent().allowTcbStatuses(ALL_BUT_REVOKED).allowAnyAdvisory().allowWorseSinceLaunch();
    assertThat(td15().platform("Revoked", "Revoked", "Revoked").codes(most))
        .containsExactly(TDX_TCB_STATUS);
    assertThat(td15().module("Revoked", "Revoked").codes(most)).containsExactly(TDX_TCB_STATUS);
    assertThat(td15().qe("UpToDate", "Revoked").codes(most)).containsExactly(TDX_TCB_STATUS);
    // At launch alone, and now alone.
    PolicyScene once = td15().platform("UpToDate", "Revoked", "OutOfDate");
    assertThat(once.svns(THREE, FOUR).codes(most)).containsExactly(TDX_TCB_STATUS);
    assertThat(once.svns(FOUR, THREE).codes(most)).containsExactly(TDX_TCB_STATUS);
    senseless(() -> indifferent().allowTcbStatuses(Set.of(REVOKED)));
    senseless(() -> indifferent().allowTcbStatuses(EnumSet.allOf(TcbStatus.class)));
    senseless(() -> indifferent().requirePlatformStatuses(Set.of(UP_TO_DATE, REVOKED)));
    senseless(() -> indifferent().requireModuleStatuses(Set.of(UP_TO_DATE, REVOKED)));
    senseless(() -> indifferent().requireQeStatuses(Set.of(UP_TO_DATE, REVOKED)));
    senseless(() -> indifferent().allowTcbStatuses(Set.of()));
  }

  @ParameterizedTest
  @CsvSource({
    // launch, now, what must be allowed for it besides UpToDate
    "UpToDate,UpToDate,",
    "OutOfDate,UpToDate,TDRelaunchAdvised",
    "OutOfDate,SWHardeningNeeded,TDRelaunchAdvised SWHardeningNeeded",
    "OutOfDate,ConfigurationNeeded,TDRelaunchAdvisedConfigurationNeeded ConfigurationNeeded",
    "OutOfDateConfigurationNeeded,UpToDate,TDRelaunchAdvisedConfigurationNeeded",
    "OutOfDate,OutOfDateConfigurationNeeded,OutOfDate OutOfDateConfigurationNeeded",
    "SWHardeningNeeded,UpToDate,SWHardeningNeeded",
    "SWHardeningNeeded,ConfigurationNeeded,SWHardeningNeeded ConfigurationNeeded",
    "ConfigurationNeeded,OutOfDate,ConfigurationNeeded OutOfDate",
    "UpToDate,OutOfDate,OutOfDate"
  })
  void launchAndPresentMustBothBeAllowed(String launch, String now, String allowed) {
    PolicyScene scene = td15().platform(launch, now, "Revoked").svns(FOUR, THREE);
    Set<TcbStatus> needed = statuses(allowed);
    assertThat(scene.codes(lenient(needed))).isEmpty();
    for (TcbStatus one : needed) {
      Set<TcbStatus> others = EnumSet.copyOf(ALL_BUT_REVOKED);
      others.remove(one);
      // Nothing else stands in for a status that was not named.
      assertThat(scene.codes(lenient(others))).contains(TDX_TCB_STATUS);
    }
  }

  @Test
  void toRelaunchIsAcceptedOnlyIfNamed() {
    PolicyScene relaunch = td15().platform("UpToDate", "OutOfDate", "Revoked").svns(THREE, FOUR);
    assertThat(relaunch.claims().tcb().status()).isEqualTo(TD_RELAUNCH_ADVISED);
    assertThat(relaunch.codes(lenient(Set.of(OUT_OF_DATE)))).containsExactly(TDX_TCB_STATUS);
    assertThat(relaunch.codes(lenient(Set.of(TD_RELAUNCH_ADVISED)))).isEmpty();
    assertThat(
            relaunch.codes(
                indifferent()
                    .allowOutOfDate(Duration.ofDays(90))
                    .requireTcbDate(LONG_AGO)
                    .allowAnyAdvisory()))
        .containsExactly(TDX_TCB_STATUS);
  }

  /** Intel's one status is that of the launch: a worse present is invisible in it. */
  @Test
  void aTcbThatGotWorseSinceLaunchIsRejectedUnlessAllowed() {
    PolicyScene worse = td15().platform("UpToDate", "SWHardeningNeeded", "Revoked");
    worse.svns(FOUR, THREE);
    assertThat(worse.claims().tcb().status()).isEqualTo(UP_TO_DATE);
    TdxPolicy.Builder hardening =
        indifferent().allowTcbStatuses(Set.of(SW_HARDENING_NEEDED)).allowAnyAdvisory();
    AttestationResult result = worse.appraisedBy(hardening);
    assertThat(result.findings()).extracting(Finding::code).containsExactly(TDX_TCB_STATUS);
    assertThat(result.findings().get(0).expected()).contains("no worse now than at launch");
    assertThat(worse.codes(hardening.allowWorseSinceLaunch())).isEmpty();
    assertThat(worse.svns(THREE, FOUR).codes(hardening)).isEmpty();
  }

  @Test
  void aPartThatGotWorseBehindAnUnchangedWholeIsRejectedUnlessAllowed() {
    PolicyScene scene =
        td15()
            .platform("OutOfDate", "OutOfDate", "OutOfDate")
            .module("UpToDate", "OutOfDate")
            .svns(svn(6, 1, 3), svn(4, 1, 3));
    TdxPolicy.Builder policy =
        indifferent().allowTcbStatuses(Set.of(OUT_OF_DATE)).allowAnyAdvisory();
    assertThat(scene.claims().tcb().isCurrentWorse()).isFalse();
    assertThat(scene.codes(policy)).containsExactly(TDX_TCB_STATUS);
    assertThat(scene.codes(policy.allowWorseSinceLaunch())).isEmpty();
  }

  @Test
  void aModuleThatCameToHaveLevelsAndIsOutOfDateIsWorse() {
    PolicyScene scene = td15().module("UpToDate", "OutOfDate").svns(svn(6, 0, 3), svn(4, 1, 3));
    TdxPolicy.Builder policy =
        indifferent().allowTcbStatuses(Set.of(OUT_OF_DATE)).allowAnyAdvisory();
    assertThat(scene.codes(policy)).containsExactly(TDX_TCB_STATUS);
    assertThat(scene.codes(policy.allowWorseSinceLaunch())).isEmpty();
  }

  @Test
  void aShortfallIsSaidInWords() {
    PolicyScene scene =
        td10()
            .platform("UpToDate", "OutOfDate", "Revoked")
            .module("UpToDate", "OutOfDate")
            .qe("UpToDate", "OutOfDate")
            .quote(quote -> quote.teeTcbSvn(svn(5, 1, 3)));
    List<? extends Finding> findings =
        scene.appraisedBy(indifferent().allowAnyAdvisory()).findings();
    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).expected()).isEqualTo("TCB status at launch one of [UpToDate]");
    assertThat(findings.get(0).actual())
        .isEqualTo(
            "OutOfDate: platform OutOfDate (tdx[2] TDX late microcode update 3, needs 4),"
                + " TDX module OutOfDate (module isvsvn 5, needs 6),"
                + " quoting enclave OutOfDate (qe isvsvn 7, needs 8)");
  }

  @Test
  void oneFailureIsToldOnceWhereNothingChangedSinceLaunch() {
    PolicyScene scene = td15().platform("UpToDate", "OutOfDate", "Revoked").svns(THREE, THREE);
    List<? extends Finding> findings =
        scene.appraisedBy(indifferent().allowAnyAdvisory()).findings();
    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).expected()).contains("at launch and now");
  }

  // Parts.

  @Test
  void eachPartCanBeHeldToItsOwnStatuses() {
    TdxPolicy.Builder lenient = lenient(Set.of(OUT_OF_DATE));
    PolicyScene platform = td15().platform("UpToDate", "OutOfDate", "Revoked");
    PolicyScene module = td15().module("UpToDate", "OutOfDate").svns(svn(4, 1, 3), svn(4, 1, 3));
    PolicyScene qe = td15().qe("UpToDate", "OutOfDate");
    for (PolicyScene scene : List.of(platform, module, qe)) {
      assertThat(scene.codes(lenient)).isEmpty();
    }
    TdxPolicy.Builder platformUpToDate =
        lenient(Set.of(OUT_OF_DATE)).requirePlatformStatuses(Set.of(UP_TO_DATE));
    assertThat(platform.codes(platformUpToDate)).containsExactly(TDX_TCB_STATUS);
    assertThat(module.codes(platformUpToDate)).isEmpty();
    assertThat(qe.codes(platformUpToDate)).isEmpty();
    TdxPolicy.Builder moduleUpToDate =
        lenient(Set.of(OUT_OF_DATE)).requireModuleStatuses(Set.of(UP_TO_DATE));
    assertThat(platform.codes(moduleUpToDate)).isEmpty();
    assertThat(module.codes(moduleUpToDate)).containsExactly(TDX_TCB_STATUS);
    assertThat(qe.codes(moduleUpToDate)).isEmpty();
    TdxPolicy.Builder qeUpToDate =
        lenient(Set.of(OUT_OF_DATE)).requireQeStatuses(Set.of(UP_TO_DATE));
    assertThat(platform.codes(qeUpToDate)).isEmpty();
    assertThat(module.codes(qeUpToDate)).isEmpty();
    assertThat(qe.codes(qeUpToDate)).containsExactly(TDX_TCB_STATUS);
  }

  @Test
  void aPartIsHeldToItsStatusesAtLaunchAndNow() {
    TdxPolicy.Builder policy =
        lenient(Set.of(OUT_OF_DATE, TD_RELAUNCH_ADVISED)).requireModuleStatuses(Set.of(UP_TO_DATE));
    PolicyScene scene = td15().module("UpToDate", "OutOfDate");
    assertThat(scene.svns(svn(4, 1, 3), svn(6, 1, 3)).codes(policy))
        .containsExactly(TDX_TCB_STATUS);
    assertThat(scene.svns(svn(6, 1, 3), svn(4, 1, 3)).codes(policy))
        .containsExactly(TDX_TCB_STATUS);
    assertThat(scene.svns(svn(6, 1, 3), svn(6, 1, 3)).codes(policy)).isEmpty();
  }

  /** Before versions the module was two of the platform's components, without a status. */
  @Test
  void aModuleWithoutLevelsOfItsOwnMeetsNoRuleAboutIt() {
    PolicyScene unversioned = td15().svns(svn(6, 0, 3), svn(6, 0, 3));
    assertThat(unversioned.codes(indifferent())).isEmpty();
    assertThat(unversioned.codes(indifferent().requireModuleStatuses(Set.of(UP_TO_DATE))))
        .containsExactly(TDX_TCB_STATUS);
  }

  /** OutOfDate by the module must not let in a platform that needs what nobody accepted. */
  @Test
  void whatAPlatformNeedsIsNotHiddenByAModuleThatIsOutOfDate() {
    PolicyScene scene =
        td15()
            .platform("SWHardeningNeeded", "SWHardeningNeeded", "Revoked")
            .module("UpToDate", "OutOfDate")
            .svns(svn(4, 1, 4), svn(4, 1, 4));
    assertThat(scene.claims().tcb().status()).isEqualTo(OUT_OF_DATE);
    assertThat(scene.codes(lenient(Set.of(OUT_OF_DATE)))).containsExactly(TDX_TCB_STATUS);
    assertThat(scene.codes(lenient(Set.of(OUT_OF_DATE, SW_HARDENING_NEEDED)))).isEmpty();
    assertThat(
            scene.codes(
                lenient(Set.of(OUT_OF_DATE))
                    .requirePlatformStatuses(Set.of(UP_TO_DATE, SW_HARDENING_NEEDED))))
        .isEmpty();
    PolicyScene configuration =
        td15()
            .platform("ConfigurationNeeded", "ConfigurationNeeded", "Revoked")
            .module("UpToDate", "OutOfDate")
            .svns(svn(4, 1, 4), svn(4, 1, 4));
    // The name of this status says both.
    assertThat(configuration.codes(lenient(Set.of(OUT_OF_DATE_CONFIGURATION_NEEDED)))).isEmpty();
    PolicyScene relaunch =
        td15()
            .platform("UpToDate", "ConfigurationNeeded", "Revoked")
            .module("UpToDate", "OutOfDate")
            .svns(svn(4, 1, 3), svn(6, 1, 4));
    assertThat(relaunch.codes(lenient(Set.of(TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED)))).isEmpty();
    PolicyScene both =
        td15()
            .platform("ConfigurationAndSWHardeningNeeded", "Revoked", "Revoked")
            .module("UpToDate", "OutOfDate")
            .svns(svn(4, 1, 4), svn(4, 1, 4));
    assertThat(both.codes(lenient(Set.of(OUT_OF_DATE_CONFIGURATION_NEEDED))))
        .containsExactly(TDX_TCB_STATUS);
  }

  @Test
  void statusesOfAPartThatTheWholeCannotHaveAreRefused() {
    senseless(() -> indifferent().requireModuleStatuses(Set.of(UP_TO_DATE, OUT_OF_DATE)).build());
    senseless(
        () ->
            lenient(Set.of(TD_RELAUNCH_ADVISED))
                .requireQeStatuses(Set.of(UP_TO_DATE, OUT_OF_DATE))
                .build());
    senseless(
        () ->
            lenient(Set.of(OUT_OF_DATE))
                .requirePlatformStatuses(Set.of(UP_TO_DATE, CONFIGURATION_NEEDED))
                .build());
    lenient(Set.of(TD_RELAUNCH_ADVISED))
        .requireModuleStatuses(Set.of(UP_TO_DATE, OUT_OF_DATE))
        .build();
    indifferent()
        .allowOutOfDate(Duration.ofDays(1))
        .requireTcbDate(LONG_AGO)
        .allowAnyAdvisory()
        .requireQeStatuses(Set.of(UP_TO_DATE, OUT_OF_DATE))
        .build();
    senseless(() -> indifferent().requirePlatformStatuses(Set.of()));
    senseless(() -> indifferent().requirePlatformStatuses(Set.of(SW_HARDENING_NEEDED)));
    senseless(() -> indifferent().requirePlatformStatuses(Set.of(UP_TO_DATE, TD_RELAUNCH_ADVISED)));
    senseless(() -> indifferent().requireModuleStatuses(Set.of(UP_TO_DATE, SW_HARDENING_NEEDED)));
    senseless(() -> indifferent().requireQeStatuses(Set.of(UP_TO_DATE, CONFIGURATION_NEEDED)));
  }

  @Test
  void limitsOfAPartThatAreSaidTwiceHoldBoth() {
    TdxPolicy.Builder policy =
        lenient(Set.of(OUT_OF_DATE))
            .requirePlatformStatuses(Set.of(UP_TO_DATE))
            .requirePlatformStatuses(Set.of(UP_TO_DATE, OUT_OF_DATE))
            .requireQeStatuses(Set.of(UP_TO_DATE, OUT_OF_DATE))
            .requireQeStatuses(Set.of(UP_TO_DATE));
    assertThat(td15().platform("UpToDate", "OutOfDate", "Revoked").codes(policy))
        .containsExactly(TDX_TCB_STATUS);
    // The quoting enclave is the same at launch and now: that is one failure, not two.
    PolicyScene qe =
        td15().qe("UpToDate", "OutOfDate").platform("UpToDate", "UpToDate", "UpToDate");
    assertThat(qe.svns(FOUR, THREE).codes(policy)).containsExactly(TDX_TCB_STATUS);
  }

  // Advisories.

  @Test
  void whoeverAcceptsMoreThanUpToDateMustSpeakOfAdvisories() {
    for (TcbStatus status : EnumSet.complementOf(EnumSet.of(UP_TO_DATE, REVOKED))) {
      assertThatThrownBy(() -> indifferent().allowTcbStatuses(Set.of(status)).build())
          .isInstanceOf(AttestationException.Configuration.class)
          .hasMessageContaining("allowAnyAdvisory");
    }
    senseless(
        () -> indifferent().allowOutOfDate(Duration.ofDays(9)).requireTcbDate(LONG_AGO).build());
    indifferent().allowTcbStatuses(Set.of(UP_TO_DATE)).build();
    indifferent().allowTcbStatuses(Set.of(OUT_OF_DATE)).allowAdvisories(Set.of()).build();
  }

  @Test
  void onlyTheAllowedAdvisoriesMayApply() {
    PolicyScene scene =
        td15().platform("UpToDate", "OutOfDate", "Revoked").qe("UpToDate", "OutOfDate");
    Set<TcbStatus> outOfDate = Set.of(OUT_OF_DATE);
    TdxPolicy.Builder both =
        indifferent()
            .allowTcbStatuses(outOfDate)
            .allowAdvisories(Set.of("INTEL-SA-00003"))
            .allowAdvisories(Set.of("INTEL-SA-00007"));
    assertThat(scene.codes(both)).isEmpty();
    TdxPolicy.Builder one =
        indifferent().allowTcbStatuses(outOfDate).allowAdvisories(Set.of("INTEL-SA-00003"));
    AttestationResult result = scene.appraisedBy(one);
    assertThat(result.findings()).extracting(Finding::code).containsExactly(TDX_ADVISORY);
    assertThat(result.findings().get(0).actual()).isEqualTo("[INTEL-SA-00007]");
    TdxPolicy.Builder none = indifferent().allowTcbStatuses(outOfDate).allowAdvisories(Set.of());
    assertThat(scene.codes(none)).containsExactly(TDX_ADVISORY);
  }

  @Test
  void anAdvisoryOfTheLaunchAloneOrOfThePresentAloneCounts() {
    TdxPolicy.Builder policy =
        indifferent()
            .allowTcbStatuses(ALL_BUT_REVOKED)
            .allowWorseSinceLaunch()
            .allowAdvisories(Set.of("INTEL-SA-00002"));
    PolicyScene scene = td15().platform("UpToDate", "OutOfDate", "Revoked");
    assertThat(scene.svns(THREE, FOUR).codes(policy)).containsExactly(TDX_ADVISORY);
    assertThat(scene.svns(FOUR, THREE).codes(policy)).containsExactly(TDX_ADVISORY);
    assertThat(scene.svns(FOUR, FOUR).codes(policy)).isEmpty();
  }

  @Test
  void anAdvisoryOfATcbThatIsUpToDateMustBeAllowedToo() {
    PolicyScene scene =
        td15()
            .collateral(
                info ->
                    info.levels(TcbLevelWriter.platform("UpToDate").advisories("INTEL-SA-00001")),
                identity -> {});
    assertThat(scene.codes(indifferent())).containsExactly(TDX_ADVISORY);
    assertThat(scene.codes(indifferent().allowAdvisories(Set.of("INTEL-SA-00001")))).isEmpty();
  }

  @Test
  void aRefusedAdvisoryIsRefusedWhateverIsAllowed() {
    PolicyScene scene = td15().platform("UpToDate", "OutOfDate", "Revoked");
    TdxPolicy.Builder policy =
        lenient(Set.of(OUT_OF_DATE)).refuseAdvisories(Set.of("INTEL-SA-00003", "INTEL-SA-00009"));
    assertThat(scene.codes(policy)).containsExactly(TDX_ADVISORY);
    assertThat(scene.codes(lenient(Set.of(OUT_OF_DATE)).refuseAdvisories(Set.of("INTEL-SA-00004"))))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"INTEL-SA-837", "intel-sa-00837", "SA-00837", "INTEL-SA-00837 ", "", "INTEL-SA-"})
  void anAdvisoryThatIsMisspeltIsRefused(String id) {
    senseless(() -> indifferent().refuseAdvisories(Set.of(id)));
    senseless(() -> indifferent().allowAdvisories(Set.of(id)));
  }

  @Test
  void aListOfNoRefusedAdvisoriesIsRefused() {
    senseless(() -> indifferent().refuseAdvisories(Set.of()));
  }

  // Dates and numbers.

  @Test
  void theTcbHasAFloorByDateAtLaunchAndNow() {
    Instant three = Instant.parse("2025-11-12T00:00:00Z");
    TdxPolicy.Builder floor = indifferent().requireTcbDate(three);
    TdxPolicy.Builder later = indifferent().requireTcbDate(three.plusSeconds(1));
    PolicyScene scene =
        td15().platform("UpToDate", "UpToDate", "UpToDate").module("UpToDate", "UpToDate");
    scene.collateral(info -> {}, PolicyScene::recentQe);
    assertThat(scene.svns(THREE, FOUR).codes(floor)).isEmpty();
    assertThat(scene.svns(THREE, FOUR).codes(later)).containsExactly(TDX_TCB_DATE);
    assertThat(scene.svns(FOUR, THREE).codes(later)).containsExactly(TDX_TCB_DATE);
    assertThat(scene.svns(FOUR, FOUR).codes(later)).isEmpty();
    assertThat(scene.svns(FOUR, TWO).codes(floor)).containsExactly(TDX_TCB_DATE);
    // The module and the quoting enclave count as the platform does.
    assertThat(scene.svns(svn(4, 1, 4), svn(4, 1, 4)).codes(floor)).containsExactly(TDX_TCB_DATE);
    PolicyScene oldQe = td15().platform("UpToDate", "UpToDate", "UpToDate");
    assertThat(oldQe.qe("UpToDate", "UpToDate").svns(FOUR, FOUR).codes(floor))
        .containsExactly(TDX_TCB_DATE);
  }

  @ParameterizedTest
  @CsvSource({"18,18,true", "17,18,false", "18,17,false", "19,18,true"})
  void bothDocumentsHaveAFloorByEvaluationNumber(int tcbInfo, int qeIdentity, boolean accepted) {
    PolicyScene scene =
        td15()
            .collateral(
                info -> info.evaluationDataNumber(tcbInfo),
                identity -> identity.evaluationDataNumber(qeIdentity));
    assertThat(scene.codes(indifferent().requireEvaluationDataNumber(18)))
        .isEqualTo(accepted ? List.of() : List.of(TDX_EVALUATION_NUMBER));
    senseless(() -> indifferent().requireEvaluationDataNumber(-1));
  }

  // Grace.

  /** The newest level of the platform is of 12 May, as the fake service says since 31 May. */
  @ParameterizedTest
  @CsvSource({"20,0,true", "20,1,false", "19,0,false", "21,0,true", "90,0,true", "1,0,false"})
  void outOfDateIsAcceptedForItsTimeOfGraceAndNotASecondLonger(
      int days, int secondsLater, boolean accepted) {
    PolicyScene scene =
        td15()
            .platform("UpToDate", "OutOfDate", "Revoked")
            .at(PolicyScene.NOW.plusSeconds(secondsLater));
    AttestationResult result = scene.appraisedBy(grace(days));
    assertThat(result.findings())
        .extracting(Finding::code)
        .isEqualTo(accepted ? List.of() : List.of(TDX_TCB_STATUS));
    assertThat(result.warnings()).hasSize(accepted ? 1 : 0);
    if (accepted) {
      Instant end = Instant.parse("2026-05-12T00:00:00Z").plus(Duration.ofDays(days));
      assertThat(result.warnings().get(0).expected()).contains(end.toString());
    }
  }

  @Test
  void graceCountsFromTheOldestLevelThatAPartMisses() {
    PolicyScene scene =
        td15()
            .platform("UpToDate", "OutOfDate", "Revoked") // misses 2026-05-12
            .qe("UpToDate", "OutOfDate"); // misses 2026-04-15, which is 47 days ago
    assertThat(scene.codes(grace(47))).isEmpty();
    assertThat(scene.codes(grace(46))).containsExactly(TDX_TCB_STATUS);
    PolicyScene module =
        td15().module("UpToDate", "OutOfDate").svns(svn(4, 1, 3), svn(4, 1, 3)); // 2026-04-01
    assertThat(module.codes(grace(61))).isEmpty();
    assertThat(module.codes(grace(60))).containsExactly(TDX_TCB_STATUS);
    PolicyScene moduleAndQe = module.qe("UpToDate", "OutOfDate");
    assertThat(moduleAndQe.codes(grace(61))).isEmpty();
    assertThat(moduleAndQe.codes(grace(60))).containsExactly(TDX_TCB_STATUS);
  }

  @Test
  void whereThereIsNothingToUpdateToThereIsNoGrace() {
    PolicyScene newest = td15().platform("OutOfDate", "Revoked", "Revoked").svns(FOUR, FOUR);
    assertThat(newest.codes(grace(90))).containsExactly(TDX_TCB_STATUS);
    // Nor where that is so of one part of two.
    PolicyScene oneOfTwo =
        td15().platform("OutOfDate", "Revoked", "Revoked").qe("UpToDate", "OutOfDate");
    assertThat(oneOfTwo.svns(FOUR, FOUR).codes(grace(90))).containsExactly(TDX_TCB_STATUS);
  }

  @Test
  void graceIsForOutOfDateAlone() {
    for (String status :
        List.of("SWHardeningNeeded", "ConfigurationNeeded", "OutOfDateConfigurationNeeded")) {
      assertThat(td15().platform("UpToDate", status, "Revoked").codes(grace(90)))
          .containsExactly(TDX_TCB_STATUS);
    }
  }

  @Test
  void graceIsForThePresentTooAndAWorsePresentIsStillRefused() {
    PolicyScene worse = td15().platform("UpToDate", "OutOfDate", "Revoked").svns(FOUR, THREE);
    assertThat(worse.codes(grace(90))).containsExactly(TDX_TCB_STATUS);
    assertThat(worse.codes(grace(90).allowWorseSinceLaunch())).isEmpty();
    assertThat(worse.codes(grace(1).allowWorseSinceLaunch())).containsExactly(TDX_TCB_STATUS);
  }

  /** Every new level begins the time of grace anew for who has missed all of those before. */
  @Test
  void graceNeedsAFloorByDate() {
    assertThatThrownBy(
            () -> indifferent().allowOutOfDate(Duration.ofDays(30)).allowAnyAdvisory().build())
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("requireTcbDate");
    PolicyScene old = td15().platform("UpToDate", "OutOfDate", "OutOfDate").svns(TWO, TWO);
    assertThat(old.codes(grace(30))).isEmpty();
    assertThat(old.codes(grace(30).requireTcbDate(Instant.parse("2025-11-12T00:00:00Z"))))
        .containsExactly(TDX_TCB_DATE);
  }

  @Test
  void graceIsBounded() {
    senseless(() -> indifferent().allowOutOfDate(Duration.ZERO));
    senseless(() -> indifferent().allowOutOfDate(Duration.ofDays(-1)));
    senseless(() -> indifferent().allowOutOfDate(Duration.ofDays(90).plusNanos(1)));
    senseless(() -> indifferent().allowOutOfDate(Duration.ofSeconds(Long.MAX_VALUE)));
  }

  private static TdxPolicy.Builder grace(int days) {
    return indifferent()
        .allowOutOfDate(Duration.ofDays(days))
        .requireTcbDate(LONG_AGO)
        .allowAnyAdvisory();
  }

  private static TdxPolicy.Builder lenient(Set<TcbStatus> statuses) {
    TdxPolicy.Builder policy = indifferent().allowAnyAdvisory().allowWorseSinceLaunch();
    return statuses.isEmpty() ? policy : policy.allowTcbStatuses(statuses);
  }

  private static Set<TcbStatus> statuses(String labels) {
    Set<TcbStatus> statuses = EnumSet.noneOf(TcbStatus.class);
    if (labels != null) {
      for (String label : labels.split(" ", -1)) {
        statuses.add(TcbStatus.ofLabel(label).orElseThrow());
      }
    }
    return statuses;
  }

  private static void senseless(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(AttestationException.Configuration.class);
  }
}
