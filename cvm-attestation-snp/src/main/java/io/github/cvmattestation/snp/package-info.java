/**
 * AMD SEV-SNP: what the bytes are, who signed them, and whether such a guest is wanted.
 *
 * <ul>
 *   <li>Bytes: {@link io.github.cvmattestation.snp.SnpReport} and the records it is made of.
 *   <li>Signed by whom: {@link io.github.cvmattestation.snp.SnpVerifier}, which starts from {@link
 *       io.github.cvmattestation.snp.AmdTrustAnchors} and ends with {@link
 *       io.github.cvmattestation.snp.SnpClaims}.
 *   <li>Wanted: {@link io.github.cvmattestation.snp.SnpPolicy}.
 * </ul>
 *
 * <p>AMD's documents: 56860, SEV Secure Nested Paging Firmware ABI, revision 1.58; 57230, VCEK
 * Certificate and KDS Interface, revision 1.00; 56421, GHCB, revision 2.03.
 */
@NullMarked
package io.github.cvmattestation.snp;

import org.jspecify.annotations.NullMarked;
