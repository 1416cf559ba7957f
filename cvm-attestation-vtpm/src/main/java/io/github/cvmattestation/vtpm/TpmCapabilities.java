package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.internal.CommandChannel;
import io.github.cvmattestation.vtpm.internal.CommandCode;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** TPM2_GetCapability (TPM 2.0 Part 3, section 30.2). */
public final class TpmCapabilities {
  /** TPM_PT_NV_BUFFER_MAX: the most that one NV command moves (Part 2, section 6.13). */
  public static final long NV_BUFFER_MAX = 0x12C;

  private static final int HANDLES = 1;
  private static final int PCRS = 5;
  private static final int TPM_PROPERTIES = 6;
  private static final int MAX_HANDLES = 254;
  private static final int MAX_PROPERTIES = 127;

  /** Full lists that are asked for, one after the other: 16 of 254 handles. */
  private static final int MAX_ROUNDS = 16;

  private final Tpm tpm;

  TpmCapabilities(Tpm tpm) {
    this.tpm = tpm;
  }

  /** One answer, and whether there is more after it. */
  private record Part<T>(boolean more, T data) {}

  /** Which registers each bank has; an inactive bank has none (TPM_CAP_PCRS). */
  public TpmlPcrSelection pcrBanks() {
    return get(PCRS, 0, MAX_PROPERTIES, (none, in) -> TpmlPcrSelection.read(in)).data();
  }

  /**
   * TPM_PT properties from {@code first} on, at most {@code count} (TPM_CAP_TPM_PROPERTIES).
   *
   * @param count 1 to 127
   */
  public SortedMap<Long, Long> properties(long first, int count) {
    if (count < 1 || count > MAX_PROPERTIES) {
      throw new IllegalArgumentException("1 to 127 properties, not " + count);
    }
    return get(TPM_PROPERTIES, first, count, (none, in) -> readProperties(in, first, count)).data();
  }

  /** One property, if the TPM has it. */
  public OptionalLong property(long property) {
    Long value = properties(property, 1).get(property);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /**
   * The handles in use of the type of {@code first}, from it on: 0x81000000 for persistent objects,
   * 0x01000000 for NV indices, 0x80000000 for transient ones (TPM_CAP_HANDLES).
   */
  public List<Long> handles(long first) {
    List<Long> handles = new ArrayList<>();
    long from = first;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      long start = from;
      Part<List<Long>> part =
          get(HANDLES, start, MAX_HANDLES, (none, in) -> readHandles(in, start));
      handles.addAll(part.data());
      if (!part.more() || part.data().isEmpty()) {
        break;
      }
      from = handles.get(handles.size() - 1) + 1;
    }
    return List.copyOf(handles);
  }

  private <T> Part<T> get(
      int capability, long property, int count, CommandChannel.Parser<T> parser) {
    return tpm.run(
        CommandCode.GET_CAPABILITY,
        List.of(),
        List.of(),
        new TpmWriter().u32(capability).u32(property).u32(count),
        (none, in) -> {
          int more = in.u8("moreData");
          long found = in.u32("capability");
          if (more > 1 || found != capability) {
            throw in.malformed("capability", String.valueOf(capability), more + ", " + found);
          }
          return new Part<>(more == 1, parser.read(none, in));
        });
  }

  private static SortedMap<Long, Long> readProperties(ByteReader in, long first, int max)
      throws MalformedException {
    SortedMap<Long, Long> properties = new TreeMap<>();
    long count = readCount(in, max);
    for (int i = 0; i < count; i++) {
      long property = in.u32("property");
      if (property < first || (!properties.isEmpty() && property <= properties.lastKey())) {
        throw in.malformed("property", "ascending from the one asked for", property + "");
      }
      properties.put(property, in.u32("value"));
    }
    return Collections.unmodifiableSortedMap(properties);
  }

  private static List<Long> readHandles(ByteReader in, long first) throws MalformedException {
    List<Long> handles = new ArrayList<>();
    long count = readCount(in, MAX_HANDLES);
    long last = first - 1;
    for (int i = 0; i < count; i++) {
      long handle = in.u32("handle");
      if (handle <= last) {
        throw in.malformed("handle", "ascending from the one asked for", "0x%x".formatted(handle));
      }
      handles.add(handle);
      last = handle;
    }
    return handles;
  }

  private static long readCount(ByteReader in, int max) throws MalformedException {
    long count = in.u32("count");
    if (count > max) {
      throw in.malformed("count", "at most " + max, String.valueOf(count));
    }
    return count;
  }
}
