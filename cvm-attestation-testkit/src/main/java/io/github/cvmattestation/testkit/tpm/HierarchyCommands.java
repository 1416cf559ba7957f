package io.github.cvmattestation.testkit.tpm;

/** Hierarchies and their authorisations (Part 3, sections 24 and 25). */
final class HierarchyCommands {
  private HierarchyCommands() {}

  static void changeAuth(Call call) {
    byte[] auth = Crypto.trimmed(call.parameter().sized(PublicArea.MAX_DIGEST));
    call.in().end();
    call.tpm().requireHierarchy(call.handle(1)).setAuth(auth);
    call.tpm().changed();
  }

  static void control(Call call) {
    TpmReader in = call.parameter();
    int enable = in.u32();
    if (!HandleKind.BASE_HIERARCHY.accepts(enable) && enable != Handles.PLATFORM_NV) {
      throw in.error(Rc.VALUE);
    }
    boolean state = StartupCommands.readYesNo(call.parameter());
    call.in().end();
    TpmState tpm = call.tpm();
    boolean platform = call.handle(1) == Handles.PLATFORM;
    if (enable == Handles.PLATFORM_NV) {
      require(platform);
      tpm.setPlatformNvEnabled(state);
      return;
    }
    Hierarchy hierarchy = tpm.requireHierarchy(enable);
    // Who is no platform may disable what is its own, and enable nothing (section 24.3.1).
    boolean own = enable != Handles.PLATFORM && call.handle(1) == enable;
    require(platform || (own && (hierarchy.isEnabled() || !state)));
    if (hierarchy.isEnabled() != state) {
      hierarchy.setEnabled(state);
      tpm.objects().flush(enable, false);
      tpm.changed();
    }
  }

  private static void require(boolean allowed) {
    if (!allowed) {
      throw TpmError.of(Rc.AUTH_TYPE);
    }
  }

  static void clear(Call call) {
    call.in().end();
    if (call.tpm().isClearDisabled()) {
      throw TpmError.of(Rc.DISABLED);
    }
    call.tpm().clear();
  }

  static void clearControl(Call call) {
    boolean disable = StartupCommands.readYesNo(call.parameter());
    call.in().end();
    // The lockout authority may forbid, and the platform alone may allow again.
    if (!disable && call.handle(1) == Handles.LOCKOUT) {
      throw TpmError.of(Rc.AUTH_FAIL);
    }
    call.tpm().setClearDisabled(disable);
    call.tpm().changed();
  }

  static void lockReset(Call call) {
    call.in().end();
    call.tpm().attack().reset();
  }
}
