package io.github.cvmattestation.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException.Service;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.http.Refusals;
import io.github.cvmattestation.azure.internal.http.SteppedTime;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpFinding;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdReport;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeImds;
import io.github.cvmattestation.testkit.FakeKds;
import io.github.cvmattestation.testkit.FakePcs;
import io.github.cvmattestation.testkit.FakeResponse;
import io.github.cvmattestation.testkit.FaultyServer;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Services on the way that answer what nobody asked for, each through the client that a caller has
 * (security brief, 91 to 99). That every fault has its outcome is asked elsewhere; here are the
 * attacks that the brief names.
 */
@Timeout(120)
class HostileServiceTest {
  private static final SimulatedCvm SNP = Forge.machine().build();
  private static final SimulatedCvm TDX = Forge.machine().tdx().build();
  private static final ReportData DATA = new ReportData(Bytes.zeros(64));
  private static final HttpClient CLIENT =
      BoundedHttp.direct(Duration.ofSeconds(60), Duration.ofSeconds(60));

  /** The longest that any of them may take. */
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  private final FakeImds snpHost = FakeImds.of(SNP);
  private final FakeImds tdxHost = FakeImds.of(TDX);
  private final FakeKds amd = FakeKds.of(SNP);
  private final FakePcs intel = FakePcs.of(TDX);

  /** What a guest asks for. */
  private enum Question {
    CERTIFICATE_OF_THE_HOST,
    QUOTE_OF_THE_HOST,
    NAME_OF_THE_HOST,
    CERTIFICATE_OF_AMD,
    COLLATERAL_OF_INTEL
  }

  @AfterEach
  void close() {
    snpHost.close();
    tdxHost.close();
    amd.close();
    intel.close();
  }

  private FaultyServer server(Question question) {
    return switch (question) {
      case CERTIFICATE_OF_THE_HOST, NAME_OF_THE_HOST -> snpHost.server();
      case QUOTE_OF_THE_HOST -> tdxHost.server();
      case CERTIFICATE_OF_AMD -> amd.server();
      case COLLATERAL_OF_INTEL -> intel.server();
    };
  }

  private static String path(Question question) {
    return switch (question) {
      case CERTIFICATE_OF_THE_HOST -> FakeImds.CERTIFICATION;
      case NAME_OF_THE_HOST -> FakeImds.INSTANCE;
      case QUOTE_OF_THE_HOST -> FakeImds.TD_QUOTE;
      case CERTIFICATE_OF_AMD -> FakeKds.vcekPath(SNP);
      case COLLATERAL_OF_INTEL -> FakePcs.TCB;
    };
  }

  private ThrowingCallable asked(Question question, HttpTime time) throws MalformedException {
    SnpReport report = SnpReport.parse(SNP.snpReport(DATA));
    TdReport tdReport = TdReport.parse(TDX.tdReport(DATA));
    TdQuote quote = TdQuote.parse(TDX.tdQuote(DATA));
    return switch (question) {
      case CERTIFICATE_OF_THE_HOST -> () -> new AzureImds(snpHost.url(), CLIENT, time).vcek(report);
      case NAME_OF_THE_HOST -> () -> new AzureImds(snpHost.url(), CLIENT, time).instance();
      case QUOTE_OF_THE_HOST -> () -> new AzureImds(tdxHost.url(), CLIENT, time).tdQuote(tdReport);
      case CERTIFICATE_OF_AMD -> () -> kds(time).vcek(report);
      case COLLATERAL_OF_INTEL ->
          () ->
              IntelPcs.builder(intel.url()).httpClient(CLIENT).time(time).build().collateral(quote);
    };
  }

  private AmdKds kds(HttpTime time) {
    return AmdKds.builder().endpoint(amd.url()).httpClient(CLIENT).time(time).build();
  }

  private Service failing(Question question, FakeFault fault, HttpTime time)
      throws MalformedException {
    ThrowingCallable ask = asked(question, time);
    assertThatCode(ask).doesNotThrowAnyException();
    server(question).fail(path(question), fault);
    Service refusal = Refusals.of(asked(question, time));
    server(question).awaitNoClient();
    return refusal;
  }

  /** Case 91: to a server under another name, which would see the request and its header. */
  @ParameterizedTest
  @EnumSource(
      value = Question.class,
      names = {"CERTIFICATE_OF_THE_HOST", "QUOTE_OF_THE_HOST", "NAME_OF_THE_HOST"})
  void aRedirectOfTheHostsToAnotherHostIsNotFollowed(Question question) throws MalformedException {
    try (FaultyServer elsewhere = FaultyServer.http(request -> FakeResponse.json("{}"))) {
      String location = "http://127.0.0.1:" + elsewhere.port() + path(question);
      FakeResponse found = new FakeResponse(302, Map.of("Location", location), Bytes.empty());
      snpHost.answering(answer -> found);
      tdxHost.answering(answer -> found);
      Service refusal = Refusals.of(asked(question, SteppedTime.standing()));
      assertThat(refusal.failure()).isEqualTo(Failure.HTTP_REDIRECT);
      assertThat(refusal.status()).isEqualTo(302);
      assertThat(server(question).requestsTo(path(question))).isEqualTo(1);
      assertThat(elsewhere.requests()).isEmpty();
    }
  }

  private static String pemBlocks(int count) {
    return "-----BEGIN CERTIFICATE-----\\nMAA=\\n-----END CERTIFICATE-----\\n".repeat(count);
  }

  /** Case 93. */
  @Test
  void tenThousandPemBlocksOfTheHostsAreNotRead() throws MalformedException {
    String json =
        "{\"vcekCert\":\"%s\",\"tcbm\":\"7308000000000003\",\"certificateChain\":\"%s\"}"
            .formatted(pemBlocks(1), pemBlocks(10_000));
    snpHost.answering(answer -> FakeResponse.json(json));
    Service refusal = Refusals.of(asked(Question.CERTIFICATE_OF_THE_HOST, SteppedTime.standing()));
    assertThat(refusal.failure()).isEqualTo(Failure.INPUT_LIMIT);
  }

  /** Case 93. */
  @Test
  void tenThousandPemBlocksOfAmdsAreNotRead() {
    Bytes chain = Bytes.of(pemBlocks(10_000).replace("\\n", "\n").getBytes(UTF_8));
    amd.answering(answer -> FakeResponse.of("application/x-pem-file", chain));
    AmdKds kds = kds(SteppedTime.standing());
    assertThat(Refusals.of(() -> kds.chain(ProductLine.GENOA)).failure())
        .isEqualTo(Failure.INPUT_LIMIT);
  }

  /**
   * Case 95, as captive portals do it. The client refuses it, since it is no certificate; so does
   * the verifier, to whom somebody else hands it.
   */
  @Test
  void aWebPageOfAmdsIsNoCertificateAndIsNotKept() throws MalformedException {
    SnpReport report = SnpReport.parse(SNP.snpReport(DATA));
    AmdKds kds = kds(SteppedTime.standing());
    amd.server().fail(FakeKds.vcekPath(SNP), FakeFault.HTML);
    for (int i = 1; i <= 2; i++) {
      assertThat(Refusals.of(() -> kds.vcek(report)).failure()).isEqualTo(Failure.ANSWER_MALFORMED);
      assertThat(amd.server().requestsTo(FakeKds.vcekPath(SNP))).isEqualTo(i);
    }
    amd.server().heal();
    assertThat(kds.vcek(report)).isEqualTo(SNP.leaf().certificate());
    Bytes page = Bytes.of("<html><body>Please sign in</body></html>".getBytes(UTF_8));
    Forge.assertRefuted(
        Forge.verifier(SNP)
            .verify(
                SNP.attest(Forge.NONCE),
                SNP.endorsements().withCertificates(page),
                Forge.NONCE,
                Forge.AT),
        SnpFinding.SNP_ENDORSEMENTS);
  }

  /** Case 96. */
  @ParameterizedTest
  @EnumSource(Question.class)
  void endlessThrottlingWithoutRetryAfterEndsWithinTheDeadline(Question question)
      throws MalformedException {
    SteppedTime time = SteppedTime.standing();
    Service refusal = failing(question, FakeFault.THROTTLED, time);
    assertThat(refusal.failure()).isEqualTo(Failure.ENDPOINT_THROTTLED);
    assertThat(refusal.status()).isEqualTo(429);
    assertThat(time.elapsed()).isPositive().isLessThan(DEADLINE);
  }

  /** Case 97: sixteen megabytes in sixteen kilobytes. */
  @ParameterizedTest
  @EnumSource(Question.class)
  void aGzipBombIsNotUnpacked(Question question) throws MalformedException {
    assertThat(failing(question, FakeFault.GZIP_BOMB, SteppedTime.standing()).failure())
        .isEqualTo(Failure.INPUT_LIMIT);
  }

  /** Case 98: an answer that never stalls and never ends. */
  @ParameterizedTest
  @EnumSource(Question.class)
  void oneByteAfterTheOtherMeetsTheDeadline(Question question) throws MalformedException {
    assertThatCode(asked(question, SteppedTime.standing())).doesNotThrowAnyException();
    server(question).fail(path(question), FakeFault.DRIP);
    Duration look = Duration.ofSeconds(5);
    SteppedTime time = SteppedTime.passing(look);
    assertThat(Refusals.of(asked(question, time)).failure()).isEqualTo(Failure.DEADLINE);
    // How late it is, is seen a look or two after it was.
    assertThat(time.elapsed()).isLessThan(DEADLINE.plus(look.multipliedBy(3)));
    server(question).awaitNoClient();
  }

  /** Case 99. */
  @ParameterizedTest
  @EnumSource(Question.class)
  void aBodyShorterThanItsContentLengthIsTruncated(Question question) throws MalformedException {
    assertThat(failing(question, FakeFault.TRUNCATED, SteppedTime.standing()).failure())
        .isEqualTo(Failure.TRUNCATED);
  }
}
