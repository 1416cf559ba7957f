package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set of serial numbers, none of them negative: the octets of each where they stand in
 * the list, sorted. Not a hash table, because whoever chooses serial numbers chooses their hashes;
 * and no {@link BigInteger} before somebody wants to see one.
 */
final class SerialNumbers extends AbstractSet<BigInteger> {
  /** The shortest octets of each number, big-endian and without a sign; no two are equal. */
  private final Bytes[] sorted;

  private SerialNumbers(Bytes[] sorted) {
    this.sorted = sorted;
  }

  /**
   * The numbers that these contents of INTEGERs mean. A negative one is what an encoder writes that
   * forgets the zero before a high bit: the positive number is meant.
   */
  static SerialNumbers of(List<Bytes> contents) {
    Bytes[] octets = new Bytes[contents.size()];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = unsigned(contents.get(i));
    }
    Arrays.sort(octets, SerialNumbers::compare);
    int kept = 0;
    for (Bytes one : octets) {
      if (kept == 0 || compare(octets[kept - 1], one) != 0) {
        octets[kept++] = one;
      }
    }
    return new SerialNumbers(kept == octets.length ? octets : Arrays.copyOf(octets, kept));
  }

  static SerialNumbers copyOf(Set<BigInteger> numbers) {
    if (numbers instanceof SerialNumbers already) {
      return already;
    }
    List<Bytes> contents = new ArrayList<>(numbers.size());
    for (BigInteger number : numbers) {
      contents.add(Bytes.of(number.toByteArray()));
    }
    return of(contents);
  }

  /** Whether the number is here that {@code serial}'s octets mean without a sign. */
  boolean lists(BigInteger serial) {
    Bytes octets = unsigned(Bytes.of(serial.toByteArray()));
    return Arrays.binarySearch(sorted, octets, SerialNumbers::compare) >= 0;
  }

  @Override
  public boolean contains(@Nullable Object other) {
    return other instanceof BigInteger number && number.signum() >= 0 && lists(number);
  }

  @Override
  public int size() {
    return sorted.length;
  }

  @Override
  public Iterator<BigInteger> iterator() {
    return new Iterator<>() {
      private int at;

      @Override
      public boolean hasNext() {
        return at < sorted.length;
      }

      @Override
      public BigInteger next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return new BigInteger(1, sorted[at++].toArray());
      }
    };
  }

  private static Bytes unsigned(Bytes content) {
    return content.size() > 1 && content.get(0) == 0 ? content.slice(1, content.size()) : content;
  }

  private static int compare(Bytes left, Bytes right) {
    int difference = Integer.compare(left.size(), right.size());
    for (int i = 0; difference == 0 && i < left.size(); i++) {
      difference = Integer.compare(left.get(i), right.get(i));
    }
    return difference;
  }
}
