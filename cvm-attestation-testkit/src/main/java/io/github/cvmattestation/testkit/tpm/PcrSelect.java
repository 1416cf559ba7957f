package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.ArrayList;
import java.util.List;

/** TPMS_PCR_SELECTION (Part 2, section 10.6.2) and the list of them. */
final class PcrSelect {
  private static final int MIN_SELECT = 3;
  private static final int MAX_SELECT = 3;

  /** HASH_COUNT: a list has at most one entry for each hash. */
  private static final int MAX_COUNT = 4;

  private final HashAlgorithm hash;
  private final byte[] bitmap;

  PcrSelect(HashAlgorithm hash, byte[] bitmap) {
    this.hash = hash;
    this.bitmap = bitmap.clone();
  }

  /** TPML_PCR_SELECTION. */
  static List<PcrSelect> readList(TpmReader in) {
    int count = in.u32();
    if (count < 0 || count > MAX_COUNT) {
      throw in.error(Rc.SIZE);
    }
    List<PcrSelect> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      HashAlgorithm hash = Alg.readHash(in);
      int size = in.u8();
      if (size < MIN_SELECT || size > MAX_SELECT) {
        throw in.error(Rc.VALUE);
      }
      list.add(new PcrSelect(hash, in.raw(size)));
    }
    return list;
  }

  static void writeList(TpmWriter out, List<PcrSelect> list) {
    out.u32(list.size());
    for (PcrSelect select : list) {
      out.u16(select.hash.id()).u8(select.bitmap.length).raw(select.bitmap);
    }
  }

  /** The same list without the registers of banks that are not there. */
  static List<PcrSelect> existing(List<PcrSelect> list, PcrBanks banks) {
    return list.stream()
        .map(s -> banks.has(s.hash) ? s : new PcrSelect(s.hash, new byte[s.bitmap.length]))
        .toList();
  }

  /** The digest of the selected registers' values, in the order of the list. */
  static byte[] digest(HashAlgorithm hash, List<PcrSelect> list, PcrBanks banks) {
    TpmWriter values = new TpmWriter();
    for (PcrSelect select : list) {
      for (int pcr : select.pcrs()) {
        byte[] value = banks.read(select.hash, pcr);
        if (value != null) {
          values.raw(value);
        }
      }
    }
    return Crypto.hash(hash, values.array());
  }

  HashAlgorithm hash() {
    return hash;
  }

  int size() {
    return bitmap.length;
  }

  List<Integer> pcrs() {
    List<Integer> pcrs = new ArrayList<>();
    for (int i = 0; i < bitmap.length * 8; i++) {
      if ((bitmap[i / 8] >>> (i % 8) & 1) != 0) {
        pcrs.add(i);
      }
    }
    return pcrs;
  }
}
