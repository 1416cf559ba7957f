package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Objects: made, loaded, read, persisted, flushed (Part 3, sections 12, 24.1, 28). */
final class ObjectCommands {
  private static final int MAX_OUTSIDE_INFO = 68;
  private static final int MAX_PRIVATE = 2048;

  private ObjectCommands() {}

  /** TPM2B_SENSITIVE_CREATE: who may use the object, and its secret if the caller gives it. */
  private static final class Creation {
    private final byte[] auth;
    private final byte[] data;
    private final PublicArea template;
    private final byte[] outsideInfo;
    private final List<PcrSelect> pcrs;

    private Creation(Call call) {
      TpmReader in = call.parameter();
      int end = in.open();
      auth = in.sized(PublicArea.MAX_DIGEST);
      data = in.sized(Sensitive.MAX_DATA);
      in.close(end);
      template = PublicArea.readSized(call.parameter(), false);
      outsideInfo = call.parameter().sized(MAX_OUTSIDE_INFO);
      pcrs = PcrSelect.readList(call.parameter());
      in.end();
    }

    /** Checks the template, blaming inPublic, then the authValue, blaming inSensitive. */
    private byte[] check(@Nullable PublicArea parent) {
      blaming(2, () -> PublicChecks.forCreation(parent, template, data.length));
      byte[] trimmed = Crypto.trimmed(auth);
      if (trimmed.length > template.requireNameAlg().digestSize()) {
        throw TpmError.parameter(Rc.SIZE, 1);
      }
      return trimmed;
    }
  }

  static void blaming(int parameter, Runnable check) {
    try {
      check.run();
    } catch (TpmError e) {
      throw TpmError.parameter(e.code(), parameter);
    }
  }

  static void createPrimary(Call call) {
    Creation creation = new Creation(call);
    TpmState tpm = call.tpm();
    tpm.objects().requirePlace();
    byte[] auth = creation.check(null);
    Hierarchy hierarchy = tpm.requireHierarchy(call.handle(1));
    Drbg stream = hierarchy.stream(creation.template.bytes(), creation.data);
    NewObject made = NewObject.create(creation.template, auth, creation.data, stream);
    TpmObject object =
        TpmObject.under(
                Handles.bytes(hierarchy.handle()),
                hierarchy.handle(),
                false,
                made.publicArea(),
                made.sensitive())
            .withRsaKey(made.rsaKey());
    call.respondWith(tpm.objects().add(object));
    TpmWriter out = call.out().sized(made.publicArea().bytes());
    byte[] parentName = Handles.bytes(hierarchy.handle());
    writeCreation(call, creation, object, Alg.NULL, parentName, parentName);
    out.sized(object.name());
  }

  static void create(Call call) {
    Creation creation = new Creation(call);
    TpmObject parent = call.object(1);
    requireParent(parent);
    call.tpm().objects().requirePlace();
    byte[] auth = creation.check(parent.publicArea());
    Drbg random = call.tpm().random();
    NewObject made =
        NewObject.create(creation.template, auth, creation.data, new Drbg(random.next(64)));
    TpmObject object =
        TpmObject.under(
            parent.qualifiedName(),
            parent.hierarchy(),
            parent.isStClear(),
            made.publicArea(),
            made.sensitive());
    call.out()
        .sized(Protection.wrap(parent, object.name(), made.sensitive(), random))
        .sized(made.publicArea().bytes());
    int parentHash = parent.publicArea().requireNameAlg().id();
    writeCreation(call, creation, object, parentHash, parent.name(), parent.qualifiedName());
  }

  static void requireParent(TpmObject parent) {
    if (!parent.isParent()) {
      throw TpmError.handle(Rc.TYPE, 1);
    }
  }

  /** TPMS_CREATION_DATA (Part 2, section 15.1), its digest and the ticket over it. */
  private static void writeCreation(
      Call call,
      Creation creation,
      TpmObject object,
      int parentHash,
      byte[] parentName,
      byte[] parentQualifiedName) {
    TpmState tpm = call.tpm();
    HashAlgorithm hash = object.publicArea().requireNameAlg();
    List<PcrSelect> pcrs = PcrSelect.existing(creation.pcrs, tpm.pcrs());
    TpmWriter data = new TpmWriter();
    PcrSelect.writeList(data, pcrs);
    data.sized(PcrSelect.digest(hash, pcrs, tpm.pcrs()))
        .u8(1 << tpm.locality())
        .u16(parentHash)
        .sized(parentName)
        .sized(parentQualifiedName)
        .sized(creation.outsideInfo);
    byte[] digest = Crypto.hash(hash, data.array());
    call.out().sized(data.array()).sized(digest);
    Hierarchy hierarchy = tpm.requireHierarchy(object.hierarchy());
    byte[] ticket = Tickets.digest(hierarchy, Tickets.CREATION, object.name(), digest);
    Tickets.write(call.out(), Tickets.CREATION, hierarchy.handle(), ticket);
  }

  static void load(Call call) {
    byte[] wrapped = call.parameter().sized(MAX_PRIVATE);
    PublicArea area = PublicArea.readSized(call.parameter(), false);
    call.in().end();
    call.tpm().objects().requirePlace();
    if (wrapped.length == 0) {
      throw TpmError.parameter(Rc.SIZE, 1);
    }
    TpmObject parent = call.object(1);
    requireParent(parent);
    Sensitive sensitive;
    try {
      sensitive = Protection.unwrap(parent, area.name(), wrapped);
    } catch (TpmError e) {
      throw TpmError.parameter(e.code(), 1);
    }
    PublicChecks.forLoading(parent.publicArea(), area, sensitive, 2, 1);
    if (!parent.publicArea().has(Attr.FIXED_TPM)) {
      PublicChecks.keys(area, sensitive, 2, 1);
    }
    TpmObject object =
        TpmObject.under(
            parent.qualifiedName(), parent.hierarchy(), parent.isStClear(), area, sensitive);
    call.respondWith(call.tpm().objects().add(object));
    call.out().sized(object.name());
  }

  static void readPublic(Call call) {
    call.in().end();
    TpmObject object = call.object(1);
    call.out()
        .sized(object.publicArea().bytes())
        .sized(object.name())
        .sized(object.qualifiedName());
  }

  static void flushContext(Call call) {
    TpmReader in = call.parameter();
    int handle = HandleKind.CONTEXT.read(in);
    in.end();
    boolean flushed =
        HandleKind.isSession(handle)
            ? call.tpm().sessions().flush(handle)
            : call.tpm().objects().flush(handle);
    if (!flushed) {
      throw TpmError.parameter(Rc.HANDLE, 1);
    }
  }

  static void evictControl(Call call) {
    TpmReader in = call.parameter();
    int persistent = in.u32();
    if (Handles.type(persistent) != Handles.TYPE_PERSISTENT) {
      throw in.error(Rc.VALUE);
    }
    in.end();
    TpmState tpm = call.tpm();
    TpmObject object = call.object(2);
    boolean evict = Handles.type(call.handle(2)) == Handles.TYPE_PERSISTENT;
    if (object.isExternal()
        || object.isStClear()
        || object.hierarchy() == Handles.NULL
        || object.sensitive() == null) {
      throw TpmError.handle(Rc.ATTRIBUTES, 2);
    }
    if (evict && call.handle(2) != persistent) {
      throw TpmError.handle(Rc.HANDLE, 2);
    }
    boolean byPlatform = call.handle(1) == Handles.PLATFORM;
    boolean ofPlatform = object.hierarchy() == Handles.PLATFORM;
    if (byPlatform != ofPlatform && !(byPlatform && evict)) {
      throw TpmError.handle(Rc.HIERARCHY, 2);
    }
    if (evict) {
      tpm.objects().evict(persistent);
      tpm.changed();
      return;
    }
    // The platform's handles are the upper half (Part 2, section 7.5.2).
    if (Integer.compareUnsigned(persistent, Handles.PLATFORM_PERSISTENT) >= 0 != byPlatform) {
      throw TpmError.parameter(Rc.RANGE, 1);
    }
    if (tpm.objects().find(persistent) != null) {
      throw TpmError.of(Rc.NV_DEFINED);
    }
    if (tpm.objects().persistentCount() >= ObjectStore.PERSISTENT_PLACES) {
      throw TpmError.of(Rc.NV_SPACE);
    }
    tpm.objects().persist(persistent, object);
    tpm.changed();
  }

  static void unseal(Call call) {
    call.in().end();
    TpmObject item = call.object(1);
    if (item.publicArea().type() != Alg.KEYEDHASH) {
      throw TpmError.handle(Rc.TYPE, 1);
    }
    if (item.publicArea().hasAny(Attr.DECRYPT | Attr.SIGN | Attr.RESTRICTED)) {
      throw TpmError.handle(Rc.ATTRIBUTES, 1);
    }
    call.out().sized(item.requireSensitive(TpmError.of(Rc.AUTH_UNAVAILABLE)).secret());
  }
}
