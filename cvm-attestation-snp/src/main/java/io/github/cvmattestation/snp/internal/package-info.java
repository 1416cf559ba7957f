/** The steps of SEV-SNP verification; not API. Read {@code SnpVerification} first. */
@NullMarked
package io.github.cvmattestation.snp.internal;

import org.jspecify.annotations.NullMarked;
