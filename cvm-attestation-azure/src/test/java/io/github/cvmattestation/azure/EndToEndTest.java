package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Attested;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.CvmAttestation;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Room;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import io.github.cvmattestation.testkit.AzureVtpmFault;
import io.github.cvmattestation.testkit.FakeKeyVault;
import io.github.cvmattestation.testkit.FakeMaa;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SimulatedCvmBuilder;
import io.github.cvmattestation.testkit.Tee;
import io.github.cvmattestation.testkit.TokenWriter;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * From a nonce to a key, through a vTPM that executes commands, an attestation service and a vault
 * that speak HTTPS; and each of the seven rooms broken in turn.
 */
@Timeout(180)
class EndToEndTest {
  private static final Instant AT = MaaVm.AT;
  private static final Bytes DISK_KEY =
      Bytes.ofHex("00112233445566778899aabbccddeeff00112233445566778899aabbccddee00");

  @TempDir private Path folder;

  private FakeMaa maa;
  private FakeKeyVault vault;

  @AfterEach
  void shutDown() {
    if (maa != null) {
      maa.close();
    }
    if (vault != null) {
      vault.close();
    }
  }

  /** A healthy machine, whose vTPM is a {@code SoftwareTpm} here. */
  SimulatedCvmBuilder machine(Tee tee) {
    return SimulatedCvm.builder().tee(tee).at(AT).seed("end to end");
  }

  /** The machine, an attestation service and a vault whose key is for such machines alone. */
  private CvmAttestation.Builder door(SimulatedCvm cvm) {
    maa = FakeMaa.start(AT, cvm);
    vault = FakeKeyVault.start("contoso.vault.azure.net", AT);
    GuestBranch branch =
        cvm.tee() == Tee.SNP ? GuestBranch.forSnp(maa.url()) : GuestBranch.forTdx(maa.url());
    ReleasePolicy release = ReleasePolicy.anyOf(branch.build());
    vault.policyCheck(EndToEndTest::permits).addOct("disk-key", DISK_KEY, release.canonicalJson());
    return CvmAttestation.builder()
        .clock(() -> AT)
        .guest(MaaVm.attester(cvm, folder))
        .verifier(AzureCvmVerifier.builder().trustAnchors(cvm.trustAnchors()).build())
        .policy(AppraisalPolicy.of(new SecureBoot(cvm.tee())))
        .issuer(
            MaaTokenIssuer.builder(maa.url())
                .httpClient(MaaVm.client(maa, Duration.ofSeconds(60)))
                .build())
        .agreement(new MaaAgreement())
        .releaser(
            KeyVaultReleaser.builder(vault.vaultUrl(), VaultClient.credential())
                .httpClient(new VaultClient(vault))
                .trustedRoots(Set.of(vault.root()))
                .explainer(DenialExplainer.by(release))
                .clock(() -> AT)
                .build());
  }

  private static boolean permits(Bytes policy, String token) {
    try {
      String claims = token.substring(token.indexOf('.') + 1, token.lastIndexOf('.'));
      return ReleasePolicy.parse(policy).evaluate(Base64s.decode("claims", claims)).isReleased();
    } catch (MalformedException e) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void theKeyIsReleasedWhereEverythingHolds(Tee tee) {
    try (CvmAttestation cvm = door(machine(tee).build()).build();
        ReleasedKey key = cvm.attest().release("disk-key")) {
      assertThat(Bytes.of(key.asAes().getEncoded())).isEqualTo(DISK_KEY);
      assertThat(vault.releases()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void room1AKeyThatAnotherStateWasMadeInIsNoGuests(Tee tee) {
    SimulatedCvm machine = machine(tee).build();
    try (CvmAttestation cvm = door(machine).build();
        Tpm tpm = Tpm.over(machine.vtpm()::transmit)) {
      Attested attested = cvm.attest();
      tpm.pcrs().extend(4, TpmAuth.empty(), Bytes.of((byte) 1));
      Attempt.Denied<ReleasedKey> denied = denied(attested.tryRelease("disk-key"));
      assertThat(denied.room()).isEqualTo(Room.UNWRAP);
    }
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void room2AMachineThatCannotBeAskedIsNotAttested(Tee tee) {
    SimulatedCvm machine = machine(tee).fault(AzureVtpmFault.STALE_REPORT).build();
    try (CvmAttestation cvm = door(machine).build()) {
      assertThatThrownBy(cvm::attest).isInstanceOf(AttestationException.Device.class);
      assertThat(maa.server().requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void room3EvidenceOfAStrangersHardwareIsRefuted(Tee tee) {
    SimulatedCvm stranger = SimulatedCvm.builder().tee(tee).at(AT).seed("another root").build();
    CvmAttestation.Builder door = door(machine(tee).build());
    door.verifier(AzureCvmVerifier.builder().trustAnchors(stranger.trustAnchors()).build());
    try (CvmAttestation cvm = door.build()) {
      Attempt.Denied<Attested> denied = denied(cvm.tryAttest());
      assertThat(denied.room()).isEqualTo(Room.VERIFY);
      assertThat(maa.server().requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void room4AMachineWithoutSecureBootIsNotWanted(Tee tee) {
    try (CvmAttestation cvm = door(machine(tee).secureBoot(false).build()).build()) {
      Attempt.Denied<Attested> denied = denied(cvm.tryAttest());
      assertThat(denied.room()).isEqualTo(Room.APPRAISE);
      assertThat(codes(denied)).containsExactly("AZURE_SECURE_BOOT");
      assertThat(maa.server().requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void room5AForgedTokenIsRefuted(Tee tee) {
    try (CvmAttestation cvm = door(machine(tee).build()).build()) {
      maa.onToken(token -> token.headerText("kid", "of an attacker"));
      Attempt.Denied<Attested> denied = denied(cvm.tryAttest());
      assertThat(denied.room()).isEqualTo(Room.TOKEN);
      assertThat(codes(denied)).containsExactly("JWT_KEY");
      assertThat(vault.server().requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void room5ATokenAboutAnotherMachineContradicts(Tee tee) {
    try (CvmAttestation cvm = door(machine(tee).build()).build()) {
      maa.onToken(token -> token.claim("secureboot", "false"));
      Attempt.Denied<Attested> denied = denied(cvm.tryAttest());
      assertThat(denied.room()).isEqualTo(Room.TOKEN);
      assertThat(codes(denied)).containsExactly("MAA_DISAGREES");
    }
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void room6AKeyForOthersStaysAndTheClauseIsNamed(Tee tee) {
    CvmAttestation.Builder door = door(machine(tee).build()).agreement((own, token) -> List.of());
    try (CvmAttestation cvm = door.build()) {
      maa.onToken(token -> token.claim("secureboot", "false"));
      Attempt.Denied<ReleasedKey> denied = denied(cvm.attest().tryRelease("disk-key"));
      assertThat(denied.room()).isEqualTo(Room.RELEASE);
      assertThat(denied.findings())
          .anyMatch(
              finding ->
                  finding.code().name().equals("RELEASE_DENIED")
                      && finding.expected().contains("secureboot"));
      assertThat(vault.releases()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void room7WhatWasNotWrappedToThisGuestIsNotOpened(Tee tee) {
    try (CvmAttestation cvm = door(machine(tee).build()).build()) {
      String wrapped = TokenWriter.base64Url(Bytes.ofHex("01".repeat(256 + 40)));
      vault.onRelease(answer -> answer.wrapping("ciphertext", '"' + wrapped + '"'));
      Attempt.Denied<ReleasedKey> denied = denied(cvm.attest().tryRelease("disk-key"));
      assertThat(denied.room()).isEqualTo(Room.UNWRAP);
      assertThat(codes(denied)).containsExactly("SKR_UNWRAP");
    }
  }

  private static <T> Attempt.Denied<T> denied(Attempt<T> attempt) {
    return (Attempt.Denied<T>) attempt;
  }

  private static List<String> codes(Attempt.Denied<?> denied) {
    return denied.findings().stream().map(finding -> finding.code().name()).toList();
  }

  /** Asks for Secure Boot and for nothing else, of all that such a machine proves. */
  private record SecureBoot(Tee tee) implements AppraisalPolicy.Rule {
    @Override
    public Set<String> subjects() {
      return Set.of(tee == Tee.SNP ? "snp" : "tdx", "azure", "vtpm");
    }

    @Override
    public void appraise(ClaimSet claims, AppraisalPolicy.Report report) {
      AzureClaims azure = claims.get(AzureClaims.class).orElseThrow();
      report.require(
          azure.secureBoot(), AzureFinding.AZURE_SECURE_BOOT, "Secure Boot", azure.secureBoot());
    }
  }
}
