package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What real machines booted; counts and variables are those that tpm2_eventlog 5.4 prints. */
class RealBootTest {
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "cos-101-amd-sev, ON, 3, 4, 15",
    "debian-10, ON, 2, 3, 0",
    "ubuntu-2104-no-secure-boot, OFF, 1, 2, 67"
  })
  void aVirtualMachine(
      String id, SecureBoot.State state, int authorities, int applications, int texts)
      throws MalformedException {
    Bytes log = Vectors.read("eventlog/" + id + "/log.bin");
    for (RegisterBank pcrs :
        RegisterBank.parse(RegisterKind.PCR, Vectors.read("eventlog/" + id + "/pcrs.json"))) {
      BootState boot = BootState.of(Replays.equal(EventLog.replay(log, pcrs)));
      assertThat(boot.findings()).isEmpty();
      assertThat(boot.secureBoot().state()).isEqualTo(state);
      assertThat(boot.secureBoot().bootAuthorities()).hasSize(authorities);
      assertThat(boot.applications().orElseThrow()).hasSize(applications);
      // The registers that were recorded of debian-10 are PCR 0 to 7.
      assertThat(boot.loader().orElse(List.of()))
          .hasSize(texts)
          .allMatch(text -> text.relabelableText().isPresent());
    }
  }

  @Test
  void aTd() throws MalformedException {
    Bytes quote = Vectors.read("tdx/cos-113/quote.bin");
    RegisterBank rtmrs =
        RegisterBank.rtmrs(
            IntStream.range(0, 4)
                .mapToObj(i -> quote.slice(376 + 48 * i, 376 + 48 * (i + 1)))
                .toList());
    BootState boot =
        BootState.of(Replays.equal(EventLog.replay(Vectors.read("tdx/cos-113/ccel.bin"), rtmrs)));
    assertThat(boot.findings()).isEmpty();
    assertThat(boot.secureBoot().state()).isEqualTo(SecureBoot.State.OFF);
    assertThat(boot.secureBoot().bootAuthorities())
        .extracting(authority -> authority.variable().orElseThrow().name())
        .containsExactly("SbatLevel", "MokListTrusted");
    assertThat(boot.applications().orElseThrow()).hasSize(2);
    assertThat(boot.loader().orElseThrow())
        .hasSize(20)
        .extracting(BootMeasurement::relabelableText)
        .contains(Optional.of("defaultA=2"));
    assertThat(boot.drivers()).isEmpty();
  }
}
