package io.github.cvmattestation.azure;

import java.util.Optional;

/**
 * What Azure's instance metadata service says about the virtual machine that asks ({@code GET
 * /metadata/instance}). Nobody signs it, and whoever controls the machine's network can make it up:
 * it tells which services are near, and is never a reason to trust anything.
 *
 * <p>Each text has 1 to 64 letters, digits, dashes and underscores.
 *
 * @param vmId a GUID
 * @param location the region, such as {@code westeurope}
 * @param environment the cloud, such as {@code AzurePublicCloud}
 * @param osType {@code Linux} or {@code Windows}
 * @param securityType {@code ConfidentialVM} or {@code TrustedLaunch}, where there is one
 */
public record AzureInstance(
    String vmId,
    String location,
    String environment,
    String osType,
    Optional<String> securityType) {}
