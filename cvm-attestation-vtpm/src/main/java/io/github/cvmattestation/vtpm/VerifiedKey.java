package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.vtpm.internal.ProvenKey;

/**
 * A key that a TPM holds and that works in one state of the machine: what a secret may be encrypted
 * to. Only the verification of a {@link CertifiedKey} makes one.
 */
public sealed interface VerifiedKey extends Claims permits ProvenKey {
  /** The id of this group of claims. */
  String ID = "vtpm-key";

  /** The public area, whose Name the TPM certified. */
  TpmtPublic publicArea();

  /** The public key, RSA-2048 with exponent 65537. */
  PublicKeyInfo.Rsa publicKey();

  /** What the certification was made for: equal to the verifier's nonce, or empty. */
  Bytes nonce();

  /** The registers under which the key works, and what they have to hold. */
  PcrBank policyPcrs();

  @Override
  default String id() {
    return ID;
  }
}
