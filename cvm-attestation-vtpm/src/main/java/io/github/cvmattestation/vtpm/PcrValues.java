package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Register values in files of ours: the bank as TPM_ALG_ID, a bitmap of 3 bytes as in
 * TPMS_PCR_SELECTION, and the values in ascending order.
 */
final class PcrValues {
  private static final int BITMAP = 3;

  private PcrValues() {}

  static void write(TpmWriter out, PcrBank values) {
    PcrSelection selection = PcrSelection.of(values.algorithm(), values.values().keySet());
    out.u16(values.algorithm().id()).raw(selection.pcrSelect());
    values.values().values().forEach(out::raw);
  }

  static PcrBank read(ByteReader in) throws MalformedException {
    HashAlgorithm bank = AlgorithmIds.readHash(in, "bank");
    if (bank.isWeak()) {
      throw in.malformed("bank", "a bank that proves something", bank.bankName());
    }
    PcrSelection selection = new PcrSelection(bank, in.bytes("registers", BITMAP));
    if (selection.indices().isEmpty()) {
      throw in.malformed("registers", "one at least", "none");
    }
    SortedMap<Integer, Bytes> values = new TreeMap<>();
    for (int index : selection.indices()) {
      values.put(index, in.bytes("value", bank.digestSize()));
    }
    return PcrBank.of(bank, values);
  }
}
