package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.http.SteppedTime;
import io.github.cvmattestation.snp.SnpFinding;
import io.github.cvmattestation.tdx.TdxFinding;
import io.github.cvmattestation.testkit.AzureVtpmFault;
import io.github.cvmattestation.testkit.CrlSpec;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeImds;
import io.github.cvmattestation.testkit.FakeKds;
import io.github.cvmattestation.testkit.FakePcs;
import io.github.cvmattestation.testkit.FakeResponse;
import io.github.cvmattestation.testkit.IntelCollateral;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SimulatedCvmBuilder;
import io.github.cvmattestation.testkit.Tee;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A guest whose host, AMD and Intel are servers on the loopback address, and a verifier that has no
 * network: by its defaults it demands current revocation lists.
 */
@Timeout(120)
class EndorsedEvidenceTest {
  private static final Instant AT = SteppedTime.START;
  private static final Nonce NONCE = new Nonce(Bytes.ofHex("5a".repeat(32)));
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration HOST_BEFORE_AMD = Duration.ofSeconds(60);
  private static final HttpClient CLIENT = BoundedHttp.direct(PATIENCE, PATIENCE);

  @TempDir private Path folder;

  private static SimulatedCvmBuilder snp(Line line, String seed) {
    return SimulatedCvm.builder().line(line).at(AT).seed(seed);
  }

  private static SimulatedCvm tdx() {
    return SimulatedCvm.builder().tdx().at(AT).seed("endorsed").build();
  }

  /** What a guest asks, all of it on the loopback address; only the host's time may be strange. */
  private record World(SimulatedCvm cvm, FakeImds imds, FakeKds kds, FakePcs pcs, HttpTime hostTime)
      implements AutoCloseable {
    static World of(SimulatedCvm cvm) {
      return of(cvm, SteppedTime.standing());
    }

    static World of(SimulatedCvm cvm, HttpTime hostTime) {
      boolean isTdx = cvm.tee() == Tee.TDX;
      FakeKds kds = isTdx ? FakeKds.of() : FakeKds.of(cvm);
      return new World(cvm, FakeImds.of(cvm), kds, FakePcs.of(isTdx ? cvm : tdx()), hostTime);
    }

    /** From now on the vendor publishes what this machine's does. */
    void publish(SimulatedCvm machine) {
      if (machine.tee() == Tee.TDX) {
        pcs.publish(machine.collateral());
      } else {
        kds.publishList(machine.line(), machine.pki().crl(CrlSpec.of(machine.line())));
      }
    }

    AzureCvmAttester attester(Path folder) {
      cvm.advance(Duration.ofSeconds(3));
      SteppedTime time = SteppedTime.standing();
      return AzureCvmAttester.builder()
          .tpm(cvm.vtpm()::transmit)
          .imds(new AzureImds(imds.url(), CLIENT, hostTime))
          .endorsements(
              AmdKds.builder().endpoint(kds.url()).httpClient(CLIENT).time(time).build(),
              IntelPcs.builder(pcs.url()).httpClient(CLIENT).time(time).build())
          .bootLog(() -> Optional.of(cvm.eventLog()))
          .lockFile(folder.resolve("lock"))
          .pause(cvm::advance)
          .build();
    }

    @Override
    public void close() {
      imds.close();
      kds.close();
      pcs.close();
    }
  }

  /** Collects with a network, and verifies without. */
  private Verification verify(World world) {
    try (AzureCvmAttester attester = world.attester(folder)) {
      return verify(world, attester);
    }
  }

  private static Verification verify(World world, AzureCvmAttester attester) {
    Evidence evidence = attester.attest(NONCE);
    return AzureCvmVerifier.builder()
        .trustAnchors(world.cvm.trustAnchors())
        .build()
        .verify(evidence, attester.endorsementsFor(evidence), NONCE, AT);
  }

  private static void assertVerified(Verification verification) {
    assertThat(verification.findings()).isEmpty();
    assertThat(verification).isInstanceOf(Verification.Verified.class);
  }

  private static void assertRefuted(Verification verification, Enum<?> code) {
    assertThat(verification).isInstanceOf(Verification.Refuted.class);
    assertThat(verification.findings())
        .extracting(Finding::code)
        .map(Object::toString)
        .contains(code.name());
  }

  @ParameterizedTest
  @EnumSource(Line.class)
  void snpEvidenceVerifiesOfflineWithWhatItComesWith(Line line) {
    try (World world = World.of(snp(line, "endorsed").build())) {
      assertVerified(verify(world));
      assertThat(world.kds.server().requests())
          .extracting(request -> request.path())
          .containsExactly(FakeKds.crlPath(line));
    }
  }

  /** Kept to its end, it would refute this machine for a day. */
  @ParameterizedTest
  @EnumSource(Tee.class)
  void whatWasForgedOnceIsAskedForAnewWhenAVerifierHasRefutedIt(Tee tee) {
    SimulatedCvm cvm = SimulatedCvm.builder().tee(tee).at(AT).seed("endorsed").build();
    SimulatedCvm forger = SimulatedCvm.builder().tee(tee).at(AT).seed("forger").build();
    try (World world = World.of(cvm);
        AzureCvmAttester attester = world.attester(folder)) {
      world.publish(forger);
      assertThat(verify(world, attester)).isInstanceOf(Verification.Refuted.class);
      world.publish(cvm);
      assertThat(verify(world, attester)).isInstanceOf(Verification.Refuted.class);
      attester.forget();
      assertVerified(verify(world, attester));
    }
  }

  @Test
  void snpEvidenceOfVersion2FindsItsLineInTheVcek() {
    try (World world = World.of(snp(Line.MILAN, "endorsed").reportVersion(2).build())) {
      assertVerified(verify(world));
      assertThat(world.kds.server().requestsTo(FakeKds.crlPath(Line.MILAN))).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void tdxEvidenceVerifiesOfflineWithWhatItComesWith(int quoteVersion) {
    SimulatedCvm cvm =
        SimulatedCvm.builder().tdx().at(AT).seed("endorsed").tdQuoteVersion(quoteVersion).build();
    try (World world = World.of(cvm)) {
      assertVerified(verify(world));
    }
  }

  @Test
  void oneAttesterAsksAmdAndIntelOnceADay() {
    try (World snp = World.of(snp(Line.GENOA, "endorsed").build());
        World tdx = World.of(tdx());
        AzureCvmAttester first = snp.attester(folder);
        AzureCvmAttester second = tdx.attester(folder)) {
      for (int i = 0; i < 3; i++) {
        assertVerified(verify(snp, first));
        assertVerified(verify(tdx, second));
      }
      assertThat(snp.kds.server().requests()).hasSize(1);
      assertThat(tdx.pcs.server().requests()).hasSize(4);
    }
  }

  /** Case 92, where AMD has the right one. */
  @Test
  void anotherChipsVcekFromTheHostIsReplacedByAmds() {
    try (World world = World.of(snp(Line.GENOA, "endorsed").build())) {
      thimServes(world, world.cvm.pki().vcek(Line.GENOA).certificate());
      assertVerified(verify(world));
      assertThat(world.kds.server().requestsTo(FakeKds.vcekPath(world.cvm))).isEqualTo(1);
    }
  }

  /** Case 92, where AMD's is not of the chip in the report either. */
  @Test
  void aVcekOfAnotherChipThanTheReportsIsRefuted() {
    Bytes other = Line.GENOA.chipId("other");
    SimulatedCvm cvm = snp(Line.GENOA, "endorsed").report(writer -> writer.chipId(other)).build();
    try (World world = World.of(cvm)) {
      assertRefuted(verify(world), SnpFinding.SNP_CHIP_ID);
      assertThat(world.kds.server().requestsTo(FakeKds.vcekPath(cvm))).isPositive();
    }
  }

  @Test
  void anotherChipsVcekFromAmdTooIsRefutedAndAskedForAgain() {
    SimulatedCvm cvm = snp(Line.GENOA, "endorsed").build();
    try (World world = World.of(cvm);
        AzureCvmAttester attester = world.attester(folder)) {
      Bytes another = cvm.pki().vcek(Line.GENOA).certificate();
      thimServes(world, another);
      world.kds.answering(
          answer ->
              answer.body().equals(cvm.leaf().certificate())
                  ? FakeResponse.of("application/pkix-cert", another)
                  : answer);
      assertRefuted(verify(world, attester), SnpFinding.SNP_SIGNATURE);
      world.kds.answering(answer -> answer);
      assertVerified(verify(world, attester));
    }
  }

  private static void thimServes(World world, Bytes leaf) {
    String right = escaped(FakeAmdPki.pem(world.cvm.leaf().certificate()));
    String wrong = escaped(FakeAmdPki.pem(leaf));
    world.imds.answering(
        answer ->
            FakeResponse.json(
                new String(answer.body().toArray(), StandardCharsets.UTF_8).replace(right, wrong)));
  }

  private static String escaped(Bytes pem) {
    return new String(pem.toArray(), StandardCharsets.UTF_8).replace("\n", "\\n");
  }

  @ParameterizedTest
  @EnumSource(FakeFault.class)
  void whateverTheHostDoesAmdIsAskedForTheVcek(FakeFault fault) {
    SimulatedCvm cvm = snp(Line.GENOA, "endorsed").build();
    try (World world = World.of(cvm, FaultOutcomes.time(fault, HOST_BEFORE_AMD))) {
      world.imds.server().fail(FakeImds.CERTIFICATION, fault);
      assertVerified(verify(world));
      boolean failed = FaultOutcomes.of(fault).isPresent();
      assertThat(world.kds.server().requestsTo(FakeKds.vcekPath(cvm))).isEqualTo(failed ? 1 : 0);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NOT_FOUND", "GONE", "THROTTLED", "THROTTLED_RETRY_AFTER", "UNAVAILABLE"})
  void aHostThatIsBeingUpdatedGetsAMinuteBeforeAmdIsAsked(FakeFault fault) {
    SteppedTime hostTime = SteppedTime.standing();
    try (World world = World.of(snp(Line.GENOA, "endorsed").build(), hostTime);
        AzureCvmAttester attester = world.attester(folder)) {
      world.imds.server().fail(FakeImds.CERTIFICATION, fault);
      attester.attest(NONCE);
      assertThat(world.kds.server().requestsTo(FakeKds.vcekPath(world.cvm))).isEqualTo(1);
      assertThat(world.imds.server().requestsTo(FakeImds.CERTIFICATION)).isGreaterThan(1);
      assertThat(hostTime.elapsed()).isPositive().isLessThan(HOST_BEFORE_AMD);
    }
  }

  @Test
  void whereBothFailTheHostsFailureIsSaid() {
    try (World world = World.of(snp(Line.GENOA, "endorsed").build())) {
      world.imds.server().fail(FakeImds.CERTIFICATION, FakeFault.INTERNAL_ERROR);
      world.kds.server().fail(FakeKds.vcekPath(world.cvm), FakeFault.REDIRECT);
      try (AzureCvmAttester attester = world.attester(folder)) {
        assertThatThrownBy(() -> attester.attest(NONCE))
            .isInstanceOfSatisfying(
                AttestationException.Service.class,
                e -> assertThat(e.failure()).isEqualTo(Failure.HTTP_STATUS))
            .hasMessageStartingWith("IMDS");
      }
    }
  }

  @Test
  void aStatementWithAmdsVcekHasTheWholeChainAsPem() throws MalformedException {
    try (World world = World.of(snp(Line.GENOA, "endorsed").build())) {
      world.imds.server().fail(FakeImds.CERTIFICATION, FakeFault.INTERNAL_ERROR);
      try (AzureCvmAttester attester = world.attester(folder);
          GuestKey key = attester.newKey(NONCE)) {
        Bytes expected =
            FakeAmdPki.pem(world.cvm.leaf().certificate())
                .concat(world.cvm.pki().chainPem(Line.GENOA));
        assertThat(vcekCertChain(key.statement())).isEqualTo(expected);
      }
    }
  }

  private static Bytes vcekCertChain(Evidence statement) throws MalformedException {
    Json.Obj evidence =
        StrictJson.parse("statement", statement.content(), 1 << 20)
            .asObject()
            .require("IsolationInfo")
            .asObject()
            .require("Evidence")
            .asObject();
    Bytes proof = Base64s.decode("Proof", evidence.require("Proof").asString());
    Json chain = StrictJson.parse("proof", proof, 1 << 20).asObject().require("VcekCertChain");
    return Base64s.decode("VcekCertChain", chain.asString());
  }

  @Test
  void aListOfAnotherLineOrOneThatHasEndedIsRefutedAndAskedForAgain() {
    SimulatedCvm cvm = snp(Line.GENOA, "endorsed").build();
    try (World world = World.of(cvm);
        AzureCvmAttester attester = world.attester(folder)) {
      world.kds.publishList(Line.GENOA, cvm.pki().crl(CrlSpec.of(Line.MILAN)));
      assertRefuted(verify(world, attester), SnpFinding.SNP_REVOCATION_UNKNOWN);
      CrlSpec ended = CrlSpec.of(Line.GENOA).validity(AT.minusSeconds(90), AT.minusSeconds(1));
      world.kds.publishList(Line.GENOA, cvm.pki().crl(ended));
      assertThat(verify(world, attester)).isInstanceOf(Verification.Refuted.class);
      world.kds.publishList(Line.GENOA, cvm.pki().crl(CrlSpec.of(Line.GENOA)));
      assertVerified(verify(world, attester));
    }
  }

  @Test
  void aRevokedAuthorityIsRefuted() {
    SimulatedCvm cvm = snp(Line.GENOA, "endorsed").build();
    try (World world = World.of(cvm)) {
      world.kds.publishList(
          Line.GENOA, cvm.pki().crl(CrlSpec.of(Line.GENOA).revoking(cvm.pki().ask(Line.GENOA))));
      assertRefuted(verify(world), SnpFinding.SNP_REVOKED);
    }
  }

  @Test
  void tcbInfoOfAnotherFamilyIsRefutedAndAskedForAgain() {
    SimulatedCvm cvm = tdx();
    try (World world = World.of(cvm);
        AzureCvmAttester attester = world.attester(folder)) {
      Bytes family = Bytes.ofHex("00806f050000");
      IntelCollateral other =
          cvm.collateral().withTcbInfo(cvm.intelPki().tcbInfo().fmspc(family).sign(cvm.intelPki()));
      world.pcs.publish("90c06f000000", other);
      assertRefuted(verify(world, attester), TdxFinding.TDX_FMSPC);
      world.pcs.publish(cvm.collateral());
      assertVerified(verify(world, attester));
    }
  }

  @Test
  void oneListInTheOthersPlaceIsRefutedAndAskedForAgain() {
    SimulatedCvm cvm = tdx();
    try (World world = World.of(cvm);
        AzureCvmAttester attester = world.attester(folder)) {
      world.pcs.publish(cvm.collateral().withPckCrl(cvm.collateral().rootCrl()));
      assertThat(verify(world, attester)).isInstanceOf(Verification.Refuted.class);
      world.pcs.publish(cvm.collateral().withRootCrl(cvm.collateral().pckCrl()));
      assertThat(verify(world, attester)).isInstanceOf(Verification.Refuted.class);
      world.pcs.publish(cvm.collateral());
      assertVerified(verify(world, attester));
    }
  }

  @Test
  void collateralThatHasEndedIsRefuted() {
    SimulatedCvm cvm = tdx();
    try (World world = World.of(cvm)) {
      world.pcs.publish(
          cvm.collateral()
              .withTcbInfo(
                  cvm.intelPki()
                      .tcbInfo()
                      .issueDate(AT.minus(Duration.ofDays(31)))
                      .nextUpdate(AT.minus(Duration.ofDays(1)))
                      .sign(cvm.intelPki())));
      assertRefuted(verify(world), TdxFinding.COLLATERAL_EXPIRED);
    }
  }

  @Test
  void aGuestIsOnlyWhatTheVtpmCallsConfidential() {
    SimulatedCvm trustedLaunch =
        snp(Line.GENOA, "endorsed").fault(AzureVtpmFault.MISSING_REPORT).build();
    for (SimulatedCvm cvm : List.of(snp(Line.GENOA, "endorsed").build(), tdx())) {
      try (World world = World.of(cvm);
          AzureCvmAttester attester = world.attester(folder)) {
        assertThat(AzureTeeModule.confidential(attester)).containsSame(attester);
        assertVerified(verify(world, attester));
      }
    }
    AtomicBoolean closed = new AtomicBoolean();
    AzureCvmAttester attester =
        AzureCvmAttester.builder().tpm(closing(trustedLaunch, closed)).build();
    assertThat(AzureTeeModule.confidential(attester)).isEmpty();
    assertThat(closed).isTrue();
  }

  private static TpmTransport closing(SimulatedCvm cvm, AtomicBoolean closed) {
    return new TpmTransport() {
      @Override
      public byte[] transmit(byte[] command) {
        return cvm.vtpm().transmit(command);
      }

      @Override
      public void close() {
        closed.set(true);
      }
    };
  }
}
