package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.azure.internal.guest.OsInfo;
import io.github.cvmattestation.testkit.AzureVtpmFault;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SimulatedCvmBuilder;
import io.github.cvmattestation.testkit.SoftwareTpm;
import io.github.cvmattestation.testkit.Tee;
import io.github.cvmattestation.vtpm.NvAttribute;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import io.github.cvmattestation.vtpm.TpmTransport;
import io.github.cvmattestation.vtpm.TpmsNvPublic;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Evidence as it is collected inside of a VM, by the commands that a real vTPM would get. */
class AzureCvmAttesterTest {
  private static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");
  private static final Nonce NONCE = new Nonce(Bytes.ofHex("0f".repeat(32)));
  private static final Nonce OTHER = new Nonce(Bytes.ofHex("f0".repeat(32)));
  private static final long USER_DATA = 0x01400002L;
  private static final int TPM2_QUOTE = 0x158;
  private static final String NO_KEY =
      "{\"kid\":\"HCLAkPub\",\"key_ops\":[\"sign\"],\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\""
          + "A".repeat(342)
          + "\"}";

  @TempDir private Path folder;

  private final List<Duration> pauses = new ArrayList<>();

  private static SimulatedCvmBuilder machine(Tee tee) {
    return SimulatedCvm.builder().tee(tee).at(AT).seed("attester");
  }

  private AzureCvmAttester attester(SimulatedCvm cvm) {
    return attester(cvm, cvm.vtpm()::transmit);
  }

  private AzureCvmAttester attester(SimulatedCvm cvm, TpmTransport tpm) {
    cvm.advance(Duration.ofSeconds(3));
    return AzureCvmAttester.builder()
        .tpm(tpm)
        .host(new SimulatedHost(cvm))
        .os(new OsInfo(OsInfo.Type.LINUX, "Ubuntu", 24, 4))
        .bootLog(() -> Optional.of(cvm.eventLog()))
        .lockFile(folder.resolve("lock"))
        .pause(
            time -> {
              pauses.add(time);
              cvm.advance(time);
            })
        .build();
  }

  private static Verification verify(
      SimulatedCvm cvm, Evidence evidence, Endorsements endorsements, ReportData userData) {
    return AzureCvmVerifier.builder()
        .trustAnchors(cvm.trustAnchors())
        .build()
        .verify(evidence, endorsements, NONCE, userData, AT);
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void evidenceComesWithAllThatItTakesToVerifyItOffline(Tee tee) {
    SimulatedCvm cvm = machine(tee).build();
    try (AzureCvmAttester attester = attester(cvm)) {
      Evidence evidence = attester.attest(NONCE);
      Verification verification =
          verify(cvm, evidence, attester.endorsementsFor(evidence), ReportData.of(NONCE));
      assertThat(verification.findings()).isEmpty();
      assertThat(verification).isInstanceOf(Verification.Verified.class);
      assertThat(pauses).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void aReportThatIsAskedForTooSoonIsAskedForAgain(Tee tee) {
    SimulatedCvm cvm = machine(tee).build();
    try (AzureCvmAttester attester = attester(cvm)) {
      attester.attest(OTHER);
      Evidence evidence = attester.attest(NONCE);
      assertThat(verify(cvm, evidence, cvm.endorsements(), ReportData.of(NONCE)))
          .isInstanceOf(Verification.Verified.class);
      assertThat(pauses).singleElement().matches(time -> time.compareTo(Duration.ofSeconds(2)) > 0);
    }
  }

  @Test
  void case58AReportThatStaysOldIsNeverHandedOut() {
    SimulatedCvm cvm = machine(Tee.SNP).fault(AzureVtpmFault.STALE_REPORT).build();
    try (AzureCvmAttester attester = attester(cvm)) {
      assertThatThrownBy(() -> attester.attest(NONCE))
          .isInstanceOf(AttestationException.Device.class)
          .hasMessageContaining("old reports");
      assertThat(pauses).hasSize(5);
    }
  }

  @Test
  void case61AReportOfTwoHalvesIsNeverHandedOut() {
    SimulatedCvm cvm = machine(Tee.SNP).fault(AzureVtpmFault.TORN_REPORT).build();
    try (AzureCvmAttester attester = attester(cvm)) {
      assertThatThrownBy(() -> attester.attest(NONCE))
          .isInstanceOf(AttestationException.Device.class)
          .hasMessageContaining("whole");
      assertThat(pauses).hasSize(5);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = AzureVtpmFault.class,
      names = {"REPLACED_AK", "MISSING_AK", "MISSING_REPORT", "UNWRITTEN_REPORT"})
  void aVtpmWithoutWhatItTakesIsADeviceThatCouldNotBeAsked(AzureVtpmFault fault) {
    SimulatedCvm cvm = machine(Tee.SNP).fault(fault).build();
    try (AzureCvmAttester attester = attester(cvm)) {
      assertThatThrownBy(() -> attester.attest(NONCE))
          .isInstanceOf(AttestationException.Device.class);
    }
  }

  @Test
  void aReplacedAttestationKeyIsNamed() {
    SimulatedCvm cvm = machine(Tee.TDX).fault(AzureVtpmFault.REPLACED_AK).build();
    try (AzureCvmAttester attester = attester(cvm)) {
      assertThatThrownBy(() -> attester.newKey(NONCE))
          .isInstanceOf(AttestationException.Device.class)
          .hasMessageContaining("0x81000003")
          .hasMessageContaining("replaced");
      // Nothing is left behind in the vTPM's few places for objects.
      try (Tpm tpm = Tpm.over(cvm.vtpm()::transmit)) {
        assertThat(tpm.capabilities().handles(0x80000000L)).isEmpty();
      }
    }
  }

  @Test
  void theUserDataIndexOfAnotherToolIsUsedAndOfAnotherSizeLeftAlone() {
    SimulatedCvm cvm = machine(Tee.SNP).build();
    try (AzureCvmAttester attester = attester(cvm);
        Tpm tpm = Tpm.over(cvm.vtpm()::transmit)) {
      define(tpm, Set.of(NvAttribute.OWNERWRITE, NvAttribute.OWNERREAD), 64);
      assertThat(attester.attest(NONCE)).isNotNull();
    }
    SimulatedCvm other = machine(Tee.SNP).build();
    try (AzureCvmAttester attester = attester(other);
        Tpm tpm = Tpm.over(other.vtpm()::transmit)) {
      define(tpm, Set.of(NvAttribute.OWNERWRITE, NvAttribute.OWNERREAD), 32);
      assertThatThrownBy(() -> attester.attest(NONCE))
          .isInstanceOf(AttestationException.Device.class)
          .hasMessageContaining("tpm2_nvundefine");
      assertThat(tpm.nv().readPublic(USER_DATA).has(NvAttribute.WRITTEN)).isFalse();
    }
  }

  private static void define(Tpm tpm, Set<NvAttribute> attributes, int size) {
    tpm.nv()
        .define(
            new TpmsNvPublic(
                USER_DATA,
                io.github.cvmattestation.attestation.crypto.HashAlgorithm.SHA256,
                attributes,
                Bytes.empty(),
                size),
            TpmAuth.empty(),
            new byte[0]);
  }

  /** A paravisor publishes zeros where the endorsement hierarchy has a password. */
  @Test
  void claimsThatAreWholeAndOfNoUseAreNamedAtOnce() {
    SimulatedCvm cvm =
        machine(Tee.SNP).claims(claims -> claims.withoutKeys().keyJson(NO_KEY)).build();
    try (AzureCvmAttester attester = attester(cvm)) {
      assertThatThrownBy(() -> attester.attest(NONCE))
          .isInstanceOf(AttestationException.Device.class)
          .hasMessageContaining("TPM_WEAK")
          .hasMessageContaining("endorsement hierarchy");
      assertThat(pauses).isEmpty();
    }
  }

  /** The vTPM, in which another program extends a register right after each of so many quotes. */
  private static TpmTransport restless(SimulatedCvm cvm, int quotes) {
    AtomicInteger left = new AtomicInteger(quotes);
    return command -> {
      byte[] response = cvm.vtpm().transmit(command);
      if (ByteBuffer.wrap(command).getInt(6) == TPM2_QUOTE && left.getAndDecrement() > 0) {
        try (Tpm other = Tpm.over(cvm.vtpm()::transmit)) {
          other.pcrs().extend(16, TpmAuth.empty(), Bytes.of((byte) 1));
        }
      }
      return response;
    };
  }

  @Test
  void aRegisterThatIsExtendedBetweenQuoteAndReadingIsQuotedAgain() {
    SimulatedCvm cvm = machine(Tee.SNP).build();
    try (AzureCvmAttester attester = attester(cvm, restless(cvm, 4))) {
      assertThat(verify(cvm, attester.attest(NONCE), cvm.endorsements(), ReportData.of(NONCE)))
          .isInstanceOf(Verification.Verified.class);
    }
  }

  @Test
  void registersThatNeverRestAreNotQuotedForEver() {
    SimulatedCvm cvm = machine(Tee.SNP).build();
    try (AzureCvmAttester attester = attester(cvm, restless(cvm, Integer.MAX_VALUE))) {
      assertThatThrownBy(() -> attester.attest(NONCE))
          .isInstanceOf(AttestationException.Device.class)
          .hasMessageContaining("no quote agrees with them in 5 tries");
    }
  }

  @Test
  void aNonceThatNoQuoteHoldsIsRefusedByName() {
    SimulatedCvm cvm = machine(Tee.SNP).build();
    try (AzureCvmAttester attester = attester(cvm)) {
      assertThat(attester.attest(new Nonce(Bytes.zeros(50)))).isNotNull();
      assertThatThrownBy(() -> attester.attest(new Nonce(Bytes.zeros(51))))
          .isInstanceOf(AttestationException.Configuration.class)
          .hasMessageContaining("50 bytes");
    }
  }

  @Test
  void aPlatformIsToldByWhatTheVtpmHolds() {
    try (AzureCvmAttester snp = attester(machine(Tee.SNP).build());
        AzureCvmAttester tdx = attester(machine(Tee.TDX).build());
        AzureCvmAttester trusted =
            attester(machine(Tee.SNP).fault(AzureVtpmFault.MISSING_REPORT).build())) {
      assertThat(snp.platform()).isEqualTo(AzurePlatform.SNP);
      assertThat(tdx.platform()).isEqualTo(AzurePlatform.TDX);
      assertThat(trusted.platform()).isEqualTo(AzurePlatform.TRUSTED_LAUNCH);
    }
    SoftwareTpm bare = SoftwareTpm.create("bare");
    SimulatedCvm cvm = machine(Tee.SNP).build();
    try (AzureCvmAttester none =
        AzureCvmAttester.builder().tpm(bare::transmit).host(new SimulatedHost(cvm)).build()) {
      assertThat(none.platform()).isEqualTo(AzurePlatform.NONE);
    }
  }

  @Test
  void aLockFileIsNotFollowedElsewhere() throws Exception {
    Path victim = folder.resolve("victim");
    Files.createSymbolicLink(folder.resolve("lock"), victim);
    SimulatedCvm cvm = machine(Tee.SNP).build();
    try (AzureCvmAttester attester = attester(cvm)) {
      assertThatThrownBy(() -> attester.attest(NONCE))
          .isInstanceOf(AttestationException.Device.class)
          .hasMessageContaining("lock file");
    }
    assertThat(victim).doesNotExist();
  }
}
