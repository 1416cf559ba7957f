package io.github.cvmattestation.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.testkit.BootLogWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Windows reported (Windows SDK, wbcl.h) in what the command prints. */
class WindowsLogTest {
  private static final long EVENT_TAG = 6;
  private static final Bytes WBCL = Bytes.of("WBCL".getBytes(US_ASCII));

  /** CODEINTEGRITY 1, TESTSIGNING 1, DATAEXECUTIONPREVENTION 3, BITLOCKER_UNLOCK 4. */
  private static final Bytes ITEMS =
      Bytes.ofHex(
          ("02000500" + "01000000" + "01")
              + ("03000500" + "01000000" + "01")
              + ("04000500" + "08000000" + "0300000000000000")
              + ("05000200" + "04000000" + "04000000"));

  /** SIPAEVENT_TRUSTBOUNDARY around them; their size fits into a byte. */
  private static final Bytes REPORT =
      Bytes.ofHex("01000140").concat(Bytes.of((byte) ITEMS.size()), Bytes.zeros(3), ITEMS);

  @TempDir private Path folder;

  @Test
  void settingsAreOnOffOrUnknown() throws IOException, MalformedException {
    BootLogWriter log =
        BootLogWriter.empty()
            .event(12, EVENT_TAG, REPORT)
            .event(12, BootLogWriter.SEPARATOR, WBCL)
            .event(13, BootLogWriter.SEPARATOR, WBCL);
    Ran ran = replay(log, "json");
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    Json.Obj windows = ran.json().require("boot").asObject().require("windows").asObject();
    assertThat(windows.require("complete").asBoolean()).isTrue();
    Json.Obj settings = windows.require("settings").asObject();
    assertThat(settings.require("codeIntegrity").asString()).isEqualTo("on");
    assertThat(settings.require("testSigning").asString()).isEqualTo("on");
    assertThat(settings.require("kernelDebugging").asString()).isEqualTo("unknown");
    assertThat(windows.require("nxPolicy").asString()).isEqualTo("alwaysOn");
    assertThat(windows.require("bitLockerUnlocks").asArray(2).get(0).asString()).isEqualTo("tpm");
    assertThat(windows.require("modules").asArray(1)).isEmpty();
    assertThat(windows.require("elam").asArray(1)).isEmpty();
    assertThat(replay(log, "text").out())
        .containsPattern("(?m)^ +codeIntegrity +on$")
        .containsPattern("(?m)^ +kernelDebugging +unknown$")
        .containsPattern("(?m)^ +nxPolicy +alwaysOn$");
  }

  private Ran replay(BootLogWriter log, String format) throws IOException {
    Path file = Files.write(folder.resolve("log"), log.write().toArray());
    Path pcrs =
        Files.writeString(
            folder.resolve("pcrs"),
            "{\"sha256\": {\"12\": \"%s\", \"13\": \"%s\"}}"
                .formatted(register(log, 12).hex(), register(log, 13).hex()));
    return Ran.cvm(
        "replay", "--log", file.toString(), "--pcrs", pcrs.toString(), "--output", format);
  }

  private static Bytes register(BootLogWriter log, int number) {
    Bytes value = Bytes.zeros(32);
    for (BootLogWriter.Extend extend : log.extensions()) {
      if (extend.pcr() == number) {
        value = Digests.sha256(value, extend.digest(HashAlgorithm.SHA256));
      }
    }
    return value;
  }
}
