package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.spi.EvidenceVerifier;
import io.github.cvmattestation.attestation.spi.Guest;
import io.github.cvmattestation.attestation.spi.TeeModule;
import io.github.cvmattestation.azure.internal.guest.OsInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Azure confidential VMs, for {@link java.util.ServiceLoader}. */
public final class AzureTeeModule implements TeeModule {
  private static final Path TPM = Path.of("/dev/tpmrm0");

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

  /**
   * {@inheritDoc}
   *
   * <p>That it is one, and which, is told by the HCL report in the vTPM. Where Linux has no TPM at
   * all there is no Azure confidential VM either.
   */
  @Override
  public Optional<Guest> guest() {
    return guest(OsInfo.local().type(), TPM, AzureCvmAttester::local);
  }

  /**
   * The same for a machine with this system, and a TPM there.
   *
   * @param attester of that machine; asked for where there may be a TPM
   */
  static Optional<Guest> guest(OsInfo.Type os, Path tpm, Supplier<AzureCvmAttester> attester) {
    return os == OsInfo.Type.LINUX && !Files.exists(tpm)
        ? Optional.empty()
        : confidential(attester.get());
  }

  /** The attester, unless it is of a machine that is not confidential: then it is closed. */
  static Optional<Guest> confidential(AzureCvmAttester attester) {
    boolean keep = false;
    try {
      AzurePlatform platform = attester.platform();
      keep = platform == AzurePlatform.SNP || platform == AzurePlatform.TDX;
      return keep ? Optional.of(attester) : Optional.empty();
    } finally {
      if (!keep) {
        attester.close();
      }
    }
  }
}
