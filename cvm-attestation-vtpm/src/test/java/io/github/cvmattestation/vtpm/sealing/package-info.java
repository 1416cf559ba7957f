/** Secrets in TPMs: sealing, LUKS2, ephemeral keys, on swtpm and on the in-process TPM. */
@NullMarked
package io.github.cvmattestation.vtpm.sealing;

import org.jspecify.annotations.NullMarked;
