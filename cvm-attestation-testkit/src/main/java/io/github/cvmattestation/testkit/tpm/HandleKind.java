package io.github.cvmattestation.testkit.tpm;

import java.util.function.IntPredicate;

/** The interface types of handles (Part 2, section 9): which values a command takes. */
enum HandleKind {
  OBJECT(HandleKind::isObject),
  OBJECT_OR_NULL(h -> isObject(h) || h == Handles.NULL),
  ENTITY(HandleKind::isEntity),
  ENTITY_OR_NULL(h -> isEntity(h) || h == Handles.NULL),
  HIERARCHY(h -> isHierarchy(h) || h == Handles.NULL),
  BASE_HIERARCHY(HandleKind::isHierarchy),
  HIERARCHY_AUTH(h -> isHierarchy(h) || h == Handles.LOCKOUT),
  PROVISION(h -> h == Handles.OWNER || h == Handles.PLATFORM),
  CLEAR(h -> h == Handles.LOCKOUT || h == Handles.PLATFORM),
  LOCKOUT(h -> h == Handles.LOCKOUT),
  NV_INDEX(h -> Handles.type(h) == Handles.TYPE_NV),
  NV_AUTH(h -> h == Handles.OWNER || h == Handles.PLATFORM || Handles.type(h) == Handles.TYPE_NV),
  PCR(HandleKind::isPcr),
  PCR_OR_NULL(h -> isPcr(h) || h == Handles.NULL),
  POLICY_SESSION(HandleKind::isPolicySession),
  CONTEXT(h -> isTransient(h) || isHmacSession(h) || isPolicySession(h));

  private final IntPredicate accepts;

  HandleKind(IntPredicate accepts) {
    this.accepts = accepts;
  }

  boolean accepts(int handle) {
    return accepts.test(handle);
  }

  /** A handle as a parameter. */
  int read(TpmReader in) {
    int handle = in.u32();
    if (!accepts(handle)) {
      throw in.error(Rc.VALUE);
    }
    return handle;
  }

  static boolean isSession(int handle) {
    return isHmacSession(handle) || isPolicySession(handle);
  }

  private static boolean isObject(int handle) {
    return isTransient(handle) || Handles.type(handle) == Handles.TYPE_PERSISTENT;
  }

  private static boolean isTransient(int handle) {
    return Handles.type(handle) == Handles.TYPE_TRANSIENT
        && (handle & 0xFF_FFFF) < ObjectStore.TRANSIENT_PLACES;
  }

  private static boolean isHierarchy(int handle) {
    return handle == Handles.OWNER || handle == Handles.ENDORSEMENT || handle == Handles.PLATFORM;
  }

  private static boolean isEntity(int handle) {
    return isHierarchy(handle)
        || handle == Handles.LOCKOUT
        || (handle >= Handles.VENDOR_AUTH_FIRST && handle <= Handles.VENDOR_AUTH_LAST)
        || isObject(handle)
        || Handles.type(handle) == Handles.TYPE_NV
        || isPcr(handle);
  }

  private static boolean isPcr(int handle) {
    return Handles.type(handle) == Handles.TYPE_PCR && handle < PcrBanks.COUNT;
  }

  private static boolean isHmacSession(int handle) {
    return Handles.type(handle) == Handles.TYPE_HMAC_SESSION
        && (handle & 0xFF_FFFF) < SessionStore.ACTIVE_PLACES;
  }

  private static boolean isPolicySession(int handle) {
    return Handles.type(handle) == Handles.TYPE_POLICY_SESSION
        && (handle & 0xFF_FFFF) < SessionStore.ACTIVE_PLACES;
  }
}
