/** What a provider of a TEE implements, and the one place where providers are found. */
@NullMarked
package io.github.cvmattestation.attestation.spi;

import org.jspecify.annotations.NullMarked;
