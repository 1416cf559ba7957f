package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.Scene.proven;
import static io.github.cvmattestation.snp.SnpFinding.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.SnpReportWriter;
import io.github.cvmattestation.testkit.Tcb;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule accepts what it should and rejects what it must, with its own reason. */
class SnpPolicyTest {
  private static final Bytes CHIP = Line.GENOA.chipId("default");
  private static final Bytes DIGEST = Bytes.ofHex("ab".repeat(48));
  private static final Bytes OTHER = Bytes.ofHex("cd".repeat(48));
  private static final Bytes ID = Bytes.ofHex("17".repeat(32));
  private static final Bytes DATA = Bytes.ofHex("5e".repeat(64));

  // Defaults.

  @ParameterizedTest
  @EnumSource(
      value = Line.class,
      names = {"GENOA", "TURIN"})
  void aHealthyGuestIsAffirmedWithoutAWarning(Line line) {
    AttestationResult result = appraise(Policies.indifferent(), Scene.vcek(line));
    assertThat(result).isInstanceOf(AttestationResult.Affirmed.class);
    assertThat(result.warnings()).isEmpty();
  }

  @Test
  void milanIsAffirmedOnlyWithAWarningThatSaysWhy() {
    AttestationResult result = appraise(Policies.indifferent(), Scene.vcek(Line.MILAN));
    assertThat(result).isInstanceOf(AttestationResult.Affirmed.class);
    assertThat(result.warnings()).extracting(Finding::code).containsExactly(SNP_PRODUCT_LINE);
    assertThat(result.warnings().toString()).contains("2605.12990");
  }

  @Test
  void aDebugGuestIsRejectedUnlessAllowed() {
    // Security case 3.
    Consumer<SnpReportWriter> debug = writer -> writer.policy(0x3001F | 1 << 19);
    rejects(Policies.indifferent(), debug, SNP_DEBUG);
    affirms(Policies.indifferent().allowDebugGuest(), debug);
  }

  @Test
  void aGuestThatMayMigrateIsRejectedUnlessAllowed() {
    Consumer<SnpReportWriter> permitted = writer -> writer.policy(0x3001F | 1 << 18);
    Consumer<SnpReportWriter> present = writer -> writer.reportIdMa(ID);
    Consumer<SnpReportWriter> zeros = writer -> writer.reportIdMa(Bytes.zeros(32));
    for (Consumer<SnpReportWriter> change : List.of(permitted, present, zeros)) {
      rejects(Policies.indifferent(), change, SNP_MIGRATION);
      affirms(Policies.indifferent().allowMigrationAgent(), change);
    }
    affirms(Policies.indifferent().requireMigrationAgent(Set.of(ID)), permitted.andThen(present));
    rejects(Policies.indifferent().requireMigrationAgent(Set.of(ID)), permitted, SNP_REPORT_ID);
  }

  @Test
  void cxlIsRejectedUnlessAllowed() {
    Consumer<SnpReportWriter> cxl = writer -> writer.policy(0x3001F | 1 << 21);
    rejects(Policies.indifferent(), cxl, SNP_GUEST_POLICY);
    affirms(Policies.indifferent().allowCxl(), cxl);
  }

  @Test
  void provisionalFirmwareIsRejectedUnlessAllowed() {
    Tcb healthy = Line.GENOA.healthyTcb();
    List<Consumer<SnpReportWriter>> provisional =
        List.of(
            writer -> writer.currentTcb(healthy.withSnp(healthy.snp() + 1)),
            writer -> writer.currentVersion(1, 55, 41),
            writer -> writer.currentVersion(1, 56, 40),
            writer -> writer.currentVersion(2, 55, 40));
    for (Consumer<SnpReportWriter> change : provisional) {
      rejects(Policies.indifferent(), change, SNP_PROVISIONAL);
      affirms(Policies.indifferent().allowProvisionalFirmware(), change);
    }
  }

  @Test
  void contradictingTcbsAreRejectedWhateverIsAllowed() {
    Tcb healthy = Line.GENOA.healthyTcb();
    SnpPolicy.Builder lenient =
        Policies.indifferent()
            .allowProvisionalFirmware()
            .allowDebugGuest()
            .allowCxl()
            .allowMigrationAgent()
            .allowUnknownPlatformBits();
    Tcb less = healthy.withMicrocode(1);
    rejects(lenient, writer -> writer.committedTcb(less), SNP_TCB_ORDER);
    rejects(lenient, writer -> writer.currentTcb(less), SNP_TCB_ORDER);
    // Higher in one component, lower in another: neither is at least the other.
    rejects(
        lenient,
        writer -> writer.committedTcb(healthy.withBootLoader(99).withMicrocode(1)),
        SNP_TCB_ORDER);
    affirms(lenient, writer -> writer.launchTcb(less));
  }

  @Test
  void unknownPlatformBitsAreRejectedUnlessAllowed() {
    affirms(Policies.indifferent(), writer -> writer.platformInfo(0x65)); // a genuine Turin's
    for (long bit : new long[] {1L << 8, 1L << 63}) {
      rejects(Policies.indifferent(), writer -> writer.platformInfo(0x25 | bit), SNP_PLATFORM);
      affirms(
          Policies.indifferent().allowUnknownPlatformBits(),
          writer -> writer.platformInfo(0x25 | bit));
    }
  }

  @Test
  void aReportThatTheHostAskedForIsRejectedWhateverIsAllowed() {
    Consumer<SnpReportWriter> host = writer -> writer.vmpl(0xFFFFFFFFL);
    rejects(Policies.indifferent(), host, SNP_HOST_REPORT);
    rejects(Policies.indifferent().requireVmpl(Set.of(0, 1, 2, 3)), host, SNP_HOST_REPORT);
  }

  // Questions.

  @ParameterizedTest
  @EnumSource
  void aLineThatIsNotNamedIsRejected(Line line) {
    ProductLine own = ProductLine.valueOf(line.name());
    for (ProductLine named : ProductLine.values()) {
      SnpPolicy.Builder policy = builder(Set.of(named)).ignoreTcb();
      AttestationResult result = appraise(policy, Scene.vcek(line));
      assertThat(result.findings())
          .extracting(Finding::code)
          .isEqualTo(named == own ? List.of() : List.of(SNP_PRODUCT_LINE));
      if (named != own) {
        assertThat(result.warnings()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachComponentOfEachOfTheFourTcbsHasAFloor(Line line) {
    Tcb at = line.healthyTcb().withTee(7).withBootLoader(7).withSnp(7);
    List<Tcb> below =
        List.of(
            at.withTee(6),
            at.withBootLoader(6),
            at.withSnp(6),
            at.withMicrocode(at.microcode() - 1));
    SnpTcb floors = new SnpTcb(of(line, at), of(line, at), of(line, at), of(line, at));
    SnpPolicy.Builder policy =
        builder(Set.of(ProductLine.valueOf(line.name())))
            .requireTcb(ProductLine.valueOf(line.name()), floors)
            .allowProvisionalFirmware();
    assertThat(appraise(policy, scene(line, at, writer -> {})).findings()).isEmpty();
    for (Tcb low : below) {
      assertThat(codes(policy, scene(line, at, writer -> writer.launchTcb(low))))
          .containsExactly(SNP_TCB);
      assertThat(codes(policy, scene(line, low, writer -> {})))
          .containsExactly(SNP_TCB, SNP_TCB, SNP_TCB, SNP_TCB);
      assertThat(
              codes(policy, scene(line, low, w -> w.currentTcb(at).committedTcb(at).launchTcb(at))))
          .containsExactly(SNP_TCB);
      assertThat(codes(policy, scene(line, low, w -> w.currentTcb(at).launchTcb(at))))
          .containsExactly(SNP_TCB, SNP_TCB);
    }
    Tcb above = at.withTee(8).withMicrocode(255);
    assertThat(appraise(policy, scene(line, above, writer -> {})).findings()).isEmpty();
  }

  @Test
  void turinsFmcHasAFloorToo() {
    Tcb at = Line.TURIN.healthyTcb();
    SnpTcb floors = new SnpTcb(of(at), of(at), of(at), of(at));
    SnpPolicy.Builder policy =
        builder(Set.of(ProductLine.TURIN)).requireTcb(ProductLine.TURIN, floors);
    Tcb low = at.withFmc(at.fmc() - 1).withMicrocode(255);
    assertThat(codes(policy, scene(Line.TURIN, low, writer -> {}))).contains(SNP_TCB);
  }

  @Test
  void eachFloorIsHeldAgainstItsOwnTcb() {
    Tcb healthy = Line.GENOA.healthyTcb();
    TcbVersion zero = of(Line.GENOA, new Tcb(0, 0, 0, 0, 0));
    TcbVersion high = of(Line.GENOA, healthy.withMicrocode(255));
    SnpTcb[] one = {
      new SnpTcb(high, zero, zero, zero),
      new SnpTcb(zero, high, zero, zero),
      new SnpTcb(zero, zero, high, zero),
      new SnpTcb(zero, zero, zero, high)
    };
    String[] names = {"reported", "committed", "current", "launch"};
    for (int i = 0; i < one.length; i++) {
      AttestationResult result =
          appraise(
              builder(Set.of(ProductLine.GENOA)).requireTcb(ProductLine.GENOA, one[i]),
              Scene.vcek(Line.GENOA));
      assertThat(result.findings()).hasSize(1);
      assertThat(result.findings().get(0).expected()).startsWith(names[i] + " TCB");
    }
  }

  @Test
  void floorsOfOneLineSayNothingOfAnother() {
    TcbVersion high = new TcbVersion.PreTurin(255, 255, 255, 255);
    SnpTcb floors = new SnpTcb(high, high, high, high);
    SnpPolicy.Builder policy =
        builder(Set.of(ProductLine.MILAN, ProductLine.GENOA))
            .requireTcb(ProductLine.MILAN, floors)
            .ignoreTcb();
    assertThat(codes(policy, Scene.vcek(Line.GENOA))).isEmpty();
    assertThat(codes(policy, Scene.vcek(Line.MILAN))).contains(SNP_TCB);
  }

  @Test
  void anAcceptedLineWithoutFloorsIsAnOpenQuestion() {
    TcbVersion low = new TcbVersion.PreTurin(0, 0, 0, 0);
    SnpPolicy.Builder policy =
        builder(Set.of(ProductLine.MILAN, ProductLine.GENOA))
            .requireTcb(ProductLine.MILAN, new SnpTcb(low, low, low, low));
    assertThatThrownBy(policy::build)
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("GENOA")
        .hasMessageContaining("requireTcb");
    policy.requireTcb(ProductLine.GENOA, new SnpTcb(low, low, low, low)).build();
  }

  @ParameterizedTest
  @CsvSource({"MILAN,true", "GENOA,true", "TURIN,false"})
  void floorsInAnotherLinesLayoutMakeNoSense(ProductLine line, boolean turinLayout) {
    TcbVersion right =
        turinLayout ? new TcbVersion.PreTurin(0, 0, 0, 0) : new TcbVersion.Turin(0, 0, 0, 0, 0);
    TcbVersion wrong =
        turinLayout ? new TcbVersion.Turin(0, 0, 0, 0, 0) : new TcbVersion.PreTurin(0, 0, 0, 0);
    for (SnpTcb floors :
        List.of(
            new SnpTcb(wrong, right, right, right),
            new SnpTcb(right, wrong, right, right),
            new SnpTcb(right, right, wrong, right),
            new SnpTcb(right, right, right, wrong))) {
      senseless(() -> SnpPolicy.builder().requireTcb(line, floors));
    }
  }

  @Test
  void theMeasurementIsOneOfTheNamed() {
    SnpPolicy.Builder policy = builder().ignoreTcb().requireMeasurement(Set.of(DIGEST, OTHER));
    affirms(policy, writer -> writer.measurement(DIGEST));
    affirms(policy, writer -> writer.measurement(OTHER));
    rejects(policy, writer -> writer.measurement(Bytes.zeros(48)), SNP_MEASUREMENT);
    rejects(
        policy,
        writer -> writer.measurement(DIGEST.slice(0, 47).concat(Bytes.zeros(1))),
        SNP_MEASUREMENT);
  }

  @Test
  void reportDataIsTheNamed() {
    SnpPolicy.Builder policy = builder().ignoreTcb().requireReportData(DATA);
    affirms(policy, writer -> writer.reportData(new ReportData(DATA)));
    rejects(policy, writer -> {}, SNP_REPORT_DATA);
    rejects(
        policy,
        writer -> writer.reportData(new ReportData(DATA.slice(0, 63).concat(Bytes.zeros(1)))),
        SNP_REPORT_DATA);
  }

  @Test
  void hostDataIsOneOfTheNamed() {
    SnpPolicy.Builder policy = builder().ignoreTcb().requireHostData(Set.of(ID));
    affirms(policy, writer -> writer.hostData(ID));
    rejects(policy, writer -> {}, SNP_HOST_DATA);
    // Zeros are a value that a host really leaves there, and may be asked for.
    affirms(builder().ignoreTcb().requireHostData(Set.of(Bytes.zeros(32))), writer -> {});
  }

  @Test
  void theChipIsOneOfTheNamedAndNotOneOfTheRefused() {
    affirms(builder().ignoreTcb().requireChip(Set.of(CHIP)), writer -> {});
    rejects(
        builder().ignoreTcb().requireChip(Set.of(Line.GENOA.chipId("another"))),
        writer -> {},
        SNP_CHIP);
    rejects(Policies.indifferent().refuseChips(Set.of(CHIP)), writer -> {}, SNP_CHIP);
    affirms(Policies.indifferent().refuseChips(Set.of(Line.GENOA.chipId("another"))), writer -> {});
    rejects(
        builder().ignoreTcb().requireChip(Set.of(CHIP)).refuseChips(Set.of(CHIP)),
        writer -> {},
        SNP_CHIP);
    senseless(() -> SnpPolicy.builder().requireChip(Set.of(Bytes.zeros(64))));
    // A provider's report hides its chip, so it is none of the named.
    assertThat(
            codes(
                builder().ignoreTcb().requireChip(Set.of(CHIP)).allowVlekOfAnyProvider(),
                Scene.vlek(Line.GENOA)))
        .containsExactly(SNP_CHIP);
  }

  @Test
  void anIdBlockIsByATrustedKeyOrByATrustedAuthor() {
    SnpPolicy.Builder byKey = idBlock(Set.of(DIGEST), Set.of(), Set.of(), Set.of(), 0);
    affirms(byKey, writer -> writer.idKeyDigest(DIGEST));
    rejects(byKey, writer -> writer.idKeyDigest(OTHER), SNP_ID_BLOCK);
    rejects(byKey, writer -> {}, SNP_ID_BLOCK);
    // The author's digest counts only as an author's.
    rejects(
        byKey,
        writer -> writer.idKeyDigest(OTHER).authorKeyDigest(DIGEST).signerInfo(1),
        SNP_ID_BLOCK);

    SnpPolicy.Builder byAuthor = idBlock(Set.of(), Set.of(DIGEST), Set.of(), Set.of(), 0);
    affirms(byAuthor, writer -> writer.idKeyDigest(OTHER).authorKeyDigest(DIGEST).signerInfo(1));
    rejects(
        byAuthor,
        writer -> writer.idKeyDigest(OTHER).authorKeyDigest(DIGEST).signerInfo(0),
        SNP_ID_BLOCK);
    rejects(byAuthor, writer -> writer.authorKeyDigest(DIGEST).signerInfo(1), SNP_ID_BLOCK);
    rejects(
        byAuthor,
        writer -> writer.idKeyDigest(DIGEST).authorKeyDigest(OTHER).signerInfo(1),
        SNP_ID_BLOCK);
  }

  @Test
  void anIdBlockSaysTheRightFamilyImageAndSvn() {
    Bytes family = Bytes.ofHex("01".repeat(16));
    Bytes image = Bytes.ofHex("02".repeat(16));
    SnpPolicy.Builder policy = idBlock(Set.of(DIGEST), Set.of(), Set.of(family), Set.of(image), 5);
    Consumer<SnpReportWriter> right =
        writer -> writer.idKeyDigest(DIGEST).familyId(family).imageId(image).guestSvn(5);
    affirms(policy, right);
    affirms(policy, right.andThen(writer -> writer.guestSvn(0xFFFFFFFFL)));
    rejects(policy, right.andThen(writer -> writer.familyId(image)), SNP_ID_BLOCK);
    rejects(policy, right.andThen(writer -> writer.imageId(family)), SNP_ID_BLOCK);
    rejects(policy, right.andThen(writer -> writer.guestSvn(4)), SNP_GUEST_SVN);
  }

  // Refinements.

  @Test
  void theVmplIsOneOfTheNamed() {
    // Security case 4.
    SnpPolicy.Builder zero = Policies.indifferent().requireVmpl(Set.of(0));
    affirms(zero, writer -> {});
    for (int vmpl = 1; vmpl <= 3; vmpl++) {
      int level = vmpl;
      rejects(zero, writer -> writer.vmpl(level), SNP_VMPL);
      affirms(Policies.indifferent(), writer -> writer.vmpl(level));
      affirms(Policies.indifferent().requireVmpl(Set.of(1, 2, 3)), writer -> writer.vmpl(level));
    }
    rejects(Policies.indifferent().requireVmpl(Set.of(1, 2, 3)), writer -> {}, SNP_VMPL);
    senseless(() -> SnpPolicy.builder().requireVmpl(Set.of()));
    for (int level : new int[] {-1, 4}) {
      senseless(() -> Policies.indifferent().requireVmpl(Set.of(level)).build());
    }
  }

  @Test
  void runningAndCommittedFirmwareHaveAFloor() {
    SnpPolicy.Builder policy =
        Policies.indifferent()
            .requireFirmware(new FirmwareVersion(1, 55, 22))
            .allowProvisionalFirmware();
    affirms(policy, writer -> firmware(writer, 1, 55, 22));
    affirms(policy, writer -> firmware(writer, 1, 56, 0));
    affirms(policy, writer -> firmware(writer, 2, 0, 0));
    rejects(policy, writer -> firmware(writer, 1, 55, 21), SNP_FIRMWARE);
    rejects(policy, writer -> firmware(writer, 1, 54, 99), SNP_FIRMWARE);
    rejects(policy, writer -> firmware(writer, 0, 99, 99), SNP_FIRMWARE);
    rejects(policy, writer -> writer.committedVersion(1, 55, 21), SNP_FIRMWARE);
    rejects(policy, writer -> writer.currentVersion(1, 55, 21), SNP_FIRMWARE);
  }

  @Test
  void theReportsVersionHasAFloor() {
    affirms(Policies.indifferent().requireReportVersion(3), writer -> {});
    rejects(Policies.indifferent().requireReportVersion(4), writer -> {}, SNP_REPORT_VERSION);
  }

  @Test
  void theDemandedAbiHasAFloor() {
    SnpPolicy.Builder policy = Policies.indifferent().requireAbi(1, 31);
    affirms(policy, writer -> writer.policy(0x3011F));
    affirms(policy, writer -> writer.policy(0x30200));
    affirms(policy, writer -> writer.policy(0x30120));
    rejects(policy, writer -> writer.policy(0x3011E), SNP_GUEST_POLICY);
    rejects(policy, writer -> writer.policy(0x300FF), SNP_GUEST_POLICY);
  }

  @ParameterizedTest
  @CsvSource({
    "NO_SMT,16,false",
    "SINGLE_SOCKET,20,true",
    "AES_256_XTS,22,true",
    "RAPL_DISABLED,23,true",
    "CIPHERTEXT_HIDING,24,true",
    "PAGE_SWAP_DISABLED,25,true"
  })
  void eachDemandLooksAtItsOwnBit(GuestPolicyDemand demand, int bit, boolean one) {
    SnpPolicy.Builder policy = Policies.indifferent().requireGuestPolicy(Set.of(demand));
    long all = 0x3001F | 1 << 20 | 0xFL << 22;
    long good = one ? 0x3001F | 1L << bit : 0x2001F;
    long bad = one ? all & ~(1L << bit) : all;
    affirms(policy, writer -> writer.policy(good));
    rejects(policy, writer -> writer.policy(bad), SNP_GUEST_POLICY);
  }

  @Test
  void platformBitsMustBeOnesAndZerosAsNamed() {
    SnpPolicy.Builder policy = Policies.indifferent().requirePlatform(0x24, 0x01);
    affirms(policy, writer -> writer.platformInfo(0x26));
    rejects(policy, writer -> writer.platformInfo(0x20), SNP_PLATFORM);
    rejects(policy, writer -> writer.platformInfo(0x25), SNP_PLATFORM);
    senseless(() -> SnpPolicy.builder().requirePlatform(3, 2));
  }

  @Test
  void mitigationsMustBeThereAtLaunchAndNow() {
    SnpPolicy.Builder policy = Policies.indifferent().requireMitigations(1L << 63, 0x5);
    affirms(policy, writer -> mitigations(writer, 1L << 63 | 1, 0x7));
    rejects(policy, writer -> mitigations(writer, 1, 0x7), SNP_MITIGATION);
    rejects(policy, writer -> mitigations(writer, 1L << 63, 0x4), SNP_MITIGATION);
    rejects(policy, writer -> {}, SNP_MITIGATION); // version 3 has none
  }

  @Test
  void theReportIdIsOneOfTheNamed() {
    SnpPolicy.Builder policy = Policies.indifferent().requireReportId(Set.of(ID));
    affirms(policy, writer -> writer.reportId(ID));
    rejects(policy, writer -> {}, SNP_REPORT_ID);
  }

  @Test
  void aFleetKeyIsRejectedUnlessItsProviderIsAllowed() {
    Scene scene = Scene.vlek(Line.GENOA);
    assertThat(codes(Policies.indifferent(), scene)).containsExactly(SNP_SIGNING_KEY);
    AttestationResult named =
        appraise(Policies.indifferent().allowVlekOf(Set.of("CN=cc.example.com")), scene);
    assertThat(named.findings()).isEmpty();
    assertThat(named.warnings()).extracting(Finding::code).containsExactly(SNP_SIGNING_KEY);
    assertThat(codes(Policies.indifferent().allowVlekOf(Set.of("CN=cc.example.org")), scene))
        .containsExactly(SNP_CSP);
    AttestationResult any = appraise(Policies.indifferent().allowVlekOfAnyProvider(), scene);
    assertThat(any.findings()).isEmpty();
    assertThat(any.warnings()).extracting(Finding::code).containsExactly(SNP_SIGNING_KEY);
    affirms(Policies.indifferent().allowVlekOf(Set.of("CN=cc.example.org")), writer -> {});
    senseless(() -> SnpPolicy.builder().allowVlekOf(Set.of()));
  }

  // The whole.

  @Test
  void everyFailureIsReportedNotOnlyTheFirst() {
    SnpPolicy.Builder policy =
        builder()
            .ignoreTcb()
            .requireMeasurement(Set.of(DIGEST))
            .requireReportData(DATA)
            .requireHostData(Set.of(ID))
            .requireChip(Set.of(Line.GENOA.chipId("another")))
            .requireIdBlock(new IdBlockRule(Set.of(DIGEST), Set.of(), Set.of(), Set.of(), 1))
            .requireVmpl(Set.of(0))
            .requireReportVersion(5)
            .requireFirmware(new FirmwareVersion(9, 0, 0))
            .requireReportId(Set.of(ID))
            .requireMitigations(1, 0)
            .requirePlatform(0, 1);
    Scene scene =
        Scene.vcek(Line.GENOA)
            .report(
                writer ->
                    writer
                        .vmpl(1)
                        .policy(0x3001F | 1 << 18 | 1 << 19 | 1 << 21)
                        .currentVersion(1, 55, 41));
    assertThat(codes(policy, scene))
        .containsExactlyInAnyOrder(
            SNP_DEBUG,
            SNP_MIGRATION,
            SNP_GUEST_POLICY,
            SNP_PROVISIONAL,
            SNP_VMPL,
            SNP_MEASUREMENT,
            SNP_REPORT_DATA,
            SNP_HOST_DATA,
            SNP_CHIP,
            SNP_ID_BLOCK,
            SNP_GUEST_SVN,
            SNP_REPORT_VERSION,
            SNP_FIRMWARE,
            SNP_REPORT_ID,
            SNP_MITIGATION,
            SNP_PLATFORM);
  }

  @Test
  void whatWasNotSaidIsNamed() {
    assertThatThrownBy(() -> SnpPolicy.builder().build())
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("requireProductLines")
        .hasMessageContaining("requireTcb or ignoreTcb")
        .hasMessageContaining("requireMeasurement or ignoreMeasurement")
        .hasMessageContaining("requireReportData or ignoreReportData")
        .hasMessageContaining("requireHostData or ignoreHostData")
        .hasMessageContaining("requireIdBlock or ignoreIdBlock")
        .hasMessageContaining("requireChip or ignoreChip");
    assertThatThrownBy(
            () ->
                SnpPolicy.builder()
                    .requireProductLines(Set.of(ProductLine.GENOA))
                    .ignoreTcb()
                    .ignoreMeasurement()
                    .ignoreHostData()
                    .ignoreIdBlock()
                    .ignoreChip()
                    .build())
        .hasMessageContaining("requireReportData")
        .hasMessageNotContaining("requireChip");
  }

  @Test
  void valuesThatMakeNoSenseAreRefusedWhereTheyAreSaid() {
    senseless(() -> SnpPolicy.builder().requireProductLines(Set.of()));
    senseless(() -> SnpPolicy.builder().requireMeasurement(Set.of()));
    senseless(() -> SnpPolicy.builder().requireMeasurement(Set.of(Bytes.zeros(47))));
    senseless(() -> SnpPolicy.builder().requireReportData(Bytes.zeros(32)));
    senseless(() -> SnpPolicy.builder().requireHostData(Set.of(Bytes.zeros(31))));
    senseless(() -> SnpPolicy.builder().requireChip(Set.of(Bytes.ofHex("0102030405060708"))));
    senseless(() -> SnpPolicy.builder().refuseChips(Set.of(Bytes.zeros(8))));
    senseless(() -> SnpPolicy.builder().requireReportId(Set.of()));
    senseless(() -> new IdBlockRule(Set.of(), Set.of(), Set.of(), Set.of(), 0));
    senseless(() -> new IdBlockRule(Set.of(ID), Set.of(), Set.of(), Set.of(), 0));
    senseless(() -> new IdBlockRule(Set.of(), Set.of(ID), Set.of(), Set.of(), 0));
    senseless(() -> new IdBlockRule(Set.of(DIGEST), Set.of(), Set.of(ID), Set.of(), 0));
    senseless(() -> new IdBlockRule(Set.of(DIGEST), Set.of(), Set.of(), Set.of(ID), 0));
  }

  @Test
  void aBuiltPolicyDoesNotChangeWithItsBuilder() {
    SnpPolicy.Builder builder = Policies.indifferent();
    SnpPolicy before = builder.build();
    builder.requireVmpl(Set.of(3)).allowDebugGuest().requireReportVersion(5);
    AttestationResult result =
        AppraisalPolicy.of(before).appraise(proven(Scene.vcek(Line.GENOA).verify()));
    assertThat(result).isInstanceOf(AttestationResult.Affirmed.class);
  }

  @Test
  void withoutSnpClaimsThePolicyRejects() {
    Ledger ledger = new Ledger();
    ledger.passed(SnpCheck.FORMAT);
    AttestationResult result =
        AppraisalPolicy.of(Policies.indifferent().build()).appraise(ledger.verified(ClaimSet.of()));
    assertThat(result.findings())
        .extracting(Finding::code)
        .containsExactly(CoreFinding.CLAIMS_ABSENT);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void theClaimsSayWhatThePolicySaw(int vmpl) {
    SnpClaims claims = Scene.vcek(Line.TURIN).report(writer -> writer.vmpl(vmpl)).claims();
    assertThat(claims.id()).isEqualTo("snp");
    assertThat(claims.toGroup().members())
        .containsEntry("vmpl", new ClaimValue.Unsigned(vmpl))
        .containsEntry("product", new ClaimValue.Text("Turin"))
        .containsEntry("revocation", new ClaimValue.Text("checked"))
        .containsKeys("cpuid", "reportedTcb", "measurement", "chipId")
        .doesNotContainKey("cspId");
    assertThat(Scene.vlek(Line.TURIN).claims().toGroup().members()).containsKey("cspId");
  }

  private static SnpReportWriter firmware(SnpReportWriter writer, int major, int minor, int build) {
    return writer.currentVersion(major, minor, build).committedVersion(major, minor, build);
  }

  private static SnpReportWriter mitigations(SnpReportWriter writer, long launch, long current) {
    return writer.version(5).launchMitigationVector(launch).currentMitigationVector(current);
  }

  private static SnpPolicy.Builder idBlock(
      Set<Bytes> idKeys, Set<Bytes> authors, Set<Bytes> families, Set<Bytes> images, long svn) {
    return SnpPolicy.builder()
        .requireProductLines(Set.of(ProductLine.values()))
        .ignoreTcb()
        .ignoreMeasurement()
        .ignoreReportData()
        .ignoreHostData()
        .requireIdBlock(new IdBlockRule(idKeys, authors, families, images, svn))
        .ignoreChip();
  }

  private static SnpPolicy.Builder builder() {
    return builder(Set.of(ProductLine.values()));
  }

  /** All but the TCB answered. A question may be answered again, more strictly. */
  private static SnpPolicy.Builder builder(Set<ProductLine> lines) {
    return SnpPolicy.builder()
        .requireProductLines(lines)
        .ignoreMeasurement()
        .ignoreReportData()
        .ignoreHostData()
        .ignoreIdBlock()
        .ignoreChip();
  }

  private static Scene scene(Line line, Tcb tcb, Consumer<SnpReportWriter> change) {
    return Scene.vcek(line)
        .leaf(leaf -> leaf.tcb(tcb))
        .report(writer -> change.accept(writer.tcb(tcb)));
  }

  private static TcbVersion of(Tcb tcb) {
    return of(Line.TURIN, tcb);
  }

  private static TcbVersion of(Line line, Tcb tcb) {
    return line == Line.TURIN
        ? new TcbVersion.Turin(tcb.fmc(), tcb.bootLoader(), tcb.tee(), tcb.snp(), tcb.microcode())
        : new TcbVersion.PreTurin(tcb.bootLoader(), tcb.tee(), tcb.snp(), tcb.microcode());
  }

  private static AttestationResult appraise(SnpPolicy.Builder policy, Scene scene) {
    return AppraisalPolicy.of(policy.build()).appraise(proven(scene.verify()));
  }

  private static List<FindingCode> codes(SnpPolicy.Builder policy, Scene scene) {
    return appraise(policy, scene).findings().stream().map(Finding::code).toList();
  }

  private static void affirms(SnpPolicy.Builder policy, Consumer<SnpReportWriter> change) {
    assertThat(codes(policy, Scene.vcek(Line.GENOA).report(change))).isEmpty();
  }

  private static void rejects(
      SnpPolicy.Builder policy, Consumer<SnpReportWriter> change, SnpFinding code) {
    assertThat(codes(policy, Scene.vcek(Line.GENOA).report(change))).containsExactly(code);
  }

  private static void senseless(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(AttestationException.Configuration.class);
  }
}
