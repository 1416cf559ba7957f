/**
 * The {@code cvm} command: does with the public API what a user would do by hand, and is how
 * conformance tests from outside drive the library.
 */
@NullMarked
package io.github.cvmattestation.cli;

import org.jspecify.annotations.NullMarked;
