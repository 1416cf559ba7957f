package io.github.cvmattestation.azure;

import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.ANSWER_MALFORMED;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.HTTP_STATUS;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.INPUT_LIMIT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpLimits;
import io.github.cvmattestation.azure.internal.http.Refusals;
import io.github.cvmattestation.azure.internal.http.RetryRule;
import io.github.cvmattestation.azure.internal.http.SteppedTime;
import io.github.cvmattestation.snp.LeafCertificate;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.snp.ThimCertification;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdReport;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeImds;
import io.github.cvmattestation.testkit.FakeRequest;
import io.github.cvmattestation.testkit.FakeResponse;
import io.github.cvmattestation.testkit.FaultyServer;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SnpReportWriter;
import io.github.cvmattestation.testkit.Tcb;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a number is given, it is that of a case in the security brief. */
@Timeout(120)
class AzureImdsTest {
  private static final SimulatedCvm SNP = Forge.machine().build();
  private static final SimulatedCvm TDX = Forge.machine().tdx().build();
  private static final SimulatedCvm OTHER_CHIP = Forge.machine().seed("another chip").build();
  private static final ReportData DATA = ReportData.of(new Nonce(Bytes.zeros(32)));
  private static final HttpClient CLIENT =
      BoundedHttp.direct(Duration.ofSeconds(60), Duration.ofSeconds(60));
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  private final SteppedTime time = SteppedTime.standing();
  private final Deque<FakeResponse> instead = new ArrayDeque<>();
  private final FakeImds snp = FakeImds.of(SNP);
  private final FakeImds tdx = FakeImds.of(TDX);

  @AfterEach
  void close() {
    snp.close();
    tdx.close();
  }

  private AzureImds client(FakeImds imds) {
    imds.answering(answer -> instead.isEmpty() ? answer : instead.remove());
    return new AzureImds(imds.url(), CLIENT, time);
  }

  private static SnpReport report(SimulatedCvm cvm) {
    try {
      return SnpReport.parse(cvm.snpReport(DATA));
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  private static TdReport tdReport(ReportData data) {
    try {
      return TdReport.parse(TDX.tdReport(data));
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  private ThimCertification vcek() {
    return client(snp).vcek(report(SNP));
  }

  private Bytes quote() {
    return client(tdx).tdQuote(tdReport(DATA));
  }

  private static FakeResponse thim(SimulatedCvm cvm) {
    try (FakeImds imds = FakeImds.of(cvm)) {
      BoundedHttp http =
          new BoundedHttp(
              "IMDS",
              CLIENT,
              new HttpLimits(1 << 16, DEADLINE, DEADLINE, DEADLINE),
              RetryRule.never(),
              SteppedTime.standing());
      return FakeResponse.json(
          new String(
              http.get(imds.url() + FakeImds.CERTIFICATION, Map.of("Metadata", "true"))
                  .body()
                  .toArray(),
              UTF_8));
    }
  }

  private static AttestationException.Service refused(ThrowingCallable call) {
    return Refusals.of(call);
  }

  @Test
  void theChipsCertificatesArrive() throws MalformedException {
    ThimCertification thim = vcek();
    assertThat(CertificateBundle.split(thim.vcek())).containsExactly(SNP.leaf().certificate());
    assertThat(thim.chain()).isEqualTo(SNP.pki().chainPem(SNP.line()));
    FakeRequest request = snp.server().requests().get(0);
    assertThat(request.path()).isEqualTo("/metadata/THIM/amd/certification");
    assertThat(request.query()).isEmpty();
    assertThat(request.header("metadata")).contains("true");
  }

  @ParameterizedTest
  @EnumSource(Line.class)
  void everyProductLinesChipIsRecognised(Line line) {
    SimulatedCvm cvm = Forge.machine().line(line).build();
    try (FakeImds imds = FakeImds.of(cvm)) {
      assertThat(client(imds).vcek(report(cvm)).chain()).isEqualTo(cvm.pki().chainPem(line));
    }
  }

  @Test
  void theRealAnswerFitsAReportOfItsChip() throws MalformedException {
    Bytes real = Vectors.read("azure/thim-milan/response.json");
    ThimCertification thim = ThimCertification.parse(real);
    LeafCertificate leaf = LeafCertificate.of(CertificateBundle.parse(thim.vcek()).get(0));
    instead.add(FakeResponse.of("application/json", real));
    Tcb tcb = new Tcb(0, 3, 0, 8, 0x73);
    assertThat(tcb.encode(Line.MILAN).reversed()).isEqualTo(thim.tcbm());
    Bytes ofThatChip =
        SnpReportWriter.of(Line.MILAN)
            .chipId(leaf.hwId().orElseThrow())
            .reportedTcb(tcb)
            .sign(SNP.leaf().key());
    assertThat(client(snp).vcek(SnpReport.parse(ofThatChip))).isEqualTo(thim);
  }

  @Test
  void aCertificateOfBeforeAnUpdateIsAskedForAgain() {
    Tcb before = SNP.line().healthyTcb().withMicrocode(1);
    SimulatedCvm old =
        Forge.machine().leaf(leaf -> leaf.tcb(before)).report(r -> r.tcb(before)).build();
    instead.add(thim(old));
    instead.add(thim(old));
    assertThat(vcek().chain()).isEqualTo(SNP.pki().chainPem(SNP.line()));
    assertThat(snp.server().requestsTo(FakeImds.CERTIFICATION)).isEqualTo(3);
    assertThat(time.pauses()).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(2));
  }

  @Test
  void aCertificateForAnotherTcbThanItsTcbmIsRefused() {
    Tcb before = SNP.line().healthyTcb().withMicrocode(1);
    SimulatedCvm lying = Forge.machine().leaf(leaf -> leaf.tcb(before)).build();
    try (FakeImds imds = FakeImds.of(lying)) {
      assertThat(refused(() -> client(imds).vcek(report(SNP))).failure())
          .isEqualTo(ANSWER_MALFORMED);
    }
  }

  @Test
  void aTcbmOfAnotherTcbIsRefusedWhateverTheCertificate() {
    String json = new String(thim(SNP).body().toArray(), UTF_8);
    int start = json.indexOf("\"tcbm\":\"") + 8;
    String other = json.substring(0, start) + "7308000000000003" + json.substring(start + 16);
    assertThat(other).isNotEqualTo(json);
    for (int i = 0; i < 3; i++) {
      instead.add(FakeResponse.json(other));
    }
    assertThat(refused(this::vcek).failure()).isEqualTo(ANSWER_MALFORMED);
  }

  @Test
  void aTurinChipIsKnownByTheZerosBehindItsId() throws MalformedException {
    SimulatedCvm turin = Forge.machine().line(Line.TURIN).build();
    SnpReport healthy = report(turin);
    Bytes id = healthy.chipId().slice(0, 63).concat(Bytes.of((byte) 1));
    Bytes changed = SnpReportWriter.of(Line.TURIN).chipId(id).sign(turin.leaf().key());
    assertThat(SnpReport.parse(changed).reportedTcb()).isEqualTo(healthy.reportedTcb());
    try (FakeImds imds = FakeImds.of(turin)) {
      SnpReport report = SnpReport.parse(changed);
      assertThat(refused(() -> client(imds).vcek(report)).failure()).isEqualTo(ANSWER_MALFORMED);
    }
  }

  /** 92. The caller falls back to another source; what the verifier would say is SNP_CHIP_ID. */
  @Test
  void anotherChipsCertificateIsNotTaken() {
    try (FakeImds imds = FakeImds.of(OTHER_CHIP)) {
      AttestationException.Service refusal = refused(() -> client(imds).vcek(report(SNP)));
      assertThat(refusal.failure()).isEqualTo(ANSWER_MALFORMED);
      assertThat(refusal.remedy()).contains("AMD's key distribution service");
      assertThat(imds.server().requestsTo(FakeImds.CERTIFICATION)).isEqualTo(3);
    }
  }

  private static FakeResponse chainOf(int blocks) {
    String block = "-----BEGIN CERTIFICATE-----\\nMAA=\\n-----END CERTIFICATE-----\\n";
    return FakeResponse.json(
        "{\"vcekCert\":\"%s\",\"tcbm\":\"7308000000000003\",\"certificateChain\":\"%s\"}"
            .formatted(block, block.repeat(blocks)));
  }

  /** 93. */
  @Test
  void tenThousandPemBlocksAreNotRead() {
    instead.add(chainOf(10_000));
    assertThat(refused(this::vcek).failure()).isEqualTo(INPUT_LIMIT);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65})
  void aChainThatIsNoneIsRefusedThoughTheLeafIsRight(int blocks) {
    String right = new String(thim(SNP).body().toArray(), UTF_8);
    String none = new String(chainOf(blocks).body().toArray(), UTF_8);
    String leaf = right.substring(0, right.indexOf("\"certificateChain\""));
    instead.add(FakeResponse.json(leaf + none.substring(none.indexOf("\"certificateChain\""))));
    assertThat(refused(this::vcek).failure()).isEqualTo(ANSWER_MALFORMED);
  }

  @Test
  void twoLeavesAreNotOne() {
    String json = new String(thim(SNP).body().toArray(), UTF_8);
    int start = json.indexOf("-----BEGIN");
    String pem = json.substring(start, json.indexOf('"', start));
    instead.add(FakeResponse.json(json.replace(pem + "\",\"tcbm", pem + pem + "\",\"tcbm")));
    assertThat(refused(this::vcek).failure()).isEqualTo(ANSWER_MALFORMED);
  }

  /** 95, of the answer that IMDS gives. */
  @Test
  void aWebPageIsNoCertificateAndIsNotKept() {
    snp.server().fail(FakeImds.CERTIFICATION, FakeFault.HTML, 1);
    AzureImds imds = client(snp);
    assertThat(refused(() -> imds.vcek(report(SNP))).failure()).isEqualTo(ANSWER_MALFORMED);
    assertThat(imds.vcek(report(SNP)).chain()).isEqualTo(SNP.pki().chainPem(SNP.line()));
  }

  static Stream<Base64.Encoder> encoders() {
    return Stream.of(
        Base64.getEncoder(),
        Base64.getEncoder().withoutPadding(),
        Base64.getUrlEncoder(),
        Base64.getUrlEncoder().withoutPadding());
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void quotesAreReadInEitherAlphabetWithAndWithoutPadding(Base64.Encoder encoder)
      throws MalformedException {
    tdx.quotesIn(encoder);
    assertThat(TdQuote.parse(quote()).body().reportData()).isEqualTo(DATA.value());
  }

  @Test
  void theReportIsPostedAsImdsWantsIt() {
    quote();
    FakeRequest request = tdx.server().requests().get(0);
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.path()).isEqualTo("/acc/tdquote");
    assertThat(request.header("content-type")).contains("application/json");
    Bytes report = tdReport(DATA).raw();
    assertThat(new String(request.body().toArray(), UTF_8))
        .isEqualTo(
            "{\"report\":\""
                + Base64.getUrlEncoder().withoutPadding().encodeToString(report.toArray())
                + "\"}");
  }

  @Test
  void aQuoteOfAnEarlierReportIsAskedForAgain() throws MalformedException {
    ReportData earlier = ReportData.of(new Nonce(Bytes.ofHex("5a".repeat(32))));
    AzureImds imds = client(tdx);
    imds.tdQuote(tdReport(earlier));
    tdx.server().fail(FakeImds.TD_QUOTE, FakeFault.STALE_BODY, 2);
    Bytes quote = imds.tdQuote(tdReport(DATA));
    assertThat(TdQuote.parse(quote).body().reportData()).isEqualTo(DATA.value());
    assertThat(tdx.server().requestsTo(FakeImds.TD_QUOTE)).isEqualTo(4);
  }

  @Test
  void quotesThatDoNotFitShareOneDeadline() {
    ReportData earlier = ReportData.of(new Nonce(Bytes.ofHex("5a".repeat(32))));
    client(tdx).tdQuote(tdReport(earlier));
    tdx.server().fail(FakeImds.TD_QUOTE, FakeFault.STALE_BODY);
    Duration look = Duration.ofSeconds(30);
    SteppedTime slow = SteppedTime.passing(look);
    AzureImds imds = new AzureImds(tdx.url(), CLIENT, slow);
    assertThat(refused(() -> imds.tdQuote(tdReport(DATA)))).isNotNull();
    assertThat(tdx.server().requestsTo(FakeImds.TD_QUOTE)).isGreaterThan(1);
    assertThat(slow.elapsed()).isLessThan(DEADLINE.plus(look.multipliedBy(3)));
  }

  @Test
  void aQuoteOfAnotherReportIsRefused() {
    ReportData earlier = ReportData.of(new Nonce(Bytes.ofHex("5a".repeat(32))));
    AzureImds imds = client(tdx);
    imds.tdQuote(tdReport(earlier));
    tdx.server().fail(FakeImds.TD_QUOTE, FakeFault.STALE_BODY);
    assertThat(refused(() -> imds.tdQuote(tdReport(DATA))).failure()).isEqualTo(ANSWER_MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "[]", "{\"quote\":7}", "{\"quote\":\"\"}", "{\"quote\":\"AAAA\"}", "{"})
  void whatIsNoQuoteIsRefused(String body) {
    instead.add(FakeResponse.json(body));
    assertThat(refused(this::quote).failure()).isEqualTo(ANSWER_MALFORMED);
  }

  @Test
  void anUpdateOfImdsIsWaitedFor() {
    tdx.server().fail(FakeImds.TD_QUOTE, FakeFault.GONE, 6);
    assertThat(quote().isEmpty()).isFalse();
    assertThat(time.elapsed()).isGreaterThan(Duration.ofSeconds(70));
  }

  @Test
  void aMachineWithoutTdxMakesNoQuote() {
    AttestationException.Service refusal = refused(() -> client(snp).tdQuote(tdReport(DATA)));
    assertThat(refusal.failure()).isEqualTo(HTTP_STATUS);
    assertThat(refusal.status()).isEqualTo(404);
    assertThat(time.elapsed()).isLessThan(DEADLINE);
  }

  @Test
  void nobodyButImdsIsAsked() {
    assertThat(AzureImds.ENDPOINT).isEqualTo("http://169.254.169.254");
    snp.server().fail(FakeImds.INSTANCE, FakeFault.REDIRECT);
    refused(() -> client(snp).instance());
    assertThat(snp.server().requestsTo(FaultyServer.ELSEWHERE)).isZero();
  }
}
