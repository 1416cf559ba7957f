/**
 * One contract for every TPM: the same tests, and the same random commands, on swtpm and on the
 * testkit's SoftwareTpm.
 */
@NullMarked
package io.github.cvmattestation.vtpm.contract;

import org.jspecify.annotations.NullMarked;
