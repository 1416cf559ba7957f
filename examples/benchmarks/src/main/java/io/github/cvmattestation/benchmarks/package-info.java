/** How many pieces of evidence one core verifies, beside the raw primitives of the same backend. */
@NullMarked
package io.github.cvmattestation.benchmarks;

import org.jspecify.annotations.NullMarked;
