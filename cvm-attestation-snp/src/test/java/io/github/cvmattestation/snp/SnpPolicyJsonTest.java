package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.Scene.proven;
import static io.github.cvmattestation.snp.SnpFinding.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.ReferenceValues;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.SnpReportWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The policy as JSON: each member means the builder's method, and nothing else is understood. */
class SnpPolicyJsonTest {
  private static final String DIGEST = "ab".repeat(48);
  private static final String ID = "17".repeat(32);
  private static final String DATA = "5e".repeat(64);
  private static final String CHIP = Line.GENOA.chipId("default").hex();
  private static final String TCB =
      "{'bootLoader':10,'tee':0,'snp':%d,'microcode':84}".replace('\'', '"');

  @Test
  void questionsMayAllBeIgnoredButTheProductLines() {
    affirms(Map.of(), writer -> {});
    assertThat(codes(Map.of("productLines", "[\"Turin\",\"Milan\"]"), writer -> {}))
        .isEqualTo("SNP_PRODUCT_LINE");
    for (String member : defaults().keySet()) {
      Map<String, String> members = defaults();
      members.remove(member);
      refused(members);
    }
    refused(Map.of("productLines", "\"ignore\""));
  }

  @Test
  void eachMemberMeansItsRule() {
    holds("measurement", quoted(DIGEST), w -> w.measurement(Bytes.ofHex(DIGEST)), SNP_MEASUREMENT);
    holds(
        "measurement",
        "[\"" + "00".repeat(48) + "\"," + quoted(DIGEST) + "]",
        w -> w.measurement(Bytes.ofHex(DIGEST)),
        SNP_MEASUREMENT);
    holds(
        "reportData",
        quoted(DATA),
        w -> w.reportData(new ReportData(Bytes.ofHex(DATA))),
        SNP_REPORT_DATA);
    holds("hostData", list(ID), w -> w.hostData(Bytes.ofHex(ID)), SNP_HOST_DATA);
    holds("reportId", list(ID), w -> w.reportId(Bytes.ofHex(ID)), SNP_REPORT_ID);
    holds("migrationAgent", list(ID), w -> w.reportIdMa(Bytes.ofHex(ID)), SNP_REPORT_ID);
    holds("vmpl", "[1,2]", w -> w.vmpl(2), SNP_VMPL);
    holds(
        "firmware",
        quoted("1.56"),
        w -> w.currentVersion(1, 56, 0).committedVersion(1, 56, 0),
        SNP_FIRMWARE);
    holds(
        "firmware",
        quoted("1.55.41"),
        w -> w.currentVersion(1, 55, 41).committedVersion(1, 55, 41),
        SNP_FIRMWARE);
    holds("reportVersion", "4", w -> w.version(4), SNP_REPORT_VERSION);
    holds("abi", quoted("0.32"), w -> w.policy(0x30020), SNP_GUEST_POLICY);
    holds("guestPolicy", "[\"noSmt\"]", w -> w.policy(0x2001F), SNP_GUEST_POLICY);
    holds(
        "guestPolicy",
        "[\"singleSocket\",\"aes256Xts\",\"raplDisabled\",\"ciphertextHiding\",\"pageSwapDisabled\"]",
        w -> w.policy(0x3001F | 1 << 20 | 0xF << 22),
        SNP_GUEST_POLICY);
    holds(
        "platform",
        "{\"ones\":\"0000000000000010\",\"zeros\":\"0000000000000001\"}",
        w -> w.platformInfo(0x30),
        SNP_PLATFORM);
    holds(
        "mitigations",
        "{\"launch\":\"8000000000000000\",\"current\":\"0000000000000002\"}",
        w -> w.version(5).launchMitigationVector(1L << 63).currentMitigationVector(3),
        SNP_MITIGATION);
    affirms(Map.of("chip", list(CHIP)), writer -> {});
    assertThat(codes(Map.of("chip", list("11".repeat(64))), writer -> {})).contains("SNP_CHIP");
    assertThat(codes(Map.of("refuseChips", list(CHIP)), writer -> {})).contains("SNP_CHIP");
    affirms(Map.of("refuseChips", list("11".repeat(64))), writer -> {});
  }

  @ParameterizedTest
  @CsvSource({
    "debugGuest,SNP_DEBUG",
    "migrationAgent,SNP_MIGRATION",
    "cxl,SNP_GUEST_POLICY",
    "provisionalFirmware,SNP_PROVISIONAL",
    "unknownPlatformBits,SNP_PLATFORM"
  })
  void eachAllowanceAllowsOneThing(String name, String code) {
    Map<String, Consumer<SnpReportWriter>> weak =
        Map.of(
            "debugGuest", w -> w.policy(0x3001F | 1 << 19),
            "migrationAgent", w -> w.policy(0x3001F | 1 << 18),
            "cxl", w -> w.policy(0x3001F | 1 << 21),
            "provisionalFirmware", w -> w.currentVersion(1, 55, 41),
            "unknownPlatformBits", w -> w.platformInfo(0x100));
    weak.forEach(
        (weakness, change) -> {
          String expected = weakness.equals(name) ? "" : code(weakness);
          assertThat(codes(Map.of("allow", list(name)), change)).isEqualTo(expected);
        });
    assertThat(code(name)).isEqualTo(code);
  }

  @Test
  void floorsAreReadForEachTcbOfALine() {
    String low = TCB.formatted(23);
    String high = TCB.formatted(24);
    for (int i = -1; i < 4; i++) {
      StringBuilder floors = new StringBuilder("{\"Genoa\":{");
      String[] names = {"reported", "committed", "current", "launch"};
      for (int j = 0; j < 4; j++) {
        floors
            .append(j == 0 ? "" : ",")
            .append(quoted(names[j]))
            .append(':')
            .append(i == j ? high : low);
      }
      String json = floors.append("}}").toString();
      AttestationResult result =
          appraise(Map.of("productLines", list("Genoa"), "tcb", json), Scene.vcek(Line.GENOA));
      assertThat(result.findings()).hasSize(i < 0 ? 0 : 1);
      if (i >= 0) {
        assertThat(result.findings().get(0).expected()).startsWith(names[i]);
      }
    }
  }

  @Test
  void turinsFloorsHaveFiveLevels() {
    String tcb = "{\"fmc\":%d,\"bootLoader\":2,\"tee\":1,\"snp\":4,\"microcode\":77}";
    for (int fmc = 1; fmc <= 2; fmc++) {
      String level = tcb.formatted(fmc);
      String floors =
          "{\"Turin\":{\"reported\":%s,\"committed\":%s,\"current\":%s,\"launch\":%s}}"
              .formatted(level, level, level, level);
      assertThat(
              appraise(Map.of("productLines", list("Turin"), "tcb", floors), Scene.vcek(Line.TURIN))
                  .findings())
          .hasSize(fmc == 1 ? 0 : 4);
    }
  }

  @Test
  void anIdBlockIsRead() {
    String rule =
        "{\"idKeys\":[\"%s\"],\"authorKeys\":[],\"familyIds\":[],\"imageIds\":[],\"minimumGuestSvn\":3}"
            .formatted(DIGEST);
    holds(
        "idBlock",
        rule,
        w -> w.idKeyDigest(Bytes.ofHex(DIGEST)).guestSvn(3),
        SNP_ID_BLOCK,
        SNP_GUEST_SVN);
    for (String member :
        new String[] {"idKeys", "authorKeys", "familyIds", "imageIds", "minimumGuestSvn"}) {
      refused(Map.of("idBlock", rule.replace(member, member + "2")));
    }
    refused(Map.of("idBlock", rule.replace(":3", ":4294967296")));
    refused(Map.of("idBlock", rule.replace(DIGEST, "00")));
    refused(Map.of("idBlock", rule.replace("[\"" + DIGEST + "\"]", "[]")));
  }

  @Test
  void providersOfFleetKeysAreRead() {
    Scene scene = Scene.vlek(Line.GENOA);
    assertThat(appraise(Map.of(), scene).findings()).hasSize(1);
    assertThat(appraise(Map.of("vlekOf", "[\"CN=cc.example.com\"]"), scene).findings()).isEmpty();
    assertThat(appraise(Map.of("vlekOf", "[\"CN=cc.example.org\"]"), scene).findings()).hasSize(1);
    assertThat(appraise(Map.of("vlekOf", "\"any provider\""), scene).findings()).isEmpty();
    refused(Map.of("vlekOf", "\"any\""));
    refused(Map.of("vlekOf", "[]"));
    refused(Map.of("vlekOf", "[1]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "debug",
        "Chip",
        "products",
        "",
        "ignoreTcb",
        "measurements",
        "comment",
        "$schema",
        "vlek"
      })
  void anUnknownMemberIsRefused(String name) {
    refused(Map.of(name, "\"ignore\""));
  }

  @Test
  void anUnknownMemberOfAMemberIsRefused() {
    String zeros = "\"0000000000000000\"";
    refused(
        Map.of(
            "platform", "{\"ones\":%s,\"zeros\":%s,\"launch\":%s}".formatted(zeros, zeros, zeros)));
    refused(
        Map.of(
            "mitigations",
            "{\"launch\":%s,\"current\":%s,\"ones\":%s}".formatted(zeros, zeros, zeros)));
    refused(Map.of("tcb", "{\"Genoa\":{}}"));
    refused(Map.of("tcb", "{\"Venice\":{}}"));
    refused(Map.of("tcb", "{}"));
    String level = TCB.formatted(1);
    String floors =
        "{\"Genoa\":{\"reported\":%s,\"committed\":%s,\"current\":%s,\"launch\":%s}}"
            .formatted(level, level, level, level);
    Map<String, String> genoa = Map.of("productLines", list("Genoa"));
    affirmsJson(with(genoa, "tcb", floors));
    refused(with(genoa, "tcb", floors.replace("\"launch\"", "\"lunch\"")));
    refused(with(genoa, "tcb", floors.replace("\"tee\":0", "\"tee\":0,\"fmc\":0")));
    refused(with(genoa, "tcb", floors.replace("\"tee\":0,", "")));
    refused(with(genoa, "tcb", floors.replace(":84", ":256")));
    refused(with(genoa, "tcb", floors.replace(":84", ":-1")));
    refused(with(genoa, "tcb", floors.replace(":84", ":\"84\"")));
    // Floors for one of the accepted lines leave the others open.
    refused(Map.of("tcb", floors));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "productLines|[]",
        "productLines|\"Genoa\"",
        "productLines|[\"genoa\"]",
        "productLines|[\"Genoa\",7]",
        "productLines|null",
        "tcb|true",
        "tcb|[]",
        "tcb|\"Ignore\"",
        "measurement|true",
        "measurement|[]",
        "measurement|\"\"",
        "measurement|\"zz\"",
        "measurement|\"ab\"",
        "measurement|[\"ignore\"]",
        "measurement|[[\"ab\"]]",
        "measurement|null",
        "reportData|[]",
        "reportData|\"00\"",
        "hostData|{}",
        "chip|[1]",
        "chip|[\"0102030405060708\"]",
        "idBlock|[]",
        "idBlock|\"none\"",
        "refuseChips|\"ignore\"",
        "vmpl|0",
        "vmpl|[4]",
        "vmpl|[-1]",
        "vmpl|[\"0\"]",
        "vmpl|[0.5]",
        "vmpl|[]",
        "firmware|1.55",
        "firmware|\"1\"",
        "firmware|\"1.55.40.1\"",
        "firmware|\"1.55.\"",
        "firmware|\"1.-5\"",
        "firmware|\"1.256\"",
        "firmware|\"1.5 5\"",
        "reportVersion|\"3\"",
        "reportVersion|256",
        "abi|\"1.55.40\"",
        "abi|\"1\"",
        "abi|1",
        "guestPolicy|\"noSmt\"",
        "guestPolicy|[\"smt\"]",
        "platform|\"00\"",
        "platform|{\"ones\":\"00\",\"zeros\":\"00\"}",
        "platform|{\"ones\":\"0000000000000001\",\"zeros\":\"0000000000000001\"}",
        "platform|{\"ones\":\"0000000000000001\"}",
        "mitigations|{\"launch\":1,\"current\":2}",
        "reportId|\"ignore\"",
        "migrationAgent|\"any\"",
        "allow|\"debugGuest\"",
        "allow|[\"debug\"]",
        "allow|[\"cxl\",\"cxl\",\"cxl\",\"cxl\",\"cxl\",\"cxl\"]",
        "allow|[true]"
      })
  void aValueOfTheWrongKindIsRefused(String member, String value) {
    refused(Map.of(member, value));
  }

  @Test
  void oneReportCannotHoldTwoReportDatas() {
    refused(Map.of("reportData", "[" + quoted(DATA) + "," + quoted("00".repeat(64)) + "]"));
    affirms(Map.of("reportData", list(DATA)), w -> w.reportData(new ReportData(Bytes.ofHex(DATA))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "[]", "\"ignore\"", "{", "{}x", "{\"tcb\":1,\"tcb\":2}", "\uFEFF{}"})
  void whatIsNoStrictJsonObjectIsRefused(String json) {
    assertThatThrownBy(() -> SnpPolicy.parse(bytes(json)))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  @Test
  void aPolicyOfMoreThanAMegabyteIsRefused() {
    String json = object(defaults());
    assertThatThrownBy(() -> SnpPolicy.parse(bytes(json + " ".repeat(1 << 20))))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  @Test
  void theModuleReadsItsSectionOfReferenceValues() {
    AppraisalPolicy policy =
        AppraisalPolicy.fromReferenceValues(
            ReferenceValues.parse(bytes("{\"snp\":" + object(defaults()) + "}")));
    assertThat(policy.appraise(proven(Scene.vcek(Line.GENOA).verify())))
        .isInstanceOf(AttestationResult.Affirmed.class);
  }

  private static void holds(
      String member, String value, Consumer<SnpReportWriter> right, SnpFinding... codes) {
    affirms(Map.of(member, value), right);
    String expected = Arrays.stream(codes).map(Enum::name).collect(Collectors.joining(","));
    // More than one demand of the same kind fails more than once.
    assertThat(codes(Map.of(member, value), writer -> {})).startsWith(expected);
  }

  private static void affirms(Map<String, String> members, Consumer<SnpReportWriter> change) {
    assertThat(codes(members, change)).isEmpty();
  }

  private static void affirmsJson(Map<String, String> members) {
    affirms(members, writer -> {});
  }

  private static String codes(Map<String, String> members, Consumer<SnpReportWriter> change) {
    return appraise(members, Scene.vcek(Line.GENOA).report(change)).findings().stream()
        .map(Finding::code)
        .map(code -> code.name())
        .collect(Collectors.joining(","));
  }

  private static AttestationResult appraise(Map<String, String> members, Scene scene) {
    Map<String, String> all = defaults();
    all.putAll(members);
    return AppraisalPolicy.of(SnpPolicy.parse(bytes(object(all)))).appraise(proven(scene.verify()));
  }

  private static void refused(Map<String, String> members) {
    Map<String, String> all = members instanceof LinkedHashMap ? members : defaults();
    all.putAll(members);
    assertThatThrownBy(() -> SnpPolicy.parse(bytes(object(all))))
        .as(members.toString())
        .isInstanceOf(AttestationException.Configuration.class);
  }

  private static Map<String, String> with(Map<String, String> some, String name, String value) {
    Map<String, String> all = new HashMap<>(some);
    all.put(name, value);
    return Map.copyOf(all);
  }

  private static Map<String, String> defaults() {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("productLines", "[\"Milan\",\"Genoa\",\"Turin\"]");
    for (String question :
        new String[] {"tcb", "measurement", "reportData", "hostData", "idBlock", "chip"}) {
      members.put(question, "\"ignore\"");
    }
    return members;
  }

  private static String object(Map<String, String> members) {
    return members.entrySet().stream()
        .map(member -> quoted(member.getKey()) + ":" + member.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String code(String weakness) {
    return switch (weakness) {
      case "debugGuest" -> "SNP_DEBUG";
      case "migrationAgent" -> "SNP_MIGRATION";
      case "cxl" -> "SNP_GUEST_POLICY";
      case "provisionalFirmware" -> "SNP_PROVISIONAL";
      default -> "SNP_PLATFORM";
    };
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
