/**
 * Azure confidential VMs. For a relying party: joins the hardware report, the paravisor's claims
 * and the vTPM quote ({@link io.github.cvmattestation.azure.AzureCvmVerifier}). Inside a VM:
 * collects them ({@link io.github.cvmattestation.azure.AzureCvmAttester}), has Microsoft Azure
 * Attestation say so ({@link io.github.cvmattestation.azure.MaaTokenIssuer}, {@link
 * io.github.cvmattestation.azure.MaaTokenVerifier}), and receives what a vault hands out on that
 * word alone: keys ({@link io.github.cvmattestation.azure.KeyVaultReleaser}) and, as a preview,
 * secrets ({@link io.github.cvmattestation.azure.ManagedHsmSecureWrap}).
 */
@NullMarked
package io.github.cvmattestation.azure;

import org.jspecify.annotations.NullMarked;
