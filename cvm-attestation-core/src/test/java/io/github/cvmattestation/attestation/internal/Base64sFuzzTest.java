package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Only {@link MalformedException} may come out. */
class Base64sFuzzTest {
  @MethodSource
  @FuzzTest
  void decodes(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    try {
      byte[] read = Base64s.decode("x", text).toArray();
      boolean url = text.contains("-") || text.contains("_");
      Base64.Encoder encoder = url ? Base64.getUrlEncoder() : Base64.getEncoder();
      String unpadded = encoder.withoutPadding().encodeToString(read);
      assertThat(text).isIn(unpadded, encoder.encodeToString(read));
    } catch (MalformedException e) {
      return;
    }
  }

  static Stream<Arguments> decodes() {
    return FuzzSeeds.texts("", "Zg==", "Zg", "Zh==", "-_-_", "+/+/", "=", "====", "Zm 9v", "é");
  }
}
