package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.http.Refusals;
import io.github.cvmattestation.azure.internal.http.SteppedTime;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdxCollateral;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.FakePcs;
import io.github.cvmattestation.testkit.IntelCollateral;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A mirror with Intel behind it. Intel is asked where the mirror says nothing, and for nothing that
 * it says wrongly: that somebody should see.
 */
@Timeout(120)
class IntelFallbackTest {
  private static final Duration MINUTE = Duration.ofSeconds(60);
  private static final HttpClient CLIENT = BoundedHttp.direct(MINUTE, MINUTE);
  private static final String OTHER_FAMILY = "00806f050000";
  private static final Instant PAST = SteppedTime.START.minusSeconds(1);

  private final SimulatedCvm cvm =
      SimulatedCvm.builder().tdx().at(SteppedTime.START).seed("pcs").build();
  private final FakePcs mirror = FakePcs.of(cvm);
  private final FakePcs intel = FakePcs.of(cvm);
  private final SteppedTime time = SteppedTime.standing();

  /** What is told apart from the mirror's: newer, by its number. */
  private final IntelCollateral newer =
      cvm.collateral()
          .withTcbInfo(cvm.intelPki().tcbInfo().evaluationDataNumber(99).sign(cvm.intelPki()));

  /** Only the mirror's time is chosen. */
  private IntelPcs both(HttpTime clock) {
    IntelPcs behind = IntelPcs.builder(intel.url()).httpClient(CLIENT).time(time).build();
    return IntelPcs.builder(mirror.url()).httpClient(CLIENT).time(clock).otherwise(behind).build();
  }

  private TdxCollateral asked(HttpTime clock) throws MalformedException {
    return both(clock).collateral(quote());
  }

  private TdQuote quote() throws MalformedException {
    return IntelPcsTest.quote(cvm);
  }

  @AfterEach
  void close() {
    mirror.close();
    intel.close();
  }

  @Test
  void aMirrorThatAnswersIsAskedAlone() throws MalformedException {
    intel.publish(newer);
    assertThat(asked(time)).isEqualTo(IntelPcsTest.expected(cvm.collateral()));
    assertThat(intel.server().requests()).isEmpty();
  }

  /** One part that cannot be had, the first or the last, and all four come from Intel. */
  @ParameterizedTest
  @EnumSource(
      value = FakeFault.class,
      names = {"RESET", "TRUNCATED", "THROTTLED", "INTERNAL_ERROR", "UNAVAILABLE", "NOT_FOUND"})
  void whereTheMirrorGivesNoAnswerIntelIsAskedForAllParts(FakeFault fault)
      throws MalformedException {
    intel.publish(newer);
    for (String part : new String[] {FakePcs.TCB, FakePcs.ROOT_CRL}) {
      mirror.server().heal();
      mirror.server().fail(part, fault);
      int before = intel.server().requests().size();
      assertThat(asked(time)).as(part).isEqualTo(IntelPcsTest.expected(newer));
      assertThat(intel.server().requests()).as(part).hasSize(before + 4);
    }
  }

  @Test
  void aFamilyThatTheMirrorDoesNotKnowYetIntelMayKnow() throws MalformedException {
    FakeIntelPki pki = cvm.intelPki();
    SimulatedCvm newcomer =
        SimulatedCvm.builder()
            .tdx()
            .at(SteppedTime.START)
            .seed("pcs")
            .pck(spec -> spec.sgx(sgx -> sgx.fmspc(Bytes.ofHex(OTHER_FAMILY))))
            .build();
    IntelCollateral known =
        cvm.collateral().withTcbInfo(pki.tcbInfo().fmspc(Bytes.ofHex(OTHER_FAMILY)).sign(pki));
    intel.publish(known);
    TdQuote quote = IntelPcsTest.quote(newcomer);
    assertThat(both(time).collateral(quote)).isEqualTo(IntelPcsTest.expected(known));
  }

  @Test
  void aMirrorThatCannotBeReachedIsLeftAtOnce() throws MalformedException {
    mirror.close();
    assertThat(asked(time)).isEqualTo(IntelPcsTest.expected(cvm.collateral()));
    assertThat(time.elapsed()).isZero();
  }

  /** Each part alone would be in time, for which 60 seconds are more than seven looks. */
  @Test
  void theMirrorGetsAMinuteForAllPartsTogether() throws MalformedException {
    intel.publish(newer);
    SteppedTime slow = SteppedTime.passing(Duration.ofSeconds(8));
    assertThat(asked(slow)).isEqualTo(IntelPcsTest.expected(newer));
  }

  @ParameterizedTest
  @EnumSource(
      value = FakeFault.class,
      names = {"GARBAGE", "REDIRECT", "HTML", "GZIP_BOMB", "ENDLESS"})
  void aWrongAnswerIsNotAskedForElsewhere(FakeFault fault) throws MalformedException {
    mirror.server().fail(FakePcs.TCB, fault);
    TdQuote quote = quote();
    Service refusal = Refusals.of(() -> both(time).collateral(quote));
    assertThat(refusal.failure())
        .isIn(Failure.HTTP_REDIRECT, Failure.ANSWER_MALFORMED, Failure.INPUT_LIMIT);
    assertThat(refusal).hasMessageNotContaining("in its place");
    assertThat(intel.server().requests()).isEmpty();
  }

  @Test
  void anAnswerWithoutTheChainOfItsSignerIsNotAskedForElsewhere() throws MalformedException {
    mirror.publish(cvm.collateral().withTcbInfoChain(Bytes.empty()));
    TdQuote quote = quote();
    assertThat(Refusals.of(() -> both(time).collateral(quote)).failure())
        .isEqualTo(Failure.ANSWER_MALFORMED);
    assertThat(intel.server().requests()).isEmpty();
  }

  /** A verifier is to see it, and refute it. */
  @Test
  void whatIsAboutAnotherPlatformIsNotAskedForElsewhere() throws MalformedException {
    FakeIntelPki pki = cvm.intelPki();
    IntelCollateral strange =
        cvm.collateral().withTcbInfo(pki.tcbInfo().fmspc(Bytes.ofHex(OTHER_FAMILY)).sign(pki));
    mirror.publish("90c06f000000", strange);
    assertThat(asked(time)).isEqualTo(IntelPcsTest.expected(strange));
    assertThat(intel.server().requests()).isEmpty();
  }

  @Test
  void whereAPartOfTheMirrorsHasEndedIntelsIsBrought() throws MalformedException {
    mirror.publish(ended());
    intel.publish(newer);
    IntelPcs both = both(time);
    assertThat(both.collateral(quote())).isEqualTo(IntelPcsTest.expected(newer));
    assertThat(both.collateral(quote())).isEqualTo(IntelPcsTest.expected(newer));
    assertThat(intel.server().requests()).as("what Intel brought is kept").hasSize(4);
  }

  @Test
  void whatHasEndedIsHandedOnWhereIntelGivesNoAnswer() throws MalformedException {
    mirror.publish(ended());
    intel.close();
    assertThat(asked(time)).isEqualTo(IntelPcsTest.expected(ended()));
  }

  private IntelCollateral ended() {
    FakeIntelPki pki = cvm.intelPki();
    return cvm.collateral()
        .withTcbInfo(
            pki.tcbInfo().issueDate(PAST.minus(Duration.ofDays(30))).nextUpdate(PAST).sign(pki));
  }

  /** The failure is that of the mirror, which every machine of Azure's reaches. */
  @Test
  void whereNeitherAnswersBothAreNamed() throws MalformedException {
    mirror.server().fail(FakePcs.QE_IDENTITY, FakeFault.THROTTLED);
    intel.server().fail(FakePcs.PCK_CRL, FakeFault.UNAVAILABLE);
    TdQuote quote = quote();
    Service refusal = Refusals.of(() -> both(time).collateral(quote));
    assertThat(refusal.failure()).isEqualTo(Failure.ENDPOINT_THROTTLED);
    assertThat(refusal.status()).isEqualTo(429);
    assertThat(refusal.service()).isEqualTo("Intel PCS at localhost");
    assertThat(refusal.remedy())
        .contains("ask less often; asked in its place, Intel PCS at localhost: HTTP_STATUS")
        .contains("HTTP 503");
  }

  @Test
  void whatFailedOnceIsAskedForAnew() throws MalformedException {
    mirror.server().fail(FakePcs.TCB, FakeFault.RESET);
    intel.server().fail(FakePcs.TCB, FakeFault.RESET);
    IntelPcs both = both(time);
    TdQuote quote = quote();
    assertThat(Refusals.of(() -> both.collateral(quote)).failure()).isEqualTo(Failure.UNREACHABLE);
    mirror.server().heal();
    assertThat(both.collateral(quote)).isEqualTo(IntelPcsTest.expected(cvm.collateral()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"not a url", "ftp://mirror.example", "mirror.example", "https:///x"})
  void anAddressThatIsNoneIsTheCallersMistakeAndNobodyElseIsAsked(String address)
      throws MalformedException {
    IntelPcs behind = IntelPcs.builder(intel.url()).httpClient(CLIENT).time(time).build();
    IntelPcs both = IntelPcs.builder(address).httpClient(CLIENT).otherwise(behind).build();
    TdQuote quote = quote();
    assertThatThrownBy(() -> both.collateral(quote))
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("no http or https URL");
    assertThat(intel.server().requests()).isEmpty();
  }
}
