/** Rooms six and seven: a key service wraps a key to the guest, and the guest unwraps it. */
@NullMarked
package io.github.cvmattestation.attestation.release;

import org.jspecify.annotations.NullMarked;
