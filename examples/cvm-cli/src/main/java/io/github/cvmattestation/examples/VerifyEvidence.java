package io.github.cvmattestation.examples;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.azure.AzureAttestation;
import io.github.cvmattestation.azure.AzureCvmEvidence;
import io.github.cvmattestation.azure.AzureCvmVerifier;
import java.time.Instant;
import java.util.Optional;

/** The shortest way from an Azure confidential VM's evidence to a decision. */
public final class VerifyEvidence {
  private final AzureCvmVerifier verifier;
  private final AppraisalPolicy policy;

  /**
   * A service keeps both: they are immutable, and the verifier remembers chains.
   *
   * @param verifier such as {@link AzureCvmVerifier#create()}
   * @param policy what the service wants
   */
  public VerifyEvidence(AzureCvmVerifier verifier, AppraisalPolicy policy) {
    this.verifier = verifier;
    this.policy = policy;
  }

  /**
   * The VM that sent {@code json}, if it is genuine and wanted.
   *
   * @param json what the VM sent
   * @param nonce what it was sent before, drawn for it alone
   * @param chain AMD's intermediate and root certificates, PEM
   * @param crl AMD's current revocation list
   * @param now the instant to verify at
   */
  public Optional<AzureAttestation> admit(
      Bytes json, Nonce nonce, Bytes chain, Bytes crl, Instant now) {
    // tag::readme[]
    var evidence = new Evidence(AzureCvmEvidence.MEDIA_TYPE, json);
    var endorsements = Endorsements.ofCertificates(chain).withRevocationList(crl);
    Verification verification = verifier.verify(evidence, endorsements, nonce, now);
    if (verification instanceof Verification.Verified verified
        && policy.appraise(verified) instanceof AttestationResult.Affirmed affirmed) {
      return AzureAttestation.of(affirmed.claims()); // signed, fresh and wanted
    }
    return Optional.empty(); // refuted or rejected: the findings say why
    // end::readme[]
  }
}
