package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Collection;
import java.util.List;

/**
 * TPMS_PCR_SELECTION (TPM 2.0 Library, Part 2, section 10.6.2).
 *
 * @param hash TPM_ALG_ID of the bank: 0x0004 SHA-1, 0x000B SHA-256, 0x000C SHA-384
 * @param bitmap bit i of byte i / 8 stands for PCR i; three bytes on every TPM we know
 */
public record PcrSelection(int hash, Bytes bitmap) {
  /** TPM_ALG_SHA1. */
  public static final int SHA1 = 0x0004;

  /** TPM_ALG_SHA256. */
  public static final int SHA256 = 0x000B;

  /** TPM_ALG_SHA384. */
  public static final int SHA384 = 0x000C;

  /** PCRs of one bank, by index, 0 to 23. */
  public static PcrSelection of(int hash, Collection<Integer> indices) {
    byte[] bitmap = new byte[3];
    for (int index : indices) {
      bitmap[index / 8] |= (byte) (1 << index % 8);
    }
    return new PcrSelection(hash, Bytes.of(bitmap));
  }

  /** PCRs of one bank, by index, 0 to 23. */
  public static PcrSelection of(int hash, Integer... indices) {
    return of(hash, List.of(indices));
  }
}
