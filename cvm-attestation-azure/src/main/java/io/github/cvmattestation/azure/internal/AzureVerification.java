package io.github.cvmattestation.azure.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.AzureCheck;
import io.github.cvmattestation.azure.AzureCvmEvidence;
import io.github.cvmattestation.azure.AzureFinding;
import io.github.cvmattestation.azure.HclReport;
import io.github.cvmattestation.snp.SnpVerifier;
import io.github.cvmattestation.tdx.TdxVerifier;
import io.github.cvmattestation.vtpm.AttestationKey;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.TpmFinding;
import io.github.cvmattestation.vtpm.TpmQuote;
import io.github.cvmattestation.vtpm.UnfitKeyException;
import io.github.cvmattestation.vtpm.VerifiedPcrs;
import io.github.cvmattestation.vtpm.internal.QuoteVerification;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The steps that join the hardware's report to the vTPM's quote, in the order of proof: each takes
 * what the one before has proven, and the first that does not hold ends it.
 *
 * <p>The vendor's key → hardware report → REPORT_DATA = digest of the runtime claims → attestation
 * key in them → quote → PCRs and nonce.
 */
public final class AzureVerification {
  private final HardwareVerification hardware;
  private final SignatureBackend signatures;

  /**
   * @param snp proves AMD's report
   * @param tdx proves Intel's quote
   * @param signatures checks the signature of the vTPM's quote
   */
  public AzureVerification(SnpVerifier snp, TdxVerifier tdx, SignatureBackend signatures) {
    this.hardware = new HardwareVerification(snp, tdx);
    this.signatures = signatures;
  }

  /** What the steps prove together. */
  public record Proven(
      HclReport.ReportType tee, Claims hardware, RuntimeClaims runtime, VerifiedPcrs pcrs) {}

  /**
   * Runs every step, entering each in {@code ledger} once it has held.
   *
   * @param json {@link AzureCvmEvidence} in any of its forms
   * @param userData what the guest must have written before the report was made, if that is asked
   */
  public Proven run(
      Bytes json,
      Endorsements endorsements,
      Nonce nonce,
      Optional<ReportData> userData,
      Instant at,
      Ledger ledger)
      throws RefutedException {
    AzureCvmEvidence evidence = parse(json);
    ledger.passed(AzureCheck.FORMAT);
    HclReport report = HclFormat.read(evidence.hclReport());
    ledger.passed(AzureCheck.HCL_REPORT);
    HardwareVerification.Proven proven =
        hardware.verify(evidence, report, endorsements, at, ledger);
    BoundClaims bound = BoundClaims.of(report, proven.reportData());
    ledger.passed(AzureCheck.RUNTIME_CLAIMS);
    RuntimeClaims runtime = RuntimeClaims.of(bound);
    ledger.passed(AzureCheck.CLAIMS);
    AttestationKey ak = attestationKey(runtime);
    ledger.passed(AzureCheck.AK);
    VerifiedPcrs pcrs = verifyQuote(evidence.quote(), ak, runtime, nonce, ledger);
    checkUserData(runtime, userData, ledger);
    return new Proven(report.reportType(), proven.claims(), runtime, pcrs);
  }

  private static AzureCvmEvidence parse(Bytes json) throws RefutedException {
    try {
      return EvidenceReader.read(json);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(AzureFinding.EVIDENCE_FORMAT));
    }
  }

  private AttestationKey attestationKey(RuntimeClaims runtime) throws RefutedException {
    try {
      return AttestationKey.of(
          signatures.prepare(runtime.attestationKey()), SignatureScheme.RSASSA_SHA256);
    } catch (UnfitKeyException e) {
      throw new RefutedException(e.finding());
    }
  }

  private static VerifiedPcrs verifyQuote(
      AzureCvmEvidence.Quote quote,
      AttestationKey ak,
      RuntimeClaims runtime,
      Nonce nonce,
      Ledger ledger)
      throws RefutedException {
    try {
      PcrBank claimed = PcrBank.ofFirst(HashAlgorithm.SHA256, quote.pcrs());
      TpmQuote bare = TpmQuote.withBareRsa(quote.message(), quote.signature(), List.of(claimed));
      return QuoteVerification.verify(bare, ak, nonce, ledger);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(AzureFinding.EVIDENCE_FORMAT));
    } catch (RefutedException e) {
      if (e.finding().code() == TpmFinding.TPM_SIGNATURE
          && AkName.isOfAnotherKey(quote.message(), runtime.attestationKey())) {
        throw refuted(
            AzureFinding.AK_UNBOUND,
            "a quote by HCLAkPub of the runtime claims",
            "a quote that names another signer");
      }
      throw e;
    }
  }

  /**
   * The quote's nonce makes the PCRs fresh. The hardware's report is fresh only if the guest wrote
   * the caller's bytes into NV index 0x01400002 before it was made: all 64 bytes, padding included.
   */
  private static void checkUserData(
      RuntimeClaims runtime, Optional<ReportData> expected, Ledger ledger) throws RefutedException {
    if (expected.isEmpty()) {
      ledger.note(
          Finding.of(AzureFinding.AZURE_USER_DATA, "user data to compare", "none was asked for"));
      return;
    }
    Bytes wanted = expected.get().value();
    if (runtime.userData().isEmpty()) {
      throw refuted(CoreFinding.NONCE_MISMATCH, "user-data " + wanted.abbreviated(), "none");
    }
    if (!wanted.equals(runtime.userData().get())) {
      throw new RefutedException(
          Finding.of(CoreFinding.NONCE_MISMATCH, wanted, runtime.userData().get()));
    }
    ledger.passed(AzureCheck.USER_DATA);
  }

  private static RefutedException refuted(FindingCode code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
