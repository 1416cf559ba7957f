/**
 * Rooms six and seven: a key service wraps a key to the guest, and the guest unwraps it.
 *
 * <p>A {@link io.github.cvmattestation.attestation.release.KeyReleaser} gives a {@link
 * io.github.cvmattestation.attestation.release.WrappedKey}, which {@link
 * io.github.cvmattestation.attestation.release.KeyUnwrapper} opens in the guest's hardware and
 * proves to be the one that was asked for. The {@link
 * io.github.cvmattestation.attestation.release.ReleasedKey} is cleared when it is closed. {@link
 * io.github.cvmattestation.attestation.release.KeyCache} shares keys among threads for a while;
 * {@link io.github.cvmattestation.attestation.release.DataKeys} opens many keys with one.
 */
@NullMarked
package io.github.cvmattestation.attestation.release;

import org.jspecify.annotations.NullMarked;
