package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;

/**
 * An object that TPM2_Create made, outside of the TPM.
 *
 * @param outPrivate the contents of TPM2B_PRIVATE: encrypted, for its parent alone
 * @param outPublic its public area
 * @param creation how it was made
 */
public record TpmCreated(Bytes outPrivate, TpmtPublic outPublic, TpmCreation creation) {}
