package io.github.cvmattestation.azure;

import io.github.cvmattestation.testkit.SimulatedCvmBuilder;
import io.github.cvmattestation.testkit.Swtpm;
import io.github.cvmattestation.testkit.Tee;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The same, through a vTPM of somebody else's making: swtpm, with Azure's objects in it. */
class EndToEndOnSwtpmTest extends EndToEndTest {
  private Swtpm swtpm;

  @BeforeEach
  void start() {
    swtpm = Swtpm.start();
  }

  @AfterEach
  void stop() {
    if (swtpm != null) {
      swtpm.close();
    }
  }

  @Override
  SimulatedCvmBuilder machine(Tee tee) {
    return super.machine(tee).tpm(swtpm::transmit);
  }
}
