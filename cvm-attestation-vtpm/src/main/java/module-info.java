/**
 * TPM 2.0: a client for the device, and structures and quotes parsed, verified, turned into PCR
 * values that a signature covers.
 */
// "module": the module named in the qualified export is compiled after this one.
// "requires-automatic": JNA has no module descriptor; it is optional.
@SuppressWarnings({"module", "requires-automatic"})
module io.github.cvmattestation.vtpm {
  requires transitive io.github.cvmattestation.core;
  requires static com.sun.jna;
  requires static org.jspecify;

  exports io.github.cvmattestation.vtpm;
  exports io.github.cvmattestation.vtpm.luks;
  exports io.github.cvmattestation.vtpm.internal to
      io.github.cvmattestation.azure;
}
