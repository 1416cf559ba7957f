/**
 * TPM 2.0: a client, its structures, and quote verification; nothing of any cloud.
 *
 * <p>{@link io.github.cvmattestation.vtpm.Tpm} has the commands, over a {@link
 * io.github.cvmattestation.vtpm.TpmTransport} from {@link
 * io.github.cvmattestation.vtpm.TpmTransports}. A relying party needs none of these.
 *
 * <p>A {@link io.github.cvmattestation.vtpm.TpmQuote} is what a machine hands over: signed bytes, a
 * signature, and PCR values that are so far only claimed. A {@link
 * io.github.cvmattestation.vtpm.TpmQuoteVerifier} proves it under an {@link
 * io.github.cvmattestation.vtpm.AttestationKey} and a nonce, and {@link
 * io.github.cvmattestation.vtpm.VerifiedPcrs} is the only thing that comes out: it holds the values
 * that the quote covers, each under the register and bank that the TPM signed for, and no others.
 *
 * <p>A {@link io.github.cvmattestation.vtpm.CertifiedKey} is proven likewise, by a {@link
 * io.github.cvmattestation.vtpm.CertifiedKeyVerifier}, to live in that TPM and to work in the state
 * that the quote has proven. A {@link io.github.cvmattestation.vtpm.SealedSecret} opens only in
 * such a state.
 *
 * <p>Why the key is to be trusted is not this module's business. A confidential VM's hardware
 * report vouches for it, or a certificate does; whoever makes the {@code AttestationKey} answers
 * for that.
 *
 * <p>Structures bear the names of the TPM 2.0 Library Specification, Part 2 (revision 1.59), and
 * are big-endian. Their parsers are strict: sizes are checked before anything is allocated,
 * reserved bits are zero, unknown algorithms are refused and every byte is consumed. They fail with
 * {@link io.github.cvmattestation.attestation.MalformedException} and nothing else.
 */
@NullMarked
package io.github.cvmattestation.vtpm;

import org.jspecify.annotations.NullMarked;
