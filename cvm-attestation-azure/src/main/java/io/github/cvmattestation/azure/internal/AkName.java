package io.github.cvmattestation.azure.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.vtpm.TpmsAttest;

/**
 * The Qualified Name of an Azure attestation key, which every quote states as its signer. The
 * paravisor makes the key from one template (OpenHCL, tpm: ak_pub_template) as a primary key of the
 * endorsement hierarchy, so that the modulus alone decides the name.
 *
 * <p>It proves nothing: the signature does. It tells a quote of another key from a damaged one, so
 * that the refusal says which it was.
 */
final class AkName {
  private static final int MODULUS_SIZE = 256;

  /** TPM_ALG_SHA256, with which names are made (TPM 2.0 Part 2, section 6.3). */
  private static final Bytes SHA_256 = Bytes.ofHex("000b");

  /** TPM_RH_ENDORSEMENT (TPM 2.0 Part 2, section 7.4): the Name of a hierarchy is its handle. */
  private static final Bytes ENDORSEMENT = Bytes.ofHex("4000000b");

  /**
   * TPMT_PUBLIC (TPM 2.0 Part 2, section 12.2.4) up to the modulus: RSA; nameAlg SHA-256; fixedTPM,
   * fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, sign; no policy; no symmetric
   * algorithm; RSASSA with SHA-256; 2048 bits; exponent 0, which stands for 65537; size 256.
   */
  private static final Bytes TEMPLATE =
      Bytes.ofHex("0001" + "000b" + "00050472" + "0000" + "0010" + "0014000b" + "0800")
          .concat(Bytes.ofHex("00000000" + "0100"));

  private AkName() {}

  /** Whether {@code attest} states a signer that is not the attestation key {@code ak}. */
  static boolean isOfAnotherKey(Bytes attest, PublicKeyInfo.Rsa ak) {
    if (ak.modulusBytes() != MODULUS_SIZE) {
      return false;
    }
    try {
      return !TpmsAttest.parse(attest).qualifiedSigner().equals(qualifiedName(ak));
    } catch (MalformedException e) {
      return false;
    }
  }

  private static Bytes qualifiedName(PublicKeyInfo.Rsa ak) {
    Bytes name = SHA_256.concat(Digests.sha256(TEMPLATE, ak.modulusOctets()));
    return SHA_256.concat(Digests.sha256(ENDORSEMENT, name));
  }
}
