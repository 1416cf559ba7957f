package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cvm verify azure --log}: what booted is proven by the quote, and judged by the policy. */
class VerifyBootTest {
  private static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");
  private static final Nonce NONCE = new Nonce(Bytes.ofHex("00112233445566778899aabbccddeeff"));
  private static final SimulatedCvm MACHINE = machine(true);
  private static final String HARDWARE =
      "\"snp\": {\"productLines\": [\"Genoa\"], \"tcb\": \"ignore\", \"measurement\": \"ignore\","
          + " \"reportData\": \"ignore\", \"hostData\": \"ignore\", \"idBlock\": \"ignore\","
          + " \"chip\": \"ignore\"},"
          + " \"azure\": {\"vmUniqueIds\": \"ignore\", \"pcrs\": \"ignore\","
          + " \"secureBoot\": \"allowOff\"}";
  private static final String BOOT = "{" + HARDWARE + ", \"boot\": %s}";

  @TempDir private Path folder;

  @Test
  void whatBootedIsAClaimAndTheDefaultPolicyWantsSecureBoot()
      throws IOException, MalformedException {
    Ran ran = verify(MACHINE, Optional.of(MACHINE.eventLog()), Optional.empty());
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    Json.Obj boot = ran.json().require("claims").asObject().require("boot").asObject();
    assertThat(boot.require("secureBoot").asBoolean()).isTrue();
    Json.Obj generations = boot.require("sbatLevel").asObject();
    assertThat(generations.require("grub").asUnsigned(9)).isEqualTo(2);
    assertThat(ran.out()).contains("boot.log");

    SimulatedCvm off = machine(false);
    Ran rejected = verify(off, Optional.of(off.eventLog()), Optional.empty());
    assertThat(rejected.code()).isEqualTo(Cvm.REFUSED);
    assertThat(rejected.codes("findings")).contains("BOOT_SECURE_BOOT");
  }

  @Test
  void theLogOfAnotherMachineRefutesTheWhole() throws IOException, MalformedException {
    Ran ran = verify(MACHINE, Optional.of(machine(false).eventLog()), Optional.empty());
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.json().require("verification").asString()).isEqualTo("refuted");
    assertThat(ran.codes("findings")).containsExactly("LOG_REPLAY");
    assertThat(ran.json().get("claims")).isEmpty();
  }

  @Test
  void theBootSectionOfAPolicyFileDecides() throws IOException, MalformedException {
    Optional<Bytes> log = Optional.of(MACHINE.eventLog());
    String required = BOOT.formatted("{\"secureBoot\": \"required\"}");
    assertThat(verify(MACHINE, log, Optional.of(required)).code()).isEqualTo(Cvm.OK);
    SimulatedCvm off = machine(false);
    assertThat(verify(off, Optional.of(off.eventLog()), Optional.of(required)).codes("findings"))
        .containsExactly("BOOT_SECURE_BOOT");
    String texts = BOOT.formatted("{\"secureBoot\": \"ignore\", \"loaderTexts\": [\"other\"]}");
    assertThat(verify(MACHINE, log, Optional.of(texts)).codes("findings"))
        .containsExactly("BOOT_REFERENCE");
    String unknown = BOOT.formatted("{\"secureBoot\": \"ignore\", \"unknown\": 1}");
    assertThat(verify(MACHINE, log, Optional.of(unknown)).code()).isEqualTo(Cvm.USAGE);
  }

  /** Neither a policy without a log nor a log without a policy passes for both. */
  @Test
  void silenceAboutTheBootNeverAccepts() throws IOException, MalformedException {
    String boot = BOOT.formatted("{\"secureBoot\": \"ignore\"}");
    assertThat(verify(MACHINE, Optional.empty(), Optional.of(boot)).codes("findings"))
        .containsExactly("CLAIMS_ABSENT");
    assertThat(
            verify(MACHINE, Optional.of(MACHINE.eventLog()), Optional.of("{" + HARDWARE + "}"))
                .codes("findings"))
        .containsExactly("POLICY_SILENT");
  }

  private Ran verify(SimulatedCvm machine, Optional<Bytes> log, Optional<String> policy)
      throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of(
                "verify",
                "azure",
                "--evidence",
                write("evidence", machine.attest(NONCE).content()),
                "--nonce",
                NONCE.value().hex(),
                "--certs",
                write("certs", machine.certificateTable()),
                "--at",
                AT.toString(),
                "--output",
                "json"));
    if (log.isPresent()) {
      args.addAll(List.of("--log", write("log", log.get())));
    }
    if (policy.isPresent()) {
      Bytes json = Bytes.of(policy.get().getBytes(StandardCharsets.UTF_8));
      args.addAll(List.of("--policy", write("policy", json)));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    int code = Cvm.run(args.toArray(String[]::new), console, Optional.of(machine.trustAnchors()));
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private String write(String name, Bytes content) throws IOException {
    return Files.write(folder.resolve(name), content.toArray()).toString();
  }

  private static SimulatedCvm machine(boolean secureBoot) {
    return SimulatedCvm.builder().at(AT).seed("verify boot").secureBoot(secureBoot).build();
  }
}
