/**
 * The hardware-neutral API: what a relying party and a guest talk about, whatever the hardware.
 *
 * <p>Rooms, in the order in which evidence passes through them. Each has one entrance type and one
 * exit type, and only the room makes its exit type:
 *
 * <ol>
 *   <li>Gate: {@link io.github.cvmattestation.attestation.Nonce} and {@link
 *       io.github.cvmattestation.attestation.ReportData} say what evidence has to be bound to.
 *   <li>Collect: an {@link io.github.cvmattestation.attestation.spi.Attester} returns {@link
 *       io.github.cvmattestation.attestation.Evidence}.
 *   <li>Verify: an {@link io.github.cvmattestation.attestation.spi.EvidenceVerifier} turns it into
 *       a {@link io.github.cvmattestation.attestation.Verification}: {@code Verified} or {@code
 *       Refuted}.
 *   <li>Appraise: an {@link io.github.cvmattestation.attestation.AppraisalPolicy} takes {@code
 *       Verified} and nothing else, and gives an {@link
 *       io.github.cvmattestation.attestation.AttestationResult}. A relying party elsewhere leaves
 *       here.
 *   <li>Token: a {@link io.github.cvmattestation.attestation.token.TokenIssuer} makes a token of
 *       the evidence; a {@link io.github.cvmattestation.attestation.token.TokenVerifier} proves it.
 *   <li>Release: a {@link io.github.cvmattestation.attestation.release.KeyReleaser} takes a {@link
 *       io.github.cvmattestation.attestation.token.VerifiedToken} and gives a {@link
 *       io.github.cvmattestation.attestation.release.WrappedKey}.
 *   <li>Unwrap: a {@link io.github.cvmattestation.attestation.release.KeyUnwrapper} opens it with
 *       the guest's key: a {@link io.github.cvmattestation.attestation.release.ReleasedKey}.
 * </ol>
 *
 * <p>{@link io.github.cvmattestation.attestation.CvmAttestation} leads a guest through all of them.
 *
 * <p>"No" is a value with stable codes; "I could not ask" is an {@link
 * io.github.cvmattestation.attestation.AttestationException}.
 */
@NullMarked
package io.github.cvmattestation.attestation;

import org.jspecify.annotations.NullMarked;
