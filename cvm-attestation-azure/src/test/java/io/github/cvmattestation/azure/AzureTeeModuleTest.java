package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.spi.Guest;
import io.github.cvmattestation.azure.internal.guest.OsInfo;
import io.github.cvmattestation.testkit.AzureVtpmFault;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SoftwareTpm;
import io.github.cvmattestation.vtpm.TpmException;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which machines are Azure confidential VMs, and that a failing TPM is no answer to that. */
class AzureTeeModuleTest {
  private static final int READ_PUBLIC = 0x173;
  private static final int COMMAND_CODE = 6;
  private static final int TPM_RC_FAILURE = 0x101;
  private static final int TPM_RC_AUTH_UNAVAILABLE = 0x12F;

  @TempDir private Path folder;
  private Path device;

  @BeforeEach
  void device() throws IOException {
    device = Files.createFile(folder.resolve("tpmrm0"));
  }

  @Test
  void aLinuxWithoutTpmIsNoneAndNothingIsOpened() {
    assertThat(
            AzureTeeModule.guest(
                OsInfo.Type.LINUX,
                folder.resolve("absent"),
                () -> {
                  throw new AssertionError("asked");
                }))
        .isEmpty();
  }

  @Test
  void onWindowsTheTpmIsAskedWithoutAFile() {
    try (AzureCvmAttester attester = attester(SimulatedCvm.builder().build().vtpm()::transmit)) {
      assertThat(
              AzureTeeModule.guest(OsInfo.Type.WINDOWS, folder.resolve("absent"), () -> attester))
          .containsSame(attester);
    }
  }

  @ParameterizedTest
  @EnumSource(OsInfo.Type.class)
  void aMachineWhoseTpmHasNoReportIsNone(OsInfo.Type os) {
    SimulatedCvm trustedLaunch =
        SimulatedCvm.builder().fault(AzureVtpmFault.MISSING_REPORT).build();
    assertThat(guest(os, trustedLaunch.vtpm()::transmit)).isEmpty();
    assertThat(guest(os, SoftwareTpm.create("bare")::transmit)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(OsInfo.Type.class)
  void aTpmThatMayNotBeOpenedIsToldAndNotTakenForNone(OsInfo.Type os) {
    AttestationException.Device denied =
        new AttestationException.Device("the TPM may not be opened", "join the group");
    assertThatThrownBy(
            () ->
                AzureTeeModule.guest(
                    os,
                    device,
                    () -> {
                      throw denied;
                    }))
        .isSameAs(denied);
  }

  /** TPM_RC_HANDLE alone says that nothing is there. */
  @ParameterizedTest
  @ValueSource(ints = {TPM_RC_FAILURE, TPM_RC_AUTH_UNAVAILABLE})
  void aTpmThatFailsIsNotOneWithoutKey(int code) {
    TpmTransport bare = SoftwareTpm.create("bare")::transmit;
    AtomicInteger asked = new AtomicInteger();
    TpmTransport failing =
        command -> {
          if (ByteBuffer.wrap(command).getInt(COMMAND_CODE) != READ_PUBLIC) {
            return bare.transmit(command);
          }
          asked.incrementAndGet();
          return refusal(code);
        };
    assertThatThrownBy(() -> guest(OsInfo.Type.LINUX, failing))
        .isInstanceOfSatisfying(
            TpmException.class, e -> assertThat(e.code().base()).isEqualTo(code));
    assertThat(asked).hasPositiveValue();
  }

  private Optional<Guest> guest(OsInfo.Type os, TpmTransport tpm) {
    Supplier<AzureCvmAttester> attester = () -> attester(tpm);
    return AzureTeeModule.guest(os, device, attester);
  }

  private AzureCvmAttester attester(TpmTransport tpm) {
    return AzureCvmAttester.builder()
        .tpm(tpm)
        .lockFile(folder.resolve("lock"))
        .pause(duration -> {})
        .build();
  }

  /** A response without sessions (TPM 2.0 Part 1, section 16). */
  private static byte[] refusal(int code) {
    return ByteBuffer.allocate(10).putShort((short) 0x8001).putInt(10).putInt(code).array();
  }
}
