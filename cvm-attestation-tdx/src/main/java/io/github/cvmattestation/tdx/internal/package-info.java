/** The steps of TDX verification; not API. Read {@code TdxVerification} first. */
@NullMarked
package io.github.cvmattestation.tdx.internal;

import org.jspecify.annotations.NullMarked;
