package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** C5: response codes mean what TPM 2.0 Part 2, section 6.6 says. */
class TpmResponseCodeTest {
  @ParameterizedTest
  @CsvSource({
    "0x18B, TPM_RC_HANDLE, HANDLE, 1",
    "0x99D, TPM_RC_POLICY_FAIL, SESSION, 1",
    "0x9A2, TPM_RC_BAD_AUTH, SESSION, 1",
    "0x2D2, TPM_RC_SCHEME, PARAMETER, 2",
    "0x3E0, TPM_RC_TICKET, PARAMETER, 3",
    "0x100, TPM_RC_INITIALIZE, NOTHING, 0",
    "0x101, TPM_RC_FAILURE, NOTHING, 0",
    "0x142, TPM_RC_COMMAND_SIZE, NOTHING, 0",
    "0x902, TPM_RC_OBJECT_MEMORY, NOTHING, 0",
    "0x903, TPM_RC_SESSION_MEMORY, NOTHING, 0",
    "0x14A, TPM_RC_NV_UNINITIALIZED, NOTHING, 0",
    "0x128, TPM_RC_PCR_CHANGED, NOTHING, 0",
    "0x921, TPM_RC_LOCKOUT, NOTHING, 0",
    "0xB0143, TPM_RC_COMMAND_CODE, NOTHING, 0",
    "0xFC1, TPM_RC_ASYMMETRIC, PARAMETER, 15"
  })
  void c5EachCodeNamesItsCulprit(String value, String name, TpmResponseCode.Blame blame, int at) {
    TpmResponseCode code = TpmResponseCode.of(Long.decode(value));
    assertThat(code.name()).isEqualTo(name);
    assertThat(code.blame()).isEqualTo(blame);
    assertThat(code.position()).isEqualTo(at);
  }

  @ParameterizedTest
  @CsvSource({
    "0x08B, true",
    "0x18B, true",
    "0x38B, true",
    "0x98B, true",
    "0x1CB, true",
    "0x184, false",
    "0x10B, false",
    "0x14A, false",
    "0x910, false",
    "0x00B, false"
  })
  void whatIsNotThereIsToldByOneCode(String value, boolean undefined) {
    assertThat(TpmResponseCode.of(Long.decode(value)).isUndefinedHandle()).isEqualTo(undefined);
  }

  @Test
  void onlyFourCodesAreRetried() {
    for (int value = 0; value < 0x1000; value++) {
      assertThat(TpmResponseCode.of(value).isRetryable())
          .isEqualTo(value == 0x922 || value == 0x908 || value == 0x90A || value == 0x920);
    }
  }

  @Test
  void c5EveryCodeIsCalledAsTpm2RcDecodeCallsIt() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/tpm2_rc_decode")), "tpm2-tools not installed");
    for (ResponseCodeTable.Row row : ResponseCodeTable.rows()) {
      // tpm2-tss describes codes instead of naming them, so kind and blame are what can be
      // compared.
      String kind =
          row.base() >= 0x900
              ? "tpm:warn(2.0)"
              : row.base() >= 0x100 ? "tpm:error(2.0)" : "tpm:handle(unk)";
      assertThat(decode(row.base())).as(row.name()).startsWith(kind);
    }
    for (int base = 0x80; base < 0xC0; base++) {
      String theirs = decode(base);
      boolean known = !theirs.contains("unknown") && !theirs.contains("(null)");
      assertThat(ResponseCodeTable.find(base).isPresent()).as("0x%x", base).isEqualTo(known);
    }
    for (int base = 0x100; base < 0x180; base++) {
      assertKnownToBoth(base);
      assertKnownToBoth(base + 0x800);
    }
    assertThat(decode(0x18B)).contains("handle(1)");
    assertThat(decode(0x9A2)).contains("session(1)");
    assertThat(decode(0x3E0)).contains("parameter(3)");
    for (int position = 1; position < 8; position++) {
      assertBlame(0x084 | (position << 8), "handle(" + position + ")");
      assertBlame(0x884 | (position << 8), "session(" + position + ")");
      assertBlame(0x0C4 | (position << 8), "parameter(" + position + ")");
    }
  }

  /** Format one is compared apart; what lies between is of format one too. */
  private static void assertKnownToBoth(int base) throws IOException, InterruptedException {
    boolean known = !decode(base).equals("tpm:0x%X".formatted(base));
    assertThat(ResponseCodeTable.find(base).isPresent()).as("0x%x", base).isEqualTo(known);
  }

  private static void assertBlame(int code, String theirs)
      throws IOException, InterruptedException {
    TpmResponseCode ours = TpmResponseCode.of(code);
    String blamed =
        "%s(%d)".formatted(ours.blame().name().toLowerCase(Locale.ROOT), ours.position());
    assertThat(blamed).isEqualTo(theirs);
    assertThat(decode(code)).contains(theirs);
  }

  private static String decode(int code) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("/usr/bin/tpm2_rc_decode", "0x%x".formatted(code))
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return out.strip();
  }
}
