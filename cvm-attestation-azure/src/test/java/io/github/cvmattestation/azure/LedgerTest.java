package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.Forge.AT;
import static io.github.cvmattestation.azure.Forge.NONCE;
import static io.github.cvmattestation.azure.Forge.machine;
import static io.github.cvmattestation.azure.Forge.verified;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.snp.Revocation;
import io.github.cvmattestation.snp.SnpFinding;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What ran, and how much of it: a check that is lost in a refactoring breaks a test here. */
class LedgerTest {
  private static final List<String> PROFILE =
      List.of(
          "azure.format",
          "azure.hcl-report",
          "azure.report-type",
          "snp.format",
          "snp.signing-key",
          "snp.chain",
          "snp.dates",
          "snp.revocation",
          "snp.signature",
          "snp.product",
          "snp.tcb",
          "snp.chip-id",
          "azure.runtime-claims",
          "azure.claims",
          "azure.ak",
          "vtpm.scheme",
          "vtpm.signature",
          "vtpm.magic",
          "vtpm.type",
          "vtpm.banks",
          "vtpm.selection",
          "vtpm.pcr-digest",
          "vtpm.nonce");

  private static final SimulatedCvm CVM = machine().userData(Bytes.ofHex("33".repeat(64))).build();

  private static List<String> ids(Verification verdict) {
    return verdict.checks().stream().map(Check::id).toList();
  }

  @Test
  void theAzureProfileRunsExactlyTheseChecks() {
    Verification.Verified verdict = verified(Forge.verify(CVM));
    assertThat(ids(verdict)).isEqualTo(PROFILE);
    assertThat(verdict.notes())
        .extracting(Finding::code)
        .containsExactly(AzureFinding.AZURE_USER_DATA);
  }

  @Test
  void userDataThatWasAskedForIsOneCheckMoreAndOneNoteLess() {
    List<String> expected = new ArrayList<>(PROFILE);
    expected.add("azure.user-data");
    Verification.Verified verdict =
        verified(
            Forge.verifier(CVM)
                .verify(
                    CVM.attest(NONCE),
                    CVM.endorsements(),
                    NONCE,
                    new ReportData(Bytes.ofHex("33".repeat(64))),
                    AT));
    assertThat(ids(verdict)).isEqualTo(expected);
    assertThat(verdict.notes()).isEmpty();
  }

  @Test
  void revocationThatWasNotCheckedIsOneCheckLessAndOneNoteMore() {
    List<String> expected = new ArrayList<>(PROFILE);
    expected.remove("snp.revocation");
    Verification.Verified verdict =
        verified(
            AzureCvmVerifier.builder()
                .trustAnchors(CVM.trustAnchors())
                .revocation(Revocation.OFF)
                .build()
                .verify(CVM.attest(NONCE), CVM.endorsements(), NONCE, AT));
    assertThat(ids(verdict)).isEqualTo(expected);
    assertThat(verdict.notes())
        .extracting(Finding::code)
        .containsExactly(SnpFinding.SNP_REVOCATION_UNKNOWN, AzureFinding.AZURE_USER_DATA);
  }

  @Test
  void aRefusalListsTheChecksBeforeIt() {
    SimulatedCvm cvm = machine().claims(c -> c.withoutConfiguration("secure-boot")).build();
    assertThat(ids(Forge.verify(cvm))).isEqualTo(PROFILE.subList(0, 13));
  }

  @Test
  void everyCheckHasAnIdOfItsOwnAndASentence() {
    assertThat(AzureCheck.values()).extracting(AzureCheck::id).doesNotHaveDuplicates();
    assertThat(AzureCheck.values()).allMatch(check -> check.id().startsWith("azure."));
    assertThat(AzureCheck.values()).noneMatch(check -> check.statement().isBlank());
    assertThat(AzureFinding.values()).noneMatch(finding -> finding.clause().isBlank());
  }

  @Test
  void aColdVerificationCostsOneP384TwoPssAndOneQuoteSignature() {
    CountingBackend counting = new CountingBackend();
    AzureCvmVerifier verifier =
        AzureCvmVerifier.builder()
            .trustAnchors(CVM.trustAnchors())
            .signatures(counting)
            .revocation(Revocation.IF_SUPPLIED)
            .build();
    Endorsements chain = Endorsements.ofCertificates(CVM.pki().chainPem(CVM.line()));
    verified(verifier.verify(CVM.attest(NONCE), chain, NONCE, AT));
    assertThat(counting.counts()).containsExactly(1, 2, 1);
    verified(verifier.verify(CVM.attest(NONCE), chain, NONCE, AT));
    assertThat(counting.counts()).as("and once more, warm").containsExactly(2, 2, 2);
  }

  @Test
  void theFourPartsOfAnAttestationAreThere() {
    ClaimSet claims = verified(Forge.verify(CVM)).claims();
    assertThat(claims.groups()).extracting(Claims::id).containsExactly("snp", "azure", "vtpm");
    AzureAttestation proven = AzureAttestation.of(claims).orElseThrow();
    assertThat(proven.snp().orElseThrow().report().raw())
        .isEqualTo(CVM.hclReport().slice(32, 32 + 1184));
    assertThat(proven.bootSettings().secureBoot()).isTrue();
    assertThat(proven.firmwareMeasurement()).isEqualTo(CVM.hclReport().slice(32 + 0x90, 32 + 0xC0));
    assertThat(proven.osMeasurements().banks().get(0).values()).isEqualTo(CVM.pcrs());
    assertThat(AzureAttestation.of(ClaimSet.of(proven.hardwareReport()))).isEmpty();
  }

  /** Counts signature checks: ECDSA on P-384, RSASSA-PSS, RSASSA. */
  private static final class CountingBackend implements SignatureBackend {
    private final SignatureBackend inner = SignatureBackends.bouncyCastle();
    private final int[] counts = new int[3];

    int[] counts() {
      return counts;
    }

    @Override
    public String name() {
      return "counting";
    }

    @Override
    public VerificationKey prepare(PublicKeyInfo info) {
      VerificationKey key = inner.prepare(info);
      return new VerificationKey() {
        @Override
        public PublicKeyInfo info() {
          return key.info();
        }

        @Override
        public boolean verifies(SignatureScheme scheme, Bytes message, Bytes signature) {
          switch (scheme) {
            case ECDSA_P384_SHA384 -> counts[0]++;
            case RSAPSS_SHA384 -> counts[1]++;
            case RSASSA_SHA256 -> counts[2]++;
            default -> throw new AssertionError("an unexpected scheme: " + scheme);
          }
          return key.verifies(scheme, message, signature);
        }
      };
    }
  }
}
