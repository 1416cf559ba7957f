/**
 * How this module asks a service over HTTP: bounded in size and time, without proxies, redirects or
 * codings, and with every failure as one of the kinds of {@link
 * io.github.cvmattestation.attestation.AttestationException.Service}. Nothing here is API.
 */
@NullMarked
package io.github.cvmattestation.azure.internal.http;

import org.jspecify.annotations.NullMarked;
