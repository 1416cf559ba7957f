package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.TpmTransport;
import io.github.cvmattestation.vtpm.TpmtPublic;
import io.github.cvmattestation.vtpm.internal.Kdf;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A TPM, as far as sealing is concerned. Each method is one command (TPM 2.0 Part 3), but for
 * {@link #readPcrs}. Two transient objects and one session are loaded at most, of the three that
 * every TPM has room for.
 */
public final class SealingTpm {
  /** TPM_RH_OWNER. */
  public static final int OWNER = 0x4000_0001;

  /** TPM_RH_NULL. */
  public static final int NULL = 0x4000_0007;

  private static final int HMAC = 0;
  private static final int POLICY = 1;
  private static final int MAX_AREA = 1024;
  private static final int MAX_DIGEST = 64;
  private static final int MAX_CREATION_DATA = 512;

  private final TpmLink link;

  /** Over {@code transport}, which its owner closes. */
  public SealingTpm(TpmTransport transport) {
    this.link = new TpmLink(transport);
  }

  /** A parse of a response's parameters that refuses what is left over. */
  private interface Parser<T> {
    T parse(ByteReader in) throws MalformedException;
  }

  private static <T> T parse(TpmLink.Reply reply, Parser<T> parser) {
    try {
      ByteReader in = reply.reader();
      T value = parser.parse(in);
      in.end();
      return value;
    } catch (MalformedException e) {
      throw malformed(reply.command(), e);
    }
  }

  private static AttestationException.Device malformed(CommandCode command, MalformedException e) {
    return new AttestationException.Device(
        "the TPM's response to " + command.commandName() + " is malformed: " + e.problem(),
        "it is no TPM 2.0, or somebody stands between: check the transport");
  }

  private TpmLink.Reply plain(CommandCode command, List<Integer> handles, TpmOutput parameters) {
    return link.execute(
        command, handles, List.of(), Authorization.NONE, parameters.toArray(), false);
  }

  /** The storage key that {@code parent} describes. */
  public LoadedObject parent(StorageParent parent) {
    if (parent instanceof StorageParent.Persistent persistent) {
      return new LoadedObject(this, persistent.handle(), readPublic(persistent.handle()));
    }
    return createPrimary(OWNER, Templates.storage(parent), Optional.empty());
  }

  /** TPM2_CreatePrimary, under a hierarchy without a password. */
  public LoadedObject createPrimary(
      int hierarchy, byte[] template, Optional<PcrSelection> creationPcrs) {
    TpmOutput in = new TpmOutput();
    in.u16(4).u16(0).u16(0).sized16(template).u16(0);
    selection(in, creationPcrs);
    TpmLink.Reply reply =
        link.execute(
            CommandCode.CREATE_PRIMARY,
            List.of(hierarchy),
            List.of(handleName(hierarchy)),
            Authorization.EMPTY_PASSWORD,
            in.toArray(),
            true);
    TpmtPublic area =
        parse(
            reply,
            out -> {
              TpmtPublic made = TpmtPublic.parse(out.sized16("outPublic", MAX_AREA));
              out.sized16("creationData", MAX_CREATION_DATA);
              out.sized16("creationHash", MAX_DIGEST);
              ticket(out);
              out.sized16("name", MAX_DIGEST + 2);
              return made;
            });
    return new LoadedObject(this, reply.handle(), area);
  }

  /** TPM2_ReadPublic. */
  public TpmtPublic readPublic(int handle) {
    TpmLink.Reply reply = plain(CommandCode.READ_PUBLIC, List.of(handle), new TpmOutput());
    return parse(
        reply,
        out -> {
          TpmtPublic area = TpmtPublic.parse(out.sized16("outPublic", MAX_AREA));
          out.sized16("name", MAX_DIGEST + 2);
          out.sized16("qualifiedName", MAX_DIGEST + 2);
          return area;
        });
  }

  /**
   * TPM2_Create of a sealed object.
   *
   * @param authValue may be empty
   * @param data what is sealed, 1 to 128 bytes
   */
  public SealedObject create(LoadedObject parent, byte[] template, byte[] authValue, byte[] data) {
    TpmOutput in = new TpmOutput();
    in.u16(4 + authValue.length + data.length).sized16(authValue).sized16(data);
    in.sized16(template).u16(0).u32(0);
    try (Session session = session(HMAC, parent, Session.Secret.IN_COMMAND)) {
      TpmLink.Reply reply =
          link.execute(
              CommandCode.CREATE,
              List.of(parent.handle()),
              List.of(parent.name()),
              session,
              in.toArray(),
              false);
      return parse(
          reply,
          out -> {
            Bytes privateArea = out.sized16("outPrivate", MAX_AREA);
            Bytes publicArea = out.sized16("outPublic", MAX_AREA);
            out.sized16("creationData", MAX_CREATION_DATA);
            out.sized16("creationHash", MAX_DIGEST);
            ticket(out);
            return new SealedObject(privateArea, TpmtPublic.parse(publicArea));
          });
    } finally {
      in.wipe();
    }
  }

  /** TPM2_Load. */
  public LoadedObject load(LoadedObject parent, SealedObject object) {
    TpmOutput in = new TpmOutput().sized16(object.privateArea()).sized16(object.publicArea().raw());
    TpmLink.Reply reply =
        link.execute(
            CommandCode.LOAD,
            List.of(parent.handle()),
            List.of(parent.name()),
            Authorization.EMPTY_PASSWORD,
            in.toArray(),
            true);
    parse(reply, out -> out.sized16("name", MAX_DIGEST + 2));
    return new LoadedObject(this, reply.handle(), object.publicArea());
  }

  /**
   * TPM2_Import of a duplicate without an inner wrapper: what somebody else sealed to this parent's
   * public key.
   *
   * @return the private area for this parent
   */
  public Bytes importDuplicate(
      LoadedObject parent, Bytes publicArea, Bytes duplicate, Bytes encryptedSeed) {
    TpmOutput in = new TpmOutput();
    in.u16(0).sized16(publicArea).sized16(duplicate).sized16(encryptedSeed).u16(0x0010);
    TpmLink.Reply reply =
        link.execute(
            CommandCode.IMPORT,
            List.of(parent.handle()),
            List.of(parent.name()),
            Authorization.EMPTY_PASSWORD,
            in.toArray(),
            false);
    return parse(reply, out -> out.sized16("outPrivate", MAX_AREA));
  }

  /** Begins a policy session that is salted with {@code saltKey}. */
  public PolicySession startPolicy(LoadedObject saltKey) {
    return new PolicySession(this, session(POLICY, saltKey, Session.Secret.IN_RESPONSE));
  }

  private Session session(int type, LoadedObject saltKey, Session.Secret secret) {
    Salt salt;
    try {
      salt = Salt.under(saltKey.publicArea());
    } catch (MalformedException e) {
      throw malformed(CommandCode.READ_PUBLIC, e);
    }
    byte[] nonceCaller = Session.nonce();
    TpmOutput in = new TpmOutput();
    in.sized16(nonceCaller).sized16(salt.encrypted()).u8(type);
    in.u16(0x0006).u16(128).u16(0x0043).u16(Session.HASH.id());
    try {
      TpmLink.Reply reply =
          link.execute(
              CommandCode.START_AUTH_SESSION,
              List.of(saltKey.handle(), NULL),
              List.of(),
              Authorization.NONE,
              in.toArray(),
              true);
      byte[] nonceTpm = parse(reply, out -> out.sized16("nonceTPM", MAX_DIGEST)).toArray();
      byte[] key = Kdf.kdfa(Session.HASH, salt.value(), "ATH", nonceTpm, nonceCaller, 256);
      return new Session(this, reply.handle(), key, nonceCaller, nonceTpm, secret);
    } finally {
      Arrays.fill(salt.value(), (byte) 0);
    }
  }

  /** TPM2_PolicyPCR with the registers as they are now. */
  void policyPcr(int session, PcrSelection pcrs) {
    TpmOutput in = new TpmOutput().u16(0);
    selection(in, Optional.of(pcrs));
    parse(plain(CommandCode.POLICY_PCR, List.of(session), in), out -> true);
  }

  /** TPM2_PolicyAuthValue. */
  void policyAuthValue(int session) {
    parse(plain(CommandCode.POLICY_AUTH_VALUE, List.of(session), new TpmOutput()), out -> true);
  }

  /** TPM2_PolicyAuthorize. */
  void policyAuthorize(int session, Bytes approved, Bytes policyRef, Bytes keyName, Bytes ticket) {
    TpmOutput in = new TpmOutput();
    in.sized16(approved).sized16(policyRef).sized16(keyName).bytes(ticket);
    parse(plain(CommandCode.POLICY_AUTHORIZE, List.of(session), in), out -> true);
  }

  /** TPM2_LoadExternal of a public key, in the owner hierarchy, whose tickets policies take. */
  LoadedObject loadExternal(TpmtPublic key) {
    TpmOutput in = new TpmOutput().u16(0).sized16(key.raw()).u32(OWNER);
    TpmLink.Reply reply =
        link.execute(
            CommandCode.LOAD_EXTERNAL,
            List.of(),
            List.of(),
            Authorization.NONE,
            in.toArray(),
            true);
    parse(reply, out -> out.sized16("name", MAX_DIGEST + 2));
    return new LoadedObject(this, reply.handle(), key);
  }

  /**
   * TPM2_VerifySignature.
   *
   * @param signature a TPMT_SIGNATURE
   * @return a TPMT_TK_VERIFIED
   */
  Bytes verifySignature(LoadedObject key, Bytes digest, Bytes signature) {
    TpmOutput in = new TpmOutput().sized16(digest).bytes(signature);
    return parse(
        plain(CommandCode.VERIFY_SIGNATURE, List.of(key.handle()), in),
        out -> out.bytes("ticket", out.remaining()));
  }

  /** TPM2_Unseal; the caller clears what comes out. */
  byte[] unseal(LoadedObject object, Session session) {
    return secret(CommandCode.UNSEAL, object, session, new byte[0]);
  }

  /**
   * TPM2_RSA_Decrypt with OAEP and an empty label; the caller clears what comes out.
   *
   * @param hash of OAEP and of its mask generation
   */
  byte[] rsaDecrypt(LoadedObject key, Session session, Bytes ciphertext, int hash) {
    TpmOutput in = new TpmOutput().sized16(ciphertext).u16(0x0017).u16(hash).u16(0);
    return secret(CommandCode.RSA_DECRYPT, key, session, in.toArray());
  }

  private byte[] secret(
      CommandCode command, LoadedObject object, Session session, byte[] parameters) {
    TpmLink.Reply reply =
        link.execute(
            command, List.of(object.handle()), List.of(object.name()), session, parameters, false);
    byte[] out = reply.parameters();
    try {
      int size = out.length < 2 ? -1 : (out[0] & 0xFF) << 8 | out[1] & 0xFF;
      if (size != out.length - 2) {
        throw malformed(
            command, new MalformedException("outData", "its size and its bytes", "others"));
      }
      return Arrays.copyOfRange(out, 2, out.length);
    } finally {
      reply.wipe();
    }
  }

  /**
   * TPM2_Certify of {@code object} by {@code signer}, whose own scheme is used; both without a
   * password. Certifying is the administrator's, whom the policy does not bind (Part 3, 18.2).
   */
  public Certified certify(LoadedObject object, int signer, Bytes qualifyingData) {
    TpmtPublic signerArea = readPublic(signer);
    TpmOutput in = new TpmOutput().sized16(qualifyingData).u16(0x0010);
    TpmLink.Reply reply =
        link.execute(
            CommandCode.CERTIFY,
            List.of(object.handle(), signer),
            List.of(object.name(), signerArea.name()),
            Authorization.passwords(2),
            in.toArray(),
            false);
    return parse(
        reply,
        out ->
            new Certified(
                out.sized16("certifyInfo", MAX_AREA), out.bytes("signature", out.remaining())));
  }

  /**
   * TPM2_PCR_Read, as often as it takes; registers that changed meanwhile are read again.
   *
   * @throws AttestationException.Device if the TPM lacks the bank, or they change all the time
   */
  public PcrBank readPcrs(PcrSelection wanted) {
    for (int attempt = 0; attempt < 5; attempt++) {
      Optional<PcrBank> read = PcrReading.read(this::pcrRead, wanted);
      if (read.isPresent()) {
        return read.get();
      }
    }
    throw new AttestationException.Device(
        "registers change while they are read", "try again when the machine has booted");
  }

  /** Registers that do not hold what {@code expected} says, ascending. */
  public List<Integer> differing(PcrBank expected) {
    PcrBank now = readPcrs(PcrSelection.of(expected.algorithm(), expected.values().keySet()));
    return expected.values().keySet().stream()
        .filter(index -> !expected.value(index).equals(now.value(index)))
        .toList();
  }

  private PcrReading pcrRead(PcrSelection selection) {
    TpmOutput in = new TpmOutput();
    selection(in, Optional.of(selection));
    return parse(
        plain(CommandCode.PCR_READ, List.of(), in), out -> PcrReading.parse(out, selection));
  }

  /** TPM2_FlushContext. */
  void flush(int handle) {
    TpmOutput in = new TpmOutput().u32(handle);
    parse(plain(CommandCode.FLUSH_CONTEXT, List.of(), in), out -> true);
  }

  private static void selection(TpmOutput out, Optional<PcrSelection> selection) {
    out.u32(selection.isPresent() ? 1 : 0);
    selection.ifPresent(
        pcrs -> out.u16(pcrs.hash().id()).u8(pcrs.pcrSelect().size()).bytes(pcrs.pcrSelect()));
  }

  /** TPMT_TK_CREATION (Part 2, section 10.7.3), of which nothing is used. */
  private static void ticket(ByteReader in) throws MalformedException {
    in.u16("ticket.tag");
    in.u32("ticket.hierarchy");
    in.sized16("ticket.digest", MAX_DIGEST);
  }

  private static Bytes handleName(int handle) {
    return Bytes.of(new TpmOutput().u32(handle).toArray());
  }

  /**
   * A sealed object outside of the TPM.
   *
   * @param privateArea the content of TPM2B_PRIVATE
   * @param publicArea the content of TPM2B_PUBLIC
   */
  public record SealedObject(Bytes privateArea, TpmtPublic publicArea) {}

  /**
   * What TPM2_Certify returns.
   *
   * @param attest the content of TPM2B_ATTEST
   * @param signature a TPMT_SIGNATURE
   */
  public record Certified(Bytes attest, Bytes signature) {}
}
