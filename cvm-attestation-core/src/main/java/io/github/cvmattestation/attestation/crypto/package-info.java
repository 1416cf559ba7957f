/** Signatures and certificate chains; who checks a signature is chosen, never registered. */
@NullMarked
package io.github.cvmattestation.attestation.crypto;

import org.jspecify.annotations.NullMarked;
