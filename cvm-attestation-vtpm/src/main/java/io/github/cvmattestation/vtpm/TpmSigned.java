package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;

/**
 * What a key of the TPM signed. Only looked at for its form: a verifier proves it.
 *
 * @param attest the TPMS_ATTEST, as received
 * @param signature the TPMT_SIGNATURE, as received
 */
public record TpmSigned(Bytes attest, Bytes signature) {}
