package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.TpmlPcrSelection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What one TPM2_PCR_Read returned: at most 8 registers (TPM 2.0 Part 3, section 22.4).
 *
 * @param updateCounter changes with every register that does
 */
record PcrReading(long updateCounter, SortedMap<Integer, Bytes> values) {
  private static final int MOST_AT_ONCE = 8;

  static PcrReading parse(ByteReader in, PcrSelection asked) throws MalformedException {
    long counter = in.u32("pcrUpdateCounter");
    List<PcrSelection> selections = selections(in);
    long count = in.u32("pcrValues.count");
    List<Integer> indices = selections.isEmpty() ? List.of() : selections.get(0).indices();
    boolean asAsked =
        selections.size() <= 1
            && selections.stream().allMatch(s -> s.hash() == asked.hash())
            && asked.indices().containsAll(indices)
            && count == indices.size()
            && count <= MOST_AT_ONCE;
    if (!asAsked) {
      throw in.malformed("pcrSelectionOut", "some of what was asked for", "something else");
    }
    SortedMap<Integer, Bytes> values = new TreeMap<>();
    for (int index : indices) {
      Bytes value = in.sized16("digest", asked.hash().digestSize());
      if (value.size() != asked.hash().digestSize()) {
        throw in.malformed("digest", asked.hash().digestSize() + " bytes", value.size() + "");
      }
      values.put(index, value);
    }
    return new PcrReading(counter, values);
  }

  /** A TPM names a bank that it lacks with a selection of nothing, or not at all. */
  private static List<PcrSelection> selections(ByteReader in) throws MalformedException {
    int entry = Integer.BYTES; // count
    Bytes rest = in.bytes("pcrSelectionOut", entry);
    if (rest.isZero()) {
      return List.of();
    }
    int most = 7; // hash u16, size u8, at most 4 octets
    Bytes head = in.bytes("pcrSelectionOut", 3);
    int size = head.get(2);
    if (size > most - 3) {
      throw in.malformed("pcrSelectionOut", "at most 4 octets", String.valueOf(size));
    }
    Bytes bits = in.bytes("pcrSelectionOut", size);
    return TpmlPcrSelection.parse(rest.concat(head, bits)).pcrSelections();
  }

  /** All registers of {@code wanted}; nothing if one changed while they were read. */
  static Optional<PcrBank> read(Function<PcrSelection, PcrReading> read, PcrSelection wanted) {
    SortedMap<Integer, Bytes> values = new TreeMap<>();
    TreeSet<Integer> missing = new TreeSet<>(wanted.indices());
    Optional<Long> counter = Optional.empty();
    while (!missing.isEmpty()) {
      PcrReading reading = read.apply(PcrSelection.of(wanted.hash(), missing));
      if (counter.isPresent() && counter.get() != reading.updateCounter) {
        return Optional.empty();
      }
      counter = Optional.of(reading.updateCounter);
      if (reading.values.isEmpty()) {
        throw new AttestationException.Device(
            "the TPM has no " + wanted.hash().bankName() + " bank with PCR " + missing.first(),
            "choose another bank: tpm2_getcap pcrs lists them");
      }
      values.putAll(reading.values);
      missing.removeAll(reading.values.keySet());
    }
    try {
      return Optional.of(PcrBank.of(wanted.hash(), values));
    } catch (MalformedException e) {
      throw new IllegalStateException("checked values are malformed", e);
    }
  }
}
