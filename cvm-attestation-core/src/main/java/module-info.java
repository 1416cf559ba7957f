/**
 * The hardware-neutral floor of the house: what evidence, endorsements, trust anchors and verdicts
 * are, and how a signature is checked. It knows no TEE and no cloud; those modules come to it
 * through {@link io.github.cvmattestation.attestation.spi.TeeModule}.
 */
// "module": the modules named in the qualified export are compiled after this one.
@SuppressWarnings("module")
module io.github.cvmattestation.core {
  requires com.fasterxml.jackson.core;
  requires com.github.benmanes.caffeine;
  requires org.bouncycastle.provider;
  requires static transitive org.jspecify;

  exports io.github.cvmattestation.attestation;
  exports io.github.cvmattestation.attestation.crypto;
  exports io.github.cvmattestation.attestation.eventlog;
  exports io.github.cvmattestation.attestation.release;
  exports io.github.cvmattestation.attestation.spi;
  exports io.github.cvmattestation.attestation.token;
  exports io.github.cvmattestation.attestation.internal to
      io.github.cvmattestation.azure,
      io.github.cvmattestation.snp,
      io.github.cvmattestation.tdx,
      io.github.cvmattestation.vtpm;

  uses io.github.cvmattestation.attestation.spi.TeeModule;
}
