/** Tokens of Microsoft Azure Attestation and the keys that sign them; nothing here is API. */
@NullMarked
package io.github.cvmattestation.azure.internal.maa;

import org.jspecify.annotations.NullMarked;
