package io.github.cvmattestation.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code cvm replay --ima}: only what PCR 10 covers is shown, and the rest is counted. */
class ImaLogCommandTest {
  private static final SimulatedCvm MACHINE = SimulatedCvm.builder().seed("ima").build();

  private final Map<Integer, Bytes> pcrs = new TreeMap<>(MACHINE.pcrs());
  private final StringBuilder ascii = new StringBuilder();
  private Bytes binary = Bytes.empty();
  private Bytes register = Bytes.zeros(32);

  @TempDir private Path folder;

  @BeforeEach
  void twoEntriesBeforeTheQuoteAndOneAfter() {
    Bytes aggregate = Bytes.empty();
    for (int i = 0; i < 10; i++) {
      aggregate = aggregate.concat(pcrs.get(i));
    }
    entry("boot_aggregate", Digests.sha256(aggregate));
    entry("/usr/bin/sshd", Digests.sha256(text("sshd")));
    pcrs.put(10, register);
    entry("/later", Digests.sha256(text("later")));
  }

  /** Template ima-ng (Linux, IMA-templates.rst): d-ng, n-ng, each behind its length. */
  private void entry(String name, Bytes digest) {
    Bytes file = text("sha256:\0").concat(digest);
    Bytes path = text(name + "\0");
    Bytes data = le(file.size()).concat(file, le(path.size()), path);
    Bytes sha1 = Digests.digest("SHA-1", data);
    ascii.append("10 %s ima-ng sha256:%s %s\n".formatted(sha1.hex(), digest.hex(), name));
    binary = binary.concat(le(10), sha1, le(6), text("ima-ng"), le(data.size()), data);
    register = Digests.sha256(register, Digests.sha256(data));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bothFormsComeOutAsWhatThePcrCovers(boolean inBinary) throws IOException, MalformedException {
    Bytes log = inBinary ? binary : text(ascii.toString());
    Ran ran = replay(log, "json");
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.json().require("replay").asString()).isEqualTo("equal");
    assertThat(ran.codes("findings")).isEmpty();
    assertThat(ran.codes("warnings")).isEmpty();
    Json.Obj ima = ran.json().require("ima").asObject();
    assertThat(ima.require("bank").asString()).isEqualTo("sha256");
    assertThat(Ran.plain(ima.require("matched"))).isEqualTo("2");
    assertThat(Ran.plain(ima.require("unproven"))).isEqualTo("1");
    assertThat(ima.require("bootAggregateCompared").asBoolean()).isTrue();
    List<Json> entries = ima.require("entries").asArray(10);
    assertThat(entries).hasSize(2);
    Json.Obj sshd = entries.get(1).asObject();
    assertThat(sshd.require("name").asString()).isEqualTo("/usr/bin/sshd");
    assertThat(sshd.require("algorithm").asString()).isEqualTo("sha256");
    assertThat(sshd.require("digest").asString()).isEqualTo(Digests.sha256(text("sshd")).hex());
    assertThat(sshd.require("untrustedTemplate").asString()).isEqualTo("ima-ng");
    assertThat(ran.out()).doesNotContain("/later");

    String text = replay(log, "text").out();
    assertThat(text)
        .startsWith("EQUAL")
        .contains("PCR10 covers digest and name, and not the template in brackets")
        .contains("  [ima-ng] sha256:" + Digests.sha256(text("sshd")).hex() + "  /usr/bin/sshd")
        .contains("NOT PROVEN and not shown: 1")
        .doesNotContain("/later");
  }

  @Test
  void aNameThatWasChangedIsRefusedForItsTemplateHash() throws IOException, MalformedException {
    Ran ran = replay(text(ascii.toString().replace("sshd", "evil")), "json");
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.codes("findings")).containsExactly("IMA_TEMPLATE");
    assertThat(ran.json().require("replay").asString()).isEqualTo("refused");
    assertThat(ran.json().names()).doesNotContain("ima");
  }

  @Test
  void anEntryThatWasLeftOutMakesItAnotherLog() throws IOException, MalformedException {
    String log = ascii.toString();
    Ran ran = replay(text(log.substring(log.indexOf('\n') + 1)), "json");
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.codes("findings")).containsExactly("IMA_REPLAY");
    assertThat(ran.json().require("replay").asString()).isEqualTo("different");
    assertThat(Ran.plain(ran.json().require("mismatches"))).isEqualTo("[10]");
    assertThat(ran.json().names()).doesNotContain("ima");
  }

  @ParameterizedTest
  @CsvSource({"'', IMA_EMPTY", "garbage, IMA_FORMAT", "10 00 ima, IMA_FORMAT"})
  void whatIsNoLogIsRefused(String content, String code) throws IOException, MalformedException {
    Ran ran = replay(text(content), "json");
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.codes("findings")).containsExactly(code);
  }

  @Test
  void aLogOfAnySizeIsRefusedAndNotHeld() throws IOException, MalformedException {
    Ran ran = replay(Bytes.zeros((4 << 20) + 1), "json");
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.codes("findings")).containsExactly("IMA_LIMIT");
  }

  @Test
  void ofAnotherBootTheLogIsRefused() throws IOException, MalformedException {
    pcrs.put(4, Bytes.zeros(32));
    assertThat(replay(binary, "json").codes("findings")).containsExactly("IMA_BOOT_AGGREGATE");
    pcrs.remove(4);
    Ran ran = replay(binary, "json");
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.codes("warnings")).containsExactly("IMA_BOOT_AGGREGATE");
  }

  @Test
  void besideTheFirmwaresLogBothMustHold() throws IOException, MalformedException {
    Ran both = replay(binary, "json", "--log", file("log", MACHINE.eventLog()));
    assertThat(both.code()).isEqualTo(Cvm.OK);
    assertThat(both.json().names())
        .containsExactly("replay", "pcrs", "mismatches", "boot", "ima", "findings", "warnings");
    assertThat(both.json().require("boot").asObject().require("secureBoot").asBoolean()).isTrue();

    String other = SimulatedCvm.builder().seed("ima").secureBoot(false).build().eventLog().hex();
    Ran bad = replay(binary, "json", "--log", file("log", Bytes.ofHex(other)));
    assertThat(bad.code()).isEqualTo(Cvm.REFUSED);
    assertThat(bad.json().require("replay").asString()).isEqualTo("different");
    assertThat(Ran.plain(bad.json().require("mismatches"))).isEqualTo("[7]");
    assertThat(bad.json().names()).doesNotContain("boot", "ima");

    Ran noIma = replay(text("garbage"), "json", "--log", file("log", MACHINE.eventLog()));
    assertThat(noIma.code()).isEqualTo(Cvm.REFUSED);
    assertThat(noIma.json().require("replay").asString()).isEqualTo("refused");
    assertThat(noIma.json().names()).doesNotContain("boot", "ima");
  }

  @Test
  void whatCannotBeComparedIsWrongUsage() throws IOException {
    String ima = file("ima", binary);
    assertThat(Ran.cvm("replay", "--ima", ima).code()).isEqualTo(Cvm.USAGE);
    assertThat(Ran.cvm("replay", "--ima", ima, "--ccel", "--pcrs", ima).code())
        .isEqualTo(Cvm.USAGE);
    assertThat(replay(binary, "yaml").code()).isEqualTo(Cvm.USAGE);
    pcrs.keySet().retainAll(List.of(10));
    assertThat(replay(binary, "json", "--log", file("log", MACHINE.eventLog())).code())
        .isEqualTo(Cvm.USAGE);
    pcrs.put(0, pcrs.remove(10));
    Ran ran = replay(binary, "json");
    assertThat(ran.code()).isEqualTo(Cvm.USAGE);
    assertThat(ran.err()).contains("no PCR 10");
    assertThat(Ran.cvm("replay", "--ima", folder + "/missing", "--pcrs", file("pcrs", json())))
        .extracting(Ran::code)
        .isEqualTo(Cvm.USAGE);
    pcrs.put(10, register);
    assertThat(Ran.cvm("replay", "--ima", folder + "/missing", "--pcrs", file("pcrs", json())))
        .extracting(Ran::code)
        .isEqualTo(Cvm.COULD_NOT_ASK);
  }

  private Ran replay(Bytes ima, String format, String... more) throws IOException {
    List<String> args =
        new ArrayList<>(List.of("replay", "--output", format, "--ima", file("ima", ima), "--pcrs"));
    args.add(file("pcrs", json()));
    args.addAll(List.of(more));
    return Ran.cvm(args);
  }

  private Bytes json() {
    StringBuilder json = new StringBuilder("{\"sha256\": {");
    pcrs.forEach(
        (number, value) ->
            json.append(json.charAt(json.length() - 1) == '{' ? "" : ", ")
                .append("\"%d\": \"%s\"".formatted(number, value.hex())));
    return text(json.append("}}").toString());
  }

  private String file(String name, Bytes content) throws IOException {
    return Files.write(folder.resolve(name), content.toArray()).toString();
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(US_ASCII));
  }

  private static Bytes le(int value) {
    return Bytes.of((byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24));
  }
}
