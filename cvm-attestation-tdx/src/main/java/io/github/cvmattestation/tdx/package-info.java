/**
 * Intel TDX. A TD quote says what runs in a trust domain and on which platform; collateral says
 * whom to believe and how the platform's TCB stands. On the same floor plan as the SEV-SNP module:
 * to know one is to know both.
 */
@NullMarked
package io.github.cvmattestation.tdx;

import org.jspecify.annotations.NullMarked;
