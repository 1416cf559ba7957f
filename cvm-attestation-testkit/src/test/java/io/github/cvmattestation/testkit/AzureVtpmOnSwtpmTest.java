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
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The paravisor in front of a TPM of somebody else's making. */
class AzureVtpmOnSwtpmTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final Bytes WISH = Bytes.ofHex("17".repeat(64));
  private static final Duration PERIOD = Duration.ofSeconds(2);

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

  private SimulatedCvmBuilder builder() {
    return SimulatedCvm.builder().at(NOW).seed("Azure vTPM").tpm(swtpm::transmit);
  }

  private static void wish(SimulatedCvm cvm) {
    cvm.vtpm().guest().define(OWNER, Bytes.empty(), USER_DATA_INDEX, 0x00060006L, 64);
    cvm.vtpm().guest().write(USER_DATA_INDEX, WISH);
  }

  private static String claims(Bytes report) {
    int size = report.get(1232) | report.get(1233) << 8;
    return new String(report.slice(1236, 1236 + size).toArray(), UTF_8);
  }

  @ParameterizedTest
  @EnumSource
  void aReportCoversWhatTheGuestWroteOnceTwoSecondsHavePassed(Tee tee) {
    SimulatedCvm cvm = builder().tee(tee).build();
    wish(cvm);
    cvm.advance(PERIOD);
    assertThat(claims(cvm.hclReport())).contains("\"user-data\":\"" + "00".repeat(64) + "\"");
    cvm.advance(Duration.ofMillis(1));
    assertThat(claims(cvm.hclReport())).contains("\"user-data\":\"" + WISH.hex() + "\"");
  }

  @Test
  void onlyAReadFromTheBeginningRefreshes() {
    SimulatedCvm cvm = builder().build();
    Bytes before = cvm.hclReport();
    wish(cvm);
    cvm.advance(PERIOD.plusMillis(1));
    VtpmCommands guest = cvm.vtpm().guest();
    assertThat(guest.read(OWNER, REPORT_INDEX, 1000, 1000)).isEqualTo(before.slice(1000, 2000));
    assertThat(claims(cvm.hclReport())).contains(WISH.hex());
  }

  @Test
  void theGuestCannotWriteTheReportAndThePlatformIsClosedToIt() {
    VtpmCommands guest = builder().build().vtpm().guest();
    assertThatThrownBy(() -> guest.write(REPORT_INDEX, Bytes.zeros(8)))
        .hasMessageEndingWith("0x149");
    assertThatThrownBy(() -> guest.define(PLATFORM, Bytes.empty(), 0x01500000, 0x42060004L, 8))
        .hasMessageEndingWith("0x185");
  }

  /** The key that the claims name is the one that signs, and the one that the certificate is of. */
  @Test
  void theClaimsNameTheKeyThatThisTpmReallyHas() throws MalformedException {
    SimulatedCvm cvm = builder().build();
    VtpmCommands guest = cvm.vtpm().guest();
    SignedQuote quote = guest.quote(AK_HANDLE, WISH.slice(0, 32), HashAlgorithm.SHA256);
    Bytes claimed = Bytes.of(cvm.vtpm().attestationPublicKey().getEncoded());
    assertThat(
            SignatureBackends.jdk()
                .prepare(PublicKeyInfo.parse(claimed))
                .verifies(SignatureScheme.RSASSA_SHA256, quote.message(), quote.signature()))
        .isTrue();
    assertThat(claims(cvm.hclReport())).contains("HCLAkPub").doesNotContain("HCLEkPub");
    assertThat(guest.read(AK_CERTIFICATE_INDEX).hex()).contains(claimed.hex());
  }

  @Test
  void aQuoteTakesFiftyBytesAndNoMore() {
    SimulatedCvm cvm = builder().build();
    cvm.quote(Bytes.zeros(50));
    assertThatThrownBy(() -> cvm.quote(Bytes.zeros(51))).hasMessageEndingWith("0x1d5");
  }

  @Test
  void aTpmThatWasGivenKeepsItsSecretsAndTellsNoLies() {
    SimulatedCvm cvm = builder().build();
    assertThatThrownBy(cvm::attestationKey).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> builder().pcr(7, Bytes.zeros(32)).build())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> builder().quote(writer -> writer).build())
        .isInstanceOf(IllegalStateException.class);
  }
}
