package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.ArrayList;
import java.util.List;

/**
 * TPML_PCR_SELECTION: a list of selections (TPM 2.0 Part 2, section 10.9.7).
 *
 * <p>The format allows a bank to be named several times, in any order; such a list parses, so that
 * its refusal can be told from garbage, but no quote with it is ever verified.
 *
 * @param pcrSelections at most 16, in the order in which the TPM hashed them
 */
public record TpmlPcrSelection(List<PcrSelection> pcrSelections) {
  private static final String STRUCTURE = "TPML_PCR_SELECTION";

  /** HASH_COUNT is implementation-defined; no TPM has more banks than this. */
  static final int MAX_COUNT = 16;

  public TpmlPcrSelection {
    pcrSelections = List.copyOf(pcrSelections);
  }

  /** Parses {@code input} to its last byte. */
  public static TpmlPcrSelection parse(Bytes input) throws MalformedException {
    ByteReader in = ByteReader.bigEndian(STRUCTURE, input);
    TpmlPcrSelection list = read(in);
    in.end();
    return list;
  }

  static TpmlPcrSelection read(ByteReader in) throws MalformedException {
    long count = in.u32(STRUCTURE + ".count");
    if (count > MAX_COUNT) {
      throw in.malformed(STRUCTURE + ".count", "at most " + MAX_COUNT, String.valueOf(count));
    }
    List<PcrSelection> selections = new ArrayList<>((int) count);
    for (int i = 0; i < count; i++) {
      selections.add(PcrSelection.read(in));
    }
    return new TpmlPcrSelection(selections);
  }
}
