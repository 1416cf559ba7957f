package io.github.cvmattestation.vtpm.contract;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.testkit.SoftwareTpm;
import io.github.cvmattestation.testkit.Swtpm;

/** A TPM under test, with the switches of its platform. */
interface Subject extends AutoCloseable {
  byte[] transmit(byte[] command);

  /** Afterwards the next command has to be TPM2_Startup. */
  void powerCycle();

  void locality(int locality);

  @Override
  default void close() {}

  /** swtpm; skips the test, saying so, where it is not installed. */
  static Subject swtpm() {
    return of(Swtpm.start());
  }

  static Subject of(Swtpm tpm) {
    return new Subject() {
      @Override
      public byte[] transmit(byte[] command) {
        return tpm.transmit(command);
      }

      @Override
      public void powerCycle() {
        tpm.powerCycle();
      }

      @Override
      public void locality(int locality) {
        tpm.locality(locality);
      }

      @Override
      public void close() {
        tpm.close();
      }
    };
  }

  /** The testkit's TPM. */
  static Subject software(String seed) {
    // The banks that a new swtpm has.
    SoftwareTpm tpm =
        SoftwareTpm.builder()
            .seed(seed)
            .banks(
                HashAlgorithm.SHA1,
                HashAlgorithm.SHA256,
                HashAlgorithm.SHA384,
                HashAlgorithm.SHA512)
            .build();
    return new Subject() {
      @Override
      public byte[] transmit(byte[] command) {
        return tpm.transmit(command);
      }

      @Override
      public void powerCycle() {
        tpm.powerCycle();
      }

      @Override
      public void locality(int locality) {
        tpm.locality(locality);
      }
    };
  }
}
