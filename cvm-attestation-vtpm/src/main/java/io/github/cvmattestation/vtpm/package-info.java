/** TPM 2.0 structures and quote verification; nothing of any cloud. */
@NullMarked
package io.github.cvmattestation.vtpm;

import org.jspecify.annotations.NullMarked;
