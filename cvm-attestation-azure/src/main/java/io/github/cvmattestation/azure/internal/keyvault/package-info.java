/** Key Vault and Managed HSM: what they are asked, and what of their answers is believed. */
@NullMarked
package io.github.cvmattestation.azure.internal.keyvault;

import org.jspecify.annotations.NullMarked;
