/** Shared by the project's own modules; not API. Strict readers for bytes, JSON, PEM and DER. */
@NullMarked
package io.github.cvmattestation.attestation.internal;

import org.jspecify.annotations.NullMarked;
