/**
 * Disks that a TPM unlocks: LUKS2 headers, the {@code systemd-tpm2} tokens in them, and the
 * passphrase that the TPM keeps for them.
 *
 * <p>A header is anybody's who can write to the disk: its checksum finds accidents, not attackers.
 * So everything here is read as hostile input, and the passphrase that comes out proves one thing
 * alone: that this TPM released it. Whoever can swap the whole volume can also enrol one of his own
 * for this TPM where the policy lets him; measure the volume key after unlocking it (systemd's PCR
 * 15), or keep the volume's identity elsewhere, if that matters.
 */
@NullMarked
package io.github.cvmattestation.vtpm.luks;

import org.jspecify.annotations.NullMarked;
