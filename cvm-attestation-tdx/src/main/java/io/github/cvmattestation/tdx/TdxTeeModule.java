package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.spi.EvidenceVerifier;
import io.github.cvmattestation.attestation.spi.TeeModule;
import java.util.Set;

/** TDX as a provider of {@link TeeModule}. */
public final class TdxTeeModule implements TeeModule {
  /** For {@link java.util.ServiceLoader}. */
  public TdxTeeModule() {}

  @Override
  public String id() {
    return TdxClaims.ID;
  }

  @Override
  public Set<String> mediaTypes() {
    return Set.of(TdxEvidence.MEDIA_TYPE);
  }

  @Override
  public TrustAnchors trustAnchors() {
    return IntelTrustAnchors.published();
  }

  @Override
  public EvidenceVerifier verifier(TrustAnchors anchors, SignatureBackend signatures) {
    return TdxVerifier.builder().trustAnchors(anchors).signatures(signatures).build();
  }

  @Override
  public AppraisalPolicy.Rule policyRule(Bytes json) {
    return TdxPolicy.parse(json);
  }
}
