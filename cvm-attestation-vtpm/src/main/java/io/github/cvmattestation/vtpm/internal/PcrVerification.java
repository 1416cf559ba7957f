package io.github.cvmattestation.vtpm.internal;

import static io.github.cvmattestation.vtpm.internal.SignedAttest.refuse;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.TpmFinding;
import io.github.cvmattestation.vtpm.TpmlPcrSelection;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A signed selection and the claimed values, bank by bank.
 *
 * <p>A pcrDigest covers values one after the other and says nothing of where they are from: that is
 * in the selection alone. A selection may name a bank three times, {@code sha256:0-6}, {@code
 * sha256:16}, {@code sha256:8-23}; the TPM then hashes 24 values, and whoever counts them from 0
 * takes the resettable register 16 for register 7 (the class of CVE-2022-0317). Therefore values
 * are only ever looked up by the bank and the index that were signed, each bank counts once, and
 * the signed and the claimed set of registers must be the same: no order of values is taken from
 * the evidence, and no value is left that the digest does not cover.
 */
final class PcrVerification {
  private record Pair(PcrSelection signed, PcrBank claimed) {}

  private final List<Pair> pairs;

  private PcrVerification(List<Pair> pairs) {
    this.pairs = pairs;
  }

  /** Pairs each signed selection with the claimed bank, neither of which may be left over. */
  static PcrVerification match(TpmlPcrSelection signed, List<PcrBank> claimed)
      throws RefutedException {
    Map<HashAlgorithm, PcrBank> unmatched = new EnumMap<>(HashAlgorithm.class);
    for (PcrBank bank : claimed) {
      if (unmatched.put(bank.algorithm(), bank) != null) {
        throw bank("each bank claimed once", bank.algorithm(), "twice");
      }
    }
    List<Pair> pairs = new ArrayList<>();
    for (PcrSelection selection : signed.pcrSelections()) {
      HashAlgorithm algorithm = selection.hash();
      if (pairs.stream().anyMatch(pair -> pair.signed().hash() == algorithm)) {
        throw bank("each bank quoted once", algorithm, "twice");
      }
      if (algorithm.isWeak()) {
        throw bank("banks of SHA-256 or stronger", algorithm, "quoted");
      }
      PcrBank bank = unmatched.remove(algorithm);
      if (bank == null) {
        throw bank("values for each quoted bank", algorithm, "without any");
      }
      pairs.add(new Pair(selection, bank));
    }
    if (!unmatched.isEmpty()) {
      HashAlgorithm extra = unmatched.keySet().iterator().next();
      throw refuse(TpmFinding.PCR_UNQUOTED, "values of quoted banks", extra.bankName() + " values");
    }
    if (pairs.isEmpty()) {
      throw refuse(TpmFinding.PCR_SELECTION, "at least one quoted PCR", "none");
    }
    return new PcrVerification(pairs);
  }

  /** The banks in signed order, once each holds exactly the registers that were signed. */
  List<PcrBank> requireSameRegisters() throws RefutedException {
    List<PcrBank> covered = new ArrayList<>();
    for (Pair pair : pairs) {
      PcrSelection signed = pair.signed();
      Set<Integer> claimed = pair.claimed().values().keySet();
      String bank = pair.claimed().algorithm().bankName();
      int count = signed.count();
      if (count == 0) {
        throw refuse(TpmFinding.PCR_SELECTION, "at least one quoted PCR of " + bank, "none");
      }
      for (int register : claimed) {
        if (!signed.selects(register)) {
          throw differ(TpmFinding.PCR_UNQUOTED, pair);
        }
      }
      if (claimed.size() != count) {
        throw differ(TpmFinding.PCR_SELECTION, pair);
      }
      covered.add(pair.claimed());
    }
    return covered;
  }

  private static RefutedException differ(TpmFinding code, Pair pair) {
    String bank = pair.claimed().algorithm().bankName() + ":";
    return refuse(code, bank + pair.signed().indices(), bank + pair.claimed().values().keySet());
  }

  /** The values in the order of the banks, ascending within each (TPM 2.0 Part 1, section 17.5). */
  static Bytes digest(List<PcrBank> banks, String algorithm) {
    MessageDigest digest = Digests.create(algorithm);
    for (PcrBank bank : banks) {
      for (Bytes value : bank.values().values()) {
        value.update(digest);
      }
    }
    return Bytes.of(digest.digest());
  }

  private static RefutedException bank(String expected, HashAlgorithm bank, String actual) {
    return refuse(TpmFinding.PCR_BANK, expected, bank.bankName() + " " + actual);
  }
}
