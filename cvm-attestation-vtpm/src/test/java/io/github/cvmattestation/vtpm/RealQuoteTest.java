package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.Fixtures.assertRefuted;
import static io.github.cvmattestation.vtpm.Fixtures.proven;
import static io.github.cvmattestation.vtpm.Fixtures.quick;
import static io.github.cvmattestation.vtpm.Fixtures.verify;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Quotes of real Azure vTPMs, whole and with every bit changed. */
class RealQuoteTest {
  private static final List<String> CASES =
      List.of("azure/snp-milan-v0", "azure/snp-milan-v1", "azure/snp-genoa-v0", "azure/tdx-v1");

  static Stream<Arguments> casesOnBackends() {
    return CASES.stream()
        .flatMap(id -> Fixtures.backends().map(backend -> Arguments.of(id, backend)));
  }

  /** Q1. */
  @ParameterizedTest(name = "{0} by {1}")
  @MethodSource("casesOnBackends")
  void realQuotesAreVerified(String id, SignatureBackend backend) {
    RealQuote real = RealQuote.load(id);

    Verification verification = verify(real.quote(), real.key(backend), real.nonce());

    VerifiedPcrs pcrs = proven(verification);
    assertThat(pcrs.nonce()).isEqualTo(real.nonce().value());
    assertThat(pcrs.banks()).containsExactly(RealQuote.bank(real.pcrs()));
    assertThat(pcrs.firmwareVersion()).isEqualTo(0x2020031200120003L);
    assertThat(pcrs.qualifiedSigner().size()).isEqualTo(34);
    assertThat(verification.checks())
        .extracting(Check::id)
        .containsExactly(
            "vtpm.scheme",
            "vtpm.signature",
            "vtpm.magic",
            "vtpm.type",
            "vtpm.banks",
            "vtpm.selection",
            "vtpm.pcr-digest",
            "vtpm.nonce");
  }

  /** The same quote, the signature in the form in which the TPM returns it. */
  @ParameterizedTest(name = "{0} by {1}")
  @MethodSource("casesOnBackends")
  void realQuotesAreVerifiedWithTheirTpmtSignature(String id, SignatureBackend backend) {
    RealQuote real = RealQuote.load(id);
    Bytes tpmt = new Octets().u16(0x14).u16(0x0B).sized(real.signature()).toBytes();
    TpmQuote quote =
        TpmQuote.withTpmtSignature(real.attest(), tpmt, List.of(RealQuote.bank(real.pcrs())));

    proven(verify(quote, real.key(backend), real.nonce()));
  }

  @Test
  void clockAndCountersAreReadFromWhatWasSigned() {
    RealQuote real = RealQuote.load("azure/snp-milan-v0");

    VerifiedPcrs pcrs = proven(verify(real.quote(), real.key(quick()), real.nonce()));

    assertThat(pcrs.clockInfo()).isEqualTo(new TpmsClockInfo(0x1B6F9CL, 2, 0, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"azure/snp-milan-v0", "azure/snp-genoa-v0"})
  void flippingAnyBitOfTheAttestIsRefuted(String id) {
    RealQuote real = RealQuote.load(id);
    AttestationKey key = real.key(quick());
    for (int bit = 0; bit < 8 * real.attest().size(); bit++) {
      TpmQuote forged =
          real.quote(Fixtures.flipped(real.attest(), bit), real.signature(), real.pcrs());
      assertRefuted(verify(forged, key, real.nonce()), TpmFinding.TPM_SIGNATURE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"azure/snp-milan-v0", "azure/snp-genoa-v0"})
  void flippingAnyBitOfTheSignatureIsRefuted(String id) {
    RealQuote real = RealQuote.load(id);
    AttestationKey key = real.key(quick());
    for (int bit = 0; bit < 8 * real.signature().size(); bit++) {
      TpmQuote forged =
          real.quote(real.attest(), Fixtures.flipped(real.signature(), bit), real.pcrs());
      assertRefuted(verify(forged, key, real.nonce()), TpmFinding.TPM_SIGNATURE);
    }
  }

  @Test
  void flippingAnyBitOfTheTpmtSignatureIsRefuted() {
    RealQuote real = RealQuote.load("azure/snp-milan-v1");
    AttestationKey key = real.key(quick());
    Bytes tpmt = new Octets().u16(0x14).u16(0x0B).sized(real.signature()).toBytes();
    Set<FindingCode> possible =
        Set.of(
            TpmFinding.TPM_MALFORMED,
            TpmFinding.TPM_WEAK,
            TpmFinding.TPM_SCHEME,
            TpmFinding.TPM_SIGNATURE);
    for (int bit = 0; bit < 8 * tpmt.size(); bit++) {
      TpmQuote forged =
          TpmQuote.withTpmtSignature(
              real.attest(), Fixtures.flipped(tpmt, bit), List.of(RealQuote.bank(real.pcrs())));
      Verification verification = verify(forged, key, real.nonce());
      assertThat(verification).as("bit " + bit).isInstanceOf(Verification.Refuted.class);
      assertThat(possible).contains(verification.findings().get(0).code());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"azure/snp-milan-v0", "azure/snp-genoa-v0"})
  void flippingAnyBitOfAnyPcrIsRefuted(String id) {
    RealQuote real = RealQuote.load(id);
    AttestationKey key = real.key(quick());
    for (int index = 0; index < 24; index++) {
      for (int bit = 0; bit < 256; bit++) {
        List<Bytes> pcrs = new ArrayList<>(real.pcrs());
        pcrs.set(index, Fixtures.flipped(pcrs.get(index), bit));
        TpmQuote forged = real.quote(real.attest(), real.signature(), pcrs);
        assertRefuted(verify(forged, key, real.nonce()), TpmFinding.PCR_DIGEST);
      }
    }
  }

  /** As an engine with the wrong byte order would hand it over. */
  @ParameterizedTest(name = "{0} by {1}")
  @MethodSource("casesOnBackends")
  void q3TheReversedSignatureOfARealQuoteIsRefuted(String id, SignatureBackend backend) {
    RealQuote real = RealQuote.load(id);
    TpmQuote forged = real.quote(real.attest(), real.signature().reversed(), real.pcrs());
    assertRefuted(verify(forged, real.key(backend), real.nonce()), TpmFinding.TPM_SIGNATURE);
  }

  /** Q2. */
  @Test
  void flippingAnyBitOfTheNonceIsRefuted() {
    RealQuote real = RealQuote.load("azure/snp-genoa-v0");
    AttestationKey key = real.key(quick());
    for (int bit = 0; bit < 8 * real.nonce().value().size(); bit++) {
      Nonce other = new Nonce(Fixtures.flipped(real.nonce().value(), bit));
      assertRefuted(verify(real.quote(), key, other), CoreFinding.NONCE_MISMATCH);
    }
  }

  @Test
  void everyTruncationAndExtensionIsRefuted() {
    RealQuote real = RealQuote.load("azure/snp-milan-v0");
    AttestationKey key = real.key(quick());
    for (Bytes attest : resized(real.attest())) {
      TpmQuote forged = real.quote(attest, real.signature(), real.pcrs());
      assertRefuted(verify(forged, key, real.nonce()), TpmFinding.TPM_SIGNATURE);
    }
    for (Bytes signature : resized(real.signature())) {
      TpmQuote forged = real.quote(real.attest(), signature, real.pcrs());
      assertRefuted(verify(forged, key, real.nonce()), TpmFinding.TPM_SIGNATURE);
    }
    Bytes tpmt = new Octets().u16(0x14).u16(0x0B).sized(real.signature()).toBytes();
    for (Bytes signature : resized(tpmt)) {
      TpmQuote forged =
          TpmQuote.withTpmtSignature(
              real.attest(), signature, List.of(RealQuote.bank(real.pcrs())));
      assertRefuted(verify(forged, key, real.nonce()), TpmFinding.TPM_MALFORMED);
    }
    for (int count = 0; count < 24; count++) {
      TpmQuote forged = real.quote(real.attest(), real.signature(), real.pcrs().subList(0, count));
      assertRefuted(verify(forged, key, real.nonce()), TpmFinding.PCR_SELECTION);
    }
  }

  @Test
  void theQuoteOfAnotherMachineIsRefuted() {
    RealQuote milan = RealQuote.load("azure/snp-milan-v1");
    RealQuote genoa = RealQuote.load("azure/snp-genoa-v0");

    assertRefuted(
        verify(genoa.quote(), milan.key(quick()), genoa.nonce()), TpmFinding.TPM_SIGNATURE);
  }

  /** Every shorter prefix, and extensions by 1 to 100 bytes, of zeros and of others. */
  static List<Bytes> resized(Bytes whole) {
    List<Bytes> all = new ArrayList<>();
    for (int size = 0; size < whole.size(); size++) {
      all.add(whole.slice(0, size));
    }
    for (int more = 1; more <= 100; more++) {
      all.add(whole.concat(Bytes.zeros(more)));
      all.add(whole.concat(AttestWriter.filled(more, 0xA5)));
    }
    return all;
  }
}
