package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.eventlog.RegisterBank;
import io.github.cvmattestation.attestation.eventlog.RegisterKind;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Values of platform configuration registers in one bank. By itself a claim and no more: what is
 * proven is in {@link VerifiedPcrs}.
 */
public final class PcrBank {
  /** How many registers a PC client platform has (TCG PC Client Platform TPM Profile). */
  public static final int REGISTERS = 24;

  private final HashAlgorithm algorithm;
  private final SortedMap<Integer, Bytes> values;

  private PcrBank(HashAlgorithm algorithm, SortedMap<Integer, Bytes> values) {
    this.algorithm = algorithm;
    this.values = Collections.unmodifiableSortedMap(values);
  }

  /**
   * A bank with the given registers.
   *
   * @param values by index, 0 to 23, each exactly as long as a digest of {@code algorithm}
   * @throws MalformedException if an index does not exist or a value has another size
   */
  public static PcrBank of(HashAlgorithm algorithm, Map<Integer, Bytes> values)
      throws MalformedException {
    SortedMap<Integer, Bytes> sorted = new TreeMap<>();
    for (Map.Entry<Integer, Bytes> entry : values.entrySet()) {
      int index = entry.getKey();
      int size = entry.getValue().size();
      if (index < 0 || index >= REGISTERS) {
        throw malformed(algorithm, "indices from 0 to " + (REGISTERS - 1), "index " + index);
      }
      if (size != algorithm.digestSize()) {
        throw malformed(
            algorithm, algorithm.digestSize() + " bytes in PCR " + index, size + " bytes");
      }
      sorted.put(index, entry.getValue());
    }
    return new PcrBank(algorithm, sorted);
  }

  /**
   * A bank with registers 0, 1, 2 and so on.
   *
   * @param values at most 24, each exactly as long as a digest of {@code algorithm}
   * @throws MalformedException if there are more, or one has another size
   */
  public static PcrBank ofFirst(HashAlgorithm algorithm, List<Bytes> values)
      throws MalformedException {
    if (values.size() > REGISTERS) {
      throw malformed(algorithm, "at most " + REGISTERS + " values", values.size() + " values");
    }
    SortedMap<Integer, Bytes> indexed = new TreeMap<>();
    for (Bytes value : values) {
      indexed.put(indexed.size(), value);
    }
    return of(algorithm, indexed);
  }

  /** The algorithm that the bank extends with. */
  public HashAlgorithm algorithm() {
    return algorithm;
  }

  /** The values by index, ascending. Unmodifiable. */
  public SortedMap<Integer, Bytes> values() {
    return values;
  }

  /** The value of register {@code index}, if it is here. */
  public Optional<Bytes> value(int index) {
    return Optional.ofNullable(values.get(index));
  }

  /** The same registers as event logs are compared with; none if the bank is empty. */
  Optional<RegisterBank> registers() {
    if (values.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(RegisterBank.of(RegisterKind.PCR, algorithm, values));
    } catch (MalformedException e) {
      throw new IllegalStateException("indices and sizes were checked", e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PcrBank that
        && algorithm == that.algorithm
        && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return 31 * algorithm.hashCode() + values.hashCode();
  }

  @Override
  public String toString() {
    return "PcrBank[" + algorithm.bankName() + ":" + values.keySet() + "]";
  }

  private static MalformedException malformed(
      HashAlgorithm algorithm, String expected, String actual) {
    return new MalformedException("PCR bank " + algorithm.bankName(), expected, actual);
  }
}
