package io.github.cvmattestation.snp;

/**
 * How much a verifier asks of revocation. AMD revokes intermediate authorities (ASK, ASVK); leaves
 * all have serial number 0, so no CRL can name one.
 */
public enum Revocation {
  /** Without a current CRL of the chain's ARK there is no verdict but refuted. */
  REQUIRED,
  /** A CRL that is given must be genuine, current and silent; without one the verdict says so. */
  IF_SUPPLIED,
  /** CRLs are not looked at, and the verdict says so. */
  OFF
}
