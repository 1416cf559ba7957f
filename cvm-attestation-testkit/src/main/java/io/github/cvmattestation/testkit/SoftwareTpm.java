package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.testkit.tpm.TpmEngine;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * A TPM 2.0 in pure Java, in process: it executes commands, and answers as the TPM 2.0 Library
 * Specification (revision 1.59) says, response codes included. Nothing has to be installed.
 *
 * <p>Keys, nonces and random numbers follow from a seed, so that a failing test can be run again:
 * it protects nothing. What it does not have is in LIMITATIONS.
 */
public final class SoftwareTpm {
  private static final byte[] STARTUP_CLEAR = {
    (byte) 0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x44, 0, 0
  };
  private static final int MAX_LOCALITY = 4;

  private final TpmEngine engine;

  private SoftwareTpm(Builder builder) {
    engine = new TpmEngine(builder.seed, builder.banks, builder.firmwareVersion, builder.clock);
    engine.locality(builder.locality);
    if (builder.started) {
      transmit(STARTUP_CLEAR);
    }
  }

  /** A TPM made from a seed and started, with banks of SHA-1, SHA-256 and SHA-384. */
  public static SoftwareTpm create(String seed) {
    return builder().seed(seed).build();
  }

  /** What a TPM may be made with. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Executes a command, as one sent to a TPM's device file.
   *
   * @param command with its header; anything at all: malformed ones get their response code
   * @return the response with its header
   */
  public byte[] transmit(byte[] command) {
    return engine.execute(command);
  }

  /**
   * Power goes off and on: sessions, transient objects and what was not saved are lost, and no
   * command but TPM2_Startup works.
   */
  public void powerCycle() {
    engine.powerCycle();
  }

  /** The locality that the commands from now on come from, 0 to 4. */
  public void locality(int locality) {
    if (locality < 0 || locality > MAX_LOCALITY) {
      throw new IllegalArgumentException("no locality: " + locality);
    }
    engine.locality(locality);
  }

  /** The private half of an RSA key in the TPM. */
  RsaSigningKey privateKey(int handle) {
    return RsaSigningKey.ofPrimes(engine.rsaPrimes(handle));
  }

  /** Sets a PCR as no command can. */
  void replacePcr(HashAlgorithm bank, int pcr, Bytes value) {
    engine.replacePcr(bank, pcr, value.toArray());
  }

  /** Settings of a new TPM. */
  public static final class Builder {
    private String seed = "TPM";
    private Set<HashAlgorithm> banks =
        EnumSet.of(HashAlgorithm.SHA1, HashAlgorithm.SHA256, HashAlgorithm.SHA384);
    private boolean started = true;
    private int locality;
    private long firmwareVersion = 0x2020_0312_0012_0003L;
    private InstantSource clock = InstantSource.system();

    private Builder() {}

    /** The same seed gives the same TPM. */
    public Builder seed(String value) {
      seed = value;
      return this;
    }

    /** The PCR banks, at least one. */
    public Builder banks(HashAlgorithm... algorithms) {
      if (algorithms.length == 0) {
        throw new IllegalArgumentException("a TPM has a PCR bank");
      }
      banks = EnumSet.copyOf(Arrays.asList(algorithms));
      return this;
    }

    /** Whether TPM2_Startup(CLEAR) was done; it was, unless this says otherwise. */
    public Builder started(boolean value) {
      started = value;
      return this;
    }

    /** The locality of the first commands, TPM2_Startup among them: 0 to 4. */
    public Builder locality(int value) {
      if (value < 0 || value > MAX_LOCALITY) {
        throw new IllegalArgumentException("no locality: " + value);
      }
      locality = value;
      return this;
    }

    /** TPM_PT_FIRMWARE_VERSION_1 and _2; that of Azure's vTPMs unless this says otherwise. */
    public Builder firmwareVersion(long value) {
      firmwareVersion = value;
      return this;
    }

    /** Where the TPM's clock takes time from. */
    public Builder clock(InstantSource value) {
      clock = value;
      return this;
    }

    /** The TPM. */
    public SoftwareTpm build() {
      return new SoftwareTpm(this);
    }
  }
}
