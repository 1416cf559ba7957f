/**
 * The parts of {@link io.github.cvmattestation.testkit.SoftwareTpm}: a TPM 2.0 that executes
 * commands. Nothing here is exported; nothing here is shared with the client that it tests.
 *
 * <p>Reading order: {@code Executor} (header, handles, authorisations, dispatch, response), {@code
 * CommandTable} (what each command's handles and sessions may be), then the {@code *Commands}. Part
 * n is the TPM 2.0 Library Specification, revision 1.59, part n.
 */
@NullMarked
package io.github.cvmattestation.testkit.tpm;

import org.jspecify.annotations.NullMarked;
