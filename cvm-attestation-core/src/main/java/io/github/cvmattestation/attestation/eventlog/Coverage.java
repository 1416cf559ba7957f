package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How the digest of an event may cover the event's data. A candidate becomes data only if its hash
 * is the digest, so a type that lies can hide data and never invent any.
 */
enum Coverage {
  /** The digest is of something that the log does not hold. */
  NONE(false),
  /** The data is what was measured; a log in which it is not lies. */
  WHOLE(true),
  /** Firmware differs: some measures the data, some what it describes. */
  MAYBE_WHOLE(false),
  /** UEFI_VARIABLE_DATA (TCG PFP §10.2.6) of which some firmware measures the contents alone. */
  VARIABLE(false),
  /** As {@link #WHOLE}, but shim before version 15 counts one byte too many as data. */
  AUTHORITY(true),
  /**
   * TCG_PCClientTaggedEvent (TCG PFP §10.4.2.1): Windows measures all of it, others its payload.
   */
  TAGGED(false),
  /** shim and systemd measure the data; GRUB a text without its label and its final NUL. */
  BOOT_LOADER(false);

  private static final int VARIABLE_HEADER = 32;
  private static final int NAME_LENGTH_AT = 16;
  private static final int DATA_LENGTH_AT = 24;
  private static final int TAG_HEADER = 8;
  private static final int TAG_SIZE_AT = 4;

  /** What GRUB writes before the text that it measures (GRUB 2.06, tpm verifier). */
  private static final List<Bytes> LABELS =
      List.of(label("grub_cmd: "), label("kernel_cmdline: "), label("module_cmdline: "));

  private final boolean required;

  Coverage(boolean required) {
    this.required = required;
  }

  /** Whether a log is refused in which no candidate has the digest. */
  boolean required() {
    return required;
  }

  /** Whether {@code data}, or the part of it that this type measures, is what was measured. */
  boolean find(EventData data) {
    int size = data.size();
    if (this == NONE) {
      return false;
    }
    // The likeliest first: each that is not what was measured costs a hash.
    boolean part = this == VARIABLE ? isContents(data) : this == BOOT_LOADER && isText(data);
    if (part || data.isMeasured(0, size)) {
      return true;
    }
    if (this == AUTHORITY) {
      return size > 0 && data.isMeasured(0, size - 1);
    }
    return this == TAGGED
        && size >= TAG_HEADER
        && data.u32(TAG_SIZE_AT) == size - TAG_HEADER
        && data.isMeasured(TAG_HEADER, size);
  }

  private static boolean isContents(EventData data) {
    int room = data.size() - VARIABLE_HEADER;
    if (room < 0) {
      return false;
    }
    // Only lengths that add up to the event: half the name may not pass for contents.
    long name = data.u32(NAME_LENGTH_AT);
    long contents = data.u32(DATA_LENGTH_AT);
    boolean small = data.u32(NAME_LENGTH_AT + 4) == 0 && data.u32(DATA_LENGTH_AT + 4) == 0;
    return small
        && 2 * name + contents == room
        && data.isMeasured(VARIABLE_HEADER + (int) (2 * name), data.size());
  }

  private static boolean isText(EventData data) {
    int size = data.size();
    for (Bytes label : LABELS) {
      if (data.startsWith(label)) {
        boolean ended = size > label.size() && data.get(size - 1) == 0;
        return (ended && data.isMeasured(label.size(), size - 1))
            || data.isMeasured(label.size(), size);
      }
    }
    return false;
  }

  private static Bytes label(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}
