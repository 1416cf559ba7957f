package io.github.cvmattestation.vtpm.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.vtpm.internal.LinuxTpm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine without a TPM. */
class MissingDeviceTest {
  @Test
  void aMissingDeviceIsNotMadeAPlainFileThatTakesCommands(@TempDir Path folder) {
    Path device = folder.resolve("tpmrm0");
    assertThatThrownBy(() -> LinuxTpm.open(device))
        .isInstanceOf(AttestationException.Device.class)
        .hasMessageContaining("cannot be opened");
    assertThat(device).doesNotExist();
  }
}
