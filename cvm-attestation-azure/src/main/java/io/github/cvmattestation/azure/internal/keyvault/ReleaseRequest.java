package io.github.cvmattestation.azure.internal.keyvault;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.release.WrapAlgorithm;
import java.util.Optional;

/**
 * What was asked for, and so what an answer must be to.
 *
 * @param key the key
 * @param nonce drawn for this request, as it was sent
 * @param algorithm how the key is to be wrapped
 * @param policyHash SHA-256 of the release policy that the key must have, as the vault keeps it or
 *     in its canonical form; or empty where the caller does not care
 */
public record ReleaseRequest(
    KeyId key, String nonce, WrapAlgorithm algorithm, Optional<Bytes> policyHash) {}
