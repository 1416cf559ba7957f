package io.github.cvmattestation.tdx;

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
import io.github.cvmattestation.tdx.internal.CollateralAge;
import io.github.cvmattestation.tdx.internal.CollateralFormat;
import io.github.cvmattestation.tdx.internal.CollateralSource;
import io.github.cvmattestation.tdx.internal.TdxVerification;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verifies TD quotes offline, with their collateral, up to Intel's published root. Immutable, safe
 * for many threads, and worth keeping: an instance remembers the signatures that it has verified,
 * so that the next quote of the same machine costs one signature. It remembers no verdict: dates,
 * revocation and TCB are judged anew each time.
 *
 * <p>Revocation is always looked at: collateral without both lists is no collateral.
 */
public final class TdxVerifier implements EvidenceVerifier {
  private static final int DEFAULT_CACHE_SIZE = 1024;

  private final TdxVerification steps;

  private TdxVerifier(Builder builder) {
    steps =
        new TdxVerification(
            builder.anchors == null ? IntelTrustAnchors.published() : builder.anchors,
            builder.signatures == null ? SignatureBackends.fastest() : builder.signatures,
            new CollateralAge(builder.minimumNumber, Optional.ofNullable(builder.memory)),
            builder.cacheSize);
  }

  /** A verifier with Intel's root. */
  public static TdxVerifier create() {
    return builder().build();
  }

  /** A verifier to be configured. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Verifies a quote whose REPORTDATA is {@code nonce}, followed by zeros.
   *
   * @param endorsements of which {@link Endorsements#documents()} is one bundle that {@link
   *     TdxCollateral#parse} reads; the PCK chain comes with the quote
   */
  @Override
  public Verification verify(
      Evidence evidence, Endorsements endorsements, Nonce nonce, Instant at) {
    return verify(evidence, endorsements, nonce, ReportData.of(nonce), at);
  }

  @Override
  public Verification verify(
      Evidence evidence, Endorsements endorsements, Nonce nonce, ReportData bound, Instant at) {
    if (!evidence.mediaType().equals(TdxEvidence.MEDIA_TYPE)) {
      return new Ledger()
          .refuted(
              Finding.of(TdxFinding.TDX_MALFORMED, TdxEvidence.MEDIA_TYPE, "another media type"));
    }
    return verify(evidence.content(), endorsements, bound, at);
  }

  /** Verifies a quote with exactly this REPORTDATA. */
  public Verification verify(
      Bytes quote, TdxCollateral collateral, ReportData expected, Instant at) {
    return verify(quote, pck -> collateral, Optional.of(expected), at);
  }

  /**
   * Verifies a quote with exactly this REPORTDATA.
   *
   * @param endorsements of which {@link Endorsements#documents()} is one bundle that {@link
   *     TdxCollateral#parse} reads
   */
  public Verification verify(
      Bytes quote, Endorsements endorsements, ReportData expected, Instant at) {
    return verify(quote, bundle(endorsements), Optional.of(expected), at);
  }

  /**
   * Verifies a quote without asking when it was made. Its REPORTDATA is in the claims: compare it,
   * or a policy must, or this quote may be a replay.
   */
  public Verification verifyWithoutFreshness(Bytes quote, TdxCollateral collateral, Instant at) {
    return verify(quote, pck -> collateral, Optional.empty(), at);
  }

  /** As {@link #verifyWithoutFreshness(Bytes, TdxCollateral, Instant)}, with a bundle. */
  public Verification verifyWithoutFreshness(Bytes quote, Endorsements endorsements, Instant at) {
    return verify(quote, bundle(endorsements), Optional.empty(), at);
  }

  /**
   * The steps alone, for verifiers of evidence that contains a quote: enters its checks into their
   * ledger. REPORTDATA is theirs to bind.
   *
   * @throws RefutedException with the first check that does not hold
   */
  public TdxClaims verify(Bytes quote, Endorsements endorsements, Instant at, Ledger ledger)
      throws RefutedException {
    return new TdxClaims(steps.run(quote, bundle(endorsements), at, ledger));
  }

  private Verification verify(
      Bytes quote, CollateralSource source, Optional<ReportData> expected, Instant at) {
    Ledger ledger = new Ledger();
    try {
      TdxClaims claims = new TdxClaims(steps.run(quote, source, at, ledger));
      if (expected.isPresent()) {
        requireReportData(claims, expected.get());
        ledger.passed(TdxCheck.REPORT_DATA);
      }
      return ledger.verified(ClaimSet.of(claims));
    } catch (RefutedException e) {
      return ledger.refuted(e.finding());
    }
  }

  private static void requireReportData(TdxClaims claims, ReportData expected)
      throws RefutedException {
    Bytes actual = claims.quote().body().reportData();
    if (!actual.equals(expected.value())) {
      throw new RefutedException(Finding.of(CoreFinding.NONCE_MISMATCH, expected.value(), actual));
    }
  }

  private static CollateralSource bundle(Endorsements endorsements) {
    return pck -> {
      List<Bytes> documents = endorsements.documents();
      PckAuthority authority =
          PckAuthority.ofCommonName(pck.certificate().issuerCommonName()).orElseThrow();
      if (documents.size() != 1) {
        throw new RefutedException(
            Finding.of(
                TdxFinding.COLLATERAL_MISSING,
                "one bundle of collateral for FMSPC %s and the list of the %s: see Intel's PCS"
                    .formatted(pck.fmspc().hex(), authority.commonName()),
                documents.isEmpty() ? "none" : documents.size() + " documents"));
      }
      return CollateralFormat.read(documents.get(0), pck.fmspc(), authority);
    };
  }

  /**
   * Why the signatures from Intel's root to {@code quote} do not hold; nothing if they do. That
   * alone is no reason to believe a quote, and so gives no claims: which enclave vouched for the
   * key, whether the platform was revoked and how its TCB stands is for collateral to say. For
   * looking at a quote whose collateral is not at hand.
   */
  public Optional<Finding> brokenSignature(Bytes quote, Instant at) {
    try {
      steps.runSignatures(quote, at);
      return Optional.empty();
    } catch (RefutedException e) {
      return Optional.of(e.finding());
    }
  }

  /** Configures a {@link TdxVerifier}. The defaults are the strict ones. */
  public static final class Builder {
    private @Nullable TrustAnchors anchors;
    private @Nullable SignatureBackend signatures;
    private @Nullable CollateralMemory memory;
    private int minimumNumber;
    private int cacheSize = DEFAULT_CACHE_SIZE;

    private Builder() {}

    /** Begins at these keys instead of {@link IntelTrustAnchors#published()}. */
    public Builder trustAnchors(TrustAnchors chosen) {
      anchors = chosen;
      return this;
    }

    /** Checks signatures with this backend instead of the fastest. */
    public Builder signatures(SignatureBackend chosen) {
      signatures = chosen;
      return this;
    }

    /** Refuses TCB Info and QE Identity whose tcbEvaluationDataNumber is lower than this. */
    public Builder minimumEvaluationDataNumber(int number) {
      if (number < 0) {
        throw new IllegalArgumentException("no tcbEvaluationDataNumber is negative");
      }
      minimumNumber = number;
      return this;
    }

    /** Refuses collateral that is older than what this memory has seen. */
    public Builder memory(CollateralMemory chosen) {
      memory = chosen;
      return this;
    }

    /**
     * Remembers this many PCK chains, collaterals and quoting enclaves instead of 1024 each; 0 for
     * a single verification.
     */
    public Builder cacheSize(int chosen) {
      if (chosen < 0) {
        throw new IllegalArgumentException("a cache cannot have " + chosen + " entries");
      }
      cacheSize = chosen;
      return this;
    }

    /** The verifier. */
    public TdxVerifier build() {
      return new TdxVerifier(this);
    }
  }
}
