/** How what AMD and Intel publish is asked for, and for how long it is kept; no API. */
@NullMarked
package io.github.cvmattestation.azure.internal.endorsement;

import org.jspecify.annotations.NullMarked;
