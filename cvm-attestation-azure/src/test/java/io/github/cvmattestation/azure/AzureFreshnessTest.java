package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.Forge.AT;
import static io.github.cvmattestation.azure.Forge.NONCE;
import static io.github.cvmattestation.azure.Forge.assertRefuted;
import static io.github.cvmattestation.azure.Forge.machine;
import static io.github.cvmattestation.azure.Forge.verified;
import static io.github.cvmattestation.azure.Forge.verifier;
import static io.github.cvmattestation.azure.Forge.verify;
import static io.github.cvmattestation.azure.Forge.withHclReport;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.testkit.AzureVtpm;
import io.github.cvmattestation.testkit.AzureVtpmFault;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.vtpm.NvAttribute;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import io.github.cvmattestation.vtpm.TpmHandle;
import io.github.cvmattestation.vtpm.TpmsNvPublic;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Reports of an earlier request, whole or in part, that a guest hands out for this one. */
class AzureFreshnessTest {
  private static final Bytes OLD = Bytes.ofHex("11".repeat(64));
  private static final Bytes NEW = Bytes.ofHex("22".repeat(64));
  private static final Duration LONGER_THAN_A_PERIOD = AzureVtpm.REPORT_PERIOD.plusSeconds(1);

  /** Case 58. */
  @Test
  void userDataOfAnEarlierRequestIsRefuted() {
    SimulatedCvm cvm = machine().userData(OLD).build();
    assertRefuted(verifyUserData(cvm, NEW), CoreFinding.NONCE_MISMATCH);
    verified(verifyUserData(cvm, OLD));
  }

  /** Case 58, as it comes about: who reads again within two seconds gets the report of before. */
  @Test
  void aReportThatIsReadTooSoonIsThatOfTheRequestBeforeAndRefuted() {
    SimulatedCvm cvm = machine().build();
    writeUserData(cvm, OLD);
    cvm.advance(LONGER_THAN_A_PERIOD);
    verified(verifyUserData(cvm, OLD));
    writeUserData(cvm, NEW);
    assertRefuted(verifyUserData(cvm, NEW), CoreFinding.NONCE_MISMATCH);
    cvm.advance(LONGER_THAN_A_PERIOD);
    verified(verifyUserData(cvm, NEW));
  }

  @Test
  void userDataIsComparedInAll64Bytes() {
    for (int at : new int[] {0, 31, 32, 63}) {
      byte[] other = OLD.toArray();
      other[at] ^= 1;
      SimulatedCvm cvm = machine().userData(Bytes.of(other)).build();
      assertRefuted(verifyUserData(cvm, OLD), CoreFinding.NONCE_MISMATCH);
    }
  }

  @Test
  void userDataIsReadInEitherLetterCase() {
    Bytes letters = Bytes.ofHex("ab".repeat(64));
    verified(verifyUserData(machine().claims(c -> c.userDataUpperCase(letters)).build(), letters));
    verified(verifyUserData(machine().claims(c -> c.userData(letters)).build(), letters));
  }

  @Test
  void absentUserDataIsRefutedWhereItWasAskedFor() {
    SimulatedCvm cvm = machine().claims(c -> c.withoutUserData()).build();
    assertRefuted(verifyUserData(cvm, Bytes.zeros(64)), CoreFinding.NONCE_MISMATCH);
    assertThat(verified(verify(cvm)).notes())
        .anyMatch(note -> note.code() == AzureFinding.AZURE_USER_DATA);
  }

  /** Case 61. */
  @Test
  void halvesOfTwoReportsJoinedAreRefuted() {
    Bytes before = machine().userData(OLD).build().hclReport();
    SimulatedCvm cvm = machine().userData(NEW).build();
    Bytes after = cvm.hclReport();
    assertThat(before.size()).isEqualTo(after.size());
    for (int cut : new int[] {1024, 1216, 1236, 1500}) {
      Bytes joined = before.slice(0, cut).concat(after.slice(cut, after.size()));
      assertRefuted(verify(cvm, withHclReport(cvm, joined)), AzureFinding.RUNTIME_HASH);
    }
  }

  /** Case 61, as it comes about: another process has the report renewed between two chunks. */
  @Test
  void aReportThatIsRenewedWhileItIsReadIsRefuted() {
    SimulatedCvm cvm = machine().fault(AzureVtpmFault.TORN_REPORT).build();
    writeUserData(cvm, NEW);
    cvm.advance(LONGER_THAN_A_PERIOD);
    assertRefuted(verifyUserData(cvm, NEW), AzureFinding.RUNTIME_HASH);
  }

  /** By the guest's own software, which then reads the report without a look at what it holds. */
  private static void writeUserData(SimulatedCvm cvm, Bytes data) {
    TpmsNvPublic area =
        new TpmsNvPublic(
            AzureVtpm.USER_DATA_INDEX,
            HashAlgorithm.SHA256,
            Set.of(NvAttribute.OWNERWRITE, NvAttribute.OWNERREAD),
            Bytes.empty(),
            data.size());
    try (Tpm tpm = Tpm.over(cvm.vtpm()::transmit)) {
      tpm.nv()
          .defineOrAdopt(area, TpmAuth.empty(), new byte[0])
          .write(TpmHandle.OWNER, TpmAuth.empty(), 0, data);
    }
  }

  private static Verification verifyUserData(SimulatedCvm cvm, Bytes expected) {
    return verifier(cvm)
        .verify(cvm.attest(NONCE), cvm.endorsements(), NONCE, new ReportData(expected), AT);
  }
}
