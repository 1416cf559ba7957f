package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.azure.AzureCheck;
import io.github.cvmattestation.azure.MaaCheck;
import io.github.cvmattestation.snp.SnpCheck;
import io.github.cvmattestation.tdx.TdxCheck;
import io.github.cvmattestation.vtpm.TpmCheck;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DemoTest {
  private static final List<Check> NOT_FOR_THIS_VM =
      List.of(SnpCheck.CSP_ID, SnpCheck.REPORT_DATA, AzureCheck.USER_DATA, AzureCheck.TD_REPORT);

  private final Ran ran = Ran.cvm("demo");

  /** The evidence holds no such key. */
  private static boolean isOfCertifiedKeys(Check check) {
    return check.id().startsWith("vtpm.key-");
  }

  @Test
  void theWholePathComesOutAsItMust() {
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .contains("A simulated VM with keys of its own")
        .contains("AFFIRMED")
        .contains(
            "hardware report   Genoa", "boot settings     Secure Boot on", "firmware", "PCR 4");
  }

  @Test
  void theTreeHasEveryLinkInOrder() {
    assertThat(ran.out())
        .containsSubsequence(
            "ARK", "ASK", "VCEK", "report", "runtime claims", "AK", "quote", "PCRs");
  }

  @Test
  void theTreeHasEveryCheckOnce() {
    Stream.of(SnpCheck.values(), AzureCheck.values(), TpmCheck.values())
        .flatMap(Stream::of)
        .map(Check.class::cast)
        .filter(check -> !NOT_FOR_THIS_VM.contains(check) && !isOfCertifiedKeys(check))
        .forEach(
            check ->
                assertThat(ran.out())
                    .containsOnlyOnce("✓ " + check.id() + " ")
                    .contains(check.statement()));
  }

  @Test
  void aTdxMachineGoesTheSameWay() {
    Ran tdx = Ran.cvm("demo", "--tee", "tdx");
    assertThat(tdx.code()).isEqualTo(Cvm.OK);
    assertThat(tdx.err()).isEmpty();
    assertThat(tdx.out())
        .containsSubsequence(
            "Intel SGX Root CA", "collateral", "PCK", "quoting enclave", "TD quote", "AK", "PCRs")
        .containsSubsequence("hardware report   TDX", "TCB UpToDate", "AFFIRMED")
        .containsSubsequence("production defaults", "REFUTED", "TDX_ROOT")
        .containsSubsequence("One byte", "REFUTED", "PCR_DIGEST");
    List<Check> others =
        List.of(TdxCheck.COLLATERAL_AGE, TdxCheck.REPORT_DATA, AzureCheck.USER_DATA);
    Stream.of(TdxCheck.values(), AzureCheck.values(), TpmCheck.values())
        .flatMap(Stream::of)
        .map(Check.class::cast)
        .filter(check -> !others.contains(check) && !isOfCertifiedKeys(check))
        .forEach(check -> assertThat(tdx.out()).containsOnlyOnce("✓ " + check.id() + " "));
  }

  @Test
  void theWayEndsWithAKeyThatDecrypts() {
    for (Ran way : List.of(ran, Ran.cvm("demo", "--tee", "tdx"))) {
      assertThat(way.out())
          .containsSubsequence(
              "AFFIRMED",
              "VERIFIED",
              "/keys/disk-key/",
              "RELEASED",
              "only this VM, as it is now, can read this",
              "DECRYPTED");
      for (MaaCheck check : MaaCheck.values()) {
        if (check != MaaCheck.POLICY) { // no policy was pinned
          assertThat(way.out()).containsOnlyOnce("✓ " + check.id() + " ");
        }
      }
    }
  }

  @Test
  void aKeyWithAnotherPolicyStaysInTheVaultAndTheClauseIsNamed() {
    for (Ran way : List.of(ran, Ran.cvm("demo", "--tee", "tdx"))) {
      assertThat(way.out())
          .containsSubsequence(
              "names another VM",
              "REFUSED",
              "room 6, release",
              "RELEASE_DENIED",
              "HTTP 403",
              "RELEASE_DENIED",
              "expected  anyOf[0].allOf[",
              ": x-ms-azurevm-vmid equals \"0b5c1f0a-77d2-4c3e-8f19-2a6d3e000002\"",
              "found     \"" + DemoMachine.VM);
    }
  }

  @Test
  void aDebugGuestGetsNoKey() {
    assertThat(ran.out())
        .containsSubsequence("may debug", "REFUSED", "room 4, appraise", "SNP_DEBUG");
    assertThat(Ran.cvm("demo", "--tee", "tdx").out())
        .containsSubsequence("may debug", "REFUSED", "room 4, appraise", "TDX_DEBUG");
  }

  @Test
  void productionDefaultsRefuseTheSimulatedKeys() {
    assertThat(ran.out())
        .containsSubsequence("production defaults", "REFUTED", "SNP_ROOT", "expected", "found");
  }

  @Test
  void oneForgedByteIsRefusedWithItsReason() {
    assertThat(ran.out())
        .containsSubsequence(
            "One byte", "REFUTED", "PCR_DIGEST", "expected", "found", "clause    TPM 2.0 Part 2");
  }

  @Test
  void noTwoRunsUseOneNonce() {
    assertThat(Ran.cvm("demo").out().lines().toList().get(2))
        .matches(" +[0-9a-f]{64}")
        .isNotEqualTo(ran.out().lines().toList().get(2));
  }
}
