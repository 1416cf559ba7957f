package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.PolicyScene.svn;
import static io.github.cvmattestation.tdx.PolicyScene.td15;
import static io.github.cvmattestation.tdx.TdxFinding.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.ReferenceValues;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.spi.TeeModule;
import io.github.cvmattestation.testkit.TdQuoteWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The policy as JSON: each member means the builder's method, and nothing else is understood. */
class TdxPolicyJsonTest {
  private static final String DIGEST = "ab".repeat(48);
  private static final String ZEROS = "00".repeat(48);
  private static final String DATA = "5e".repeat(64);
  private static final String ID = "17".repeat(16);
  private static final Consumer<TdQuoteWriter> HEALTHY = quote -> {};

  @Test
  void questionsMayAllBeIgnoredButNotLeftOut() {
    affirms(Map.of(), HEALTHY);
    for (String member : defaults().keySet()) {
      Map<String, String> members = defaults();
      members.remove(member);
      refused(object(members));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mrtd", "mrConfigId", "mrOwner", "mrOwnerConfig"})
  void aMeasurementIsAStringOrAList(String member) {
    Bytes digest = Bytes.ofHex(DIGEST);
    Consumer<TdQuoteWriter> right =
        quote -> quote.mrTd(digest).mrConfigId(digest).mrOwner(digest).mrOwnerConfig(digest);
    String code = member.startsWith("mrOwner") ? "TDX_MROWNER" : "TDX_" + upper(member);
    for (String value :
        new String[] {
          quoted(DIGEST), list(DIGEST), "[" + quoted(ZEROS) + "," + quoted(upper(DIGEST)) + "]"
        }) {
      affirms(Map.of(member, value), right);
    }
    assertThat(codes(Map.of(member, quoted("cd".repeat(48))), right)).isEqualTo(code);
    for (String value :
        new String[] {
          "true",
          "[]",
          "\"\"",
          "\"zz\"",
          "\"ab\"",
          "[\"ignore\"]",
          "[[]]",
          "null",
          "\"Ignore\"",
          "{}"
        }) {
      refuses(member, value);
    }
  }

  @Test
  void eachMemberMeansItsRule() {
    Bytes digest = Bytes.ofHex(DIGEST);
    holds(
        "reportData",
        quoted(DATA),
        quote -> quote.reportData(new ReportData(Bytes.ofHex(DATA))),
        TDX_REPORT_DATA);
    holds("mrSeam", list(DIGEST), quote -> quote.mrSeam(digest), TDX_MRSEAM);
    affirms(
        Map.of("attributes", "{\"value\":\"0000001000000000\",\"mask\":\"ffffffffffffffff\"}"),
        HEALTHY);
    holds(
        "attributes",
        "{\"value\":\"0000005000000000\",\"mask\":\"0000005000000000\"}",
        quote -> quote.tdAttributes(1L << 28 | 1L << 30),
        TDX_ATTRIBUTES);
    holds(
        "xfam",
        "{\"value\":\"0301000000000000\",\"mask\":\"0301000000000000\"}",
        quote -> quote.xfam(0x103),
        TDX_XFAM);
    holds(
        "rtmrs", "{\"2\":" + quoted(DIGEST) + "}", quote -> quote.rtmr(2, digest), TDX_RTMR_UNUSED);
    assertThat(
            codes(
                Map.of("rtmrs", "{\"0\":%s,\"3\":%s}".formatted(list(DIGEST), list(DIGEST))),
                quote -> quote.rtmr(1, digest)))
        .isEqualTo("TDX_RTMR,TDX_RTMR");
    affirms(Map.of("evaluationDataNumber", "18"), HEALTHY);
    assertThat(codes(Map.of("evaluationDataNumber", "19"), HEALTHY))
        .isEqualTo("TDX_EVALUATION_NUMBER");
    affirms(Map.of("tcbDate", quoted("2024-11-13T00:00:00Z")), HEALTHY);
    assertThat(codes(Map.of("tcbDate", quoted("2024-11-13T00:00:01Z")), HEALTHY))
        .isEqualTo("TDX_TCB_DATE");
  }

  @Test
  void aPlatformIsNamedByPpidOrByInstance() {
    PolicyScene scene =
        td15().sgx(sgx -> sgx.ppid(Bytes.ofHex(ID)).platformInstanceId(Bytes.ofHex(ID)));
    String both = "{\"ppids\":%s,\"instances\":%s}";
    assertThat(codes(Map.of("platform", "{\"ppids\":" + list(ID) + "}"), scene)).isEmpty();
    assertThat(codes(Map.of("platform", "{\"instances\":" + list(ID) + "}"), scene)).isEmpty();
    String other = list("18".repeat(16));
    assertThat(codes(Map.of("platform", both.formatted(list(ID), other)), scene))
        .isEqualTo("TDX_PLATFORM");
    assertThat(codes(Map.of("platform", both.formatted(other, list(ID))), scene))
        .isEqualTo("TDX_PLATFORM");
    assertThat(codes(Map.of("platform", both.formatted(other, other)), scene))
        .isEqualTo("TDX_PLATFORM,TDX_PLATFORM");
  }

  @ParameterizedTest
  @CsvSource({
    "staticPlatform,false,true,true",
    "noCachedKeys,true,false,true",
    "noSmt,true,true,false"
  })
  void eachDemandOfConfigurationIsRead(String name, boolean dynamic, boolean cached, boolean smt) {
    Map<String, String> members = Map.of("configuration", list(name));
    assertThat(codes(members, td15().sgx(sgx -> sgx.configuration(dynamic, cached, smt))))
        .isEmpty();
    assertThat(codes(members, td15().sgx(sgx -> sgx.configuration(!dynamic, !cached, !smt))))
        .isEqualTo("TDX_PLATFORM_CONFIGURATION");
  }

  @Test
  void statusesAndAdvisoriesAreRead() {
    PolicyScene scene =
        td15()
            .platform("UpToDate", "OutOfDate", "Revoked")
            .module("UpToDate", "OutOfDate")
            .qe("UpToDate", "OutOfDate")
            .svns(svn(4, 1, 3), svn(4, 1, 3));
    String out = list("OutOfDate");
    Map<String, String> any = Map.of("allowTcbStatuses", out, "allowAdvisories", quoted("any"));
    assertThat(codes(Map.of(), scene)).isEqualTo("TDX_TCB_STATUS,TDX_ADVISORY");
    assertThat(codes(any, scene)).isEmpty();
    String all = "[\"INTEL-SA-00003\",\"INTEL-SA-00104\",\"INTEL-SA-00007\"]";
    assertThat(codes(Map.of("allowTcbStatuses", out, "allowAdvisories", all), scene)).isEmpty();
    assertThat(codes(Map.of("allowTcbStatuses", out, "allowAdvisories", "[]"), scene))
        .isEqualTo("TDX_ADVISORY");
    assertThat(codes(with(any, "refuseAdvisories", list("INTEL-SA-00104")), scene))
        .isEqualTo("TDX_ADVISORY");
    for (String part : new String[] {"platformStatuses", "moduleStatuses", "qeStatuses"}) {
      assertThat(codes(with(any, part, list("UpToDate")), scene)).isEqualTo("TDX_TCB_STATUS");
      assertThat(codes(with(any, part, "[\"UpToDate\",\"OutOfDate\"]"), scene)).isEmpty();
    }
    refused(object(with(all(any), "allowOutOfDateDays", "30")));
    refused(object(all(Map.of("allowTcbStatuses", out))));
  }

  @Test
  void eachPartHasItsOwnMember() {
    Map<String, String> any =
        Map.of("allowTcbStatuses", list("OutOfDate"), "allowAdvisories", quoted("any"));
    PolicyScene platform = td15().platform("UpToDate", "OutOfDate", "Revoked");
    PolicyScene module = td15().module("UpToDate", "OutOfDate").svns(svn(4, 1, 3), svn(4, 1, 3));
    PolicyScene qe = td15().qe("UpToDate", "OutOfDate");
    String[] members = {"platformStatuses", "moduleStatuses", "qeStatuses"};
    PolicyScene[] scenes = {platform, module, qe};
    for (int i = 0; i < members.length; i++) {
      for (int j = 0; j < scenes.length; j++) {
        assertThat(codes(with(any, members[i], list("UpToDate")), scenes[j]))
            .isEqualTo(i == j ? "TDX_TCB_STATUS" : "");
      }
    }
  }

  @Test
  void graceIsReadInDays() {
    PolicyScene scene = td15().platform("UpToDate", "OutOfDate", "Revoked"); // 20 days ago
    Map<String, String> members =
        Map.of("tcbDate", quoted("2018-01-01T00:00:00Z"), "allowAdvisories", quoted("any"));
    assertThat(codes(with(members, "allowOutOfDateDays", "20"), scene)).isEmpty();
    assertThat(codes(with(members, "allowOutOfDateDays", "19"), scene)).isEqualTo("TDX_TCB_STATUS");
    for (String value : new String[] {"0", "91", "-1", "\"30\"", "1.5", "[30]", "\"any\""}) {
      refused(object(with(all(members), "allowOutOfDateDays", value)));
    }
    refused(object(all(Map.of("allowOutOfDateDays", "20", "allowAdvisories", quoted("any")))));
  }

  @Test
  void serviceTdsAreRead() {
    Consumer<TdQuoteWriter> bound = quote -> quote.mrServiceTd(Bytes.ofHex(DIGEST));
    assertThat(codes(Map.of(), bound)).isEqualTo("TDX_SERVICE_TD");
    assertThat(codes(Map.of("allowServiceTd", list("cd".repeat(48))), bound))
        .isEqualTo("TDX_SERVICE_TD");
    affirms(Map.of("allowServiceTd", list(DIGEST)), bound);
    affirms(Map.of("allowServiceTd", quoted("any")), bound);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "debugGuest",
        "migratable",
        "unknownAttributes",
        "unknownXfam",
        "worseSinceLaunch"
      })
  void eachAllowanceAllowsOneThing(String name) {
    Map<String, Consumer<PolicyScene>> weak =
        Map.of(
            "debugGuest", scene -> scene.quote(quote -> quote.tdAttributes(1)),
            "migratable", scene -> scene.quote(quote -> quote.tdAttributes(1L << 29)),
            "unknownAttributes", scene -> scene.quote(quote -> quote.tdAttributes(1L << 40)),
            "unknownXfam", scene -> scene.quote(quote -> quote.xfam(1L << 40 | 3)),
            "worseSinceLaunch",
                scene ->
                    scene
                        .platform("UpToDate", "OutOfDate", "Revoked")
                        .svns(svn(6, 1, 4), svn(6, 1, 3)));
    weak.forEach(
        (weakness, change) -> {
          PolicyScene scene = td15();
          change.accept(scene);
          Map<String, String> members =
              Map.of(
                  "allow", list(name),
                  "allowTcbStatuses", list("OutOfDate"),
                  "allowAdvisories", quoted("any"));
          assertThat(codes(members, scene).isEmpty()).isEqualTo(weakness.equals(name));
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "debug",
        "mrTd",
        "MRTD",
        "rtmr",
        "",
        "ignoreMrTd",
        "comment",
        "$schema",
        "ppids",
        "allowDebugGuest",
        "tcbStatuses",
        "allowAnyAdvisory",
        "collateralGraceDays",
        "snp"
      })
  void anUnknownMemberIsRefused(String name) {
    refuses(name, "\"ignore\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rtmrs|[]",
        "rtmrs|{}",
        "rtmrs|{\"4\":\"ignore\"}",
        "rtmrs|{\"0\":\"ignore\"}",
        "rtmrs|{\"00\":[]}",
        "rtmrs|{\"0\":[]}",
        "rtmrs|{\"0\":\"abcd\"}",
        "rtmrs|true",
        "reportData|[]",
        "reportData|\"00\"",
        "reportData|7",
        "platform|[]",
        "platform|{}",
        "platform|{\"ppids\":[]}",
        "platform|{\"ppid\":[]}",
        "platform|{\"ppids\":\"ignore\"}",
        "platform|{\"ppids\":[\"00\"]}",
        "platform|{\"instances\":[\"00000000000000000000000000000000\"]}",
        "platform|{\"instances\":[1]}",
        "mrSeam|\"ignore\"",
        "mrSeam|[]",
        "mrSeam|[\"ab\"]",
        "attributes|\"00\"",
        "attributes|{\"value\":\"0000001000000000\"}",
        "attributes|{\"value\":\"00\",\"mask\":\"00\"}",
        "attributes|{\"value\":0,\"mask\":0}",
        "attributes|{\"value\":\"0000000000000000\",\"mask\":\"0000000000000000\"}",
        "attributes|{\"value\":\"0000001000000000\",\"mask\":\"0000000000000080\"}",
        "attributes|{\"value\":\"0100000000000000\",\"mask\":\"0100000000000000\"}",
        "attributes|{\"value\":\"0000001000000000\",\"mask\":\"0000001000000000\",\"x\":1}",
        "xfam|{\"ones\":\"0300000000000000\",\"zeros\":\"0000000000000000\"}",
        "xfam|{\"value\":\"0300000000000000\",\"mask\":\"0100000000000000\"}",
        "xfam|{\"value\":\"030000000000000000\",\"mask\":\"0300000000000000\"}",
        "xfam|\"0300000000000000\"",
        "configuration|\"noSmt\"",
        "configuration|[\"smt\"]",
        "configuration|[\"no_smt\"]",
        "configuration|[\"NO_SMT\"]",
        "configuration|[true]",
        "platformStatuses|[]",
        "platformStatuses|\"UpToDate\"",
        "platformStatuses|[\"SWHardeningNeeded\"]",
        "platformStatuses|[\"UpToDate\",\"SWHardeningNeeded\"]",
        "moduleStatuses|[\"UpToDate\",\"Revoked\"]",
        "qeStatuses|[\"UPTODATE\"]",
        "tcbDate|1710288000",
        "tcbDate|\"2024-03-13\"",
        "tcbDate|\"2024-03-13T00:00:00\"",
        "tcbDate|\"\"",
        "evaluationDataNumber|\"18\"",
        "evaluationDataNumber|-1",
        "evaluationDataNumber|2147483648",
        "refuseAdvisories|\"any\"",
        "refuseAdvisories|[]",
        "refuseAdvisories|[\"INTEL-SA-837\"]",
        "refuseAdvisories|[837]",
        "allowTcbStatuses|[]",
        "allowTcbStatuses|\"any\"",
        "allowTcbStatuses|[\"Revoked\"]",
        "allowTcbStatuses|[\"outOfDate\"]",
        "allowTcbStatuses|[\"SWHardeningNeeded\"]",
        "allowAdvisories|\"Any\"",
        "allowAdvisories|[\"any\"]",
        "allowAdvisories|true",
        "allowServiceTd|[]",
        "allowServiceTd|\"none\"",
        "allowServiceTd|[\"ab\"]",
        "allow|\"debugGuest\"",
        "allow|[\"debug\"]",
        "allow|[\"debug_guest\"]",
        "allow|[\"migratable\",\"migratable\",\"migratable\",\"migratable\",\"migratable\",\"migratable\"]",
        "allow|[true]"
      })
  void aValueOfTheWrongKindIsRefused(String member, String value) {
    refuses(member, value);
  }

  @Test
  void oneQuoteCannotHoldTwoReportDatas() {
    refuses("reportData", "[" + quoted(DATA) + "," + quoted("00".repeat(64)) + "]");
    affirms(
        Map.of("reportData", list(DATA)),
        quote -> quote.reportData(new ReportData(Bytes.ofHex(DATA))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "[]", "\"ignore\"", "{", "{}x", "{\"mrtd\":1,\"mrtd\":2}", "\uFEFF{}"})
  void whatIsNoStrictJsonObjectIsRefused(String json) {
    refused(json);
  }

  @Test
  void aPolicyOfMoreThanAMegabyteIsRefused() {
    refused(object(defaults()) + " ".repeat(1 << 20));
  }

  @Test
  void theModuleReadsItsSectionOfReferenceValues() {
    AppraisalPolicy policy =
        AppraisalPolicy.fromReferenceValues(
            ReferenceValues.parse(bytes("{\"tdx\":" + object(defaults()) + "}")));
    assertThat(policy.appraise(td15().verified())).isInstanceOf(AttestationResult.Affirmed.class);
  }

  @Test
  void theModuleIsFoundByItsNameAndByItsMediaType() {
    TeeModule module = TeeModule.byId("tdx");
    assertThat(module).isInstanceOf(TdxTeeModule.class);
    assertThat(TeeModule.forMediaType(TdxEvidence.MEDIA_TYPE)).isInstanceOf(TdxTeeModule.class);
    assertThat(module.trustAnchors()).isEqualTo(IntelTrustAnchors.published());
    assertThat(module.verifier(module.trustAnchors(), SignatureBackends.fastest()))
        .isInstanceOf(TdxVerifier.class);
  }

  /** {@code code} is what an otherwise healthy TD is rejected with. */
  private static void holds(
      String member, String value, Consumer<TdQuoteWriter> right, TdxFinding code) {
    affirms(Map.of(member, value), right);
    assertThat(codes(Map.of(member, value), HEALTHY)).isEqualTo(code.name());
  }

  private static void affirms(Map<String, String> members, Consumer<TdQuoteWriter> change) {
    assertThat(codes(members, change)).isEmpty();
  }

  private static String codes(Map<String, String> members, Consumer<TdQuoteWriter> change) {
    return codes(members, td15().quote(change));
  }

  private static String codes(Map<String, String> members, PolicyScene scene) {
    TdxPolicy policy = TdxPolicy.parse(bytes(object(all(members))));
    return AppraisalPolicy.of(policy).appraise(scene.verified()).findings().stream()
        .map(Finding::code)
        .map(code -> code.name())
        .collect(Collectors.joining(","));
  }

  private static void refuses(String member, String value) {
    refused(object(all(Map.of(member, value))));
  }

  private static void refused(String json) {
    assertThatThrownBy(() -> TdxPolicy.parse(bytes(json)))
        .as(json)
        .isInstanceOf(AttestationException.Configuration.class);
  }

  private static Map<String, String> all(Map<String, String> members) {
    Map<String, String> all = defaults();
    all.putAll(members);
    return all;
  }

  private static Map<String, String> with(Map<String, String> some, String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(some);
    all.put(name, value);
    return all;
  }

  private static Map<String, String> defaults() {
    Map<String, String> members = new LinkedHashMap<>();
    for (String question :
        new String[] {
          "mrtd", "rtmrs", "reportData", "mrConfigId", "mrOwner", "mrOwnerConfig", "platform"
        }) {
      members.put(question, "\"ignore\"");
    }
    return members;
  }

  private static String object(Map<String, String> members) {
    return members.entrySet().stream()
        .map(member -> quoted(member.getKey()) + ":" + member.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  private static String list(String text) {
    return "[" + quoted(text) + "]";
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
