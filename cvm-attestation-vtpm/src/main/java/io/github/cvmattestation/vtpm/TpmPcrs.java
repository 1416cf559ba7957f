package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.vtpm.internal.CommandCode;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Platform configuration registers (TPM 2.0 Part 3, section 22). */
public final class TpmPcrs {
  private static final int MAX_DIGESTS = 8;
  private static final int TRIES = 3;

  private final Tpm tpm;

  TpmPcrs(Tpm tpm) {
    this.tpm = tpm;
  }

  /** A selection of registers of one bank, in the form of PC clients. */
  public static TpmlPcrSelection select(HashAlgorithm bank, Set<Integer> indices) {
    byte[] bits = new byte[PcrBank.REGISTERS / 8];
    for (int index : indices) {
      if (index < 0 || index >= PcrBank.REGISTERS) {
        throw new IllegalArgumentException("no PCR " + index);
      }
      bits[index / 8] |= (byte) (1 << (index % 8));
    }
    return new TpmlPcrSelection(List.of(new PcrSelection(bank, Bytes.of(bits))));
  }

  /** The banks that have registers, by TPM2_GetCapability. */
  public List<HashAlgorithm> activeBanks() {
    return tpm.capabilities().pcrBanks().pcrSelections().stream()
        .filter(selection -> !selection.pcrSelect().isZero())
        .map(PcrSelection::hash)
        .distinct()
        .toList();
  }

  /**
   * TPM2_PCR_Read, repeated until every register of {@code indices} has come, all of one moment: if
   * the update counter changes in between, reading starts again.
   */
  public PcrBank read(HashAlgorithm bank, Set<Integer> indices) {
    for (int attempt = 0; attempt < TRIES; attempt++) {
      SortedMap<Integer, Bytes> values = new TreeMap<>();
      if (readOnce(bank, new TreeSet<>(indices), values)) {
        try {
          return PcrBank.of(bank, values);
        } catch (MalformedException e) {
          throw new IllegalStateException("sizes were checked when they were read", e);
        }
      }
    }
    throw new AttestationException.Device(
        "TPM2_PCR_Read found registers changing at each of " + TRIES + " readings",
        "read when less is being measured");
  }

  /** What one command gave. */
  private record Part(long counter, SortedMap<Integer, Bytes> values) {}

  private boolean readOnce(
      HashAlgorithm bank, SortedSet<Integer> missing, SortedMap<Integer, Bytes> values) {
    long counter = -1;
    while (!missing.isEmpty()) {
      TpmWriter out = new TpmWriter();
      Wire.write(out, select(bank, missing));
      Part part =
          tpm.run(
              CommandCode.PCR_READ,
              List.of(),
              List.of(),
              out,
              (none, in) -> readPart(in, bank, missing));
      if (counter != -1 && counter != part.counter()) {
        return false;
      }
      counter = part.counter();
      values.putAll(part.values());
      missing.removeAll(part.values().keySet());
    }
    return true;
  }

  private static Part readPart(ByteReader in, HashAlgorithm bank, SortedSet<Integer> wanted)
      throws MalformedException {
    long counter = in.u32("pcrUpdateCounter");
    SortedSet<Integer> indices = new TreeSet<>();
    for (PcrSelection selection : TpmlPcrSelection.read(in).pcrSelections()) {
      for (int index : selection.indices()) {
        if (selection.hash() != bank || !wanted.contains(index) || !indices.add(index)) {
          throw in.malformed("pcrSelectionOut", "what was asked for, once", "PCR " + index);
        }
      }
    }
    long count = in.u32("pcrValues.count");
    if (count > MAX_DIGESTS || count != indices.size() || count == 0) {
      throw in.malformed(
          "pcrValues.count",
          "1 to 8, as many as are selected in bank " + bank.bankName(),
          count + " for " + indices.size());
    }
    SortedMap<Integer, Bytes> values = new TreeMap<>();
    for (int index : indices) {
      Bytes value = in.sized16("pcrValues.digest", bank.digestSize());
      if (value.size() != bank.digestSize()) {
        throw in.malformed("pcrValues.digest", bank.digestSize() + " bytes", value.size() + "");
      }
      values.put(index, value);
    }
    return new Part(counter, values);
  }

  /**
   * TPM2_PCR_Extend with the digests of {@code data} in <em>every</em> active bank: one that is
   * left out could be extended with anything later (Part 3, section 22.2).
   *
   * @throws AttestationException.Device if no bank has registers: nothing would be measured
   */
  public void extend(int index, TpmAuth auth, Bytes data) {
    SortedMap<HashAlgorithm, Bytes> digests = new TreeMap<>();
    for (HashAlgorithm bank : activeBanks()) {
      digests.put(bank, Digests.digest(bank.jcaName(), data));
    }
    if (digests.isEmpty()) {
      // An empty list is a success to the TPM, and nothing was measured.
      throw new AttestationException.Device(
          "TPM2_PCR_Extend has no bank to extend: none has registers",
          "activate a PCR bank in the firmware's setup");
    }
    extend(index, auth, digests);
  }

  private void extend(int index, TpmAuth auth, Map<HashAlgorithm, Bytes> digests) {
    TpmWriter out = new TpmWriter().u32(digests.size());
    digests.forEach((bank, digest) -> out.u16(bank.id()).raw(digest));
    tpm.run(
        CommandCode.PCR_EXTEND,
        List.of(TpmHandle.pcr(index)),
        List.of(auth),
        out,
        (none, in) -> "extended");
  }

  /** TPM2_PCR_Reset: of PCR 16 and 23, for tests (Part 3, section 22.8). */
  public void reset(int index, TpmAuth auth) {
    tpm.run(
        CommandCode.PCR_RESET,
        List.of(TpmHandle.pcr(index)),
        List.of(auth),
        new TpmWriter(),
        (none, in) -> "reset");
  }
}
