package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.TpmScripts.DIGEST;
import static io.github.cvmattestation.vtpm.TpmScripts.INDEX;
import static io.github.cvmattestation.vtpm.TpmScripts.NOTHING;
import static io.github.cvmattestation.vtpm.TpmScripts.ONE;
import static io.github.cvmattestation.vtpm.TpmScripts.SIGNATURE;
import static io.github.cvmattestation.vtpm.TpmScripts.SRK;
import static io.github.cvmattestation.vtpm.TpmScripts.attest;
import static io.github.cvmattestation.vtpm.TpmScripts.banks;
import static io.github.cvmattestation.vtpm.TpmScripts.creation;
import static io.github.cvmattestation.vtpm.TpmScripts.error;
import static io.github.cvmattestation.vtpm.TpmScripts.longPoint;
import static io.github.cvmattestation.vtpm.TpmScripts.named;
import static io.github.cvmattestation.vtpm.TpmScripts.noBanks;
import static io.github.cvmattestation.vtpm.TpmScripts.nvPublic;
import static io.github.cvmattestation.vtpm.TpmScripts.onePerCommand;
import static io.github.cvmattestation.vtpm.TpmScripts.persistent;
import static io.github.cvmattestation.vtpm.TpmScripts.piece;
import static io.github.cvmattestation.vtpm.TpmScripts.registers;
import static io.github.cvmattestation.vtpm.TpmScripts.ticket;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.vtpm.internal.CommandCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Everything that the client asks a TPM, each with answers that a TPM may give. */
final class TpmOperations {
  /** How many ways of authorising {@link Client#of} knows. */
  static final int MODES = 7;

  /** The one in which a policy is its own authorisation: no HMAC covers what comes back. */
  static final int UNKEYED = 4;

  /** Whoever asks: the TPM, how handles are authorised, and a policy session of no key. */
  record Client(Tpm tpm, TpmAuth auth, TpmSession policy) {
    /** Starts the sessions of {@code mode} on {@code device}. */
    static Client of(ScriptedTpm device, int mode) {
      Tpm tpm = Tpm.over(device, pause -> {});
      TpmSession policy = tpm.session().policy();
      TpmAuth password = TpmAuth.password(ScriptedTpm.OBJECT_AUTH);
      return switch (mode) {
        case 0 -> new Client(tpm, password, policy);
        case 1 -> new Client(tpm, auth(bound(tpm).hmac()), policy);
        case 2 -> new Client(tpm, auth(bound(tpm).encrypting().hmac()), policy);
        case 3 -> new Client(tpm, auth(bound(tpm).encrypting().policy().policyAuthValue()), policy);
        case UNKEYED -> new Client(tpm, auth(tpm.session().policy()), policy);
        case 5 -> new Client(tpm.protectedBy(bound(tpm).encrypting().hmac()), password, policy);
        default ->
            new Client(
                tpm.protectedBy(bound(tpm).encrypting().hmac()), auth(bound(tpm).hmac()), policy);
      };
    }

    private static TpmSessionBuilder bound(Tpm tpm) {
      return tpm.session().bound(TpmHandle.OWNER, ScriptedTpm.OWNER_AUTH);
    }

    private static TpmAuth auth(TpmSession session) {
      return TpmAuth.session(session, ScriptedTpm.OBJECT_AUTH);
    }
  }

  /** What is asked. */
  @FunctionalInterface
  interface Action {
    void run(Client client);
  }

  /**
   * One operation.
   *
   * @param commands all that it may send, apart from TPM2_FlushContext
   * @param most how many of them at most
   * @param answers a script that satisfies it
   * @param lies scripts that once did harm, or come close to it
   */
  record Operation(
      Set<CommandCode> commands, int most, Action action, Bytes answers, List<Bytes> lies) {
    Operation(Set<CommandCode> commands, int most, Action action, Bytes answers) {
      this(commands, most, action, answers, List.of());
    }

    Operation lying(Bytes... scripts) {
      return new Operation(commands, most, action, answers, List.of(scripts));
    }
  }

  private static final long TRANSIENT = 0x80000000L;
  private static final int WRITTEN = 1 << 29;
  private static final Set<Integer> ALL_PCRS =
      IntStream.range(0, 24).boxed().collect(Collectors.toUnmodifiableSet());
  private static final TpmlPcrSelection PCRS =
      TpmPcrs.select(HashAlgorithm.SHA256, Set.of(1, 2, 7));
  private static final TpmtTicket TICKET = new TpmtTicket(0x8021, 0x40000001L, ONE);
  private static final TpmsNvPublic NV =
      new TpmsNvPublic(
          INDEX, HashAlgorithm.SHA256, Set.of(NvAttribute.OWNERREAD), Bytes.empty(), 16);
  private static final TpmtPublic SEALED = StorageKeys.parse(PublicAreas.sealed(0));
  private static final Bytes STORAGE_KEY =
      StorageKeys.ecc(
          0x0B,
          StorageKeys.STORAGE,
          Bytes.empty(),
          128,
          3,
          // The base point of P-256 (SP 800-186, section 3.2.1.3).
          Bytes.ofHex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
          Bytes.ofHex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"));
  private static final Bytes BUFFER_MAX =
      piece(new Octets().u8(0).u32(6).u32(1).u32(0x12C).u32(1024));
  private static final Bytes BANKS = piece(new Octets().u8(0).u32(5).raw(banks()));

  static final List<Operation> ALL = all();

  private TpmOperations() {}

  private static TpmObject object(Client client) {
    return new TpmObject(client.tpm().channel(), TRANSIENT, SEALED, Optional.empty());
  }

  private static Operation once(CommandCode command, Bytes answer, Action action) {
    return new Operation(Set.of(command), 1, action, answer);
  }

  private static List<Operation> all() {
    List<Operation> all = new ArrayList<>();
    asking(all);
    keys(all);
    memory(all);
    sessions(all);
    return List.copyOf(all);
  }

  private static void asking(List<Operation> all) {
    Bytes clock = piece(new Octets().u64(1).u64(2).u32(3).u32(4).u8(1));
    all.add(once(CommandCode.STARTUP, NOTHING, c -> c.tpm().startup()));
    all.add(once(CommandCode.READ_CLOCK, clock, c -> c.tpm().readClock()));
    all.add(
        new Operation(
            Set.of(CommandCode.GET_RANDOM),
            8,
            c -> c.tpm().getRandom(8),
            piece(new Octets().u16(4).u32(1)).concat(piece(new Octets().u16(4).u32(2)))));
    all.add(
        once(
            CommandCode.GET_CAPABILITY,
            piece(new Octets().u8(0).u32(6).u32(1).u32(0x100).u32(7)),
            c -> c.tpm().capabilities().properties(0x100, 127)));
    all.add(
        new Operation(
            Set.of(CommandCode.GET_CAPABILITY),
            16,
            c -> c.tpm().capabilities().handles(0x81000000L),
            piece(new Octets().u8(1).u32(1).u32(1).u32(SRK))
                .concat(piece(new Octets().u8(0).u32(1).u32(0)))));
    all.add(once(CommandCode.GET_CAPABILITY, BANKS, c -> c.tpm().pcrs().activeBanks()));
    all.add(
        new Operation(
            Set.of(CommandCode.PCR_READ),
            3 * 24,
            c -> c.tpm().pcrs().read(HashAlgorithm.SHA256, ALL_PCRS),
            registers(0).concat(registers(8), registers(16))));
    all.add(once(CommandCode.PCR_RESET, NOTHING, c -> c.tpm().pcrs().reset(16, c.auth())));
    all.add(
        new Operation(
                Set.of(CommandCode.GET_CAPABILITY, CommandCode.PCR_EXTEND),
                2,
                c -> c.tpm().pcrs().extend(16, c.auth(), ONE),
                BANKS.concat(NOTHING))
            .lying(noBanks()));
  }

  private static void keys(List<Operation> all) {
    Bytes octets = piece(new Octets().sized(DIGEST));
    Bytes loaded = piece(new Octets().u32(TRANSIENT).sized(SEALED.name()));
    Bytes made = named(creation(new Octets().u32(TRANSIENT).sized(STORAGE_KEY)));
    all.add(
        once(
            CommandCode.READ_PUBLIC,
            named(new Octets().sized(STORAGE_KEY)),
            c -> c.tpm().keys().readPublic(SRK)));
    all.add(
        once(
            CommandCode.CREATE_PRIMARY,
            made,
            c ->
                c.tpm()
                    .keys()
                    .createPrimary(TpmHandle.OWNER, c.auth(), TpmTemplate.storageRootEcc())));
    all.add(
        once(
            CommandCode.CREATE,
            piece(creation(new Octets().sized(ONE).sized(STORAGE_KEY))),
            c ->
                c.tpm()
                    .keys()
                    .create(
                        object(c),
                        c.auth(),
                        TpmTemplate.storageRootEcc(),
                        new byte[0],
                        new byte[0])));
    all.add(
        once(CommandCode.LOAD, loaded, c -> c.tpm().keys().load(object(c), c.auth(), ONE, SEALED))
            .lying(persistent(SEALED.name()), persistent(ONE)));
    all.add(
        once(
            CommandCode.LOAD_EXTERNAL,
            loaded,
            c -> c.tpm().keys().loadExternal(SEALED, TpmHandle.NULL)));
    all.add(
        once(
            CommandCode.IMPORT,
            octets,
            c -> c.tpm().keys().importObject(object(c), c.auth(), SEALED, ONE, ONE)));
    all.add(
        once(
            CommandCode.EVICT_CONTROL,
            NOTHING,
            c -> c.tpm().keys().evictControl(TpmHandle.OWNER, c.auth(), object(c), 0x81000009L)));
    all.add(once(CommandCode.UNSEAL, octets, c -> c.tpm().keys().unseal(object(c), c.auth())));
    all.add(
        once(
            CommandCode.RSA_DECRYPT,
            octets,
            c ->
                c.tpm()
                    .keys()
                    .rsaDecrypt(object(c), c.auth(), ONE, Optional.empty(), Bytes.empty())));
    all.add(
        once(
            CommandCode.SIGN,
            piece(new Octets().raw(SIGNATURE)),
            c -> c.tpm().keys().sign(object(c), c.auth(), ONE, Optional.empty())));
    all.add(
        once(
            CommandCode.VERIFY_SIGNATURE,
            piece(new Octets().raw(ticket(0x8022))),
            c -> c.tpm().keys().verifySignature(object(c), ONE, ONE)));
    all.add(
        once(
            CommandCode.ACTIVATE_CREDENTIAL,
            octets,
            c ->
                c.tpm()
                    .keys()
                    .activateCredential(object(c), c.auth(), object(c), c.auth(), ONE, ONE)));
    all.add(
        once(
            CommandCode.QUOTE,
            attest(AttestWriter.quoting(Fixtures.bank(HashAlgorithm.SHA256, 1, 2, 7))),
            c -> c.tpm().attestation().quote(object(c), c.auth(), ONE, PCRS)));
    all.add(
        once(
            CommandCode.CERTIFY,
            attest(AttestWriter.certifying(SEALED.name())),
            c -> c.tpm().attestation().certify(object(c), c.auth(), object(c), c.auth(), ONE)));
    Bytes body = new Octets().sized(SEALED.name()).sized(DIGEST).toBytes();
    all.add(
        once(
            CommandCode.CERTIFY_CREATION,
            attest(new AttestWriter().type(0x801A).body(body)),
            c ->
                c.tpm()
                    .attestation()
                    .certifyCreation(object(c), c.auth(), object(c), ONE, ONE, TICKET)));
  }

  private static void memory(List<Operation> all) {
    all.add(once(CommandCode.NV_READ_PUBLIC, nvPublic(0, 16), c -> c.tpm().nv().readPublic(INDEX)));
    all.add(
        once(
            CommandCode.NV_DEFINE_SPACE,
            NOTHING,
            c -> c.tpm().nv().define(NV, c.auth(), new byte[0])));
    all.add(
        new Operation(
            Set.of(CommandCode.NV_READ_PUBLIC, CommandCode.NV_DEFINE_SPACE),
            2,
            c -> c.tpm().nv().defineOrAdopt(NV, c.auth(), new byte[0]),
            error(0x18B).concat(NOTHING)));
    all.add(once(CommandCode.NV_READ_PUBLIC, nvPublic(WRITTEN, 16), c -> c.tpm().nv().adopt(NV)));
    all.add(
        new Operation(
                Set.of(CommandCode.GET_CAPABILITY, CommandCode.NV_READ),
                2,
                c -> c.tpm().nv().read(NV, TpmHandle.OWNER, c.auth(), 0, 16),
                BUFFER_MAX.concat(piece(new Octets().sized(AttestWriter.filled(16, 5)))))
            .lying(onePerCommand(piece(new Octets().u16(1).u8(5)))));
    all.add(
        new Operation(
                Set.of(
                    CommandCode.GET_CAPABILITY, CommandCode.NV_WRITE, CommandCode.NV_READ_PUBLIC),
                3,
                c -> new OwnedNvIndex(c.tpm(), NV).write(NV.handle(), c.auth(), 0, Bytes.zeros(16)),
                BUFFER_MAX.concat(NOTHING, nvPublic(WRITTEN, 16)))
            .lying(BUFFER_MAX.concat(NOTHING, nvPublic(WRITTEN, 17))));
    all.add(
        once(
            CommandCode.NV_UNDEFINE_SPACE,
            NOTHING,
            c -> new OwnedNvIndex(c.tpm(), NV).undefine(c.auth())));
  }

  private static void sessions(List<Operation> all) {
    Bytes started = piece(new Octets().u32(0x02000000L).sized(DIGEST));
    all.add(
        once(CommandCode.START_AUTH_SESSION, started, c -> c.tpm().session().hmac())
            .lying(piece(new Octets().u32(0x03000000L).sized(DIGEST)), persistent(DIGEST)));
    all.add(
        once(
            CommandCode.START_AUTH_SESSION,
            piece(new Octets().u32(0x03000000L).sized(DIGEST)),
            c -> c.tpm().session().policy()));
    all.add(
        new Operation(
                Set.of(CommandCode.READ_PUBLIC, CommandCode.START_AUTH_SESSION),
                2,
                c -> c.tpm().session().salted(c.tpm().keys().persistent(SRK)).hmac(),
                named(new Octets().sized(STORAGE_KEY)).concat(started))
            .lying(
                named(new Octets().sized(SEALED.raw())).concat(started),
                named(new Octets().sized(longPoint())).concat(started)));
    all.add(once(CommandCode.POLICY_PCR, NOTHING, c -> c.policy().policyPcr(DIGEST, PCRS)));
    all.add(
        once(
            CommandCode.POLICY_AUTHORIZE,
            NOTHING,
            c -> c.policy().policyAuthorize(DIGEST, ONE, SEALED.name(), TICKET)));
    all.add(once(CommandCode.POLICY_AUTH_VALUE, NOTHING, c -> c.policy().policyAuthValue()));
    all.add(
        once(CommandCode.POLICY_OR, NOTHING, c -> c.policy().policyOr(List.of(DIGEST, DIGEST))));
    all.add(
        once(
            CommandCode.POLICY_SECRET,
            piece(new Octets().u16(0).raw(ticket(0x8023))),
            c -> c.policy().policySecret(TpmHandle.ENDORSEMENT, c.auth(), ONE)));
    all.add(
        once(
            CommandCode.POLICY_GET_DIGEST,
            piece(new Octets().sized(DIGEST)),
            c -> c.policy().policyGetDigest()));
  }
}
