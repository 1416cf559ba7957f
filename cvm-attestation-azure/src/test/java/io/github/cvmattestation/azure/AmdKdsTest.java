package io.github.cvmattestation.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.http.Refusals;
import io.github.cvmattestation.azure.internal.http.SteppedTime;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.testkit.CrlSpec;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeKds;
import io.github.cvmattestation.testkit.FakeResponse;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** AMD's key distribution service, as it should be and as it may be. */
@Timeout(120)
class AmdKdsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final HttpClient CLIENT = BoundedHttp.direct(DEADLINE, DEADLINE);
  private static final Bytes HTML = Bytes.of("<html>told</html>".getBytes(UTF_8));

  private final SimulatedCvm cvm = machine(Line.GENOA, "kds");
  private final FakeKds server = FakeKds.of(cvm);
  private final SteppedTime time = SteppedTime.standing();
  private final AmdKds kds = kds(time);

  private static SimulatedCvm machine(Line line, String seed) {
    return SimulatedCvm.builder().line(line).at(SteppedTime.START).seed(seed).build();
  }

  private AmdKds kds(HttpTime clock) {
    return AmdKds.builder().endpoint(server.url()).httpClient(CLIENT).time(clock).build();
  }

  private static SnpReport report(SimulatedCvm machine) throws MalformedException {
    return SnpReport.parse(machine.snpReport(new ReportData(Bytes.zeros(64))));
  }

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(Line.class)
  void everyLineHasItsAddresses(Line line) throws MalformedException {
    SimulatedCvm machine = machine(line, "line");
    ProductLine product = ProductLine.valueOf(line.name());
    try (FakeKds lines = FakeKds.of(machine)) {
      AmdKds asked = AmdKds.builder().endpoint(lines.url()).httpClient(CLIENT).time(time).build();
      assertThat(asked.vcek(report(machine))).isEqualTo(machine.leaf().certificate());
      assertThat(asked.chain(product)).isEqualTo(machine.pki().chainPem(line));
      assertThat(asked.revocationList(product)).isEqualTo(machine.pki().crl(CrlSpec.of(line)));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Line.class,
      names = {"MILAN", "GENOA"})
  void aReportOfVersion2IsLookedForOnBothLines(Line line) throws MalformedException {
    SimulatedCvm machine =
        SimulatedCvm.builder()
            .line(line)
            .at(SteppedTime.START)
            .seed("old")
            .reportVersion(2)
            .build();
    try (FakeKds lines = FakeKds.of(machine)) {
      AmdKds asked = AmdKds.builder().endpoint(lines.url()).httpClient(CLIENT).time(time).build();
      assertThat(report(machine).cpuid()).isEmpty();
      assertThat(asked.vcek(report(machine))).isEqualTo(machine.leaf().certificate());
      assertThat(lines.server().requests()).hasSize(line == Line.MILAN ? 1 : 2);
    }
  }

  @Test
  void aChipThatTheServiceDoesNotKnowIsAnAnswerOfIts() throws MalformedException {
    SnpReport another = report(machine(Line.GENOA, "another"));
    assertThat(Refusals.of(() -> kds.vcek(another)).failure()).isEqualTo(Failure.HTTP_STATUS);
  }

  @Test
  void aMaskedChipIsNotAskedAbout() throws MalformedException {
    SnpReport masked =
        report(
            SimulatedCvm.builder()
                .at(SteppedTime.START)
                .seed("masked")
                .report(writer -> writer.chipId(Bytes.zeros(64)))
                .build());
    assertThatThrownBy(() -> kds.vcek(masked))
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("CHIP_ID");
    assertThat(server.server().requests()).isEmpty();
  }

  @Test
  void whatWasAnsweredOnceIsNotAskedForAgainForADay() throws MalformedException {
    for (int i = 0; i < 3; i++) {
      kds.revocationList(ProductLine.GENOA);
      kds.chain(ProductLine.GENOA);
      kds.vcek(report(cvm));
    }
    assertThat(server.server().requests()).hasSize(3);
    time.pause(Duration.ofDays(1));
    kds.revocationList(ProductLine.GENOA);
    kds.chain(ProductLine.GENOA);
    kds.vcek(report(cvm));
    assertThat(server.server().requests()).hasSize(6);
  }

  @Test
  void aListThatEndsSoonerIsKeptNoLonger() {
    Bytes soon =
        cvm.pki()
            .crl(
                CrlSpec.of(Line.GENOA)
                    .validity(
                        SteppedTime.START.minusSeconds(60), SteppedTime.START.plusSeconds(60)));
    server.publishList(Line.GENOA, soon);
    assertThat(kds.revocationList(ProductLine.GENOA)).isEqualTo(soon);
    time.pause(Duration.ofSeconds(59));
    assertThat(kds.revocationList(ProductLine.GENOA)).isEqualTo(soon);
    assertThat(server.server().requests()).hasSize(1);
    time.pause(Duration.ofSeconds(1));
    kds.revocationList(ProductLine.GENOA);
    assertThat(server.server().requests()).hasSize(2);
  }

  @Test
  void whatIsOfAnotherChipOrLineIsNotKept() throws MalformedException {
    SimulatedCvm another = machine(Line.GENOA, "another");
    SimulatedCvm milan = machine(Line.MILAN, "kds");
    for (Bytes wrong : new Bytes[] {another.leaf().certificate(), milan.leaf().certificate()}) {
      answerAll(wrong);
      assertThat(kds.vcek(report(cvm))).isEqualTo(wrong);
    }
    Bytes otherChain = milan.pki().chainPem(Line.MILAN);
    answerAll(otherChain);
    assertThat(kds.chain(ProductLine.GENOA)).isEqualTo(otherChain);
    Bytes otherList = milan.pki().crl(CrlSpec.of(Line.MILAN));
    answerAll(otherList);
    assertThat(kds.revocationList(ProductLine.GENOA)).isEqualTo(otherList);
    server.answering(response -> response);
    assertAllRight(kds);
  }

  @Test
  void aVcekOfAnotherTcbIsNotKept() throws MalformedException {
    SimulatedCvm updated =
        SimulatedCvm.builder()
            .at(SteppedTime.START)
            .seed("kds")
            .leaf(spec -> spec.tcb(Line.GENOA.healthyTcb().withMicrocode(1)))
            .build();
    answerAll(updated.leaf().certificate());
    assertThat(kds.vcek(report(cvm))).isEqualTo(updated.leaf().certificate());
    server.answering(response -> response);
    assertAllRight(kds);
  }

  private void answerAll(Bytes body) {
    server.answering(response -> FakeResponse.of("application/octet-stream", body));
  }

  private void assertAllRight(AmdKds asked) throws MalformedException {
    assertThat(asked.vcek(report(cvm))).isEqualTo(cvm.leaf().certificate());
    assertThat(asked.chain(ProductLine.GENOA)).isEqualTo(cvm.pki().chainPem(Line.GENOA));
    assertThat(asked.revocationList(ProductLine.GENOA))
        .isEqualTo(cvm.pki().crl(CrlSpec.of(Line.GENOA)));
  }

  /** 95. */
  @Test
  void aWebPageWithStatus200IsNoAnswerAndNotKept() throws MalformedException {
    SnpReport report = report(cvm);
    answerAll(HTML);
    assertThat(Refusals.of(() -> kds.vcek(report)).failure()).isEqualTo(Failure.ANSWER_MALFORMED);
    assertThat(Refusals.of(() -> kds.chain(ProductLine.GENOA)).failure())
        .isEqualTo(Failure.ANSWER_MALFORMED);
    assertThat(Refusals.of(() -> kds.revocationList(ProductLine.GENOA)).failure())
        .isEqualTo(Failure.ANSWER_MALFORMED);
    server.answering(response -> response);
    assertAllRight(kds);
  }

  @Test
  void twoCertificatesAreNoVcek() throws MalformedException {
    SnpReport report = report(cvm);
    answerAll(cvm.leaf().certificate().concat(cvm.leaf().certificate()));
    assertThat(Refusals.of(() -> kds.vcek(report)).failure()).isEqualTo(Failure.ANSWER_MALFORMED);
  }

  @Test
  void throttlingIsWaitedForAndThenSaid() {
    server.server().fail(FakeKds.crlPath(Line.GENOA), FakeFault.THROTTLED, 2);
    kds.revocationList(ProductLine.GENOA);
    assertThat(time.pauses()).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(4));
    server.server().fail(FakeKds.chainPath(Line.GENOA), FakeFault.THROTTLED);
    assertThat(Refusals.of(() -> kds.chain(ProductLine.GENOA)).failure())
        .isEqualTo(Failure.ENDPOINT_THROTTLED);
    assertThat(time.elapsed()).isLessThan(DEADLINE);
  }
}
