package io.github.cvmattestation.attestation.eventlog;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Event types (TCG PFP §10.4.1) that say what an event's digest covers. Of types that are not here
 * the data is never shown.
 *
 * <p>The type itself is covered by nothing: whoever wrote the log may have exchanged it for any
 * other.
 */
public enum EventType {
  /** A remark, extended into no register. */
  EV_NO_ACTION(0x00000003L, Coverage.NONE),
  /** The end of what the firmware measures before it hands over. */
  EV_SEPARATOR(0x00000004L, Coverage.WHOLE),
  /** Tagged data of an operating system: Windows measures it whole, others its payload. */
  EV_EVENT_TAG(0x00000006L, Coverage.TAGGED),
  /** The version of the firmware's root of trust. */
  EV_S_CRTM_VERSION(0x00000008L, Coverage.WHOLE),
  /** Settings of the platform: some firmware describes in the data what it measured. */
  EV_PLATFORM_CONFIG_FLAGS(0x0000000AL, Coverage.MAYBE_WHOLE),
  /** The devices of the platform, in a form of the manufacturer's. */
  EV_TABLE_OF_DEVICES(0x0000000BL, Coverage.MAYBE_WHOLE),
  /** What boot loaders measure: GRUB's commands, shim's lists, names of files and sections. */
  EV_IPL(0x0000000DL, Coverage.BOOT_LOADER),
  /** What the host says of itself to a virtual machine's firmware. */
  EV_NONHOST_INFO(0x00000011L, Coverage.MAYBE_WHOLE),
  /** A fixed text: events about boot devices are left out. */
  EV_OMIT_BOOT_DEVICE_EVENTS(0x00000012L, Coverage.MAYBE_WHOLE),
  /** A UEFI variable that configures the firmware, such as {@code SecureBoot} or {@code db}. */
  EV_EFI_VARIABLE_DRIVER_CONFIG(0x80000001L, Coverage.WHOLE),
  /** A boot option or their order: the variable's contents are measured, rarely its name. */
  EV_EFI_VARIABLE_BOOT(0x80000002L, Coverage.VARIABLE),
  /** An image that the firmware ran. Its Authenticode hash is measured, none of the data. */
  EV_EFI_BOOT_SERVICES_APPLICATION(0x80000003L, Coverage.NONE),
  /** A driver that the firmware ran, as {@link #EV_EFI_BOOT_SERVICES_APPLICATION}. */
  EV_EFI_BOOT_SERVICES_DRIVER(0x80000004L, Coverage.NONE),
  /** A driver that stays, as {@link #EV_EFI_BOOT_SERVICES_APPLICATION}. */
  EV_EFI_RUNTIME_SERVICES_DRIVER(0x80000005L, Coverage.NONE),
  /** The partition table of the disk that was booted. */
  EV_EFI_GPT_EVENT(0x80000006L, Coverage.MAYBE_WHOLE),
  /** A fixed text, such as {@code Exit Boot Services Invocation}. */
  EV_EFI_ACTION(0x80000007L, Coverage.WHOLE),
  /** Tables that the firmware hands over: mostly pointers to what was measured. */
  EV_EFI_HANDOFF_TABLES(0x80000009L, Coverage.MAYBE_WHOLE),
  /** As {@link #EV_EFI_HANDOFF_TABLES}, with a description. */
  EV_EFI_HANDOFF_TABLES2(0x8000000BL, Coverage.MAYBE_WHOLE),
  /** As {@link #EV_EFI_VARIABLE_BOOT}, the name included. */
  EV_EFI_VARIABLE_BOOT2(0x8000000CL, Coverage.VARIABLE),
  /** A fixed text: the root of trust is in hardware. */
  EV_EFI_HCRTM_EVENT(0x80000010L, Coverage.MAYBE_WHOLE),
  /** The entry of a signature database that let an image run. */
  EV_EFI_VARIABLE_AUTHORITY(0x800000E0L, Coverage.AUTHORITY);

  private static final List<EventType> ALL = List.of(values());

  /** Every number here is below this, the topmost bit of 32 aside. */
  private static final int LOW = 0x100;

  /** By number, the topmost bit moved down: every event of a log is looked up. */
  private static final List<Coverage> COVERAGES = coverages();

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
    for (EventType type : ALL) {
      if (type.id == id) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** What an event with this number says of its data: nothing, where the number is not known. */
  static Coverage coverage(long id) {
    int low = (int) (id & Integer.MAX_VALUE);
    return low < LOW ? COVERAGES.get(place(id)) : Coverage.NONE;
  }

  private static int place(long id) {
    return (int) (id & Integer.MAX_VALUE) + (id > Integer.MAX_VALUE ? LOW : 0);
  }

  private static List<Coverage> coverages() {
    Coverage[] coverages = new Coverage[2 * LOW];
    Arrays.fill(coverages, Coverage.NONE);
    for (EventType type : ALL) {
      coverages[place(type.id)] = type.coverage;
    }
    return List.of(coverages);
  }
}
