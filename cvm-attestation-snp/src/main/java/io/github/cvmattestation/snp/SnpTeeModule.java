package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.spi.EvidenceVerifier;
import io.github.cvmattestation.attestation.spi.TeeModule;
import java.util.Set;

/** SEV-SNP as a provider of {@link TeeModule}. */
public final class SnpTeeModule implements TeeModule {
  /** For {@link java.util.ServiceLoader}. */
  public SnpTeeModule() {}

  @Override
  public String id() {
    return SnpClaims.ID;
  }

  @Override
  public Set<String> mediaTypes() {
    return Set.of(SnpEvidence.MEDIA_TYPE);
  }

  @Override
  public TrustAnchors trustAnchors() {
    return AmdTrustAnchors.published();
  }

  @Override
  public EvidenceVerifier verifier(TrustAnchors anchors, SignatureBackend signatures) {
    return SnpVerifier.builder().trustAnchors(anchors).signatures(signatures).build();
  }

  @Override
  public AppraisalPolicy.Rule policyRule(Bytes json) {
    return SnpPolicy.parse(json);
  }
}
