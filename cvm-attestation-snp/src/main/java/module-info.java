/** AMD SEV-SNP attestation reports: parsed, verified up to AMD's root keys, appraised. */
module io.github.cvmattestation.snp {
  requires transitive io.github.cvmattestation.core;
  requires com.fasterxml.jackson.core;
  requires org.bouncycastle.provider;
  requires static org.jspecify;
}
