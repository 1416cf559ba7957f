package io.github.cvmattestation.attestation.eventlog;

import java.util.Optional;

/**
 * Event types that say what an event's digest covers (TCG PFP §10.4.1); of all others the digest is
 * of something that the log does not hold, such as an image.
 *
 * <p>The type itself is covered by nothing: whoever wrote the log may have exchanged it for any
 * other.
 */
public enum EventType {
  /** A remark, extended into no register. */
  EV_NO_ACTION(0x00000003L, Coverage.NEVER),
  /** The end of what the firmware measures before it hands over. */
  EV_SEPARATOR(0x00000004L, Coverage.ALWAYS),
  /** Tagged data of an operating system: Windows measures it whole, Linux only its payload. */
  EV_EVENT_TAG(0x00000006L, Coverage.SOMETIMES),
  /** The version of the firmware's root of trust. */
  EV_S_CRTM_VERSION(0x00000008L, Coverage.ALWAYS),
  /** A UEFI variable that configures the firmware, such as {@code SecureBoot} or {@code db}. */
  EV_EFI_VARIABLE_DRIVER_CONFIG(0x80000001L, Coverage.ALWAYS),
  /** A boot option or their order: only the variable's contents are measured, not its name. */
  EV_EFI_VARIABLE_BOOT(0x80000002L, Coverage.NEVER),
  /** A fixed text, such as {@code Exit Boot Services Invocation}. */
  EV_EFI_ACTION(0x80000007L, Coverage.ALWAYS),
  /** The entry of a signature database that let an image run. */
  EV_EFI_VARIABLE_AUTHORITY(0x800000E0L, Coverage.ALWAYS);

  /** Whether the digest of an event of a type is the hash of its data. */
  enum Coverage {
    NEVER,
    SOMETIMES,
    ALWAYS
  }

  private final long id;
  private final Coverage coverage;

  EventType(long id, Coverage coverage) {
    this.id = id;
    this.coverage = coverage;
  }

  /** The number in the log, unsigned 32 bits. */
  public long id() {
    return id;
  }

  /** The type with this number, if it is one of these. */
  public static Optional<EventType> of(long id) {
    for (EventType type : values()) {
      if (type.id == id) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** What an event with this number says of its data: nothing, where the number is not known. */
  static Coverage coverage(long id) {
    for (EventType type : values()) {
      if (type.id == id) {
        return type.coverage;
      }
    }
    return Coverage.NEVER;
  }
}
