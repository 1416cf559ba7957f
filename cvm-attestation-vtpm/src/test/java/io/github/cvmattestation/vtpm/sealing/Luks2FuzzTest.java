package io.github.cvmattestation.vtpm.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.vtpm.luks.Luks2Header;
import io.github.cvmattestation.vtpm.luks.RefusedToken;
import io.github.cvmattestation.vtpm.luks.Tpm2Token;
import java.util.Arrays;

/** LUKS2 headers and their tokens: refused, or read; nothing else comes out. */
class Luks2FuzzTest {
  @FuzzTest
  void aHeaderIsRefusedOrRead(byte[] input) {
    assertRead(Bytes.of(input));
  }

  /** The input is a token, under a checksum that holds. */
  @FuzzTest
  void aTokenIsRefusedOrRead(byte[] input) {
    byte[] volume =
        LuksBytes.volume(
            LuksBytes.header(
                0,
                1,
                "{\"keyslots\":{\"1\":{}},\"tokens\":{\"0\":",
                out -> {
                  int at = 4096;
                  while (out.get(at) != 0) {
                    at++;
                  }
                  byte[] token = Arrays.copyOf(input, Math.min(input.length, 12_000));
                  out.put(at, token);
                  out.put(at + token.length, new byte[] {'}', '}'});
                }),
            new byte[LuksBytes.SIZE]);
    assertRead(Bytes.of(volume));
  }

  private static void assertRead(Bytes volume) {
    try {
      for (Tpm2Token token : Luks2Header.parse(volume).tpm2Tokens()) {
        if (token instanceof RefusedToken refused) {
          assertThat(refused.problem()).isNotEmpty();
          assertThat(refused.remedy()).isNotEmpty();
        }
      }
    } catch (MalformedException refused) {
      assertThat(refused.problem()).isNotEmpty();
    }
  }
}
