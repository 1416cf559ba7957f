/**
 * A simulated confidential VM and the certificate authorities behind it, for tests. Never for
 * production: the default trust anchors refuse everything made here.
 */
@NullMarked
package io.github.cvmattestation.testkit;

import org.jspecify.annotations.NullMarked;
