package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.math.BigInteger;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/** A TPM in process: commands in, responses out, one at a time. */
public final class TpmEngine {
  private final TpmState state;
  private final Executor executor;

  /**
   * Manufactures a TPM; it is powered on and waits for TPM2_Startup.
   *
   * @param seed its seeds follow from it
   * @param banks the PCR banks
   * @param firmwareVersion what quotes and capabilities give as its firmware
   * @param clock its notion of time
   */
  public TpmEngine(
      String seed, Set<HashAlgorithm> banks, long firmwareVersion, InstantSource clock) {
    state = new TpmState(seed, banks, firmwareVersion, clock);
    executor = new Executor(state);
  }

  /** Executes one command; whatever it is, there is a response. */
  public synchronized byte[] execute(byte[] command) {
    return executor.execute(command.clone());
  }

  /** _TPM_Init. */
  public synchronized void powerCycle() {
    state.powerCycle();
  }

  /** The locality of the commands that follow, 0 to 4. */
  public synchronized void locality(int locality) {
    state.setLocality(locality);
  }

  /** The primes of an RSA key in the TPM, which only the one who made the TPM knows. */
  public synchronized List<BigInteger> rsaPrimes(int handle) {
    return state.objects().get(handle).rsaKey().primes();
  }

  /** Sets a PCR as no command can. */
  public synchronized void replacePcr(HashAlgorithm bank, int pcr, byte[] value) {
    state.pcrs().replace(bank, pcr, value);
  }
}
