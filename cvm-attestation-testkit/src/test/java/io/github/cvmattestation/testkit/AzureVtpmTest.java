package io.github.cvmattestation.testkit;

import static io.github.cvmattestation.testkit.AzureVtpm.AK_CERTIFICATE_INDEX;
import static io.github.cvmattestation.testkit.AzureVtpm.AK_HANDLE;
import static io.github.cvmattestation.testkit.AzureVtpm.REPORT_INDEX;
import static io.github.cvmattestation.testkit.AzureVtpm.USER_DATA_INDEX;
import static io.github.cvmattestation.testkit.VtpmCommands.OWNER;
import static io.github.cvmattestation.testkit.VtpmCommands.PLATFORM;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.eventlog.EventLog;
import io.github.cvmattestation.attestation.eventlog.RegisterBank;
import io.github.cvmattestation.attestation.eventlog.RegisterKind;
import io.github.cvmattestation.attestation.eventlog.Replay;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vTPM of an Azure VM as its guest meets it (openvmm's vtpm; response codes of TPM 2.0). */
class AzureVtpmTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final Bytes WISH = Bytes.ofHex("17".repeat(64));
  private static final Duration LONG_ENOUGH = Duration.ofMillis(2001);
  private static final long OWNER_INDEX = 0x00060006L;
  private static final long WITHOUT_OWNER_READ = 0x00040006L;

  private static SimulatedCvmBuilder builder() {
    return SimulatedCvm.builder().at(NOW).seed("Azure vTPM");
  }

  private static SimulatedCvm faulty(AzureVtpmFault fault) {
    return builder().fault(fault).build();
  }

  private static void wish(SimulatedCvm cvm) {
    cvm.vtpm().guest().define(OWNER, Bytes.empty(), USER_DATA_INDEX, OWNER_INDEX, 64);
    cvm.vtpm().guest().write(USER_DATA_INDEX, WISH);
  }

  private static String claims(Bytes report) {
    int size = report.get(1232) | report.get(1233) << 8;
    return new String(report.slice(1236, 1236 + size).toArray(), UTF_8);
  }

  /** Whether REPORT_DATA of the SNP report is the hash of the claims behind it. */
  private static boolean isWhole(Bytes report) {
    Bytes hash = Hashes.digest("SHA-256", Bytes.of(claims(report).getBytes(UTF_8)));
    return report.slice(32 + 0x50, 32 + 0x50 + 32).equals(hash);
  }

  @ParameterizedTest
  @EnumSource
  void aReportCoversWhatTheGuestWroteOnceTwoSecondsHavePassed(Tee tee) {
    SimulatedCvm cvm = builder().tee(tee).build();
    wish(cvm);
    cvm.advance(LONG_ENOUGH);
    assertThat(claims(cvm.hclReport())).contains("\"user-data\":\"" + WISH.hex() + "\"");
  }

  @Test
  void withinTwoSecondsTheOldReportIsHandedOutWithoutAWord() {
    SimulatedCvm cvm = builder().build();
    wish(cvm);
    cvm.advance(Duration.ofSeconds(2));
    assertThat(claims(cvm.hclReport())).contains("\"user-data\":\"" + "00".repeat(64) + "\"");
    cvm.advance(Duration.ofMillis(1));
    assertThat(claims(cvm.hclReport())).contains(WISH.hex());
  }

  @Test
  void onlyAReadFromTheBeginningRefreshes() {
    SimulatedCvm cvm = builder().build();
    Bytes before = cvm.hclReport();
    wish(cvm);
    cvm.advance(LONG_ENOUGH);
    VtpmCommands guest = cvm.vtpm().guest();
    assertThat(guest.read(OWNER, REPORT_INDEX, 1000, 1000)).isEqualTo(before.slice(1000, 2000));
    assertThat(guest.read(OWNER, REPORT_INDEX, 0, 1)).isEqualTo(before.slice(0, 1));
    assertThat(claims(before)).doesNotContain(WISH.hex());
    assertThat(claims(cvm.hclReport())).contains(WISH.hex());
  }

  /** A1. */
  @Test
  void aStaleReportStaysAsItWas() {
    SimulatedCvm cvm = faulty(AzureVtpmFault.STALE_REPORT);
    Bytes before = cvm.hclReport();
    wish(cvm);
    cvm.advance(Duration.ofDays(1));
    assertThat(cvm.hclReport()).isEqualTo(before);
  }

  /** A2. */
  @Test
  void aTornReportIsNoLongerBoundToItsClaims() {
    assertThat(isWhole(builder().build().hclReport())).isTrue();
    assertThat(isWhole(faulty(AzureVtpmFault.TORN_REPORT).hclReport())).isFalse();
  }

  /** Without OWNERREAD the paravisor cannot read it, and says zeros. */
  @Test
  void userDataThatTheOwnerMayNotReadDoesNotGetIntoTheReport() {
    SimulatedCvm cvm = builder().build();
    VtpmCommands guest = cvm.vtpm().guest();
    guest.define(OWNER, Bytes.empty(), USER_DATA_INDEX, WITHOUT_OWNER_READ, 64);
    guest.write(USER_DATA_INDEX, WISH);
    cvm.advance(LONG_ENOUGH);
    assertThat(claims(cvm.hclReport())).contains("\"user-data\":\"" + "00".repeat(64) + "\"");
  }

  @Test
  void aShortUserDataIndexIsFilledUpWithZeros() {
    SimulatedCvm cvm = builder().build();
    VtpmCommands guest = cvm.vtpm().guest();
    guest.define(OWNER, Bytes.empty(), USER_DATA_INDEX, OWNER_INDEX, 4);
    guest.write(USER_DATA_INDEX, Bytes.ofHex("01020304"));
    cvm.advance(LONG_ENOUGH);
    assertThat(claims(cvm.hclReport()))
        .contains("\"user-data\":\"01020304" + "00".repeat(60) + "\"");
  }

  @ParameterizedTest
  @ValueSource(ints = {2048, 2600, 2900})
  void theReportsIndexHasOneOfAzuresSizes(int size) {
    SimulatedCvmBuilder builder = builder().hcl(writer -> writer.size(size));
    // Reports of that size say less: they have no endorsement key and no user data.
    SimulatedCvm cvm =
        (size == 2048 ? builder.claims(claims -> claims.withoutKeys().withoutUserData()) : builder)
            .build();
    assertThat(cvm.vtpm().guest().nvSize(REPORT_INDEX)).isEqualTo(size);
    assertThat(isWhole(cvm.hclReport())).isTrue();
  }

  /** Its authorisation value is the paravisor's: with the index as authority it fails 0x9A2. */
  @Test
  void theReportIsReadUnderTheOwnersAuthorityAlone() {
    VtpmCommands guest = builder().build().vtpm().guest();
    assertThatThrownBy(() -> guest.read(REPORT_INDEX, REPORT_INDEX, 0, 8))
        .hasMessageEndingWith("0x9a2");
    assertThat(guest.read(OWNER, REPORT_INDEX, 0, 4)).isEqualTo(Bytes.ofHex("48434c41"));
  }

  @Test
  void theGuestCannotWriteTheReport() {
    VtpmCommands guest = builder().build().vtpm().guest();
    assertThatThrownBy(() -> guest.write(REPORT_INDEX, Bytes.zeros(8)))
        .hasMessageEndingWith("0x149");
  }

  @Test
  void thePlatformHierarchyIsClosedToTheGuest() {
    VtpmCommands guest = builder().build().vtpm().guest();
    assertThatThrownBy(() -> guest.define(PLATFORM, Bytes.empty(), 0x01500000, 0x42060004L, 8))
        .hasMessageEndingWith("0x185");
  }

  @Test
  void whatIsMissingOrUnwrittenSaysSo() {
    assertThatThrownBy(() -> faulty(AzureVtpmFault.MISSING_REPORT).hclReport())
        .hasMessageEndingWith("0x18b");
    assertThatThrownBy(() -> faulty(AzureVtpmFault.UNWRITTEN_REPORT).hclReport())
        .hasMessageEndingWith("0x14a");
    VtpmCommands none = faulty(AzureVtpmFault.MISSING_AK_CERTIFICATE).vtpm().guest();
    assertThatThrownBy(() -> none.read(AK_CERTIFICATE_INDEX)).hasMessageEndingWith("0x18b");
    VtpmCommands unwritten = faulty(AzureVtpmFault.UNWRITTEN_AK_CERTIFICATE).vtpm().guest();
    assertThatThrownBy(() -> unwritten.read(AK_CERTIFICATE_INDEX)).hasMessageEndingWith("0x14a");
    SimulatedCvm keyless = faulty(AzureVtpmFault.MISSING_AK);
    assertThatThrownBy(() -> keyless.quote(WISH.slice(0, 32))).hasMessageEndingWith("0x18b");
  }

  /** A4. */
  @Test
  void theCertificateIsPaddedUnlessItIsNot() {
    Bytes padded = builder().build().vtpm().guest().read(AK_CERTIFICATE_INDEX);
    Bytes exact =
        faulty(AzureVtpmFault.UNPADDED_AK_CERTIFICATE).vtpm().guest().read(AK_CERTIFICATE_INDEX);
    assertThat(padded.size()).isEqualTo(4096);
    assertThat(padded.slice(0, exact.size())).isEqualTo(exact);
    assertThat(padded.slice(exact.size(), 4096).isZero()).isTrue();
    int outerSequence = 4 + (exact.get(2) << 8 | exact.get(3));
    assertThat(exact.size()).isEqualTo(outerSequence);
  }

  /** A3. Where the owner defined the index, anybody may write a certificate of his own into it. */
  @Test
  void anOwnerDefinedCertificateCanBeExchanged() {
    VtpmCommands usual = builder().build().vtpm().guest();
    assertThatThrownBy(() -> usual.write(AK_CERTIFICATE_INDEX, WISH)).hasMessageEndingWith("0x149");
    VtpmCommands owned = faulty(AzureVtpmFault.OWNER_DEFINED_AK_CERTIFICATE).vtpm().guest();
    owned.write(AK_CERTIFICATE_INDEX, WISH);
    assertThat(owned.read(OWNER, AK_CERTIFICATE_INDEX, 0, 64)).isEqualTo(WISH);
  }

  @Test
  void aQuoteTakesFiftyBytesAndNoMore() {
    SimulatedCvm cvm = builder().build();
    cvm.quote(Bytes.zeros(50));
    assertThatThrownBy(() -> cvm.quote(Bytes.zeros(51))).hasMessageEndingWith("0x1d5");
  }

  @Test
  void theAttestationKeySignsUnlessRootReplacedIt() throws MalformedException {
    assertThat(signedByTheClaimedKey(builder().build())).isTrue();
    assertThat(signedByTheClaimedKey(faulty(AzureVtpmFault.REPLACED_AK))).isFalse();
  }

  private static boolean signedByTheClaimedKey(SimulatedCvm cvm) throws MalformedException {
    SignedQuote quote =
        cvm.vtpm().guest().quote(AK_HANDLE, WISH.slice(0, 32), HashAlgorithm.SHA256);
    Bytes claimed = cvm.attestationKey().subjectPublicKeyInfo();
    return SignatureBackends.jdk()
        .prepare(PublicKeyInfo.parse(claimed))
        .verifies(SignatureScheme.RSASSA_SHA256, quote.message(), quote.signature());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theEventLogAddsUpToThePcrs(boolean secureBoot) throws MalformedException {
    SimulatedCvm cvm = builder().secureBoot(secureBoot).build();
    for (HashAlgorithm bank : Set.of(HashAlgorithm.SHA256, HashAlgorithm.SHA384)) {
      RegisterBank pcrs = RegisterBank.of(RegisterKind.PCR, bank, cvm.vtpm().guest().pcrs(bank));
      assertThat(EventLog.replay(cvm.eventLog(), pcrs)).isInstanceOf(Replay.Equal.class);
    }
  }

  @Test
  void secureBootShowsInPcr7Alone() {
    SimulatedCvm off = builder().secureBoot(false).build();
    Set<Integer> differ = new HashSet<>();
    builder()
        .build()
        .pcrs()
        .forEach(
            (pcr, value) -> {
              if (!off.pcrs().get(pcr).equals(value)) {
                differ.add(pcr);
              }
            });
    assertThat(differ).containsExactly(7);
  }
}
