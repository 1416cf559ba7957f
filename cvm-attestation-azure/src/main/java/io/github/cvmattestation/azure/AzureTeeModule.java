package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.spi.EvidenceVerifier;
import io.github.cvmattestation.attestation.spi.TeeModule;
import java.util.Set;

/** Azure confidential VMs, for {@link java.util.ServiceLoader}. */
public final class AzureTeeModule implements TeeModule {
  /** For {@link java.util.ServiceLoader}. */
  public AzureTeeModule() {}

  @Override
  public String id() {
    return AzureClaims.ID;
  }

  @Override
  public Set<String> mediaTypes() {
    return Set.of(AzureCvmEvidence.MEDIA_TYPE);
  }

  @Override
  public TrustAnchors trustAnchors() {
    return AzureCvmVerifier.publishedAnchors();
  }

  @Override
  public EvidenceVerifier verifier(TrustAnchors anchors, SignatureBackend signatures) {
    return AzureCvmVerifier.builder().trustAnchors(anchors).signatures(signatures).build();
  }

  @Override
  public AppraisalPolicy.Rule policyRule(Bytes json) {
    return AzurePolicy.parse(json);
  }
}
