/** The steps of quote verification; nothing here is API. */
@NullMarked
package io.github.cvmattestation.vtpm.internal;

import org.jspecify.annotations.NullMarked;
