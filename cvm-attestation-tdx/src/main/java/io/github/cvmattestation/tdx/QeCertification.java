package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;

/**
 * QE Report Certification Data: how the quoting enclave vouches for the attestation key, and the
 * PCK for the quoting enclave (Intel TDX DCAP Quoting Library API, §A.3.11; certification data of
 * type 6 around, of type 5 inside).
 *
 * @param report the report of the quoting enclave
 * @param rawReport the same as received, 384 bytes: what the PCK signed
 * @param reportSignature r‖s, big-endian, 64 bytes: ECDSA on P-256 over SHA-256, by the PCK
 * @param authData QE authentication data, of any size, perhaps empty
 * @param pckChain PCK certificate, its authority and the root, PEM as received, without the NULs
 *     that may end it
 */
public record QeCertification(
    SgxReport report, Bytes rawReport, Bytes reportSignature, Bytes authData, Bytes pckChain) {
  /** The size of a signature in bytes. */
  public static final int SIGNATURE_SIZE = 64;
}
