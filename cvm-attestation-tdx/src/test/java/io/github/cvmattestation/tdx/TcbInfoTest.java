package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Documents.LEVELS;
import static io.github.cvmattestation.tdx.Documents.MODULE_01;
import static io.github.cvmattestation.tdx.Documents.TCB_INFO;
import static io.github.cvmattestation.tdx.Documents.components;
import static io.github.cvmattestation.tdx.Documents.isvLevel;
import static io.github.cvmattestation.tdx.Documents.level;
import static io.github.cvmattestation.tdx.Documents.moduleIdentity;
import static io.github.cvmattestation.tdx.Documents.signed;
import static io.github.cvmattestation.tdx.Documents.tcbInfo;
import static io.github.cvmattestation.tdx.Documents.tcbInfoRefusal;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_JSON;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_SCHEMA;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_SCOPE;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_TCB_STATUS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.tdx.internal.TcbInfoFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TcbInfoTest {
  private static TcbInfo read(String text) throws MalformedException {
    return TcbInfo.parse(signed(text));
  }

  private static Bytes sixteen(int svn) {
    return Bytes.ofHex("%02x".formatted(svn).repeat(16));
  }

  @Test
  void everyFieldIsRead() throws MalformedException {
    TcbInfo info = read(TCB_INFO);
    Instant date = Instant.parse("2024-03-13T00:00:00Z");
    TdxModule module =
        new TdxModule(
            Bytes.zeros(47).concat(Bytes.ofHex("ab")), Bytes.zeros(8), Bytes.ofHex("ff".repeat(8)));
    assertThat(info)
        .isEqualTo(
            new TcbInfo(
                Instant.parse("2026-03-16T22:06:09Z"),
                Instant.parse("2026-04-15T22:06:09Z"),
                Bytes.ofHex("90c06f000000"),
                Bytes.ofHex("0001"),
                18,
                module,
                List.of(
                    new TdxModuleIdentity(
                        1,
                        module,
                        List.of(
                            new IsvLevel(4, date, TcbStatus.UP_TO_DATE, List.of()),
                            new IsvLevel(2, date, TcbStatus.OUT_OF_DATE, List.of())))),
                List.of(
                    new TcbLevel(sixteen(5), 11, sixteen(6), date, TcbStatus.UP_TO_DATE, List.of()),
                    new TcbLevel(
                        sixteen(4),
                        11,
                        sixteen(6),
                        date,
                        TcbStatus.OUT_OF_DATE,
                        List.of("INTEL-SA-00960", "INTEL-SA-00837")))));
  }

  @Test
  void theLetterCaseOfHexadecimalMeansNothing() throws MalformedException {
    String lower = TCB_INFO.replace("90c06F", "90c06f").replace("aB", "ab").replace("FFFF", "ffff");
    String upper = TCB_INFO.replace("90c06F", "90C06F").replace("aB", "AB");
    assertThat(read(lower)).isEqualTo(read(upper)).isEqualTo(read(TCB_INFO));
  }

  @Test
  void theOrderOfMembersMeansNothing() throws MalformedException {
    String idLast =
        TCB_INFO
            .replace("\"id\":\"TDX\",\"version\":3,", "")
            .replaceFirst("}$", ",\"version\":3,\"id\":\"TDX\"}");
    assertThat(read(idLast)).isEqualTo(read(TCB_INFO));
  }

  // Scope

  @ParameterizedTest
  @ValueSource(strings = {"SGX", "tdx", "TDX ", "", "TD_QE"})
  void anotherIdIsOutOfScope(String id) {
    assertThat(tcbInfoRefusal(TCB_INFO.replace("\"TDX\"", "\"" + id + "\"")))
        .contains(COLLATERAL_SCOPE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 4, 2147483647})
  void anotherVersionIsOutOfScope(int version) {
    assertThat(tcbInfoRefusal(TCB_INFO.replace("\"version\":3", "\"version\":" + version)))
        .contains(COLLATERAL_SCOPE);
  }

  @Test
  void anotherTcbTypeIsOutOfScope() {
    assertThat(tcbInfoRefusal(TCB_INFO.replace("\"tcbType\":0", "\"tcbType\":1")))
        .contains(COLLATERAL_SCOPE);
  }

  @Test
  void anSgxDocumentOfAnOlderVersionIsOutOfScopeRatherThanIncomplete() {
    assertThat(tcbInfoRefusal("{\"version\":2,\"issueDate\":\"2026-03-16T22:06:09Z\"}"))
        .contains(COLLATERAL_SCOPE);
    assertThat(tcbInfoRefusal("{\"id\":\"SGX\",\"version\":3,\"tcbLevels\":[]}"))
        .contains(COLLATERAL_SCOPE);
  }

  // Counts

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 17, 32, 300})
  void anyOtherNumberOfComponentsThanSixteenIsRefused(int count) {
    String sgx = level(components(5, count), 11, components(6, 16), "UpToDate", "");
    String tdx = level(components(5, 16), 11, components(6, count), "UpToDate", "");
    assertThat(tcbInfoRefusal(tcbInfo("[]", "[" + sgx + "]"))).contains(COLLATERAL_SCHEMA);
    assertThat(tcbInfoRefusal(tcbInfo("[]", "[" + tdx + "]"))).contains(COLLATERAL_SCHEMA);
  }

  @Test
  void noLevelsAreRefused() {
    assertThat(tcbInfoRefusal(tcbInfo("[]", "[]"))).contains(COLLATERAL_SCHEMA);
    assertThat(
            tcbInfoRefusal(tcbInfo("[" + moduleIdentity("TDX_01", "") + "]", "[" + LEVELS + "]")))
        .contains(COLLATERAL_SCHEMA);
  }

  @Test
  void equalLevelsAreRefusedWhateverTheySay() {
    String first = level(5, 11, 6, "UpToDate", "");
    String second = level(5, 11, 6, "OutOfDate", "");
    String between = level(4, 11, 6, "OutOfDate", "");
    assertThat(tcbInfoRefusal(tcbInfo("[]", "[" + first + "," + between + "," + second + "]")))
        .contains(COLLATERAL_SCHEMA);
    String isv = isvLevel(4, "UpToDate") + "," + isvLevel(3, "OutOfDate");
    String twice = isv + "," + isvLevel(4, "Revoked");
    assertThat(
            tcbInfoRefusal(
                tcbInfo("[" + moduleIdentity("TDX_01", twice) + "]", "[" + LEVELS + "]")))
        .contains(COLLATERAL_SCHEMA);
  }

  @Test
  void levelsThatDifferInOneNumberAreBothKept() throws MalformedException {
    String levels =
        String.join(
            ",",
            level(5, 11, 6, "UpToDate", ""),
            level(5, 10, 6, "OutOfDate", ""),
            level(5, 11, 5, "OutOfDate", ""));
    assertThat(read(tcbInfo("[]", "[" + levels + "]")).levels()).hasSize(3);
  }

  // Module identities

  @ParameterizedTest
  @CsvSource({"TDX_01,1", "TDX_0a,10", "TDX_0A,10", "tdx_fF,255", "TdX_10,16"})
  void theIdOfAModuleIsHexadecimalInEitherCase(String id, int version) throws MalformedException {
    String identity = moduleIdentity(id, isvLevel(4, "UpToDate"));
    TcbInfo info = read(tcbInfo("[" + identity + "]", "[" + LEVELS + "]"));
    assertThat(info.moduleIdentity(version)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TDX_00",
        "TDX_1",
        "TDX_001",
        "TDX_0g",
        "TDX01",
        "TDX-01",
        "SGX_01",
        "",
        "TDX_",
        "TDX_+1",
        "TDX_\uff10\uff11"
      })
  void anythingElseIsNoIdOfAModule(String id) {
    String identity = moduleIdentity(id, isvLevel(4, "UpToDate"));
    assertThat(tcbInfoRefusal(tcbInfo("[" + identity + "]", "[" + LEVELS + "]")))
        .contains(COLLATERAL_SCHEMA);
  }

  @Test
  void aModuleThatComesTwiceInOtherLetterCaseIsRefused() {
    String identities =
        "["
            + moduleIdentity("TDX_0a", isvLevel(4, "UpToDate"))
            + ","
            + MODULE_01
            + ","
            + moduleIdentity("tdx_0A", isvLevel(5, "Revoked"))
            + "]";
    assertThat(tcbInfoRefusal(tcbInfo(identities, "[" + LEVELS + "]"))).contains(COLLATERAL_SCHEMA);
  }

  // Statuses

  @ParameterizedTest
  @EnumSource(TcbStatus.class)
  void aLevelHasAStatusThatIntelGivesIt(TcbStatus status) throws MalformedException {
    boolean relaunch = status.label().startsWith("TDRelaunch");
    String platform = tcbInfo("[]", "[" + level(5, 11, 6, status.label(), "") + "]");
    if (relaunch) {
      assertThat(tcbInfoRefusal(platform)).contains(TDX_TCB_STATUS);
    } else {
      assertThat(read(platform).levels().get(0).status()).isEqualTo(status);
    }
    boolean ofModule =
        List.of(TcbStatus.UP_TO_DATE, TcbStatus.OUT_OF_DATE, TcbStatus.REVOKED).contains(status);
    String identity = moduleIdentity("TDX_01", isvLevel(4, status.label()));
    String module = tcbInfo("[" + identity + "]", "[" + LEVELS + "]");
    if (ofModule) {
      assertThat(read(module).moduleIdentities().get(0).levels().get(0).status()).isEqualTo(status);
    } else {
      assertThat(tcbInfoRefusal(module)).contains(TDX_TCB_STATUS);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"uptodate", "UpToDate ", "", "UP_TO_DATE", "Fine", "UpToDate\\u0000"})
  void anUnknownStatusIsRefused(String status) {
    assertThat(tcbInfoRefusal(tcbInfo("[]", "[" + level(5, 11, 6, status, "") + "]")))
        .contains(TDX_TCB_STATUS);
  }

  // Numbers, dates, texts

  @ParameterizedTest
  @CsvSource({
    "svn,5,255,256",
    "pcesvn,11,65535,65536",
    "isvsvn,4,65535,65536",
    "tcbEvaluationDataNumber,18,2147483647,2147483648"
  })
  void numbersHaveTheRangeOfTheirFields(String name, int used, long max, long tooMuch)
      throws MalformedException {
    String member = "\"" + name + "\":";
    read(TCB_INFO.replaceFirst(member + used, member + max));
    assertThat(tcbInfoRefusal(TCB_INFO.replaceFirst(member + used, member + tooMuch)))
        .contains(COLLATERAL_SCHEMA);
    assertThat(tcbInfoRefusal(TCB_INFO.replaceFirst(member + used, member + "-1")))
        .contains(COLLATERAL_SCHEMA);
    assertThat(
            tcbInfoRefusal(TCB_INFO.replaceFirst(member + used, member + "12345678901234567890")))
        .contains(COLLATERAL_SCHEMA);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-03-16T22:06:09",
        "2026-03-16T22:06:09z",
        "2026-03-16t22:06:09Z",
        "2026-03-16 22:06:09Z",
        "2026-03-16T22:06:09+00:00",
        "2026-03-16T22:06:09.0Z",
        "2026-02-29T22:06:09Z",
        "2026-13-01T22:06:09Z",
        "2026-00-01T22:06:09Z",
        "2026-04-31T22:06:09Z",
        "2026-03-16T24:00:00Z",
        "2026-03-16T23:60:00Z",
        "2026-03-16T23:59:60Z",
        "2026-03-16",
        "26-03-16T22:06:09Z",
        "+026-03-16T22:06:09Z",
        "2026-3-16T22:06:09Z",
        "2026-03-16T2a:06:09Z",
        " 2026-03-16T22:06:09Z",
        ""
      })
  void aDateInAnyOtherFormIsRefused(String date) {
    for (String used :
        List.of("2026-03-16T22:06:09Z", "2026-04-15T22:06:09Z", "2024-03-13T00:00:00Z")) {
      assertThat(tcbInfoRefusal(TCB_INFO.replaceFirst(used, date))).contains(COLLATERAL_SCHEMA);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2024-02-29T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T00:00:00Z",
        "1969-12-31T23:59:59Z"
      })
  void aDateIsWhatTheCalendarSays(String date) throws MalformedException {
    assertThat(read(TCB_INFO.replaceFirst("2026-03-16T22:06:09Z", date)).issueDate())
        .isEqualTo(Instant.parse(date));
  }

  static Stream<String> hexadecimals() {
    return Stream.of("90c06F000000", "\"0001\"", "0000000000000000", "FFFFFFFFFFFFFFFF", "00aB");
  }

  @ParameterizedTest
  @MethodSource("hexadecimals")
  void hexadecimalHasItsLengthAndItsDigits(String part) {
    int at = TCB_INFO.indexOf(part) + part.length() - (part.endsWith("\"") ? 1 : 0);
    String before = TCB_INFO.substring(0, at);
    String after = TCB_INFO.substring(at);
    for (String longer : List.of("0", "00", " ")) {
      assertThat(tcbInfoRefusal(before + longer + after)).contains(COLLATERAL_SCHEMA);
    }
    assertThat(tcbInfoRefusal(before.substring(0, at - 1) + after)).contains(COLLATERAL_SCHEMA);
    assertThat(tcbInfoRefusal(before.substring(0, at - 2) + after)).contains(COLLATERAL_SCHEMA);
    for (String digit : List.of("g", "x", " ", "-", "\uff11")) {
      assertThat(tcbInfoRefusal(before.substring(0, at - 1) + digit + after))
          .contains(COLLATERAL_SCHEMA);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\\nb", "\\u001b[31m", "caf\u00e9", "\\u202e"})
  void anAdvisoryThatNobodyShouldPrintIsRefused(String advisory) {
    assertThat(tcbInfoRefusal(TCB_INFO.replace("INTEL-SA-00960", advisory)))
        .contains(COLLATERAL_SCHEMA);
  }

  @Test
  void anAdvisoryHasAtMost64Characters() throws MalformedException {
    read(TCB_INFO.replace("INTEL-SA-00960", "A".repeat(64)));
    assertThat(tcbInfoRefusal(TCB_INFO.replace("INTEL-SA-00960", "A".repeat(65))))
        .contains(COLLATERAL_SCHEMA);
  }

  // JSON

  @Test
  void nestingEndsAtALevelOf32() throws MalformedException {
    // The document is the first level.
    read(deep(31));
    assertThat(tcbInfoRefusal(deep(32))).contains(COLLATERAL_JSON);
    assertThat(tcbInfoRefusal(deep(5000))).contains(COLLATERAL_JSON);
  }

  private static String deep(int levels) {
    return TCB_INFO.replaceFirst("}$", ",\"x\":" + "[".repeat(levels) + "]".repeat(levels) + "}");
  }

  @Test
  void aDocumentOfMoreThanAMebibyteIsNotLookedAt() throws MalformedException {
    String padded = TCB_INFO + " ".repeat(SignedText.MAX_SIZE - TCB_INFO.length());
    read(padded);
    assertThat(tcbInfoRefusal(padded + " ")).contains(COLLATERAL_JSON);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "3", "\"TDX\"", "{}"})
  void anythingButAnObjectWithMembersIsRefused(String text) {
    assertThat(tcbInfoRefusal(text)).contains(text.isEmpty() ? COLLATERAL_JSON : COLLATERAL_SCHEMA);
  }

  @Test
  void otherEncodingsAreRefused() {
    assertThat(tcbInfoRefusal("\ufeff" + TCB_INFO)).contains(COLLATERAL_JSON);
    Bytes utf16 = Bytes.of(TCB_INFO.getBytes(StandardCharsets.UTF_16LE));
    Bytes latin =
        Bytes.of(TCB_INFO.replace("OS/VMM", "\u00e9").getBytes(StandardCharsets.ISO_8859_1));
    for (Bytes other : List.of(utf16, latin, Documents.utf8(TCB_INFO).concat(Bytes.zeros(1)))) {
      assertThat(Documents.refusal(TcbInfoFormat::read, other)).contains(COLLATERAL_JSON);
    }
  }

  // Messages

  @Test
  void aRefusalNamesThePlaceAndNotTheContent() {
    String changed = TCB_INFO.replaceFirst("\"pcesvn\":11", "\"pcesvn\":\"attacker's words\"");
    assertThatThrownBy(() -> read(changed))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("tcbInfo.tcbLevels[0].tcb.pcesvn")
        .hasMessageNotContaining("attacker");
    String missing = TCB_INFO.replaceFirst("\"svn\":5,", "");
    assertThatThrownBy(() -> read(missing))
        .hasMessageContaining("tcbInfo.tcbLevels[0].tcb.sgxtcbcomponents[0]")
        .hasMessageContaining("svn");
  }

  // Order

  @Test
  void levelsComeOutAsIntelSortsThemWhateverTheirOrder() throws MalformedException {
    // Highest first: SGX components lexicographically, then pcesvn, then TDX components.
    List<String> sorted =
        List.of(
            level(with(2, 0, 9), 5, with(1, 0, 0), "UpToDate", ""),
            level(with(2, 0, 0), 6, with(1, 0, 0), "UpToDate", ""),
            level(with(2, 0, 0), 5, with(1, 0, 1), "UpToDate", ""),
            level(with(2, 0, 0), 5, with(1, 0, 0), "UpToDate", ""),
            level(with(1, 200, 0), 11, with(9, 9, 9), "UpToDate", ""),
            level(with(1, 5, 0), 11, with(9, 9, 9), "UpToDate", ""));
    List<TcbLevel> expected = read(tcbInfo("[]", "[" + String.join(",", sorted) + "]")).levels();
    assertThat(expected.stream().map(one -> one.sgxComponents().hex().substring(0, 6)))
        .containsExactly("020009", "020000", "020000", "020000", "01c800", "010500");
    assertThat(expected.stream().map(TcbLevel::pceSvn)).containsExactly(5, 6, 5, 5, 11, 11);
    assertThat(expected.get(2).tdxComponents().get(2)).isEqualTo(1);
    for (int turn = 0; turn < sorted.size(); turn++) {
      List<String> turned =
          Stream.concat(sorted.stream().skip(turn), sorted.stream().limit(turn)).toList();
      assertThat(read(tcbInfo("[]", "[" + String.join(",", turned) + "]")).levels())
          .isEqualTo(expected);
    }
  }

  @Test
  void levelsOfAModuleComeOutHighestFirst() throws MalformedException {
    String levels =
        IntStream.of(2, 65535, 0, 300)
            .mapToObj(svn -> isvLevel(svn, "UpToDate"))
            .collect(Collectors.joining(","));
    TcbInfo info = read(tcbInfo("[" + moduleIdentity("TDX_01", levels) + "]", "[" + LEVELS + "]"));
    assertThat(info.moduleIdentities().get(0).levels().stream().map(IsvLevel::isvSvn))
        .containsExactly(65535, 300, 2, 0);
  }

  private static String with(int first, int second, int third) {
    return IntStream.concat(
            IntStream.of(first, second, third), IntStream.generate(() -> 0).limit(13))
        .mapToObj(svn -> "{\"svn\":" + svn + "}")
        .collect(Collectors.joining(",", "[", "]"));
  }
}
