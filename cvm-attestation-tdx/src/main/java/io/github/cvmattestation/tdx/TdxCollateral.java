package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;

/**
 * Everything beside a quote that a verifier needs: what Intel's provisioning certification service
 * publishes (Intel PCS API v4). Held as received; nothing here is believed before {@link
 * TdxVerifier} has verified it.
 *
 * @param tcbInfo TCB Info of the platform's family
 * @param tcbInfoChain TCB Signing certificate and root, PEM or DER
 * @param qeIdentity identity of the TD quoting enclave
 * @param qeIdentityChain TCB Signing certificate and root, PEM or DER
 * @param pckCrl list of the PCK authority that issued the platform's certificate, PEM or DER
 * @param rootCrl list of the root, PEM or DER
 */
public record TdxCollateral(
    SignedText tcbInfo,
    Bytes tcbInfoChain,
    SignedText qeIdentity,
    Bytes qeIdentityChain,
    Bytes pckCrl,
    Bytes rootCrl) {}
