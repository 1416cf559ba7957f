/** Intel TDX quotes: parsed, verified with their collateral up to Intel's root key, appraised. */
module io.github.cvmattestation.tdx {
  requires com.fasterxml.jackson.core;
  requires transitive io.github.cvmattestation.core;
  requires static transitive org.jspecify;

  exports io.github.cvmattestation.tdx;

  provides io.github.cvmattestation.attestation.spi.TeeModule with
      io.github.cvmattestation.tdx.TdxTeeModule;
}
