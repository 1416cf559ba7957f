package io.github.cvmattestation.testkit.tpm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The objects in the TPM: three places for transient ones, and the persistent ones. */
final class ObjectStore {
  static final int TRANSIENT_PLACES = 3;
  static final int PERSISTENT_PLACES = 64;

  private final @Nullable TpmObject[] places = new @Nullable TpmObject[TRANSIENT_PLACES];
  private final NavigableMap<Integer, TpmObject> persistent = new TreeMap<>();

  /** Places that persistent objects take while one command uses them. */
  private final boolean[] borrowed = new boolean[TRANSIENT_PLACES];

  void beginCommand() {
    Arrays.fill(borrowed, false);
  }

  /** A persistent object takes a place while a command runs (Part 1, section 37.3). */
  boolean borrow() {
    int place = firstFree();
    if (place < TRANSIENT_PLACES) {
      borrowed[place] = true;
    }
    return place < TRANSIENT_PLACES;
  }

  private int firstFree() {
    int place = 0;
    while (place < TRANSIENT_PLACES && (places[place] != null || borrowed[place])) {
      place++;
    }
    return place;
  }

  void requirePlace() {
    if (firstFree() == TRANSIENT_PLACES) {
      throw TpmError.of(Rc.OBJECT_MEMORY);
    }
  }

  int add(TpmObject object) {
    requirePlace();
    int place = firstFree();
    places[place] = object;
    return Handles.TYPE_TRANSIENT << 24 | place;
  }

  @Nullable TpmObject find(int handle) {
    if (Handles.type(handle) == Handles.TYPE_PERSISTENT) {
      return persistent.get(handle);
    }
    int place = handle & 0xFF_FFFF;
    return Handles.type(handle) == Handles.TYPE_TRANSIENT && place < places.length
        ? places[place]
        : null;
  }

  TpmObject get(int handle) {
    TpmObject object = find(handle);
    if (object == null) {
      throw TpmError.of(Rc.HANDLE);
    }
    return object;
  }

  boolean flush(int handle) {
    if (Handles.type(handle) != Handles.TYPE_TRANSIENT || find(handle) == null) {
      return false;
    }
    places[handle & 0xFF_FFFF] = null;
    return true;
  }

  void flushTransient() {
    Arrays.fill(places, null);
  }

  /** Flushes transient objects of a hierarchy, and its persistent ones too if it is cleared. */
  void flush(int hierarchy, boolean persistentToo) {
    for (int i = 0; i < places.length; i++) {
      TpmObject object = places[i];
      if (object != null && object.hierarchy() == hierarchy) {
        places[i] = null;
      }
    }
    if (persistentToo) {
      persistent.values().removeIf(object -> object.hierarchy() == hierarchy);
    }
  }

  boolean persist(int handle, TpmObject object) {
    return persistent.putIfAbsent(handle, object) == null;
  }

  void evict(int handle) {
    persistent.remove(handle);
  }

  int persistentCount() {
    return persistent.size();
  }

  int transientCount() {
    int count = 0;
    for (TpmObject object : places) {
      count += object == null ? 0 : 1;
    }
    return count;
  }

  List<Integer> handles(int type) {
    if (type == Handles.TYPE_PERSISTENT) {
      return new ArrayList<>(persistent.keySet());
    }
    List<Integer> handles = new ArrayList<>();
    for (int i = 0; i < places.length; i++) {
      if (places[i] != null) {
        handles.add(Handles.TYPE_TRANSIENT << 24 | i);
      }
    }
    return handles;
  }
}
