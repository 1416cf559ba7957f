package io.github.cvmattestation.azure.internal.maa;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.azure.MaaAttestationType;
import io.github.cvmattestation.azure.MaaDebugFlags;
import java.time.Instant;
import java.util.Optional;

/**
 * The claims of a token that have a place and a type of their own. What is not known here is in
 * {@link ClaimTree}.
 *
 * @param issuer iss, verbatim
 * @param issuedAt iat
 * @param notBefore nbf
 * @param expiresAt exp
 * @param type x-ms-attestation-type
 * @param tee what isolates the VM; absent where nothing does
 * @param compliance x-ms-compliance-status of what isolates it
 * @param secureBoot secureboot; only the vTPM's kind of evidence has it
 * @param debug what is open to a debugger
 * @param vmId x-ms-azurevm-vmid, in lower case
 * @param policyHash x-ms-policy-hash
 * @param nonce what the client sent as its nonce, where the kind of evidence has it
 * @param guestKey the key that Key Vault wraps released keys for
 */
public record TokenClaims(
    String issuer,
    Instant issuedAt,
    Instant notBefore,
    Instant expiresAt,
    MaaAttestationType type,
    Optional<MaaAttestationType> tee,
    Optional<String> compliance,
    Optional<Boolean> secureBoot,
    MaaDebugFlags debug,
    Optional<String> vmId,
    Optional<Bytes> policyHash,
    Optional<Bytes> nonce,
    Optional<GuestKeyClaim> guestKey) {}
