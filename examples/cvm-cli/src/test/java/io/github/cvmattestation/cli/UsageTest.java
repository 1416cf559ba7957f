package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit codes 2 and 3: mistakes of whoever types, which are no verdicts. */
class UsageTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void someFile() throws IOException {
    file = Files.write(folder.resolve("file"), new byte[] {1, 2, 3});
  }

  static Stream<Arguments> wrongUsage() {
    return Stream.of(
        Arguments.of("cvm", "Usage: cvm"),
        Arguments.of("verify", "Usage: cvm verify"),
        Arguments.of("verfy", "did you mean verify"),
        Arguments.of("verify snpp", "did you mean"),
        Arguments.of("demo --unknown", "Unknown option: '--unknown'"),
        Arguments.of("demo --tee sgx", "--tee is snp"),
        Arguments.of("demo extra", "extra"),
        Arguments.of("verify tdx", "--quote"),
        Arguments.of("verify tdx --quote q --collateral c --tcb-info t", "exclude each other"),
        Arguments.of("verify tdx --quote q --nonce 00", "--nonce has"),
        Arguments.of("replay", "--log"),
        Arguments.of("replay --output json", "say which log: --log or --ima"),
        Arguments.of("replay --ima i", "--pcrs"),
        Arguments.of("replay --ima i --log l --ccel --pcrs p", "PCR 10"),
        Arguments.of("replay --ima i --log l --ccel --quote q", "PCR 10"),
        Arguments.of("replay --log l --quote q", "--ccel"),
        Arguments.of("replay --log l --ccel --quote q --pcrs p", "exclude each other"),
        Arguments.of("inspect", "FILE"),
        Arguments.of("inspect F F", "Unmatched argument"),
        Arguments.of("inspect F --output xml", "--output is text or json"),
        Arguments.of("verify snp --certs F", "--report"),
        Arguments.of("verify snp --report F", "--certs"),
        Arguments.of("verify snp --report F --report F --certs F", "--report"),
        Arguments.of("verify snp --report F --certs F --nonce xyz", "--nonce is hexadecimal"),
        Arguments.of("verify snp --report F --certs F --nonce 0102030", "--nonce is hexadecimal"),
        Arguments.of("verify snp --report F --certs F --nonce 01", "--nonce has 8 to 64 bytes"),
        Arguments.of("verify snp --report F --certs F --report-data 01", "--report-data has 64"),
        Arguments.of(
            "verify snp --report F --certs F --nonce 0102030405060708 --report-data "
                + "00".repeat(64),
            "exclude each other"),
        Arguments.of("verify snp --report F --certs F --at yesterday", "--at is an instant"),
        Arguments.of("verify snp --report F --certs F --output yaml", "--output is text or json"),
        Arguments.of(
            "verify snp --report F --certs F --policy F --no-policy", "exclude each other"),
        Arguments.of("verify snp --report F --certs F --policy F", "policy"),
        Arguments.of("verify azure --nonce 0102030405060708", "--evidence"),
        Arguments.of("verify azure --evidence F", "--allow-replay if that is what you want"),
        Arguments.of(
            "verify azure --evidence F --nonce 0102030405060708 --allow-replay",
            "exclude each other"),
        Arguments.of(
            "verify azure --evidence F --allow-replay --user-data " + "00".repeat(65),
            "--user-data has at most 64 bytes"));
  }

  @ParameterizedTest(name = "cvm {0}")
  @MethodSource
  void wrongUsage(String line, String message) {
    Ran ran = Ran.cvm(args(line.equals("cvm") ? "" : line));
    assertThat(ran.code()).isEqualTo(Cvm.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"snp\": 1}",
        "{}",
        "{\"nonsense\": {}}",
        "{\"snp\": {\"productLines\": [\"Milan\"]}}",
        "{\"azure\": {\"vmUniqueIds\": \"ignore\", \"pcrs\": \"ignore\", \"unknown\": 1}}",
        "{\"snp\": {}, \"snp\": {}}"
      })
  void malformedPoliciesAreWrongUsage(String policy) throws IOException {
    Files.writeString(file, policy);
    Ran ran = Ran.cvm(args("verify snp --report F --certs F --policy F"));
    assertThat(ran.code()).isEqualTo(Cvm.USAGE);
    assertThat(ran.err()).startsWith("cvm: ").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inspect MISSING",
        "inspect FOLDER",
        "replay --log MISSING",
        "replay --log FOLDER",
        "replay --log F --pcrs MISSING",
        "verify snp --report MISSING --certs F",
        "verify snp --report FOLDER --certs F",
        "verify snp --report F --certs MISSING",
        "verify snp --report F --certs F MISSING",
        "verify snp --report F --certs F --crl MISSING",
        "verify snp --report F --certs F --policy MISSING",
        "verify azure --evidence MISSING --allow-replay",
        "verify azure --evidence F --certs FOLDER --allow-replay"
      })
  void unreadableFilesAreNoVerdict(String line) {
    Ran ran = Ran.cvm(args(line));
    assertThat(ran.code()).isEqualTo(Cvm.COULD_NOT_ASK);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines().filter(said -> !said.contains("default policy")))
        .singleElement()
        .asString()
        .containsAnyOf("no such file", "is a directory");
  }

  @Test
  void anEmptyNameOfAFileIsSaidToBeOne() {
    Ran ran = Ran.cvm("inspect", "");
    assertThat(ran.code()).isEqualTo(Cvm.COULD_NOT_ASK);
    assertThat(ran.err()).contains("the name of a file is empty").doesNotContain("directory");
  }

  @Test
  void aMisspeltRequiredOptionIsNamedAndNotOnlyMissed() {
    Ran ran = Ran.cvm("verify", "snp", "--reprt", "x");
    assertThat(ran.code()).isEqualTo(Cvm.USAGE);
    assertThat(ran.err()).contains("--reprt").contains("--report");
  }

  @Test
  void argumentFilesAreNotExpanded() throws IOException {
    Path arguments = Files.writeString(folder.resolve("arguments"), "demo");
    assertThat(Ran.cvm("@" + arguments).code()).isEqualTo(Cvm.USAGE);
  }

  @Test
  void controlCharactersInArgumentsAreWrittenOut() {
    Ran ran = Ran.cvm("inspect", "\u001b[31mred\u0000\u202e");
    assertThat(ran.code()).isEqualTo(Cvm.COULD_NOT_ASK);
    assertThat(ran.err()).contains("\\u001b[31mred\\u0000\\u202e");
  }

  private List<String> args(String line) {
    List<String> args = new ArrayList<>();
    for (String word : line.split(" ")) {
      switch (word) {
        case "" -> {}
        case "F" -> args.add(file.toString());
        case "FOLDER" -> args.add(folder.toString());
        case "MISSING" -> args.add(folder.resolve("missing").toString());
        default -> args.add(word);
      }
    }
    return args;
  }
}
