/**
 * The {@code cvm} command: does with the public API what a user would do by hand, and is how
 * conformance tests from outside drive the library.
 *
 * <p>Read {@code VerifySnp} and {@code VerifyAzure} first: evidence from a file, a verifier, a
 * policy, a {@code Verdict}. Everything else is options and printing. The command line is described
 * to picocli by calls and not by annotations: looking annotations up would take a tenth of a run.
 */
@NullMarked
package io.github.cvmattestation.cli;

import org.jspecify.annotations.NullMarked;
