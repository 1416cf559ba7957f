package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.EvidenceVerifier;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.snp.internal.SnpVerification;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Verifies SEV-SNP reports offline, up to AMD's published keys. Immutable, safe for many threads,
 * and worth keeping: an instance remembers the chains it has verified, so that the next report of
 * the same machine costs one signature.
 */
public final class SnpVerifier implements EvidenceVerifier {
  private static final int DEFAULT_CACHE_SIZE = 1024;

  private final SnpVerification steps;

  private SnpVerifier(Builder builder) {
    steps =
        new SnpVerification(
            builder.anchors == null ? AmdTrustAnchors.published() : builder.anchors,
            builder.signatures == null ? SignatureBackends.fastest() : builder.signatures,
            builder.revocation,
            builder.cacheSize);
  }

  /** A verifier with AMD's keys that demands a current CRL. */
  public static SnpVerifier create() {
    return builder().build();
  }

  /** A verifier to be configured. */
  public static Builder builder() {
    return new Builder();
  }

  /** Verifies a report whose REPORT_DATA is {@code nonce}, followed by zeros. */
  @Override
  public Verification verify(
      Evidence evidence, Endorsements endorsements, Nonce nonce, Instant at) {
    return verify(evidence, endorsements, nonce, ReportData.of(nonce), at);
  }

  @Override
  public Verification verify(
      Evidence evidence, Endorsements endorsements, Nonce nonce, ReportData bound, Instant at) {
    if (!evidence.mediaType().equals(SnpEvidence.MEDIA_TYPE)) {
      return new Ledger()
          .refuted(
              Finding.of(SnpFinding.SNP_MALFORMED, SnpEvidence.MEDIA_TYPE, "another media type"));
    }
    return verify(evidence.content(), endorsements, bound, at);
  }

  /** Verifies a report with exactly this REPORT_DATA. */
  public Verification verify(
      Bytes report, Endorsements endorsements, ReportData expected, Instant at) {
    Ledger ledger = new Ledger();
    try {
      SnpClaims claims = verify(report, endorsements, at, ledger);
      if (!claims.report().reportData().equals(expected.value())) {
        throw new RefutedException(
            Finding.of(CoreFinding.NONCE_MISMATCH, expected.value(), claims.report().reportData()));
      }
      ledger.passed(SnpCheck.REPORT_DATA);
      return ledger.verified(ClaimSet.of(claims));
    } catch (RefutedException e) {
      return ledger.refuted(e.finding());
    }
  }

  /**
   * Verifies a report without asking when it was made. Its REPORT_DATA is in the claims: compare
   * it, or {@link SnpPolicy} must, or this report may be a replay.
   */
  public Verification verifyWithoutFreshness(Bytes report, Endorsements endorsements, Instant at) {
    Ledger ledger = new Ledger();
    try {
      return ledger.verified(ClaimSet.of(verify(report, endorsements, at, ledger)));
    } catch (RefutedException e) {
      return ledger.refuted(e.finding());
    }
  }

  /**
   * The steps alone, for verifiers of evidence that contains a report: enters its checks into their
   * ledger. REPORT_DATA is theirs to bind.
   *
   * @throws RefutedException with the first check that does not hold
   */
  public SnpClaims verify(Bytes report, Endorsements endorsements, Instant at, Ledger ledger)
      throws RefutedException {
    SnpVerification.Proven proven = steps.run(report, endorsements, at, ledger);
    return new SnpClaims(proven.report(), proven.leaf(), proven.tcb(), proven.revocationChecked());
  }

  /** Configures a {@link SnpVerifier}. The defaults are the strict ones. */
  public static final class Builder {
    private @Nullable TrustAnchors anchors;
    private @Nullable SignatureBackend signatures;
    private Revocation revocation = Revocation.REQUIRED;
    private int cacheSize = DEFAULT_CACHE_SIZE;

    private Builder() {}

    /** Begins at these keys instead of {@link AmdTrustAnchors#published()}. */
    public Builder trustAnchors(TrustAnchors chosen) {
      anchors = chosen;
      return this;
    }

    /** Checks signatures with this backend instead of the fastest. */
    public Builder signatures(SignatureBackend chosen) {
      signatures = chosen;
      return this;
    }

    /** Asks this much of revocation instead of {@link Revocation#REQUIRED}. */
    public Builder revocation(Revocation chosen) {
      revocation = chosen;
      return this;
    }

    /** Remembers this many chains instead of 1024; 0 for a single verification. */
    public Builder cacheSize(int chosen) {
      if (chosen < 0) {
        throw new IllegalArgumentException("a cache cannot have " + chosen + " entries");
      }
      cacheSize = chosen;
      return this;
    }

    /** The verifier. */
    public SnpVerifier build() {
      return new SnpVerifier(this);
    }
  }
}
