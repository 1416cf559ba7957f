package io.github.cvmattestation.vtpm.contract;

import static io.github.cvmattestation.vtpm.contract.Templates.ADMIN;
import static io.github.cvmattestation.vtpm.contract.Templates.DECRYPT;
import static io.github.cvmattestation.vtpm.contract.Templates.FIXED;
import static io.github.cvmattestation.vtpm.contract.Templates.NO_DA;
import static io.github.cvmattestation.vtpm.contract.Templates.ORIGIN;
import static io.github.cvmattestation.vtpm.contract.Templates.RESTRICTED;
import static io.github.cvmattestation.vtpm.contract.Templates.SIGN;
import static io.github.cvmattestation.vtpm.contract.Templates.USER;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Draws commands that make, load, keep and end objects. */
abstract class ObjectUser extends RawUser {
  static final int OWNER = 0x40000001;
  static final int NULL = 0x40000007;
  static final int LOCKOUT = 0x4000000A;
  static final int ENDORSEMENT = 0x4000000B;
  static final int PLATFORM = 0x4000000C;

  /** How often a command is damaged, in a thousand. */
  static final int DAMAGE = 150;

  /** What TPM2_Create gave, to be loaded. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Blob(byte[] privateArea, byte[] publicArea, byte[] auth) {}

  final List<Integer> objects = new ArrayList<>();
  final List<Integer> persistent = new ArrayList<>();
  final List<Blob> blobs = new ArrayList<>();

  /** RSA keys that decrypt: the private part is known. */
  final Set<Integer> decrypters = new HashSet<>();

  final Map<Integer, byte[]> creation = new HashMap<>();

  ObjectUser(Subject tpm, long seed) {
    super(tpm, seed);
    damagePerMille = DAMAGE;
  }

  /** A digest that some session has had, or none. */
  abstract byte[] policy();

  /** What an object is good for, as far as a template says it. */
  enum Kind {
    STORAGE,
    SIGNING,
    SEALED,
    EXTERNAL
  }

  final Map<Integer, Kind> kinds = new HashMap<>();
  private final Map<Integer, Boolean> withPolicy = new HashMap<>();
  private int wanted = -1;

  @Override
  boolean wantsPolicy(int handle) {
    return withPolicy.getOrDefault(handle, false);
  }

  /** Mostly one of that kind, if there is one. */
  int object(Kind kind) {
    List<Integer> fit = objects.stream().filter(h -> kinds.get(h) == kind).toList();
    return fit.isEmpty() || chance(120) ? object() : fit.get(random.nextInt(fit.size()));
  }

  private boolean has(Kind kind) {
    return objects.stream().anyMatch(h -> kinds.get(h) == kind);
  }

  /** What a command needs is there, or is made first, mostly. */
  Exchange with(Kind kind, Supplier<Exchange> command) {
    if (has(kind) || chance(150)) {
      return command.get();
    }
    if (objects.size() >= 3) {
      return flush(objects.get(random.nextInt(objects.size())));
    }
    if (kind == Kind.EXTERNAL) {
      return loadExternal();
    }
    wanted = kind == Kind.STORAGE ? 0 : kind == Kind.SIGNING ? 6 : 10;
    Exchange made = createPrimary();
    wanted = -1;
    return made;
  }

  private void describe(int handle, byte[] area) {
    int type = area[1];
    int attributes = java.nio.ByteBuffer.wrap(area).getInt(4);
    kinds.put(
        handle,
        type == Templates.KEYEDHASH
            ? Kind.SEALED
            : (attributes & SIGN) != 0 ? Kind.SIGNING : Kind.STORAGE);
    withPolicy.put(handle, area[9] != 0);
  }

  int object() {
    if (chance(40)) {
      return pick(0x80000000, 0x80000007, 0x81000000, 0x80FFFFFF, NULL, OWNER);
    }
    if (!persistent.isEmpty() && chance(200)) {
      return persistent.get(random.nextInt(persistent.size()));
    }
    return objects.isEmpty() ? 0x80000000 : objects.get(random.nextInt(objects.size()));
  }

  int anyEntity() {
    return pick(OWNER, ENDORSEMENT, NULL, LOCKOUT, object(), object(), random.nextInt(24));
  }

  Wire selection() {
    Wire wire = new Wire();
    int count = chance(900) ? pick(0, 1, 1, 2) : pick(3, 5, 17);
    wire.u32(count);
    for (int i = 0; i < count; i++) {
      int size = chance(950) ? 3 : pick(1, 2, 4, 0);
      wire.u16(pick(Templates.SHA1, Templates.SHA256, Templates.SHA256, Templates.SHA384));
      byte[] bitmap = new byte[size];
      for (int bit = 0; bit < random.nextInt(4) && size > 0; bit++) {
        bitmap[random.nextInt(size)] |= (byte) (1 << random.nextInt(8));
      }
      wire.u8(size).raw(bitmap);
    }
    return wire;
  }

  int attributes(int base) {
    int value = base | (chance(700) ? NO_DA : 0);
    value |= chance(80) ? ADMIN : 0;
    return chance(120) ? value ^ 1 << random.nextInt(20) : value;
  }

  /** A template: storage key, signing key, sealed data; rarely RSA, which takes time. */
  private Wire template(boolean primary) {
    int user = chance(850) ? USER : 0;
    byte[] policy = user == 0 || chance(100) ? policy() : new byte[0];
    int kind = wanted >= 0 ? wanted : random.nextInt(primary ? 12 : 14);
    byte[] none = new byte[0];
    if (kind < 5) {
      int base = FIXED | ORIGIN | user | RESTRICTED | DECRYPT;
      return Templates.eccStorage(attributes(base), policy, chance(800) ? none : bytes(4));
    }
    if (kind < 10) {
      int base = FIXED | ORIGIN | user | SIGN | (chance(500) ? RESTRICTED : 0);
      int scheme = (base & RESTRICTED) != 0 || chance(500) ? Templates.ECDSA : Templates.NULL;
      int hash = pick(Templates.SHA256, Templates.SHA256, Templates.SHA384);
      return Templates.eccSigning(attributes(base), policy, scheme, hash, none, none);
    }
    return Templates.sealed(attributes(FIXED | user), policy);
  }

  private Wire creation(byte[] auth, byte[] data, Wire template) {
    return new Wire()
        .sized(new Wire().sized(auth).sized(data))
        .sized(template)
        .sized(bytes(pick(0, 0, 8)))
        .all(chance(700) ? new Wire().u32(0) : selection());
  }

  private byte[] sensitiveData(Wire template) {
    boolean sealed = template.bytes()[1] == Templates.KEYEDHASH;
    return sealed
        ? bytes(chance(900) ? pick(1, 32, 128) : pick(0, 129))
        : bytes(chance(40) ? 8 : 0);
  }

  Exchange createPrimary() {
    int hierarchy = pick(OWNER, ENDORSEMENT, NULL, PLATFORM, OWNER);
    Wire template = template(true);
    byte[] auth = bytes(chance(930) ? pick(0, 0, 5, 32) : 33);
    byte[] data = sensitiveData(template);
    return authorized(
        "CreatePrimary",
        0x131,
        new int[] {hierarchy},
        creation(auth, data, template),
        r -> {
          learn(r.handle(), auth);
          describe(r.handle(), template.bytes());
          String text = "%08x ".formatted(r.handle()) + Expected.publicArea(r.sized());
          byte[] created = r.sized();
          byte[] hash = r.sized();
          byte[] ticket = r.raw(6);
          byte[] mac = r.sized();
          creation.put(r.handle(), new Wire().sized(hash).raw(ticket).sized(mac).bytes());
          return text + Expected.creationData(created) + Reply.hex(ticket) + r.sized().length;
        });
  }

  private void learn(int handle, byte[] auth) {
    objects.remove((Integer) handle);
    objects.add(handle);
    auths.put(handle, auth);
    creation.remove(handle);
  }

  Exchange create() {
    int parent = object(Kind.STORAGE);
    Wire template = template(false);
    byte[] auth = bytes(chance(930) ? pick(0, 0, 5, 32) : 33);
    byte[] data = sensitiveData(template);
    return authorized(
        "Create",
        0x153,
        new int[] {parent},
        creation(auth, data, template),
        r -> {
          byte[] privateArea = r.sized();
          byte[] publicArea = r.sized();
          blobs.add(new Blob(privateArea, publicArea, auth));
          String text = Expected.publicArea(publicArea) + Expected.creationData(r.sized());
          return text + r.sized().length + Expected.ticket(r);
        });
  }

  Exchange load() {
    if (blobs.isEmpty() && chance(850)) {
      return create();
    }
    Blob blob =
        blobs.isEmpty()
            ? new Blob(bytes(40), template(false).bytes(), new byte[0])
            : blobs.get(random.nextInt(blobs.size()));
    return authorized(
        "Load",
        0x157,
        new int[] {object(Kind.STORAGE)},
        new Wire().sized(blob.privateArea()).sized(blob.publicArea()),
        r -> {
          learn(r.handle(), blob.auth());
          describe(r.handle(), blob.publicArea());
          return "%08x %d".formatted(r.handle(), r.sized().length);
        });
  }

  Exchange loadExternal() {
    boolean rsa = chance(500);
    boolean secret = chance(500);
    int user = chance(900) ? USER : 0;
    int sign = rsa ? pick(SIGN, DECRYPT, SIGN | DECRYPT) : SIGN;
    int attributes = attributes(user | sign);
    byte[] none = new byte[0];
    Wire area =
        rsa
            ? Templates.rsa(
                attributes,
                chance(800) ? none : policy(),
                sign == SIGN
                    ? pick(Templates.NULL, Templates.RSASSA, Templates.RSAPSS)
                    : sign == DECRYPT ? pick(Templates.NULL, Templates.OAEP, 0x15) : Templates.NULL,
                Templates.SHA256,
                2048,
                Templates.MODULUS)
            : Templates.eccSigning(
                attributes,
                none,
                pick(Templates.NULL, Templates.ECDSA),
                Templates.SHA256,
                Templates.GX,
                Templates.GY);
    byte[] auth = bytes(pick(0, 4));
    Wire sensitive = new Wire();
    if (secret) {
      byte[] key =
          rsa
              ? Templates.magnitude(Templates.P, 128)
              : Templates.magnitude(java.math.BigInteger.ONE, 32);
      sensitive.u16(rsa ? Templates.RSA : Templates.ECC).sized(auth).sized(none).sized(key);
    }
    int hierarchy = secret ? (chance(900) ? NULL : OWNER) : pick(OWNER, NULL, ENDORSEMENT);
    return plain(
        "LoadExternal",
        0x167,
        new int[0],
        new Wire().sized(sensitive).sized(area).u32(hierarchy),
        r -> {
          learn(r.handle(), secret ? auth : none);
          kinds.put(r.handle(), secret && sign != DECRYPT ? Kind.SIGNING : Kind.EXTERNAL);
          withPolicy.put(r.handle(), false);
          if (secret && rsa && (attributes & DECRYPT) != 0) {
            decrypters.add(r.handle());
          } else {
            decrypters.remove(r.handle());
          }
          return "%08x ".formatted(r.handle()) + Reply.hex(r.sized());
        });
  }

  Exchange readPublic() {
    return plain(
        "ReadPublic",
        0x173,
        new int[] {object()},
        new Wire(),
        r -> Expected.publicArea(r.sized()) + r.sized().length + " " + r.sized().length);
  }

  Exchange flushAny() {
    return flush(object());
  }

  Exchange flush(int handle) {
    return plain(
        "FlushContext",
        0x165,
        new int[0],
        new Wire().u32(handle),
        r -> {
          objects.remove((Integer) handle);
          sessions.removeIf(s -> s.handle == handle);
          return "";
        });
  }

  Exchange evict() {
    int object = object();
    int handle = chance(500) ? 0x81000000 + random.nextInt(3) : 0x81800000 + random.nextInt(2);
    boolean remove = (object >>> 24) == 0x81;
    int target = remove && chance(800) ? object : handle;
    return authorized(
        "EvictControl",
        0x120,
        new int[] {pick(OWNER, OWNER, PLATFORM, ENDORSEMENT), object},
        new Wire().u32(target),
        r -> {
          if (remove) {
            persistent.remove((Integer) object);
          } else {
            persistent.add(target);
            auths.put(target, auth(object));
          }
          return "";
        });
  }
}
