package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Optional;

/**
 * An event that is part of a register's history. That its digest was extended, into this register
 * and after the events before it, is proven; what the digest means is told only by the log's
 * author. Nothing proves in which order events of different registers happened.
 */
public final class MeasuredEvent {
  private static final int NONE = -1;

  // Places in the log, and cut out only for who asks: a boot has hundreds of events.
  private final ParsedLog log;
  private final int event;
  private final int from;
  private final int to;

  /** An event of which no data is shown. */
  MeasuredEvent(ParsedLog log, int event) {
    this(log, event, NONE, NONE);
  }

  /** An event whose digest is the hash of its data from {@code from} to {@code to} (exclusive). */
  MeasuredEvent(ParsedLog log, int event, int from, int to) {
    this.log = log;
    this.event = event;
    this.from = from;
    this.to = to;
  }

  /** The number of the register that was extended, from 0. */
  public int register() {
    return log.register(event);
  }

  /**
   * What the log calls the event: unsigned 32 bits, covered by no digest, so any event may pass
   * under any type. {@link EventType#of} names the known ones.
   */
  public long untrustedType() {
    return log.type(event);
  }

  /** What was extended. */
  public Bytes digest() {
    return log.digest(event);
  }

  /**
   * The exact bytes whose hash is the digest, where the log holds them. They may be a part of what
   * the log says of the event: the contents of a boot variable without its name, GRUB's text
   * without its label. Absent everywhere else: what the log says there could be anything.
   */
  public Optional<Bytes> data() {
    return from == NONE ? Optional.empty() : Optional.of(log.data(event).slice(from, to));
  }

  /**
   * What stands before {@link #data} in the log: a boot variable's name, GRUB's label. Covered by
   * no digest, and therefore no fact: whoever wrote the log may call an {@code echo} a kernel
   * command line. Empty where nothing was cut off.
   */
  public Bytes untrustedPrefix() {
    return from == NONE ? Bytes.empty() : log.data(event).slice(0, from);
  }

  @Override
  public String toString() {
    return "MeasuredEvent[register %d, type 0x%08x, digest %s, %s]"
        .formatted(
            register(),
            untrustedType(),
            digest().abbreviated(),
            data().map(covered -> covered.size() + " bytes of data").orElse("no covered data"));
  }
}
