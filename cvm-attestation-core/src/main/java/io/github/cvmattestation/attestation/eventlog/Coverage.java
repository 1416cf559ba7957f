package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

  /** The parts of {@code data} that may be what was measured, the likeliest first. */
  List<Slice> candidates(Bytes data) {
    List<Slice> candidates = new ArrayList<>(3);
    int size = data.size();
    if (this == VARIABLE) {
      addContents(candidates, data);
    } else if (this == BOOT_LOADER) {
      addText(candidates, data);
    }
    if (this != NONE) {
      candidates.add(new Slice(0, size));
    }
    if (this == AUTHORITY && size > 0) {
      candidates.add(new Slice(0, size - 1));
    } else if (this == TAGGED
        && size >= TAG_HEADER
        && u32(data, TAG_SIZE_AT) == size - TAG_HEADER) {
      candidates.add(new Slice(TAG_HEADER, size));
    }
    return candidates;
  }

  private static void addContents(List<Slice> candidates, Bytes data) {
    int room = data.size() - VARIABLE_HEADER;
    if (room < 0) {
      return;
    }
    // Only lengths that add up to the event: half the name may not pass for contents.
    long name = u32(data, NAME_LENGTH_AT);
    long contents = u32(data, DATA_LENGTH_AT);
    boolean small = u32(data, NAME_LENGTH_AT + 4) == 0 && u32(data, DATA_LENGTH_AT + 4) == 0;
    if (small && 2 * name + contents == room) {
      candidates.add(new Slice(VARIABLE_HEADER + (int) (2 * name), data.size()));
    }
  }

  private static void addText(List<Slice> candidates, Bytes data) {
    for (Bytes label : LABELS) {
      if (data.startsWith(label)) {
        int size = data.size();
        if (size > label.size() && data.get(size - 1) == 0) {
          candidates.add(new Slice(label.size(), size - 1));
        }
        candidates.add(new Slice(label.size(), size));
      }
    }
  }

  private static long u32(Bytes data, int at) {
    return data.get(at)
        | (long) data.get(at + 1) << 8
        | (long) data.get(at + 2) << 16
        | (long) data.get(at + 3) << 24;
  }

  private static Bytes label(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** From (inclusive) and to (exclusive) in an event's data. */
  record Slice(int from, int to) {}
}
