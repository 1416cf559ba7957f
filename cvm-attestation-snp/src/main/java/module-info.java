/** AMD SEV-SNP attestation reports: parsed, verified up to AMD's root keys, appraised. */
module io.github.cvmattestation.snp {
  requires transitive io.github.cvmattestation.core;
  requires static transitive org.jspecify;

  exports io.github.cvmattestation.snp;

  provides io.github.cvmattestation.attestation.spi.TeeModule with
      io.github.cvmattestation.snp.SnpTeeModule;
}
