package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.Forge.machine;
import static io.github.cvmattestation.azure.Forge.verified;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.ReferenceValues;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.TeeModule;
import io.github.cvmattestation.snp.SnpClaims;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.vtpm.TpmFinding;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AzurePolicyTest {
  private static final String GUID = "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9";
  private static final String OTHER = "f9e8d7c6-b5a4-9382-7160-5f4e3d2c1b0a";
  private static final SimulatedCvm CVM = machine().vmUniqueId(GUID).build();
  private static final Verification.Verified VERIFIED = verified(Forge.verify(CVM));
  private static final Bytes PCR_0 = CVM.pcrs().get(0);

  /** Speaks of the hardware's claims and accepts them all: this module's rule is what is tested. */
  private static final AppraisalPolicy.Rule ANY_HARDWARE =
      new AppraisalPolicy.Rule() {
        @Override
        public Set<String> subjects() {
          return Set.of(SnpClaims.ID);
        }

        @Override
        public void appraise(ClaimSet claims, AppraisalPolicy.Report report) {}
      };

  private static AttestationResult appraise(AzurePolicy policy, Verification.Verified verified) {
    return AppraisalPolicy.of(ANY_HARDWARE, policy).appraise(verified);
  }

  private static List<FindingCode> refusals(AzurePolicy policy, Verification.Verified verified) {
    return appraise(policy, verified).findings().stream().map(Finding::code).toList();
  }

  private static AzurePolicy.Builder anyVm() {
    return AzurePolicy.builder().ignoreVmUniqueId().ignorePcrs();
  }

  private static AzurePolicy parse(String json) {
    return AzurePolicy.parse(Bytes.of(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theNamedVmIsAffirmedInEitherLetterCase() {
    for (String guid : List.of(GUID, GUID.toLowerCase(java.util.Locale.ROOT))) {
      AzurePolicy policy =
          AzurePolicy.builder().requireVmUniqueId(OTHER, guid).ignorePcrs().build();
      assertThat(appraise(policy, VERIFIED)).isInstanceOf(AttestationResult.Affirmed.class);
    }
  }

  /** Case 62: a healthy machine of somebody else's, whose evidence is genuine in all else. */
  @Test
  void anotherVmThanThePinnedOneIsRejected() {
    Verification.Verified other =
        verified(Forge.verify(machine().seed("another").vmUniqueId(OTHER).build()));
    AzurePolicy pinned = AzurePolicy.builder().requireVmUniqueId(GUID).ignorePcrs().build();
    assertThat(appraise(pinned, VERIFIED)).isInstanceOf(AttestationResult.Affirmed.class);
    assertThat(appraise(pinned, other)).isInstanceOf(AttestationResult.Rejected.class);
    assertThat(refusals(pinned, other)).containsExactly(AzureFinding.VM_IDENTITY);
  }

  @Test
  void secureBootOffIsRejectedUnlessAllowedAndThenWarnedOf() {
    Verification.Verified off = verified(Forge.verify(machine().secureBoot(false).build()));
    assertThat(refusals(anyVm().build(), off)).containsExactly(AzureFinding.AZURE_SECURE_BOOT);
    AttestationResult allowed = appraise(anyVm().allowSecureBootOff().build(), off);
    assertThat(allowed).isInstanceOf(AttestationResult.Affirmed.class);
    assertThat(allowed.warnings())
        .extracting(Finding::code)
        .containsExactly(AzureFinding.AZURE_SECURE_BOOT);
    assertThat(appraise(anyVm().allowSecureBootOff().build(), VERIFIED).warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 0xFFFFFFFFL})
  void aReportOfAnotherVmplIsAlwaysRejected(long vmpl) {
    Verification.Verified other = verified(Forge.verify(machine().vmpl(vmpl).build()));
    assertThat(refusals(anyVm().allowSecureBootOff().build(), other))
        .containsExactly(AzureFinding.AZURE_VMPL);
  }

  @Test
  void pcrsAreComparedWithEveryAllowedValue() {
    AzurePolicy.Builder policy = AzurePolicy.builder().ignoreVmUniqueId();
    policy.requirePcr(HashAlgorithm.SHA256, 0, Bytes.zeros(32), PCR_0);
    policy.requirePcr(HashAlgorithm.SHA256, 23, CVM.pcrs().get(23));
    assertThat(appraise(policy.build(), VERIFIED)).isInstanceOf(AttestationResult.Affirmed.class);
    policy.requirePcr(HashAlgorithm.SHA256, 7, Bytes.zeros(32));
    assertThat(refusals(policy.build(), VERIFIED)).containsExactly(AzureFinding.AZURE_PCR);
  }

  /** Case 40, for the policy's side: the bank that was quoted is not the one that is named. */
  @Test
  void aBankThatWasNotQuotedIsRejected() {
    AzurePolicy policy =
        AzurePolicy.builder()
            .ignoreVmUniqueId()
            .requirePcr(HashAlgorithm.SHA384, 0, Bytes.zeros(48))
            .build();
    assertThat(refusals(policy, VERIFIED)).containsExactly(TpmFinding.PCR_BANK);
  }

  @Test
  void everyFailureIsReportedNotOnlyTheFirst() {
    Verification.Verified bad =
        verified(Forge.verify(machine().vmUniqueId(GUID).secureBoot(false).vmpl(1).build()));
    AzurePolicy policy =
        AzurePolicy.builder()
            .requireVmUniqueId(OTHER)
            .requirePcr(HashAlgorithm.SHA256, 0, Bytes.zeros(32))
            .requirePcr(HashAlgorithm.SHA256, 1, Bytes.zeros(32))
            .build();
    assertThat(refusals(policy, bad))
        .containsExactly(
            AzureFinding.AZURE_VMPL,
            AzureFinding.AZURE_SECURE_BOOT,
            AzureFinding.VM_IDENTITY,
            AzureFinding.AZURE_PCR,
            AzureFinding.AZURE_PCR);
  }

  @Test
  void withoutARuleForTheHardwareThereIsNoAffirmation() {
    assertThat(AppraisalPolicy.of(anyVm().build()).appraise(VERIFIED).findings())
        .extracting(Finding::code)
        .containsExactly(CoreFinding.POLICY_SILENT);
  }

  @Test
  void openQuestionsAreRefusedWithTheMethodThatAnswersThem() {
    assertThatThrownBy(() -> AzurePolicy.builder().ignorePcrs().build())
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("requireVmUniqueId(…) or ignoreVmUniqueId()");
    assertThatThrownBy(() -> AzurePolicy.builder().ignoreVmUniqueId().build())
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("requirePcr(…) or ignorePcrs()");
    assertThatThrownBy(() -> anyVm().requireVmUniqueId(GUID).build())
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("contradict");
    assertThatThrownBy(() -> anyVm().requirePcr(HashAlgorithm.SHA256, 0, PCR_0).build())
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("contradict");
  }

  @Test
  void senselessStatementsAreRefused() {
    AzurePolicy.Builder policy = AzurePolicy.builder();
    for (Runnable senseless :
        List.<Runnable>of(
            () -> policy.requireVmUniqueId("me"),
            () -> policy.requireVmUniqueId("00000000-0000-0000-0000-000000000000"),
            () -> policy.requirePcr(HashAlgorithm.SHA256, 24, PCR_0),
            () -> policy.requirePcr(HashAlgorithm.SHA256, -1, PCR_0),
            () -> policy.requirePcr(HashAlgorithm.SHA256, 0),
            () -> policy.requirePcr(HashAlgorithm.SHA256, 0, Bytes.zeros(20)),
            () -> policy.requirePcr(HashAlgorithm.SHA1, 0, Bytes.zeros(20)))) {
      assertThatThrownBy(senseless::run).isInstanceOf(AttestationException.Configuration.class);
    }
    policy.requirePcr(HashAlgorithm.SHA256, 0, PCR_0, PCR_0);
    assertThatThrownBy(() -> policy.requirePcr(HashAlgorithm.SHA256, 0, Bytes.zeros(32)))
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("twice");
  }

  @Test
  void theJsonFormSaysTheSame() {
    String pcr = "\"pcrs\":{\"sha256\":{\"0\":[\"%s\"],\"23\":[\"%s\"]}}";
    String json =
        "{\"vmUniqueIds\":[\"%s\"],%s}"
            .formatted(GUID, pcr.formatted(PCR_0.hex(), CVM.pcrs().get(23).hex()));
    assertThat(appraise(parse(json), VERIFIED)).isInstanceOf(AttestationResult.Affirmed.class);
    assertThat(refusals(parse(json.replace(GUID, OTHER)), VERIFIED))
        .containsExactly(AzureFinding.VM_IDENTITY);
    assertThat(refusals(parse(json.replace(PCR_0.hex(), "00".repeat(32))), VERIFIED))
        .containsExactly(AzureFinding.AZURE_PCR);
    Verification.Verified off = verified(Forge.verify(machine().secureBoot(false).build()));
    String any = "{\"vmUniqueIds\":\"ignore\",\"pcrs\":\"ignore\"%s}";
    assertThat(refusals(parse(any.formatted("")), off))
        .containsExactly(AzureFinding.AZURE_SECURE_BOOT);
    assertThat(refusals(parse(any.formatted(",\"secureBoot\":\"required\"")), off))
        .containsExactly(AzureFinding.AZURE_SECURE_BOOT);
    assertThat(refusals(parse(any.formatted(",\"secureBoot\":\"allowOff\"")), off)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"vmUniqueIds\":\"ignore\"}",
        "{\"pcrs\":\"ignore\"}",
        "{\"vmUniqueIds\":\"any\",\"pcrs\":\"ignore\"}",
        "{\"vmUniqueIds\":[],\"pcrs\":\"ignore\"}",
        "{\"vmUniqueIds\":[1],\"pcrs\":\"ignore\"}",
        "{\"vmUniqueIds\":[\"me\"],\"pcrs\":\"ignore\"}",
        "{\"vmUniqueIds\":\"ignore\",\"pcrs\":{}}",
        "{\"vmUniqueIds\":\"ignore\",\"pcrs\":{\"sha256\":{}}}",
        "{\"vmUniqueIds\":\"ignore\",\"pcrs\":{\"sha256\":{\"0\":[]}}}",
        "{\"vmUniqueIds\":\"ignore\",\"pcrs\":{\"sha256\":{\"0\":[\"00\"]}}}",
        "{\"vmUniqueIds\":\"ignore\",\"pcrs\":{\"sha256\":{\"0\":\"00\"}}}",
        "{\"vmUniqueIds\":\"ignore\",\"pcrs\":{\"md5\":{\"0\":[\"00\"]}}}",
        "{\"vmUniqueIds\":\"ignore\",\"pcrs\":\"ignore\",\"secureBoot\":true}",
        "{\"vmUniqueIds\":\"ignore\",\"pcrs\":\"ignore\",\"secureBoot\":\"off\"}",
        "{\"vmUniqueIds\":\"ignore\",\"pcrs\":\"ignore\",\"secureboot\":\"required\"}",
      })
  void jsonThatSaysAnythingElseIsRefused(String json) {
    assertThatThrownBy(() -> parse(json)).isInstanceOf(AttestationException.Configuration.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "+1", "-1", "24", "1e1", "", "١"})
  void aRegisterIsAPlainNumber(String index) {
    String json =
        "{\"vmUniqueIds\":\"ignore\",\"pcrs\":{\"sha256\":{\"%s\":[\"%s\"]}}}"
            .formatted(index, "00".repeat(32));
    assertThatThrownBy(() -> parse(json)).isInstanceOf(AttestationException.Configuration.class);
  }

  @Test
  void theModuleIsFoundByIdAndMediaType() {
    TeeModule module = TeeModule.byId("azure");
    assertThat(module).isInstanceOf(AzureTeeModule.class);
    assertThat(TeeModule.forMediaType(AzureCvmEvidence.MEDIA_TYPE).id()).isEqualTo("azure");
    assertThat(module.trustAnchors().named("ARK-Milan")).isNotEmpty();
    assertThat(
            Forge.verified(
                module
                    .verifier(
                        CVM.trustAnchors(),
                        io.github.cvmattestation.attestation.crypto.SignatureBackends.jdk())
                    .verify(CVM.attest(Forge.NONCE), CVM.endorsements(), Forge.NONCE, Forge.AT)))
        .isNotNull();
  }

  @Test
  void theTestkitSpeaksOfTheSameMediaType() {
    assertThat(SimulatedCvm.MEDIA_TYPE).isEqualTo(AzureCvmEvidence.MEDIA_TYPE);
  }

  @Test
  void aSectionOfReferenceValuesBecomesThisRule() {
    ReferenceValues values =
        ReferenceValues.parse(
            Bytes.of(
                "{\"azure\":{\"vmUniqueIds\":\"ignore\",\"pcrs\":\"ignore\"}}"
                    .getBytes(StandardCharsets.UTF_8)));
    assertThat(AppraisalPolicy.fromReferenceValues(values).appraise(VERIFIED).findings())
        .extracting(Finding::code)
        .containsExactly(CoreFinding.POLICY_SILENT);
  }
}
