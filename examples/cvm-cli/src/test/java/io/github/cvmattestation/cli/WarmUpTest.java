package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmUpTest {
  private static final Nonce NONCE = new Nonce(Bytes.ofHex("0102030405060708"));

  @TempDir private Path folder;

  @Test
  void everyCommandOfTheWarmUpSucceedsAndNothingIsSaid() {
    assertThat(Ran.cvm("warm-up")).isEqualTo(new Ran(Cvm.OK, "", ""));
  }

  @Test
  void theWarmUpIsNotInTheHelp() {
    assertThat(Ran.cvm("--help").out()).doesNotContain("warm-up");
  }

  @Test
  void aSimulatedVmIsAffirmedUnderItsOwnAnchorsAndRefutedUnderAmds() throws IOException {
    SimulatedCvm machine = SimulatedCvm.builder().seed("anchors").build();
    Path evidence =
        Files.write(folder.resolve("evidence"), machine.attest(NONCE).content().toArray());
    String[] command = {
      "verify", "azure", "--evidence", evidence.toString(), "--nonce", NONCE.value().hex()
    };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      Console console = new Console(stream, stream, false);
      assertThat(Cvm.run(command, console, Optional.of(machine.trustAnchors()))).isEqualTo(Cvm.OK);
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("AFFIRMED");
    assertThat(Ran.cvm(command).code()).isEqualTo(Cvm.REFUSED);
    assertThat(Ran.cvm(command).out()).startsWith("REFUTED").contains("CERT_SIGNATURE");
  }
}
