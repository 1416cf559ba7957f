/** What Azure's instance metadata service (IMDS) answers, and how it is read; no API. */
@NullMarked
package io.github.cvmattestation.azure.internal.imds;

import org.jspecify.annotations.NullMarked;
