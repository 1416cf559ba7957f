package io.github.cvmattestation.testkit.tpm;

import org.jspecify.annotations.Nullable;

/** Objects from outside: LoadExternal and Import (Part 3, sections 12.3 and 13.3). */
final class ImportCommands {
  private static final int MAX_SENSITIVE = 2048;
  private static final int MAX_KEY = 66;

  private ImportCommands() {}

  static void loadExternal(Call call) {
    Sensitive sensitive = readSensitive(call.parameter());
    PublicArea area = PublicArea.readSized(call.parameter(), true);
    int hierarchy = HandleKind.HIERARCHY.read(call.parameter());
    call.in().end();
    TpmState tpm = call.tpm();
    tpm.objects().requirePlace();
    if (!tpm.requireHierarchy(hierarchy).isEnabled()) {
      throw TpmError.parameter(Rc.HIERARCHY, 3);
    }
    if (sensitive != null) {
      if (hierarchy != Handles.NULL) {
        throw TpmError.parameter(Rc.HIERARCHY, 3);
      }
      if (area.hasAny(Attr.FIXED_TPM | Attr.FIXED_PARENT | Attr.RESTRICTED)) {
        throw TpmError.parameter(Rc.ATTRIBUTES, 2);
      }
    }
    check(area, sensitive, 2, 1);
    TpmObject object = TpmObject.external(area, sensitive, hierarchy);
    call.respondWith(tpm.objects().add(object));
    call.out().sized(object.name());
  }

  /** TPM2B_SENSITIVE, which may be empty. */
  private static @Nullable Sensitive readSensitive(TpmReader in) {
    int size = in.u16();
    if (size == 0) {
      return null;
    }
    int end = in.offset() + size;
    Sensitive sensitive = Sensitive.read(in);
    in.close(end);
    return sensitive;
  }

  private static void check(
      PublicArea area, @Nullable Sensitive sensitive, int publicParameter, int privateParameter) {
    PublicChecks.forLoading(null, area, sensitive, publicParameter, privateParameter);
    PublicChecks.keys(area, sensitive, publicParameter, privateParameter);
  }

  static void importObject(Call call) {
    byte[] key = call.parameter().sized(MAX_KEY);
    PublicArea area = PublicArea.readSized(call.parameter(), false);
    byte[] duplicate = call.parameter().sized(MAX_SENSITIVE);
    byte[] encryptedSeed = call.parameter().sized(SessionCommands.MAX_SECRET);
    SymDef inner = SymDef.read(call.parameter());
    call.in().end();
    if (area.hasAny(Attr.FIXED_TPM | Attr.FIXED_PARENT)) {
      throw TpmError.parameter(Rc.ATTRIBUTES, 2);
    }
    TpmObject parent = call.object(1);
    ObjectCommands.requireParent(parent);
    if (key.length != inner.bits() / 8) {
      throw TpmError.parameter(Rc.SIZE, 1);
    }
    if (inner.isNone() && area.has(Attr.ENCRYPTED_DUPLICATION)) {
      throw TpmError.parameter(Rc.ATTRIBUTES, 1);
    }
    if (encryptedSeed.length == 0 && area.has(Attr.ENCRYPTED_DUPLICATION)) {
      throw TpmError.parameter(Rc.ATTRIBUTES, 4);
    }
    byte[] plain = duplicate;
    if (encryptedSeed.length != 0) {
      byte[] seed = seed(parent, encryptedSeed);
      plain = blaming(3, () -> Protection.unwrapOuter(parent, seed, area.name(), duplicate));
    }
    Sensitive sensitive = open(area, inner, key, plain);
    if (parent.publicArea().has(Attr.FIXED_TPM)) {
      check(area, sensitive, 2, 3);
    }
    call.out().sized(Protection.wrap(parent, area.name(), sensitive, call.tpm().random()));
  }

  private static byte[] seed(TpmObject parent, byte[] encrypted) {
    return blaming(4, () -> Protection.secret(parent, "DUPLICATE", encrypted));
  }

  private static Sensitive open(PublicArea area, SymDef inner, byte[] key, byte[] wrapped) {
    byte[] plain =
        inner.isNone()
            ? wrapped
            : blaming(
                3, () -> Protection.unwrapInner(area.requireNameAlg(), key, area.name(), wrapped));
    try {
      return Protection.sensitive(plain);
    } catch (TpmError e) {
      throw TpmError.parameter(e.code(), 3);
    }
  }

  private static byte[] blaming(int parameter, java.util.function.Supplier<byte[]> step) {
    try {
      return step.get();
    } catch (TpmError e) {
      throw TpmError.parameter(e.code(), parameter);
    }
  }
}
