package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * TPMS_PCR_SELECTION: which registers of one bank (TPM 2.0 Part 2, section 10.6.2).
 *
 * @param hash the bank
 * @param pcrSelect a bit for each register: bit i mod 8 of byte i / 8 stands for register i. 3 or 4
 *     bytes; no bit beyond register 23 is set
 */
public record PcrSelection(HashAlgorithm hash, Bytes pcrSelect) {
  private static final String STRUCTURE = "TPMS_PCR_SELECTION";

  /** PCR_SELECT_MIN of a PC client platform (TCG PC Client Platform TPM Profile). */
  private static final int MIN_SIZE = 3;

  /** One more than a PC client needs: seen where PCR_SELECT_MAX is 4. */
  private static final int MAX_SIZE = 4;

  /** The record is public, but only {@link #read} makes sense of untrusted bytes. */
  public PcrSelection {
    if (pcrSelect.size() < MIN_SIZE
        || pcrSelect.size() > MAX_SIZE
        || !pcrSelect.slice(MIN_SIZE, pcrSelect.size()).isZero()) {
      throw new IllegalArgumentException("not a selection of registers 0 to 23: " + pcrSelect);
    }
  }

  /**
   * A selection of registers, in 3 bytes.
   *
   * @param indices 0 to 23, in any order
   */
  public static PcrSelection of(HashAlgorithm hash, Collection<Integer> indices) {
    byte[] bits = new byte[MIN_SIZE];
    for (int index : indices) {
      bits[Objects.checkIndex(index, PcrBank.REGISTERS) / 8] |= (byte) (1 << index % 8);
    }
    return new PcrSelection(hash, Bytes.of(bits));
  }

  static PcrSelection read(ByteReader in) throws MalformedException {
    HashAlgorithm hash = AlgorithmIds.readHash(in, STRUCTURE + ".hash");
    int size = in.u8(STRUCTURE + ".sizeofSelect");
    if (size < MIN_SIZE || size > MAX_SIZE) {
      throw in.malformed(STRUCTURE + ".sizeofSelect", "3 or 4", String.valueOf(size));
    }
    Bytes bits = in.bytes(STRUCTURE + ".pcrSelect", size);
    if (!bits.slice(MIN_SIZE, size).isZero()) {
      throw in.malformed(STRUCTURE + ".pcrSelect", "registers 0 to 23", "one beyond");
    }
    return new PcrSelection(hash, bits);
  }

  /** Whether register {@code index} is selected. */
  public boolean selects(int index) {
    return index >= 0
        && index < 8 * pcrSelect.size()
        && (pcrSelect.get(index / 8) >> (index % 8) & 1) == 1;
  }

  /** How many registers are selected. */
  public int count() {
    int count = 0;
    for (int i = 0; i < pcrSelect.size(); i++) {
      count += Integer.bitCount(pcrSelect.get(i));
    }
    return count;
  }

  /** The selected registers, ascending. */
  public List<Integer> indices() {
    List<Integer> indices = new ArrayList<>(PcrBank.REGISTERS);
    for (int index = 0; index < PcrBank.REGISTERS; index++) {
      if (selects(index)) {
        indices.add(index);
      }
    }
    return List.copyOf(indices);
  }
}
