package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A variable's lengths add up to its event, or it is refused; as an authority it is opaque. */
class EfiVariableFuzzTest {
  @MethodSource("variables")
  @FuzzTest
  void variables(byte[] input) {
    Bytes data = Bytes.of(input);
    boolean read;
    try {
      EfiVariable variable = EfiVariable.parse(data);
      assertThat(32 + 2 * variable.name().length() + variable.contents().size())
          .isEqualTo(input.length);
      read = true;
    } catch (MalformedException e) {
      read = false;
    }
    assertThat(BootAuthority.of(data).variable().isPresent()).isEqualTo(read);
    assertThat(BootAuthority.of(data).fingerprint().size()).isEqualTo(32);
  }

  static Stream<Arguments> variables() {
    return Stream.of(
            BootWriter.authority(),
            BootWriter.variable(BootWriter.SHIM, "SbatLevel", LogWriter.ascii("sbat,1\n")))
        .map(seed -> Arguments.of((Object) seed.toArray()));
  }
}
