package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.testkit.AzureVtpmFault;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SimulatedCvmBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one command collects in the VM, the other verifies elsewhere. */
class AttestTest {
  private static final String NONCE = "5e".repeat(32);

  @TempDir Path folder;

  private static SimulatedWorld world(boolean tdx) {
    SimulatedCvmBuilder builder = SimulatedCvm.builder();
    return new SimulatedWorld(tdx ? builder.tdx().build() : builder.build());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsCollectedVerifiesElsewhereWithoutNetwork(boolean tdx)
      throws IOException, MalformedException {
    String evidence = folder.resolve("evidence.json").toString();
    Path endorsements = folder.resolve("endorsements");
    try (SimulatedWorld world = world(tdx)) {
      Ran ran =
          world.cvm(
              "attest",
              "--nonce",
              NONCE,
              "--out",
              evidence,
              "--endorsements",
              endorsements.toString());
      assertThat(ran.err()).contains("verify with: cvm verify azure ");
      assertThat(ran.code()).isEqualTo(Cvm.OK);
      assertThat(ran.out()).isEmpty();
      List<String> verify = new ArrayList<>(advised(ran));
      verify.addAll(List.of("--no-policy", "--output", "json"));
      if (!tdx) {
        verify.add("--require-crl");
      }
      Ran verified = world.run(verify);
      assertThat(verified.code()).as(verified.out() + verified.err()).isEqualTo(Cvm.OK);
      assertThat(verified.json().require("verification").asString()).isEqualTo("verified");
      verify.set(verify.indexOf(NONCE), "00".repeat(32));
      assertThat(world.run(verify).codes("findings")).containsExactly("NONCE_MISMATCH");
    }
  }

  /** The command line that it tells its user to go on with. */
  private static List<String> advised(Ran ran) {
    String line = ran.err().strip();
    return List.of(line.substring(line.indexOf("cvm verify") + "cvm ".length()).split(" "));
  }

  @Test
  void evidenceAloneGoesToStandardOutput() throws IOException {
    try (SimulatedWorld world = world(false);
        Stream<Path> files = Files.list(folder)) {
      Ran ran = world.cvm("attest", "--nonce", NONCE);
      assertThat(ran.code()).isEqualTo(Cvm.OK);
      assertThat(ran.err()).isEmpty();
      assertThat(ran.out()).startsWith("{").endsWith("}");
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aMachineThatIsNotConfidentialCannotBeAsked() {
    try (SimulatedWorld world =
        new SimulatedWorld(SimulatedCvm.builder().fault(AzureVtpmFault.MISSING_REPORT).build())) {
      Ran ran = world.cvm("attest", "--nonce", NONCE);
      assertThat(ran.code()).isEqualTo(Cvm.COULD_NOT_ASK);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).contains("no Azure confidential VM", "cvm doctor");
    }
  }

  @ParameterizedTest
  @CsvSource({"''", "--nonce 00", "--nonce xyz"})
  void withoutANonceNothingIsCollected(String words) {
    List<String> args = new ArrayList<>(List.of("attest"));
    args.addAll(Stream.of(words.split(" ")).filter(word -> !word.isEmpty()).toList());
    Ran ran = Ran.cvm(args);
    assertThat(ran.code()).isEqualTo(Cvm.USAGE);
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void aNonceLongerThanAVtpmQuotesIsWrongUsage() {
    Ran ran = Ran.cvm("attest", "--nonce", "00".repeat(51));
    assertThat(ran.code()).isEqualTo(Cvm.USAGE);
    assertThat(ran.err()).contains("at most 50 bytes");
  }
}
