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
  private final Bytes untrustedPrefix;

  /** An event of which no data is shown. */
  MeasuredEvent(int register, long untrustedType, Bytes digest) {
    this(register, untrustedType, digest, Optional.empty(), Bytes.empty());
  }

  /** An event whose digest is the hash of {@code data}. */
  MeasuredEvent(
      int register, long untrustedType, Bytes digest, Optional<Bytes> data, Bytes untrustedPrefix) {
    this.register = register;
    this.untrustedType = untrustedType;
    this.digest = digest;
    this.data = data;
    this.untrustedPrefix = untrustedPrefix;
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
   * The exact bytes whose hash is the digest, where the log holds them. They may be a part of what
   * the log says of the event: the contents of a boot variable without its name, GRUB's text
   * without its label. Absent everywhere else: what the log says there could be anything.
   */
  public Optional<Bytes> data() {
    return data;
  }

  /**
   * What stands before {@link #data} in the log: a boot variable's name, GRUB's label. Covered by
   * no digest, and therefore no fact: whoever wrote the log may call an {@code echo} a kernel
   * command line. Empty where nothing was cut off.
   */
  public Bytes untrustedPrefix() {
    return untrustedPrefix;
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
