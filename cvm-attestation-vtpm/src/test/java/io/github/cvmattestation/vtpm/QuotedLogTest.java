package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.Fixtures.NONCE;
import static io.github.cvmattestation.vtpm.Fixtures.bank;
import static io.github.cvmattestation.vtpm.Fixtures.proven;
import static io.github.cvmattestation.vtpm.Fixtures.quick;
import static io.github.cvmattestation.vtpm.Fixtures.verify;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.eventlog.LogFinding;
import io.github.cvmattestation.attestation.eventlog.MeasuredEvent;
import io.github.cvmattestation.attestation.eventlog.Replay;
import io.github.cvmattestation.attestation.internal.Digests;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A log against the registers of a quote: nothing comes out that the quote does not cover. */
class QuotedLogTest {
  private static final TestAk AK = TestAk.rsa(SignatureScheme.RSASSA_SHA256);
  private static final Bytes TEXT = Bytes.ofHex("61626364");
  private static final Bytes DIGEST = Digests.sha256(TEXT);
  private static final Bytes EXTENDED = Digests.sha256(Bytes.zeros(32), DIGEST);

  /** Spec ID event for SHA-256, then "abcd" as EV_EFI_ACTION in PCR 4 and in PCR 9. */
  private static final Bytes LOG =
      Bytes.ofHex("0000000003000000" + "00".repeat(20) + "21000000")
          .concat(
              Bytes.ofHex("53706563204944204576656e74303300" + "00000000" + "00020002"),
              Bytes.ofHex("01000000" + "0b002000" + "00"),
              event(4),
              event(9));

  private static Bytes event(int pcr) {
    return Bytes.ofHex("0" + pcr + "000000" + "07000080" + "01000000" + "0b00")
        .concat(DIGEST, Bytes.ofHex("04000000"), TEXT);
  }

  private static VerifiedPcrs quoting(Map<Integer, Bytes> values) {
    PcrBank quoted = bank(HashAlgorithm.SHA256, values);
    Bytes attest = AttestWriter.quoting(quoted).extraData(NONCE.value()).write();
    return proven(verify(AK.quote(attest, quoted), AK.key(quick())));
  }

  @Test
  void onlyEventsOfQuotedRegistersComeOut() {
    Replay replay = quoting(Map.of(4, EXTENDED)).replay(LOG, HashAlgorithm.SHA256);
    assertThat(replay).isInstanceOf(Replay.Equal.class);
    assertThat(((Replay.Equal) replay).events())
        .extracting(MeasuredEvent::register)
        .containsExactly(4);
  }

  @Test
  void aQuotedRegisterWithoutEventsHoldsItsInitialValue() {
    assertThat(quoting(Map.of(4, EXTENDED, 7, Bytes.zeros(32))).replay(LOG, HashAlgorithm.SHA256))
        .isInstanceOf(Replay.Equal.class);
    assertThat(quoting(Map.of(4, EXTENDED, 7, EXTENDED)).replay(LOG, HashAlgorithm.SHA256))
        .isInstanceOf(Replay.Different.class);
  }

  @Test
  void aBankThatWasNotQuotedIsRefused() {
    Replay replay = quoting(Map.of(4, EXTENDED)).replay(LOG, HashAlgorithm.SHA1);
    assertThat(replay).isInstanceOf(Replay.Refused.class);
    assertThat(replay.findings()).singleElement().extracting("code").isEqualTo(LogFinding.LOG_BANK);
  }
}
