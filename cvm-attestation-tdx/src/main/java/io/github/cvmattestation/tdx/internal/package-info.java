/** The steps of TDX verification, and the readers of Intel's formats; not API. */
@NullMarked
package io.github.cvmattestation.tdx.internal;

import org.jspecify.annotations.NullMarked;
