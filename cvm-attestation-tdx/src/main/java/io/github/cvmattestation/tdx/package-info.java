/**
 * Intel TDX. This package will hold the TD quote (versions 4 and 5), the TD report body, the
 * collateral that vouches for them (TCB info, QE identity, PCK certificates and revocation lists),
 * the verifier, its claims and its policy, on the same floor plan as the SEV-SNP module: to know
 * one is to know both. Nothing of it exists yet, so evidence of a TDX guest cannot be verified.
 */
@NullMarked
package io.github.cvmattestation.tdx;

import org.jspecify.annotations.NullMarked;
