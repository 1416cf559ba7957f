/**
 * TPM 2.0 structures and quotes: parsed, verified, turned into PCR values that a signature covers.
 */
module io.github.cvmattestation.vtpm {
  requires transitive io.github.cvmattestation.core;
  requires static org.jspecify;
}
