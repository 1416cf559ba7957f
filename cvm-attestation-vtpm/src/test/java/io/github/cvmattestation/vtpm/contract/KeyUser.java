package io.github.cvmattestation.vtpm.contract;

import static io.github.cvmattestation.vtpm.contract.Templates.USER;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Draws commands that use objects: signatures, quotes, secrets, credentials, contexts. */
abstract class KeyUser extends ObjectUser {
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

  private final List<byte[]> contexts = new ArrayList<>();
  private final List<Ticket> hashes = new ArrayList<>();
  private final List<Signed> signatures = new ArrayList<>();
  private final List<Credential> credentials = new ArrayList<>();
  private final List<byte[][]> ciphers = new ArrayList<>();

  KeyUser(Subject tpm, long seed) {
    super(tpm, seed);
  }

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
