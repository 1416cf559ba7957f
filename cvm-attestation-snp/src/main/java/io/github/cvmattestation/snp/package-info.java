/**
 * AMD SEV-SNP: the attestation report, the certificates that vouch for it and the policy that
 * judges it.
 */
@NullMarked
package io.github.cvmattestation.snp;

import org.jspecify.annotations.NullMarked;
