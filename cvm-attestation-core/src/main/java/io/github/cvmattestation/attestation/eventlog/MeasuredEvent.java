package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Optional;

/**
 * An event that is part of a register's history. That its digest was extended, into this register
 * and after the events before it, is proven; what the digest means is told only by the log's
 * author. Nothing proves in which order events of different registers happened.
 */
public final class MeasuredEvent {
  private final int register;
  private final long untrustedType;
  private final Bytes digest;
  private final Optional<Bytes> data;

  MeasuredEvent(int register, long untrustedType, Bytes digest, Optional<Bytes> data) {
    this.register = register;
    this.untrustedType = untrustedType;
    this.digest = digest;
    this.data = data;
  }

  /** The number of the register that was extended, from 0. */
  public int register() {
    return register;
  }

  /**
   * What the log calls the event: unsigned 32 bits, covered by no digest, so any event may pass
   * under any type. {@link EventType#of} names the known ones.
   */
  public long untrustedType() {
    return untrustedType;
  }

  /** What was extended. */
  public Bytes digest() {
    return digest;
  }

  /**
   * The event's data, where its type says that the digest is the data's hash, and it is. Absent
   * everywhere else: what the log says there could be anything.
   */
  public Optional<Bytes> data() {
    return data;
  }

  @Override
  public String toString() {
    return "MeasuredEvent[register %d, type 0x%08x, digest %s, %s]"
        .formatted(
            register,
            untrustedType,
            digest.abbreviated(),
            data.map(covered -> covered.size() + " bytes of data").orElse("no covered data"));
  }
}
