/**
 * Room five: a token that an issuer elsewhere made of evidence, and its verification. A {@link
 * io.github.cvmattestation.attestation.token.VerifiedToken} is the only thing with which a key can
 * be asked for.
 */
@NullMarked
package io.github.cvmattestation.attestation.token;

import org.jspecify.annotations.NullMarked;
