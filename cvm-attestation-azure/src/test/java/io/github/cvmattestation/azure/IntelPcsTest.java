package io.github.cvmattestation.azure;

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
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdxCollateral;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.FakePcs;
import io.github.cvmattestation.testkit.IntelCollateral;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.TdQuoteWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Intel's service or a mirror of it, as it should be and as it may be. */
@Timeout(120)
class IntelPcsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final HttpClient CLIENT = BoundedHttp.direct(DEADLINE, DEADLINE);
  private static final String OTHER_FAMILY = "00806f050000";
  private static final List<String> PATHS =
      List.of(FakePcs.TCB, FakePcs.QE_IDENTITY, FakePcs.PCK_CRL, FakePcs.ROOT_CRL);

  private final SimulatedCvm cvm =
      SimulatedCvm.builder().tdx().at(SteppedTime.START).seed("pcs").build();
  private final FakePcs server = FakePcs.of(cvm);
  private final SteppedTime time = SteppedTime.standing();
  private final IntelPcs pcs = pcs(time);

  private IntelPcs pcs(HttpTime clock) {
    return IntelPcs.builder(server.url()).httpClient(CLIENT).time(clock).build();
  }

  static TdQuote quote(SimulatedCvm machine) throws MalformedException {
    return TdQuote.parse(machine.tdQuote(new ReportData(Bytes.zeros(64))));
  }

  static TdxCollateral expected(IntelCollateral collateral) throws MalformedException {
    return TdxCollateral.parse(collateral.phala());
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void collateralIsPutTogetherFromFourAnswers() throws MalformedException {
    assertThat(pcs.collateral(quote(cvm))).isEqualTo(expected(cvm.collateral()));
    assertThat(server.server().requests())
        .extracting(request -> request.path() + "?" + request.query())
        .containsExactlyInAnyOrder(
            FakePcs.TCB + "?fmspc=90c06f000000",
            FakePcs.QE_IDENTITY + "?",
            FakePcs.PCK_CRL + "?ca=platform&encoding=der",
            FakePcs.ROOT_CRL + "?");
  }

  @Test
  void theRootListMayBeElsewhere() throws MalformedException {
    IntelPcs intel =
        IntelPcs.builder(server.url())
            .rootList(server.url() + FakePcs.INTEL_ROOT_CRL)
            .httpClient(CLIENT)
            .time(time)
            .build();
    assertThat(intel.collateral(quote(cvm))).isEqualTo(expected(cvm.collateral()));
    assertThat(server.server().requestsTo(FakePcs.INTEL_ROOT_CRL)).isEqualTo(1);
    assertThat(server.server().requestsTo(FakePcs.ROOT_CRL)).isZero();
  }

  @Test
  void familyAndAuthorityAreThoseOfThePckCertificate() throws MalformedException {
    FakeIntelPki pki = cvm.intelPki();
    var leaf = pki.issue(pki.processorPckSpec().sgx(sgx -> sgx.fmspc(Bytes.ofHex(OTHER_FAMILY))));
    TdQuote quote =
        TdQuote.parse(
            TdQuoteWriter.v4()
                .sign(leaf.key(), FakeIntelPki.pem(leaf, pki.processorCa(), pki.root())));
    IntelCollateral collateral =
        cvm.collateral()
            .withTcbInfo(pki.tcbInfo().fmspc(Bytes.ofHex(OTHER_FAMILY)).sign(pki))
            .withPckCrl(pki.crl(pki.processorCrlSpec()));
    server.publish(OTHER_FAMILY, collateral);
    assertThat(pcs.collateral(quote)).isEqualTo(expected(collateral));
    assertThat(server.server().requests())
        .extracting(request -> request.path() + "?" + request.query())
        .contains(
            FakePcs.TCB + "?fmspc=" + OTHER_FAMILY, FakePcs.PCK_CRL + "?ca=processor&encoding=der");
  }

  @Test
  void aFamilyThatTheServiceDoesNotKnowIsAnAnswerOfIts() throws MalformedException {
    TdQuote quote = quote(machineOfOtherFamily());
    assertThat(Refusals.of(() -> pcs.collateral(quote)).failure()).isEqualTo(Failure.HTTP_STATUS);
  }

  private static SimulatedCvm machineOfOtherFamily() {
    return SimulatedCvm.builder()
        .tdx()
        .at(SteppedTime.START)
        .seed("pcs")
        .pck(spec -> spec.sgx(sgx -> sgx.fmspc(Bytes.ofHex(OTHER_FAMILY))))
        .build();
  }

  @Test
  void aQuoteWhosePckIsOfNoAuthorityOfIntelsIsNotAskedAbout() throws MalformedException {
    SimulatedCvm strange =
        SimulatedCvm.builder()
            .tdx()
            .at(SteppedTime.START)
            .seed("pcs")
            .pck(spec -> spec.issuerName("Some other authority"))
            .build();
    TdQuote quote = quote(strange);
    assertThatThrownBy(() -> pcs.collateral(quote))
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("PCK");
    assertThat(server.server().requests()).isEmpty();
  }

  @Test
  void whatWasAnsweredOnceIsNotAskedForAgainForADay() throws MalformedException {
    for (int i = 0; i < 3; i++) {
      pcs.collateral(quote(cvm));
    }
    assertThat(server.server().requests()).hasSize(4);
    time.pause(Duration.ofDays(1));
    pcs.collateral(quote(cvm));
    assertThat(server.server().requests()).hasSize(8);
  }

  @Test
  void collateralOfWhichAPartHasEndedIsNotKept() throws MalformedException {
    FakeIntelPki pki = cvm.intelPki();
    var past = SteppedTime.START.minusSeconds(1);
    var before = past.minus(Duration.ofDays(30));
    List<IntelCollateral> ended =
        List.of(
            cvm.collateral()
                .withTcbInfo(pki.tcbInfo().issueDate(before).nextUpdate(past).sign(pki)),
            cvm.collateral()
                .withQeIdentity(pki.qeIdentity().issueDate(before).nextUpdate(past).sign(pki)),
            cvm.collateral().withPckCrl(pki.crl(pki.platformCrlSpec().validity(before, past))),
            cvm.collateral().withRootCrl(pki.crl(pki.rootCrlSpec().validity(before, past))));
    for (IntelCollateral part : ended) {
      server.publish(part);
      assertThat(pcs.collateral(quote(cvm))).isEqualTo(expected(part));
    }
    server.publish(cvm.collateral());
    assertThat(pcs.collateral(quote(cvm))).isEqualTo(expected(cvm.collateral()));
  }

  @Test
  void whatIsOfAnotherFamilyOrAuthorityIsNotKept() throws MalformedException {
    FakeIntelPki pki = cvm.intelPki();
    Bytes processorList = pki.crl(pki.processorCrlSpec());
    List<IntelCollateral> wrong =
        List.of(
            cvm.collateral().withTcbInfo(pki.tcbInfo().fmspc(Bytes.ofHex(OTHER_FAMILY)).sign(pki)),
            cvm.collateral().withPckCrl(processorList),
            cvm.collateral().withRootCrl(processorList));
    for (IntelCollateral part : wrong) {
      server.publish("90c06f000000", part);
      assertThat(pcs.collateral(quote(cvm))).isEqualTo(expected(part));
    }
    server.publish(cvm.collateral());
    assertThat(pcs.collateral(quote(cvm))).isEqualTo(expected(cvm.collateral()));
  }

  @Test
  void anAnswerWithoutTheChainOfItsSignerIsNoAnswer() throws MalformedException {
    TdQuote quote = quote(cvm);
    server.publish(cvm.collateral().withTcbInfoChain(Bytes.empty()));
    assertThat(Refusals.of(() -> pcs.collateral(quote)).failure())
        .isEqualTo(Failure.ANSWER_MALFORMED);
    server.publish(cvm.collateral().withQeIdentityChain(Bytes.empty()));
    assertThat(Refusals.of(() -> pcs.collateral(quote)).failure())
        .isEqualTo(Failure.ANSWER_MALFORMED);
    server.publish(cvm.collateral());
    assertThat(pcs.collateral(quote)).isEqualTo(expected(cvm.collateral()));
  }
}
