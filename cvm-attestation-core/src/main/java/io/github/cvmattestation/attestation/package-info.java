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
 *       io.github.cvmattestation.attestation.AttestationResult}.
 * </ol>
 *
 * <p>"No" is a value with stable codes; "I could not ask" is an {@link
 * io.github.cvmattestation.attestation.AttestationException}.
 */
@NullMarked
package io.github.cvmattestation.attestation;

import org.jspecify.annotations.NullMarked;
