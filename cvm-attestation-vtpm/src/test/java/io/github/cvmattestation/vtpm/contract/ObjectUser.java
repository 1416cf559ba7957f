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

/** Draws commands about objects: keys, sealed data, signatures, quotes. */
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

  /** A ticket and what it is about. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Ticket(byte[] digest, byte[] ticket) {}

  /** Parameters of TPM2_VerifySignature, and the key that signed. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Signed(byte[] parameters, int key) {}

  /** Parameters of TPM2_ActivateCredential, and for whom they were made. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Credential(byte[] parameters, int target, int key) {}

  interface Draws {
    void add(int weight, Supplier<Exchange> draw);
  }

  final List<Integer> objects = new ArrayList<>();
  final List<Integer> persistent = new ArrayList<>();
  private final List<Blob> blobs = new ArrayList<>();
  private final List<Ticket> hashes = new ArrayList<>();
  private final List<byte[]> contexts = new ArrayList<>();
  private final List<Signed> signatures = new ArrayList<>();
  private final List<Credential> credentials = new ArrayList<>();

  /** RSA keys that decrypt: the private part is known. */
  final Set<Integer> decrypters = new HashSet<>();

  private final Map<Integer, byte[]> creation = new HashMap<>();

  ObjectUser(Subject tpm, long seed) {
    super(tpm, seed);
    damagePerMille = DAMAGE;
  }

  /** A digest that some session has had, or none. */
  abstract byte[] policy();

  void objectDraws(Draws draws) {
    draws.add(7, this::createPrimary);
    draws.add(6, () -> with(Kind.STORAGE, this::create));
    draws.add(6, () -> with(Kind.STORAGE, this::load));
    draws.add(5, this::loadExternal);
    draws.add(3, this::readPublic);
    draws.add(3, this::flushAny);
    draws.add(3, this::evict);
    draws.add(5, () -> with(Kind.SEALED, this::unseal));
    draws.add(5, () -> with(Kind.SIGNING, this::quote));
    draws.add(4, () -> with(Kind.SIGNING, this::certify));
    draws.add(2, this::certifyCreation);
    draws.add(5, () -> with(Kind.SIGNING, this::sign));
    draws.add(4, this::verify);
    draws.add(3, this::hash);
    draws.add(4, () -> with(Kind.EXTERNAL, this::rsa));
    draws.add(3, () -> with(Kind.STORAGE, this::credential));
    draws.add(2, this::context);
    draws.add(2, () -> with(Kind.STORAGE, this::importObject));
  }

  /** What an object is good for, as far as a template says it. */
  private enum Kind {
    STORAGE,
    SIGNING,
    SEALED,
    EXTERNAL
  }

  private final Map<Integer, Kind> kinds = new HashMap<>();
  private final Map<Integer, Boolean> withPolicy = new HashMap<>();
  private final List<byte[][]> ciphers = new ArrayList<>();
  private int wanted = -1;

  @Override
  boolean wantsPolicy(int handle) {
    return withPolicy.getOrDefault(handle, false);
  }

  /** Mostly one of that kind, if there is one. */
  private int object(Kind kind) {
    List<Integer> fit = objects.stream().filter(h -> kinds.get(h) == kind).toList();
    return fit.isEmpty() || chance(120) ? object() : fit.get(random.nextInt(fit.size()));
  }

  private boolean has(Kind kind) {
    return objects.stream().anyMatch(h -> kinds.get(h) == kind);
  }

  /** What a command needs is there, or is made first, mostly. */
  private Exchange with(Kind kind, Supplier<Exchange> command) {
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

  private int attributes(int base) {
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

  private Exchange create() {
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

  private Exchange load() {
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

  private Exchange readPublic() {
    return plain(
        "ReadPublic",
        0x173,
        new int[] {object()},
        new Wire(),
        r -> Expected.publicArea(r.sized()) + r.sized().length + " " + r.sized().length);
  }

  private Exchange flushAny() {
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

  private Exchange evict() {
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

  private Exchange unseal() {
    return authorized(
        "Unseal", 0x15E, new int[] {object(Kind.SEALED)}, new Wire(), Expected.EVERYTHING);
  }

  private Wire signingScheme() {
    int scheme =
        chance(500)
            ? Templates.NULL
            : pick(Templates.NULL, Templates.ECDSA, Templates.RSASSA, Templates.RSAPSS);
    Wire wire = new Wire().u16(scheme);
    return scheme == Templates.NULL ? wire : wire.u16(pick(Templates.SHA256, Templates.SHA384));
  }

  private Exchange quote() {
    Wire params = new Wire().sized(bytes(pick(0, 8, 32, 50))).all(signingScheme());
    return authorized(
        "Quote",
        0x158,
        new int[] {chance(950) ? object(Kind.SIGNING) : NULL},
        params.all(selection()),
        r -> Expected.attest(r.sized()) + Expected.signature(r));
  }

  private Exchange certify() {
    int object = object();
    int signer = chance(800) ? object(Kind.SIGNING) : NULL;
    List<Auth> list = List.of(draw(object), Auth.password(auth(signer)));
    return send(
        "Certify",
        0x148,
        new int[] {object, signer},
        list,
        new Wire().sized(bytes(pick(0, 8, 32))).all(signingScheme()),
        r -> Expected.attest(r.sized()) + Expected.signature(r));
  }

  private Exchange certifyCreation() {
    int object = object();
    byte[] none = new Wire().sized(bytes(32)).u16(0x8021).u32(OWNER).sized(bytes(32)).bytes();
    byte[] proof = creation.getOrDefault(object, none);
    int hashSize = 2 + proof[1];
    Wire params = new Wire().sized(bytes(8)).raw(java.util.Arrays.copyOf(proof, hashSize));
    params.all(signingScheme()).raw(java.util.Arrays.copyOfRange(proof, hashSize, proof.length));
    return authorized(
        "CertifyCreation",
        0x14A,
        new int[] {chance(700) ? object(Kind.SIGNING) : NULL, object},
        params,
        r -> Expected.attest(r.sized()) + Expected.signature(r));
  }

  private Exchange hash() {
    byte[] data = bytes(pick(0, 1, 20, 1024, 1025));
    if (data.length >= 4 && chance(300)) {
      System.arraycopy(new byte[] {(byte) 0xFF, 0x54, 0x43, 0x47}, 0, data, 0, 4);
    }
    Wire params =
        new Wire().sized(data).u16(pick(Templates.SHA1, Templates.SHA256, Templates.SHA384));
    return plain(
        "Hash",
        0x17D,
        new int[0],
        params.u32(pick(OWNER, NULL, ENDORSEMENT)),
        r -> {
          byte[] digest = r.sized();
          byte[] ticket = r.rest();
          hashes.add(new Ticket(digest, ticket));
          return Reply.hex(digest) + Expected.ticket(Reply.inside(ticket));
        });
  }

  private Exchange sign() {
    byte[] nothing = new Wire().u16(0x8024).u32(NULL).sized(new byte[0]).bytes();
    Ticket ticket =
        hashes.isEmpty() || chance(400)
            ? new Ticket(bytes(pick(32, 32, 20, 48)), nothing)
            : hashes.get(random.nextInt(hashes.size()));
    Wire params = new Wire().sized(ticket.digest()).all(signingScheme()).raw(ticket.ticket());
    int key = object(Kind.SIGNING);
    return authorized(
        "Sign",
        0x15D,
        new int[] {key},
        params,
        r -> {
          byte[] signed = new Wire().sized(ticket.digest()).raw(r.parameters()).bytes();
          signatures.add(new Signed(signed, key));
          return Expected.signature(r);
        });
  }

  private Exchange verify() {
    if (signatures.isEmpty() && chance(800)) {
      return with(Kind.SIGNING, this::sign);
    }
    Signed signed =
        signatures.isEmpty()
            ? new Signed(
                new Wire()
                    .sized(bytes(32))
                    .u16(pick(Templates.RSASSA, Templates.NULL))
                    .u16(Templates.SHA256)
                    .sized(bytes(256))
                    .bytes(),
                object(Kind.SIGNING))
            : signatures.get(random.nextInt(signatures.size()));
    return plain(
        "VerifySignature",
        0x177,
        new int[] {chance(850) ? signed.key() : object(Kind.SIGNING)},
        new Wire().raw(signed.parameters()),
        Expected::ticket);
  }

  private Exchange rsa() {
    int scheme = chance(500) ? Templates.NULL : pick(Templates.NULL, Templates.OAEP, 0x15);
    Wire tail = new Wire().u16(scheme);
    if (scheme == Templates.OAEP) {
      tail.u16(pick(Templates.SHA256, Templates.SHA1));
    }
    // A label that does not end with zero is none.
    tail.sized(chance(900) ? pick(new byte[0], new byte[] {'a', 0}) : new byte[] {'a'});
    int key = decrypter();
    if (ciphers.isEmpty() ? chance(800) : chance(300)) {
      return plain(
          "RSA_Encrypt",
          0x174,
          new int[] {key},
          new Wire().sized(bytes(chance(800) ? 16 : pick(0, 190, 256))).all(tail),
          r -> {
            byte[] cipher = r.sized();
            ciphers.add(new byte[][] {cipher, tail.bytes()});
            return "" + cipher.length;
          });
    }
    // A number below the modulus for the bare scheme, or what an earlier command made.
    byte[] cipher = bytes(256);
    cipher[0] = 0;
    Wire how = tail;
    if (!ciphers.isEmpty() && chance(800)) {
      byte[][] earlier = ciphers.get(ciphers.size() - 1);
      cipher = earlier[0];
      how = new Wire().raw(earlier[1]);
    }
    return authorized(
        "RSA_Decrypt",
        0x159,
        new int[] {key},
        new Wire().sized(cipher).all(how),
        Expected.EVERYTHING);
  }

  /** Mostly a key that decrypts, if there is one. */
  int decrypter() {
    List<Integer> fit = objects.stream().filter(decrypters::contains).toList();
    return fit.isEmpty() || chance(100)
        ? object(Kind.EXTERNAL)
        : fit.get(random.nextInt(fit.size()));
  }

  private Exchange credential() {
    int key = object(Kind.STORAGE);
    int target = object();
    if (chance(400) || credentials.isEmpty()) {
      byte[] name = chance(850) ? name(target) : bytes(34);
      return plain(
          "MakeCredential",
          0x168,
          new int[] {key},
          new Wire().sized(bytes(pick(16, 32, 33, 0))).sized(name),
          r -> {
            byte[] made = new Wire().sized(r.sized()).sized(r.sized()).bytes();
            credentials.add(new Credential(made, target, key));
            return "";
          });
    }
    Credential made = credentials.get(random.nextInt(credentials.size()));
    boolean fitting = chance(850);
    int activated = fitting ? made.target() : target;
    int opener = fitting ? made.key() : key;
    List<Auth> list = List.of(draw(activated), Auth.password(auth(opener)));
    return send(
        "ActivateCredential",
        0x147,
        new int[] {activated, opener},
        list,
        new Wire().raw(made.parameters()),
        Expected.EVERYTHING);
  }

  private Exchange context() {
    if (contexts.isEmpty() || chance(400)) {
      int handle = object();
      return plain(
          "ContextSave",
          0x162,
          new int[] {handle},
          new Wire(),
          r -> {
            contexts.add(r.parameters());
            r.raw(8);
            return "%08x %08x".formatted(r.u32(), r.u32());
          });
    }
    byte[] saved = contexts.get(random.nextInt(contexts.size()));
    return plain(
        "ContextLoad",
        0x161,
        new int[0],
        new Wire().raw(saved),
        r -> {
          objects.remove((Integer) r.handle());
          objects.add(r.handle());
          auths.remove(r.handle());
          return "%08x".formatted(r.handle());
        });
  }

  /** A duplicate without any wrapper: TPM2B_PRIVATE is the sensitive area itself. */
  private Exchange importObject() {
    byte[] auth = bytes(pick(0, 4));
    byte[] seed = bytes(32);
    byte[] data = bytes(pick(16, 32, 128));
    Wire sensitive = new Wire().u16(Templates.KEYEDHASH).sized(auth).sized(seed).sized(data);
    Wire area =
        new Wire()
            .u16(Templates.KEYEDHASH)
            .u16(Templates.SHA256)
            .u32(attributes(USER))
            .sized(new byte[0])
            .u16(Templates.NULL)
            .sized(RawSession.sha256(Wire.concat(seed, chance(900) ? data : seed)));
    Wire params =
        new Wire()
            .sized(chance(900) ? new byte[0] : bytes(16))
            .sized(area)
            .sized(new Wire().sized(sensitive))
            .sized(chance(900) ? new byte[0] : bytes(68))
            .u16(Templates.NULL);
    return authorized(
        "Import",
        0x156,
        new int[] {object(Kind.STORAGE)},
        params,
        r -> {
          blobs.add(new Blob(r.sized(), area.bytes(), auth));
          return "";
        });
  }
}
