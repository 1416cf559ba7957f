/** The TPM commands that sealing needs: policies, storage objects, one session at a time. */
@NullMarked
package io.github.cvmattestation.vtpm.internal.sealing;

import org.jspecify.annotations.NullMarked;
