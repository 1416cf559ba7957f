/**
 * Azure confidential VMs: the hardware report, the paravisor's claims and the vTPM quote, joined
 * into one verdict.
 */
module io.github.cvmattestation.azure {
  requires transitive io.github.cvmattestation.core;
  requires transitive io.github.cvmattestation.snp;
  requires transitive io.github.cvmattestation.tdx;
  requires transitive io.github.cvmattestation.vtpm;
  requires transitive com.azure.core;
  requires com.azure.core.http.jdk.httpclient;
  requires com.azure.security.keyvault.keys;
  requires static com.azure.security.attestation;
  requires com.fasterxml.jackson.core;
  requires com.github.benmanes.caffeine;
  requires com.nimbusds.jose.jwt;
  requires java.net.http;
  requires static org.jspecify;

  exports io.github.cvmattestation.azure;

  provides io.github.cvmattestation.attestation.spi.TeeModule with
      io.github.cvmattestation.azure.AzureTeeModule;
}
