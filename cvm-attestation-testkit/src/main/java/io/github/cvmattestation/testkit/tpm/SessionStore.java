package io.github.cvmattestation.testkit.tpm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sessions: three loaded at most, 64 with those whose context is saved. */
final class SessionStore {
  static final int LOADED_PLACES = 3;
  static final int ACTIVE_PLACES = 64;

  private final Map<Integer, Session> loaded = new TreeMap<>();

  /**
   * Saved sessions stay here; the context blob that leaves names one, authenticated. There are 64
   * at most, so nothing is gained by taking their content out.
   */
  private final Map<Integer, Session> saved = new TreeMap<>();

  private final Map<Integer, Long> savedSequence = new TreeMap<>();

  private int exclusive;

  /** The handle of a new session of a type; the place is free until {@link #add}. */
  int freeHandle(int type) {
    if (loaded.size() >= LOADED_PLACES) {
      throw TpmError.of(Rc.SESSION_MEMORY);
    }
    for (int place = 0; place < ACTIVE_PLACES; place++) {
      if (!isActive(place)) {
        return type << 24 | place;
      }
    }
    throw TpmError.of(Rc.SESSION_HANDLES);
  }

  private boolean isActive(int place) {
    return loaded.containsKey(place) || saved.containsKey(place);
  }

  void add(Session session) {
    loaded.put(session.handle() & 0xFF_FFFF, session);
  }

  @Nullable Session find(int handle) {
    return loaded.get(handle & 0xFF_FFFF);
  }

  /**
   * The session that a handle names; {@code notLoaded} if there is none in its place, {@code
   * otherType} if what is there is of the other type.
   */
  Session require(int handle, TpmError notLoaded, TpmError otherType) {
    Session session = find(handle);
    if (session == null) {
      throw notLoaded;
    }
    if (session.handle() != handle) {
      throw otherType;
    }
    return session;
  }

  boolean flush(int handle) {
    int place = handle & 0xFF_FFFF;
    Session session = loaded.containsKey(place) ? loaded.get(place) : saved.get(place);
    // A saved session may be named by either type of handle (Part 3, section 28.4).
    if (session == null) {
      return false;
    }
    loaded.remove(place);
    saved.remove(place);
    savedSequence.remove(place);
    return true;
  }

  void save(Session session, long sequence) {
    int place = session.handle() & 0xFF_FFFF;
    loaded.remove(place);
    saved.put(place, session);
    savedSequence.put(place, sequence);
  }

  /** Brings a saved session back; false if this was not its last context. */
  boolean load(int handle, long sequence) {
    int place = handle & 0xFF_FFFF;
    Long expected = savedSequence.get(place);
    Session session = saved.get(place);
    if (expected == null || session == null || expected != sequence) {
      return false;
    }
    if (loaded.size() >= LOADED_PLACES) {
      throw TpmError.of(Rc.SESSION_MEMORY);
    }
    saved.remove(place);
    savedSequence.remove(place);
    loaded.put(place, session);
    return true;
  }

  /** Power was lost: only what was saved is left. */
  void flushLoaded() {
    loaded.clear();
  }

  void flushAll() {
    loaded.clear();
    saved.clear();
    savedSequence.clear();
  }

  /** The exclusive audit session's handle; 0 if there is none. */
  int exclusive() {
    return exclusive;
  }

  /** A command was audited by a session, which is exclusive if it began with it. */
  void audited(int handle, boolean anew) {
    exclusive = anew || exclusive == handle ? handle : 0;
  }

  void notAudited() {
    exclusive = 0;
  }

  int loadedCount() {
    return loaded.size();
  }

  int activeCount() {
    return loaded.size() + saved.size();
  }

  List<Integer> loadedHandles() {
    return loaded.values().stream().map(Session::handle).toList();
  }

  List<Integer> savedHandles() {
    List<Integer> handles = new ArrayList<>();
    for (Session session : saved.values()) {
      // A saved session is listed as an HMAC session, whatever it is (Part 2, section 7.2).
      handles.add(Handles.TYPE_HMAC_SESSION << 24 | (session.handle() & 0xFF_FFFF));
    }
    return handles;
  }
}
