/** The steps of SEV-SNP verification; nothing here is API. */
@NullMarked
package io.github.cvmattestation.snp.internal;

import org.jspecify.annotations.NullMarked;
