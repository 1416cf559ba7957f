package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;

/**
 * The security patch levels of a platform, each 0 to 255.
 *
 * @param fmc firmware of the management controller; Turin only
 * @param bootLoader boot loader
 * @param tee TEE kernel
 * @param snp SNP firmware
 * @param microcode lowest microcode of all cores
 */
public record Tcb(int fmc, int bootLoader, int tee, int snp, int microcode) {
  /** TCB_VERSION, 8 bytes, in the layout of {@code line} (AMD 56860, section 2.2, Tables 3, 4). */
  public Bytes encode(Line line) {
    byte[] out = new byte[8];
    if (line == Line.TURIN) {
      out[0] = (byte) fmc;
      out[1] = (byte) bootLoader;
      out[2] = (byte) tee;
      out[3] = (byte) snp;
    } else {
      out[0] = (byte) bootLoader;
      out[1] = (byte) tee;
      out[6] = (byte) snp;
    }
    out[7] = (byte) microcode;
    return Bytes.of(out);
  }

  /** The same with another FMC level. */
  public Tcb withFmc(int level) {
    return new Tcb(level, bootLoader, tee, snp, microcode);
  }

  /** The same with another boot loader level. */
  public Tcb withBootLoader(int level) {
    return new Tcb(fmc, level, tee, snp, microcode);
  }

  /** The same with another TEE level. */
  public Tcb withTee(int level) {
    return new Tcb(fmc, bootLoader, level, snp, microcode);
  }

  /** The same with another SNP firmware level. */
  public Tcb withSnp(int level) {
    return new Tcb(fmc, bootLoader, tee, level, microcode);
  }

  /** The same with another microcode level. */
  public Tcb withMicrocode(int level) {
    return new Tcb(fmc, bootLoader, tee, snp, level);
  }
}
