package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.math.BigInteger;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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

  /** Who is asked before an NV index is read. */
  public synchronized void onNvRead(NvReadHook hook) {
    state.setNvReadHook(hook);
  }

  /**
   * What the owner, with an empty authorisation value, may read of an NV index: as the platform
   * beside the TPM does. Nothing if the TPM would refuse that.
   */
  public synchronized Optional<byte[]> readNvAsOwner(int index) {
    NvIndex found = state.nv().find(index);
    if (found == null
        || !found.has(NvAttr.OWNER_READ | NvAttr.WRITTEN)
        || state.owner().auth().length != 0) {
      return Optional.empty();
    }
    return Optional.of(found.read(0, found.size()));
  }

  /** The primes of an RSA key in the TPM, which only the one who made the TPM knows. */
  public synchronized List<BigInteger> rsaPrimes(int handle) {
    return state.objects().get(handle).rsaKey().primes();
  }

  /** Sets a PCR as no command can. */
  public synchronized void replacePcr(HashAlgorithm bank, int pcr, byte[] value) {
    state.pcrs().replace(bank, pcr, value);
  }

  /**
   * Overwrites what an NV index holds from its beginning, as its owner beside the TPM may.
   *
   * @return whether the index is there and large enough
   */
  public synchronized boolean replaceNv(int index, byte[] data) {
    NvIndex found = state.nv().find(index);
    if (found == null || found.size() < data.length) {
      return false;
    }
    found.write(0, data);
    return true;
  }
}
