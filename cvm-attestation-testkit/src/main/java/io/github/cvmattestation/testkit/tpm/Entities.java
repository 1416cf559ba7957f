package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import org.jspecify.annotations.Nullable;

/** What a handle stands for: its Name, its authorisation, and which kinds of that it takes. */
final class Entities {
  private final TpmState tpm;

  Entities(TpmState tpm) {
    this.tpm = tpm;
  }

  /** The Name (Part 1, section 16): of objects and indices by digest, else the handle. */
  byte[] name(int handle) {
    return switch (Handles.type(handle)) {
      case Handles.TYPE_TRANSIENT, Handles.TYPE_PERSISTENT -> tpm.objects().get(handle).name();
      case Handles.TYPE_NV -> tpm.nv().get(handle).name();
      default -> Handles.bytes(handle);
    };
  }

  byte[] authValue(int handle) {
    return switch (Handles.type(handle)) {
      case Handles.TYPE_TRANSIENT, Handles.TYPE_PERSISTENT ->
          Crypto.trimmed(tpm.objects().get(handle).authValue());
      case Handles.TYPE_NV -> Crypto.trimmed(tpm.nv().get(handle).auth());
      case Handles.TYPE_PERMANENT -> {
        Hierarchy hierarchy = tpm.hierarchy(handle);
        yield hierarchy == null ? new byte[0] : hierarchy.auth();
      }
      default -> new byte[0];
    };
  }

  /** The hierarchy that an entity belongs to; the owner's where it is in none. */
  Hierarchy hierarchy(int handle) {
    TpmObject object = tpm.objects().find(handle);
    NvIndex index = tpm.nv().find(handle);
    int found = Handles.OWNER;
    if (object != null) {
      found = object.hierarchy();
    } else if (index != null && index.has(NvAttr.PLATFORM_CREATE)) {
      found = Handles.PLATFORM;
    } else if (HandleKind.BASE_HIERARCHY.accepts(handle)) {
      found = handle;
    }
    return tpm.requireHierarchy(found);
  }

  byte[] authPolicy(int handle) {
    return switch (Handles.type(handle)) {
      case Handles.TYPE_TRANSIENT, Handles.TYPE_PERSISTENT ->
          tpm.objects().get(handle).publicArea().authPolicy();
      case Handles.TYPE_NV -> tpm.nv().get(handle).authPolicy();
      case Handles.TYPE_PERMANENT -> {
        Hierarchy hierarchy = tpm.hierarchy(handle);
        yield hierarchy == null ? new byte[0] : hierarchy.policy();
      }
      default -> new byte[0];
    };
  }

  /** The hash of {@link #authPolicy}; null where there is no policy. */
  @Nullable HashAlgorithm policyHash(int handle) {
    int type = Handles.type(handle);
    if (type == Handles.TYPE_NV) {
      return tpm.nv().get(handle).nameAlg();
    }
    Hierarchy hierarchy = tpm.hierarchy(handle);
    if (hierarchy != null) {
      return hierarchy.policyAlg();
    }
    TpmObject object = tpm.objects().find(handle);
    return object == null ? null : object.publicArea().nameAlg();
  }

  /** Whether a policy session must be used (Part 1, section 19.2: DUP and ADMIN roles). */
  boolean requiresPolicy(int handle, Role role) {
    if (role != Role.ADMIN) {
      return false;
    }
    TpmObject object = tpm.objects().find(handle);
    return object == null || object.publicArea().has(Attr.ADMIN_WITH_POLICY);
  }

  /** Whether the authValue may be used in this role. */
  boolean allowsAuthValue(int handle, Role role, boolean writing) {
    return switch (Handles.type(handle)) {
      case Handles.TYPE_TRANSIENT, Handles.TYPE_PERSISTENT -> {
        TpmObject object = tpm.objects().get(handle);
        PublicArea area = object.publicArea();
        boolean admin = role == Role.ADMIN && !area.has(Attr.ADMIN_WITH_POLICY);
        yield object.sensitive() != null && (admin || area.has(Attr.USER_WITH_AUTH));
      }
      case Handles.TYPE_NV ->
          tpm.nv().get(handle).has(writing ? NvAttr.AUTH_WRITE : NvAttr.AUTH_READ);
      case Handles.TYPE_PERMANENT -> tpm.hierarchy(handle) != null;
      case Handles.TYPE_PCR -> true;
      default -> false;
    };
  }

  /** Whether a policy may be used in this role. */
  boolean allowsPolicy(int handle, Role role, boolean writing) {
    return switch (Handles.type(handle)) {
      case Handles.TYPE_TRANSIENT, Handles.TYPE_PERSISTENT ->
          tpm.objects().get(handle).sensitive() != null;
      case Handles.TYPE_NV -> {
        NvIndex index = tpm.nv().get(handle);
        yield index.authPolicy().length != 0
            && (requiresPolicy(handle, role)
                || index.has(writing ? NvAttr.POLICY_WRITE : NvAttr.POLICY_READ));
      }
      case Handles.TYPE_PERMANENT -> {
        Hierarchy hierarchy = tpm.hierarchy(handle);
        yield hierarchy != null && hierarchy.policyAlg() != null;
      }
      default -> false;
    };
  }

  /** Whether failures to authorise do not count (Part 1, section 19.8.3: noDA). */
  boolean isExemptFromLockout(int handle) {
    return switch (Handles.type(handle)) {
      case Handles.TYPE_TRANSIENT, Handles.TYPE_PERSISTENT ->
          tpm.objects().get(handle).publicArea().has(Attr.NO_DA);
      case Handles.TYPE_NV -> tpm.nv().get(handle).has(NvAttr.NO_DA);
      default -> handle != Handles.LOCKOUT;
    };
  }

  /** Checks that what a handle names is there (Part 3, section 5.4), for handle i from 0. */
  void requireLoaded(int handle, int i) {
    switch (Handles.type(handle)) {
      case Handles.TYPE_TRANSIENT -> {
        if (tpm.objects().find(handle) == null) {
          throw TpmError.of(Rc.REFERENCE_H0 + i);
        }
      }
      case Handles.TYPE_PERSISTENT -> {
        TpmObject object = tpm.objects().find(handle);
        if (object != null && !isAccessible(handle, object)) {
          throw TpmError.handle(Rc.HANDLE, i + 1);
        }
        if (!tpm.objects().borrow()) {
          throw TpmError.of(Rc.OBJECT_MEMORY);
        }
        if (object == null) {
          throw TpmError.handle(Rc.HANDLE, i + 1);
        }
      }
      case Handles.TYPE_PERMANENT -> {
        Hierarchy hierarchy = tpm.hierarchy(handle);
        if (hierarchy == null) {
          throw TpmError.handle(Rc.VALUE, i + 1);
        }
        if (!hierarchy.isEnabled()) {
          throw TpmError.handle(Rc.HIERARCHY, i + 1);
        }
      }
      case Handles.TYPE_NV -> {
        NvIndex index = tpm.nv().find(handle);
        if (index == null || !isAccessible(index)) {
          throw TpmError.handle(Rc.HANDLE, i + 1);
        }
      }
      case Handles.TYPE_HMAC_SESSION, Handles.TYPE_POLICY_SESSION ->
          tpm.sessions()
              .require(handle, TpmError.of(Rc.REFERENCE_H0 + i), TpmError.handle(Rc.HANDLE, i + 1));
      default -> {}
    }
  }

  /** Its own hierarchy and that of its handle must both be enabled (Part 1, section 37.3.3). */
  private boolean isAccessible(int handle, TpmObject object) {
    boolean ofPlatform = Integer.compareUnsigned(handle, Handles.PLATFORM_PERSISTENT) >= 0;
    int keeper = ofPlatform ? Handles.PLATFORM : Handles.OWNER;
    return tpm.requireHierarchy(keeper).isEnabled()
        && tpm.requireHierarchy(object.hierarchy()).isEnabled();
  }

  private boolean isAccessible(NvIndex index) {
    return index.has(NvAttr.PLATFORM_CREATE) ? tpm.isPlatformNvEnabled() : tpm.owner().isEnabled();
  }
}
