package io.github.cvmattestation.azure;

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
import io.github.cvmattestation.attestation.spi.EvidenceVerifier;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.internal.AzureVerification;
import io.github.cvmattestation.snp.AmdTrustAnchors;
import io.github.cvmattestation.snp.Revocation;
import io.github.cvmattestation.snp.SnpVerifier;
import io.github.cvmattestation.tdx.CollateralMemory;
import io.github.cvmattestation.tdx.IntelTrustAnchors;
import io.github.cvmattestation.tdx.TdxVerifier;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verifies {@link AzureCvmEvidence} offline: from AMD's or Intel's published key over the
 * hardware's report and the runtime claims to the vTPM's attestation key, its quote, and the PCRs.
 * Immutable, safe for many threads, and worth keeping: an instance remembers the certificate chains
 * that it has verified.
 *
 * <p>Claims of verified evidence: {@code snp} or {@code tdx}, {@code azure} and {@code vtpm}; see
 * {@link AzureAttestation}. Whether such a VM is wanted is for policies to say: {@link
 * AzurePolicy}, and {@link io.github.cvmattestation.snp.SnpPolicy} or {@link
 * io.github.cvmattestation.tdx.TdxPolicy}.
 */
public final class AzureCvmVerifier implements EvidenceVerifier {
  private static final int DEFAULT_CACHE_SIZE = 1024;

  private final AzureVerification steps;

  private AzureCvmVerifier(Builder builder) {
    SignatureBackend signatures =
        builder.signatures == null ? SignatureBackends.fastest() : builder.signatures;
    TrustAnchors anchors = builder.anchors == null ? publishedAnchors() : builder.anchors;
    SnpVerifier snp =
        SnpVerifier.builder()
            .trustAnchors(anchors)
            .signatures(signatures)
            .revocation(builder.revocation)
            .cacheSize(builder.cacheSize)
            .build();
    TdxVerifier.Builder tdx =
        TdxVerifier.builder()
            .trustAnchors(anchors)
            .signatures(signatures)
            .minimumEvaluationDataNumber(builder.minimumNumber)
            .cacheSize(builder.cacheSize);
    if (builder.memory != null) {
      tdx.memory(builder.memory);
    }
    steps = new AzureVerification(snp, tdx.build(), signatures);
  }

  /** AMD's and Intel's published keys: the hardware's vendors are trusted, not Azure. */
  static TrustAnchors publishedAnchors() {
    return AmdTrustAnchors.published().plus(IntelTrustAnchors.published());
  }

  /** A verifier with AMD's and Intel's keys that demands current revocation lists. */
  public static AzureCvmVerifier create() {
    return builder().build();
  }

  /** A verifier to be configured. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Verifies evidence whose quote was made for {@code nonce}: at most 50 bytes, for an Azure vTPM
   * quotes no more. The user data in the claims is not compared, and the verdict notes it.
   *
   * @param endorsements for SEV-SNP the intermediate authority and CRLs, the leaf comes with the
   *     evidence; for TDX one bundle of collateral among the documents
   */
  @Override
  public Verification verify(
      Evidence evidence, Endorsements endorsements, Nonce nonce, Instant at) {
    return verify(evidence, endorsements, nonce, Optional.empty(), at);
  }

  /**
   * As {@link #verify(Evidence, Endorsements, Nonce, Instant)}, and the hardware's report must have
   * been made after the guest wrote {@code requireUserData} to the vTPM: all 64 bytes are compared.
   */
  @Override
  public Verification verify(
      Evidence evidence,
      Endorsements endorsements,
      Nonce nonce,
      ReportData requireUserData,
      Instant at) {
    return verify(evidence, endorsements, nonce, Optional.of(requireUserData), at);
  }

  private Verification verify(
      Evidence evidence,
      Endorsements endorsements,
      Nonce nonce,
      Optional<ReportData> userData,
      Instant at) {
    Ledger ledger = new Ledger();
    if (!evidence.mediaType().equals(AzureCvmEvidence.MEDIA_TYPE)) {
      return ledger.refuted(
          Finding.of(
              AzureFinding.EVIDENCE_FORMAT, AzureCvmEvidence.MEDIA_TYPE, "another media type"));
    }
    try {
      AzureVerification.Proven proven =
          steps.run(evidence.content(), endorsements, nonce, userData, at, ledger);
      AzureClaims claims = new AzureClaims(proven.tee(), proven.runtime());
      return ledger.verified(ClaimSet.of(proven.hardware(), claims, proven.pcrs()));
    } catch (RefutedException e) {
      return ledger.refuted(e.finding());
    }
  }

  /** Configures an {@link AzureCvmVerifier}. The defaults are the strict ones. */
  public static final class Builder {
    private @Nullable TrustAnchors anchors;
    private @Nullable SignatureBackend signatures;
    private Revocation revocation = Revocation.REQUIRED;
    private @Nullable CollateralMemory memory;
    private int minimumNumber;
    private int cacheSize = DEFAULT_CACHE_SIZE;

    private Builder() {}

    /**
     * Begins at these keys instead of {@link AmdTrustAnchors#published()} and {@link
     * IntelTrustAnchors#published()}.
     */
    public Builder trustAnchors(TrustAnchors chosen) {
      anchors = chosen;
      return this;
    }

    /** Checks signatures with this backend instead of the fastest. */
    public Builder signatures(SignatureBackend chosen) {
      signatures = chosen;
      return this;
    }

    /**
     * Asks this much of AMD's revocation lists instead of {@link Revocation#REQUIRED}. Intel's are
     * part of the collateral and always looked at.
     */
    public Builder revocation(Revocation chosen) {
      revocation = chosen;
      return this;
    }

    /** Refuses Intel's collateral whose tcbEvaluationDataNumber is lower than this. */
    public Builder minimumEvaluationDataNumber(int number) {
      minimumNumber = number;
      return this;
    }

    /** Refuses Intel's collateral that is older than what this memory has seen. */
    public Builder memory(CollateralMemory chosen) {
      memory = chosen;
      return this;
    }

    /** Remembers this many chains instead of 1024; 0 for a single verification. */
    public Builder cacheSize(int chosen) {
      cacheSize = chosen;
      return this;
    }

    /** The verifier. */
    public AzureCvmVerifier build() {
      return new AzureCvmVerifier(this);
    }
  }
}
