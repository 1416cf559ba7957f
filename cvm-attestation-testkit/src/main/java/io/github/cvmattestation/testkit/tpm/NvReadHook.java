package io.github.cvmattestation.testkit.tpm;

/** Is asked before TPM2_NV_Read reads: whoever owns an index may refresh what is in it. */
@FunctionalInterface
public interface NvReadHook {
  /** A read of {@code size} bytes at {@code offset} of {@code index} is about to be done. */
  void beforeRead(int index, int offset, int size);
}
