package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.testkit.CocoEvidence;
import io.github.cvmattestation.testkit.SignedQuote;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SimulatedCvmBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * What the tests of forged evidence share: one instant, one nonce, one strict verifier a machine.
 */
final class Forge {
  static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");
  static final Nonce NONCE =
      new Nonce(Bytes.of("0123456789abcdef".getBytes(StandardCharsets.US_ASCII)));

  private Forge() {}

  static SimulatedCvmBuilder machine() {
    return SimulatedCvm.builder().at(AT).seed("azure");
  }

  static AzureCvmVerifier verifier(SimulatedCvm cvm) {
    return AzureCvmVerifier.builder().trustAnchors(cvm.trustAnchors()).cacheSize(0).build();
  }

  static Verification verify(SimulatedCvm cvm) {
    return verify(cvm, cvm.attest(NONCE));
  }

  static Verification verify(SimulatedCvm cvm, Evidence evidence) {
    return verifier(cvm).verify(evidence, cvm.endorsements(), NONCE, AT);
  }

  /** The machine's evidence with another HCL report. */
  static Evidence withHclReport(SimulatedCvm cvm, Bytes hclReport) {
    return evidence(cvm, hclReport, cvm.quote(NONCE.value()));
  }

  static Evidence withQuote(SimulatedCvm cvm, SignedQuote quote) {
    return evidence(cvm, cvm.hclReport(), quote);
  }

  static Evidence evidence(SimulatedCvm cvm, Bytes hclReport, SignedQuote quote) {
    return json(
        CocoEvidence.versioned(1, hclReport, cvm.leaf().certificate(), quote, cvm.pcrs().values()));
  }

  static Evidence json(String text) {
    return new Evidence(
        AzureCvmEvidence.MEDIA_TYPE, Bytes.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The claims' text in an HCL report. */
  static String claims(Bytes hclReport) {
    int size = hclReport.get(1232) | hclReport.get(1233) << 8;
    return new String(hclReport.slice(1236, 1236 + size).toArray(), StandardCharsets.UTF_8);
  }

  static Verification.Verified verified(Verification verdict) {
    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict).isInstanceOf(Verification.Verified.class);
    return (Verification.Verified) verdict;
  }

  static void assertRefuted(Verification verdict, FindingCode code) {
    assertThat(verdict).isInstanceOf(Verification.Refuted.class);
    assertThat(verdict.findings()).extracting(Finding::code).containsExactly(code);
  }
}
