package io.github.cvmattestation.testkit.tpm;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The NV indices. */
final class NvStore {
  /** Enough for Azure's largest index (4,096 bytes); libtpms 0.9 has 2,048. */
  static final int MAX_INDEX_SIZE = 4096;

  static final int MAX_BUFFER = 1024;

  /** The memory for all indices together. */
  private static final int CAPACITY = 64 * 1024;

  private static final int OVERHEAD = 64;

  private final NavigableMap<Integer, NvIndex> indices = new TreeMap<>();

  @Nullable NvIndex find(int handle) {
    return indices.get(handle);
  }

  NvIndex get(int handle) {
    NvIndex index = find(handle);
    if (index == null) {
      throw TpmError.of(Rc.HANDLE);
    }
    return index;
  }

  void define(NvIndex index) {
    if (indices.containsKey(index.handle())) {
      throw TpmError.of(Rc.NV_DEFINED);
    }
    int used = indices.values().stream().mapToInt(i -> i.size() + OVERHEAD).sum();
    if (used + index.size() + OVERHEAD > CAPACITY) {
      throw TpmError.of(Rc.NV_SPACE);
    }
    indices.put(index.handle(), index);
  }

  void undefine(int handle) {
    indices.remove(handle);
  }

  void removeOwners() {
    indices.values().removeIf(index -> !index.has(NvAttr.PLATFORM_CREATE));
  }

  List<Integer> handles() {
    return new ArrayList<>(indices.keySet());
  }

  /** Locks fall and what is to be cleared is (Part 1, sections 37.2.4 and 37.2.5). */
  void startupClear(boolean orderly) {
    for (NvIndex index : indices.values()) {
      index.clear(NvAttr.READ_LOCKED);
      if (!index.has(NvAttr.WRITE_DEFINE) || !index.has(NvAttr.WRITTEN)) {
        index.clear(NvAttr.WRITE_LOCKED);
      }
      if (index.has(NvAttr.CLEAR_ST_CLEAR) || (index.has(NvAttr.ORDERLY) && !orderly)) {
        index.clear(NvAttr.WRITTEN);
      }
    }
  }
}
