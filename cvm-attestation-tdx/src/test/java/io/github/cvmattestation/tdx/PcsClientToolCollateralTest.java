package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Bundles.EXPECTED;
import static io.github.cvmattestation.tdx.Bundles.FMSPC;
import static io.github.cvmattestation.tdx.Bundles.TCB_BODY;
import static io.github.cvmattestation.tdx.Bundles.clientTool;
import static io.github.cvmattestation.tdx.Bundles.family;
import static io.github.cvmattestation.tdx.Bundles.printedAnew;
import static io.github.cvmattestation.tdx.Bundles.quoted;
import static io.github.cvmattestation.tdx.Bundles.with;
import static io.github.cvmattestation.tdx.Bundles.without;
import static io.github.cvmattestation.tdx.Documents.utf8;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_FORMAT;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_MISSING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.tdx.PcsClientToolCollateral.Update;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PcsClientToolCollateralTest {
  private static TdxCollateral select(Map<String, String> collaterals) throws MalformedException {
    return PcsClientToolCollateral.parse(clientTool(collaterals))
        .forPlatform(FMSPC, PckAuthority.PLATFORM);
  }

  private static FindingCode refusal(ThrowingCallable reader) {
    return catchThrowableOfType(MalformedException.class, reader)
        .toFinding(TdxFinding.TDX_MALFORMED)
        .code();
  }

  @Test
  void thePlatformsCollateralIsChosen() throws MalformedException {
    assertThat(select(clientTool())).isEqualTo(EXPECTED);
  }

  @Test
  void eachAuthorityHasItsList() throws MalformedException {
    assertThat(
            PcsClientToolCollateral.parse(clientTool(clientTool()))
                .forPlatform(FMSPC, PckAuthority.PROCESSOR)
                .pckCrl())
        .isEqualTo(Bundles.PROCESSOR_CRL);
  }

  @Test
  void theLetterCaseOfTheFmspcMeansNothing() throws MalformedException {
    String lower = "[" + family("90c06f000000", printedAnew(TCB_BODY)) + "]";
    assertThat(select(with(clientTool(), "tcbinfos", lower))).isEqualTo(EXPECTED);
  }

  @Test
  void whiteSpaceThatTheToolAddedIsTakenAwayAndStringsAreKept() throws MalformedException {
    String document = "{\"a\":\" \\\" , : \\\\\",\"b\":[1,{\"c\":\"\\t \"}]}";
    String body = Bundles.body("tcbInfo", document, Bundles.TCB_SIGNATURE);
    for (String printed :
        List.of(body, printedAnew(body).replace("\"a\": ", "\"a\" :\t\r\n"), printedAnew(body))) {
      TdxCollateral read =
          select(with(clientTool(), "tcbinfos", "[" + family("90C06F000000", printed) + "]"));
      assertThat(read.tcbInfo().text()).isEqualTo(utf8(document));
    }
  }

  @Test
  void aFamilyWithoutTdxIsMissing() throws MalformedException {
    PcsClientToolCollateral file = PcsClientToolCollateral.parse(clientTool(clientTool()));
    for (String fmspc : List.of("00906ea10000", "000000000000")) {
      assertThat(refusal(() -> file.forPlatform(Bytes.ofHex(fmspc), PckAuthority.PLATFORM)))
          .isEqualTo(COLLATERAL_MISSING);
    }
  }

  @Test
  void aFamilyThatComesTwiceIsRefused() {
    String one = family("90C06F000000", TCB_BODY);
    String other = family("90c06f000000", TCB_BODY);
    assertThat(refusal(() -> select(with(clientTool(), "tcbinfos", "[" + one + "," + other + "]"))))
        .isEqualTo(COLLATERAL_FORMAT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcbinfos", "pckcacrl", "tdqeidentity", "certificates", "rootcacrl"})
  void anAbsentPartIsNamedAsMissing(String name) {
    assertThat(refusal(() -> select(without(clientTool(), name)))).isEqualTo(COLLATERAL_MISSING);
  }

  @Test
  void whatTheToolLeavesEmptyIsMissing() {
    assertThat(refusal(() -> select(with(clientTool(), "tdqeidentity", "\"\""))))
        .isEqualTo(COLLATERAL_MISSING);
    assertThat(refusal(() -> select(with(clientTool(), "rootcacrl", "\"\""))))
        .isEqualTo(COLLATERAL_MISSING);
    assertThat(refusal(() -> select(with(clientTool(), "pckcacrl", "{\"platformCrl\":\"\"}"))))
        .isEqualTo(COLLATERAL_MISSING);
    assertThat(refusal(() -> PcsClientToolCollateral.parse(utf8("{\"platforms\":[]}"))))
        .isEqualTo(COLLATERAL_MISSING);
  }

  @Test
  void earlyAndStandardDocumentsAreNotMixed() throws MalformedException {
    String early =
        TCB_BODY.replace("\"tcbEvaluationDataNumber\":18", "\"tcbEvaluationDataNumber\":19");
    String earlyIdentity = Bundles.QE_BODY.replace(":18,", ":19,");
    Map<String, String> both =
        with(
            with(clientTool(), "tdqeidentity_early", quoted(earlyIdentity)),
            "tcbinfos",
            "[" + family("90C06F000000", TCB_BODY + ",\"tdx_tcbinfo_early\":" + early) + "]");
    PcsClientToolCollateral file = PcsClientToolCollateral.parse(clientTool(both));
    assertThat(file.forPlatform(FMSPC, PckAuthority.PLATFORM)).isEqualTo(EXPECTED);
    TdxCollateral later = file.forPlatform(FMSPC, PckAuthority.PLATFORM, Update.EARLY);
    assertThat(TcbInfo.parse(later.tcbInfo()).evaluationDataNumber()).isEqualTo(19);
    assertThat(QeIdentity.parse(later.qeIdentity()).evaluationDataNumber()).isEqualTo(19);
    assertThat(
            refusal(
                () ->
                    PcsClientToolCollateral.parse(clientTool(clientTool()))
                        .forPlatform(FMSPC, PckAuthority.PLATFORM, Update.EARLY)))
        .isEqualTo(COLLATERAL_MISSING);
  }

  @Test
  void aFileOfADataCentreIsRead() throws MalformedException {
    // More values than a tree of them may have.
    StringBuilder platforms = new StringBuilder("[0");
    for (int i = 0; i < 100_000; i++) {
      platforms.append(",{\"qe_id\":\"").append(i).append("\"}");
    }
    assertThat(select(with(clientTool(), "pck_certs", platforms + "]"))).isEqualTo(EXPECTED);
  }

  @Test
  void brokenFilesAreRefused() {
    for (String other : List.of("null", "[]", "\"\"", "1", "{\"a\":1,\"a\":1}", "{\"a\":}")) {
      assertThat(
              refusal(
                  () -> PcsClientToolCollateral.parse(utf8("{\"collaterals\":" + other + "}}"))))
          .isEqualTo(COLLATERAL_FORMAT);
    }
    for (String name : List.of("tcbinfos", "pckcacrl", "certificates", "rootcacrl")) {
      assertThat(refusal(() -> select(with(clientTool(), name, "1"))))
          .as(name)
          .isEqualTo(COLLATERAL_FORMAT);
    }
    for (String family :
        List.of("{}", "{\"fmspc\":1}", "{\"fmspc\":\"90c06f\"}", "{\"tdx_tcbinfo\":{}}")) {
      assertThat(refusal(() -> select(with(clientTool(), "tcbinfos", "[" + family + "]"))))
          .as(family)
          .isEqualTo(COLLATERAL_FORMAT);
    }
  }
}
