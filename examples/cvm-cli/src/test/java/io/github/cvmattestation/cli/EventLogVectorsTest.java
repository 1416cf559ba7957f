package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Logs that real machines wrote, through {@code cvm replay} and {@code cvm inspect}. */
class EventLogVectorsTest {
  private static final Path VECTORS =
      Path.of(System.getProperty("cvm.vectors", "../../../shared/vectors"));

  /** What tpm2_eventlog 5.4 prints of each, for the manifest does not say it of all. */
  private static final Map<String, Boolean> SECURE_BOOT =
      Map.of(
          "eventlog/cos-101-amd-sev", true,
          "eventlog/debian-10", true,
          "eventlog/ubuntu-2104-no-secure-boot", false);

  @TempDir private Path folder;

  /** A log of the manifest with the registers that were recorded with it. */
  record Case(String id, Path log, Path pcrs, Json.Obj expect) {
    @Override
    public String toString() {
      return id;
    }

    Json.Obj recorded() throws IOException, MalformedException {
      return EventLogVectorsTest.json(Files.readString(pcrs));
    }
  }

  static Stream<Case> cases() throws IOException, MalformedException {
    Path manifest = VECTORS.resolve("manifest.json");
    assumeTrue(Files.exists(manifest), "no real evidence in " + VECTORS);
    List<Case> cases = new ArrayList<>();
    for (Json item : json(Files.readString(manifest)).require("cases").asArray(1000)) {
      Json.Obj one = item.asObject();
      if (one.require("kind").asString().equals("eventlog")) {
        Json.Obj files = one.require("files").asObject();
        cases.add(
            new Case(
                one.require("id").asString(),
                VECTORS.resolve(files.require("log").asString()),
                VECTORS.resolve(files.require("pcrs").asString()),
                one.require("expect").asObject()));
      }
    }
    assertThat(cases).hasSizeGreaterThanOrEqualTo(3);
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyBankAddsUpToTheRecordedRegisters(Case real) throws IOException, MalformedException {
    Ran ran = replay(real.log(), real.pcrs());
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.err()).isEmpty();
    Json.Obj json = ran.json();
    assertThat(json.require("replay").asString())
        .isEqualTo(real.expect().require("replay").asString());
    assertThat(json.require("mismatches").asArray(24)).isEmpty();
    assertThat(ran.codes("findings")).isEmpty();
    Json.Obj pcrs = json.require("pcrs").asObject();
    Json.Obj recorded = real.recorded();
    assertThat(pcrs.names()).containsExactlyElementsOf(recorded.names());
    for (String bank : recorded.names()) {
      Json.Obj expected = recorded.require(bank).asObject();
      Json.Obj replayed = pcrs.require(bank).asObject();
      assertThat(replayed.names()).containsExactlyInAnyOrderElementsOf(expected.names());
      for (String register : expected.names()) {
        assertThat(replayed.require(register).asString())
            .as(bank + " " + register)
            .isEqualTo(expected.require(register).asString());
      }
    }
    boolean secureBoot = json.require("boot").asObject().require("secureBoot").asBoolean();
    assertThat(secureBoot).isEqualTo(SECURE_BOOT.get(real.id()));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void oneOtherRegisterIsNamedAndNothingIsSaidOfTheBoot(Case real)
      throws IOException, MalformedException {
    Json.Obj recorded = real.recorded();
    for (String bank : recorded.names()) {
      for (String register : recorded.require(bank).asObject().names()) {
        String value = recorded.require(bank).asObject().require(register).asString();
        String other = (value.startsWith("0") ? "1" : "0") + value.substring(1);
        Ran ran = replay(real.log(), pcrs(bank, register, other));
        assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
        assertThat(ran.json().require("replay").asString()).isEqualTo("different");
        assertThat(mismatches(ran)).isEqualTo("[" + register + "]");
        assertThat(ran.codes("findings")).containsExactly("LOG_REPLAY");
        assertThat(ran.json().names()).doesNotContain("boot");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void comparedWithNothingALogProvesNothingAndSaysSo(Case real)
      throws IOException, MalformedException {
    Ran ran = Ran.cvm("replay", "--log", real.log().toString(), "--output", "json");
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.json().require("replay").asString()).isEqualTo("computed");
    assertThat(ran.json().names()).doesNotContain("boot");
    Json.Obj pcrs = ran.json().require("pcrs").asObject();
    for (String bank : real.recorded().names()) {
      assertThat(pcrs.require(bank).asObject().require("7").asString())
          .isEqualTo(real.recorded().require(bank).asObject().require("7").asString());
    }
    Ran text = Ran.cvm("replay", "--log", real.log().toString());
    assertThat(text.out())
        .startsWith("COMPUTED: compared with nothing, so nothing in the log is proven\n")
        .doesNotContain("What booted");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theTextMarksWhatIsNotProven(Case real) {
    Ran ran = Ran.cvm("replay", "--log", real.log().toString(), "--pcrs", real.pcrs().toString());
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.out())
        .startsWith("EQUAL")
        .contains("What booted, if the registers are the machine's")
        .doesNotContain("kernel_cmdline:");
    assertThat(ran.out().contains("relabelableTexts"))
        .isEqualTo(!real.id().equals("eventlog/debian-10"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aCutOrChangedLogIsRefused(Case real) throws IOException, MalformedException {
    Bytes log = Bytes.of(Files.readAllBytes(real.log()));
    Path cut = write("cut", log.slice(0, log.size() - 1));
    assertThat(replay(cut, real.pcrs()).code()).isEqualTo(Cvm.REFUSED);
    assertThat(replay(cut, real.pcrs()).codes("findings")).containsExactly("LOG_FORMAT");
    assertThat(replay(write("none", Bytes.empty()), real.pcrs()).codes("findings"))
        .containsExactly("LOG_EMPTY");
    assertThat(Ran.cvm("inspect", cut.toString()).code()).isEqualTo(Cvm.REFUSED);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void inspectShowsALogAndNeverCallsItVerified(Case real) throws MalformedException {
    Json.Obj json = Ran.cvm("inspect", real.log().toString(), "--output", "json").json();
    assertThat(json.require("kind").asString()).isEqualTo("an event log");
    assertThat(json.require("verified").asBoolean()).isFalse();
    Json.Obj fields = json.require("fields").asObject();
    assertThat(fields.require("registers").asString()).isEqualTo("PCR");
    assertThat(fields.names()).containsSequence("addsUpTo", "boot", "events", "lateEvents");
    List<String> lines = Ran.cvm("inspect", real.log().toString()).out().lines().toList();
    for (int top = 0; top + 24 <= lines.size(); top++) {
      assertThat(lines.subList(top, top + 24)).anyMatch(line -> line.contains("NOT VERIFIED"));
    }
  }

  @Test
  void inspectKnowsACcelByItsRegisters() throws MalformedException {
    Path ccel = vector("tdx/cos-113/ccel.bin");
    Json.Obj json = Ran.cvm("inspect", ccel.toString(), "--output", "json").json();
    assertThat(json.require("verified").asBoolean()).isFalse();
    Json.Obj fields = json.require("fields").asObject();
    assertThat(fields.require("registers").asString()).isEqualTo("RTMR");
    assertThat(fields.require("addsUpTo").asObject().names()).containsExactly("sha384");
  }

  @Test
  void aSecondSeparatorIsRefusedByReplayAndInspect() throws MalformedException {
    String ccel = vector("eventlog/ccel-dupe-separator/log.bin").toString();
    Ran ran = Ran.cvm("replay", "--ccel", "--output", "json", "--log", ccel);
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.json().require("replay").asString()).isEqualTo("refused");
    assertThat(ran.codes("findings")).containsExactly("LOG_SEPARATOR");
    assertThat(ran.json().names()).doesNotContain("boot");
    assertThat(Ran.cvm("inspect", ccel).code()).isEqualTo(Cvm.REFUSED);
  }

  /** From before the crypto-agile format: SHA-1 and nothing else, which is said. */
  @Test
  void aLegacyLogIsWorthWhatSha1IsWorth() throws IOException, MalformedException {
    Path log = vector("eventlog/debian-10/log.bin");
    Ran ran = replay(log, vector("eventlog/debian-10/pcrs.json"));
    assertThat(ran.codes("warnings")).containsExactly("BOOT_BANK");
    assertThat(ran.json().require("pcrs").asObject().names()).containsExactly("sha1");
    Ran other = replay(log, pcrs("sha256", "0", "00".repeat(32)));
    assertThat(other.code()).isEqualTo(Cvm.REFUSED);
    assertThat(other.codes("findings")).containsExactly("LOG_BANK");
  }

  /** The firmware's log has no event of PCR 10, so it cannot explain what the kernel measured. */
  @Test
  void aRegisterWithoutEventsMustHoldItsInitialValue() throws IOException, MalformedException {
    Path log = vector("eventlog/cos-101-amd-sev/log.bin");
    assertThat(replay(log, pcrs("sha256", "10", "00".repeat(32))).code()).isEqualTo(Cvm.OK);
    assertThat(mismatches(replay(log, pcrs("sha256", "10", "11".repeat(32))))).isEqualTo("[10]");
  }

  /** Whoever does not name PCR 7 is not told about it: that is null, and neither true nor false. */
  @Test
  void withoutPcr7SecureBootIsNull() throws IOException, MalformedException {
    Case real = cases().findFirst().orElseThrow();
    String bank = real.recorded().names().iterator().next();
    String value = real.recorded().require(bank).asObject().require("4").asString();
    Json.Obj boot = replay(real.log(), pcrs(bank, "4", value)).json().require("boot").asObject();
    assertThat(Ran.plain(boot.require("secureBoot"))).isEqualTo("null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "not JSON",
        "{}",
        "[]",
        "{\"sha256\": {}}",
        "{\"sha3\": {\"0\": \"00\"}}",
        "{\"sha256\": {\"0\": \"00\"}}",
        "{\"sha256\": {\"24\": \"0000000000000000000000000000000000000000000000000000000000000000\"}}",
        "{\"sha1\": {\"00\": \"0000000000000000000000000000000000000000\"}}",
        "{\"sha1\": {\"0\": \"000000000000000000000000000000000000000g\"}}"
      })
  void valuesThatNobodyCouldHaveReadAreWrongUsage(String values) throws IOException {
    Path log = vector("eventlog/debian-10/log.bin");
    Ran ran = replay(log, write("pcrs", values));
    assertThat(ran.code()).isEqualTo(Cvm.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("--pcrs: ");
  }

  @Test
  void aFileThatIsNotThereIsNoVerdict() {
    String log = vector("eventlog/debian-10/log.bin").toString();
    String missing = folder.resolve("missing").toString();
    for (Ran ran :
        List.of(
            Ran.cvm("replay", "--log", missing),
            Ran.cvm("replay", "--log", log, "--pcrs", missing),
            Ran.cvm("replay", "--log", folder.toString()),
            Ran.cvm("inspect", missing))) {
      assertThat(ran.code()).isEqualTo(Cvm.COULD_NOT_ASK);
      assertThat(ran.out()).isEmpty();
    }
  }

  private static Ran replay(Path log, Path pcrs) {
    return Ran.cvm(
        "replay", "--output", "json", "--log", log.toString(), "--pcrs", pcrs.toString());
  }

  private static Path vector(String name) {
    Path file = VECTORS.resolve(name);
    assumeTrue(Files.exists(file), "no real evidence in " + VECTORS);
    return file;
  }

  private static String mismatches(Ran ran) throws MalformedException {
    return Ran.plain(ran.json().require("mismatches"));
  }

  private Path pcrs(String bank, String register, String value) throws IOException {
    return write("pcrs", "{\"%s\": {\"%s\": \"%s\"}}".formatted(bank, register, value));
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private Path write(String name, Bytes content) throws IOException {
    return Files.write(folder.resolve(name), content.toArray());
  }

  private static Json.Obj json(String text) throws MalformedException {
    return StrictJson.parse("vectors", Bytes.of(text.getBytes(StandardCharsets.UTF_8)), 1 << 20)
        .asObject();
  }
}
