/** What sealing is made of: policy digests, templates, and the steps that open something. */
@NullMarked
package io.github.cvmattestation.vtpm.internal.sealing;

import org.jspecify.annotations.NullMarked;
