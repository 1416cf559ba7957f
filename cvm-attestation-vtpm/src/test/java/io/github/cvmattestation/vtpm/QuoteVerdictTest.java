package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.Fixtures.NONCE;
import static io.github.cvmattestation.vtpm.Fixtures.bank;
import static io.github.cvmattestation.vtpm.Fixtures.proven;
import static io.github.cvmattestation.vtpm.Fixtures.quick;
import static io.github.cvmattestation.vtpm.Fixtures.verify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.vtpm.internal.QuoteVerification;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a verdict says: its claims, and which checks ran. */
class QuoteVerdictTest {
  private static final TestAk AK = TestAk.rsa(SignatureScheme.RSASSA_SHA256);
  private static final PcrBank BANK = bank(HashAlgorithm.SHA256, 7, 11);

  private static AttestWriter genuine() {
    return AttestWriter.quoting(BANK).extraData(NONCE.value());
  }

  private static List<String> ledger(Bytes attest, PcrBank claimed) {
    Verification verdict = verify(AK.quote(attest, claimed), AK.key(quick()));
    return verdict.checks().stream().map(Check::id).toList();
  }

  @Test
  void theLedgerOfARefusalHoldsTheChecksBeforeIt() {
    List<String> all =
        List.of(
            "vtpm.scheme",
            "vtpm.signature",
            "vtpm.magic",
            "vtpm.type",
            "vtpm.banks",
            "vtpm.selection",
            "vtpm.pcr-digest",
            "vtpm.nonce");
    Bytes signed = genuine().write();
    TestAk other = TestAk.rsa(SignatureScheme.RSASSA_SHA256);
    PcrBank otherValue =
        bank(
            HashAlgorithm.SHA256,
            java.util.Map.of(7, BANK.value(7).orElseThrow(), 11, Bytes.zeros(32)));

    assertThat(ledger(signed, BANK)).isEqualTo(all);
    assertThat(verify(AK.quote(signed, BANK), AK.as(SignatureScheme.RSAPSS_SHA256).key(quick())))
        .extracting(verdict -> verdict.checks().size())
        .isEqualTo(0);
    assertThat(verify(AK.quote(signed, BANK), other.key(quick())).checks())
        .extracting(Check::id)
        .isEqualTo(all.subList(0, 1));
    assertThat(ledger(genuine().magic(1).write(), BANK)).isEqualTo(all.subList(0, 2));
    assertThat(ledger(genuine().type(0x8017).write(), BANK)).isEqualTo(all.subList(0, 3));
    assertThat(ledger(signed, bank(HashAlgorithm.SHA384, 7, 11))).isEqualTo(all.subList(0, 4));
    assertThat(ledger(signed, bank(HashAlgorithm.SHA256, 7))).isEqualTo(all.subList(0, 5));
    assertThat(ledger(signed, otherValue)).isEqualTo(all.subList(0, 6));
    assertThat(ledger(genuine().extraData(Bytes.empty()).write(), BANK))
        .isEqualTo(all.subList(0, 7));
  }

  /** A quote for another nonce and with a forged value is refused for the value. */
  @Test
  void theRegistersAreCheckedBeforeTheNonce() {
    Bytes attest = genuine().extraData(Bytes.empty()).write();
    PcrBank forged = bank(HashAlgorithm.SHA256, 7, 12);

    Verification verdict = verify(AK.quote(attest, forged), AK.key(quick()));

    assertThat(verdict.findings()).extracting("code").containsExactly(TpmFinding.PCR_UNQUOTED);
  }

  @Test
  void aRefusalCarriesOneFindingToTheVerifierThatComposes() {
    Bytes attest = genuine().extraData(Bytes.empty()).write();
    Ledger ledger = new Ledger();

    RefutedException refused =
        catchThrowableOfType(
            RefutedException.class,
            () -> QuoteVerification.verify(AK.quote(attest, BANK), AK.key(quick()), NONCE, ledger));

    assertThat(refused.finding().code()).isEqualTo(CoreFinding.NONCE_MISMATCH);
    assertThat(refused.getStackTrace()).isEmpty();
    assertThat(ledger.refuted(refused.finding()).checks()).hasSize(7);
  }

  @Test
  void claimsHoldWhatTheQuoteCovers() {
    Bytes attest = genuine().counters(5, 6, 7, 0).write();

    VerifiedPcrs pcrs = proven(verify(AK.quote(attest, BANK), AK.key(quick())));

    assertThat(pcrs.id()).isEqualTo("vtpm");
    assertThat(pcrs.toGroup())
        .isEqualTo(
            ClaimValue.Group.builder()
                .put("nonce", NONCE.value())
                .put(
                    "pcrs",
                    ClaimValue.Group.builder()
                        .put(
                            "sha256",
                            ClaimValue.Group.builder()
                                .put("7", BANK.value(7).orElseThrow())
                                .put("11", BANK.value(11).orElseThrow())
                                .build())
                        .build())
                .put(
                    "clock",
                    ClaimValue.Group.builder()
                        .put("clock", 5L)
                        .put("resetCount", 6L)
                        .put("restartCount", 7L)
                        .put("safe", false)
                        .build())
                .put("firmwareVersion", 0x2020031200120003L)
                .put("qualifiedSigner", Bytes.ofHex("000b").concat(AttestWriter.filled(32, 0x5A)))
                .build());
  }

  @Test
  void everyCodeCitesItsClauseAndEveryCheckHasAnIdAndASentence() {
    assertThat(Stream.of(TpmFinding.values()).map(TpmFinding::clause))
        .allMatch(clause -> clause.contains("§"));
    assertThat(Stream.of(TpmCheck.values()).map(TpmCheck::id))
        .doesNotHaveDuplicates()
        .allMatch(id -> id.startsWith("vtpm."));
    assertThat(Stream.of(TpmCheck.values()).map(TpmCheck::statement))
        .doesNotHaveDuplicates()
        .allMatch(statement -> statement.contains(" "));
  }
}
