package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.VerificationKey;

/**
 * A certificate that a root has issued for a role: an authority of PCK certificates, or the signer
 * of collateral. Only {@link Authorities} makes one. Whether it is valid and not revoked depends on
 * the time, and is not part of it.
 *
 * @param role what its subject says it is for
 * @param certificate the certificate
 * @param key its key, ready
 * @param root who issued it
 */
record Authority(Role role, DerCertificate certificate, VerificationKey key, Root root) {
  /** What an authority right below the root may do. */
  enum Role {
    /** Issues PCK certificates and lists those it revokes. */
    PCK_AUTHORITY,
    /** Signs TCB Info and QE Identity. */
    TCB_SIGNER
  }
}
