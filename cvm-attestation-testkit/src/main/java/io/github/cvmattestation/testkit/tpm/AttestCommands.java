package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.List;

/** Quote, Certify and CertifyCreation (Part 3, section 18). */
final class AttestCommands {
  /** TPM_GENERATED_VALUE: what stands before everything that a TPM says of itself. */
  static final int GENERATED = 0xFF544347;

  private static final int CERTIFY = 0x8017;
  private static final int QUOTE = 0x8018;
  private static final int CREATION = 0x801A;
  private static final int MAX_QUALIFYING = 66;

  private AttestCommands() {}

  static void quote(Call call) {
    byte[] qualifying = call.parameter().sized(MAX_QUALIFYING);
    Scheme asked = Scheme.readSignature(call.parameter());
    List<PcrSelect> asking = PcrSelect.readList(call.parameter());
    call.in().end();
    Scheme scheme = requireScheme(call, 1, asked, 2);
    if (scheme.isNone()) {
      // Without a key there is no hash for the digest of the registers.
      throw TpmError.parameter(Rc.SCHEME, 2);
    }
    PcrBanks banks = call.tpm().pcrs();
    List<PcrSelect> pcrs = PcrSelect.existing(asking, banks);
    TpmWriter attested = new TpmWriter();
    PcrSelect.writeList(attested, pcrs);
    attested.sized(PcrSelect.digest(requireHash(scheme), pcrs, banks));
    respond(call, 1, scheme, QUOTE, qualifying, attested.array());
  }

  static void certify(Call call) {
    byte[] qualifying = call.parameter().sized(MAX_QUALIFYING);
    Scheme asked = Scheme.readSignature(call.parameter());
    call.in().end();
    Scheme scheme = requireScheme(call, 2, asked, 2);
    TpmObject object = call.object(1);
    byte[] attested = new TpmWriter().sized(object.name()).sized(object.qualifiedName()).array();
    respond(call, 2, scheme, CERTIFY, qualifying, attested);
  }

  static void certifyCreation(Call call) {
    byte[] qualifying = call.parameter().sized(MAX_QUALIFYING);
    byte[] creationHash = call.parameter().sized(PublicArea.MAX_DIGEST);
    Scheme asked = Scheme.readSignature(call.parameter());
    Tickets.Ticket ticket = Tickets.read(call.parameter(), Tickets.CREATION);
    call.in().end();
    Scheme scheme = requireScheme(call, 1, asked, 3);
    byte[] name = call.object(2).name();
    if (!ticket.isGenuine(call.tpm(), Tickets.CREATION, name, creationHash)) {
      throw TpmError.parameter(Rc.TICKET, 4);
    }
    byte[] attested = new TpmWriter().sized(name).sized(creationHash).array();
    respond(call, 1, scheme, CREATION, qualifying, attested);
  }

  private static Scheme requireScheme(Call call, int handle, Scheme asked, int parameter) {
    if (call.handle(handle) == Handles.NULL) {
      return Scheme.NONE;
    }
    TpmObject key = call.object(handle);
    if (!key.publicArea().has(Attr.SIGN)) {
      throw TpmError.handle(Rc.KEY, handle);
    }
    Scheme scheme = Signatures.select(key, asked);
    if (scheme == null) {
      throw TpmError.parameter(Rc.SCHEME, parameter);
    }
    return scheme;
  }

  private static HashAlgorithm requireHash(Scheme scheme) {
    if (scheme.hash() == null) {
      throw TpmError.of(Rc.SCHEME);
    }
    return scheme.hash();
  }

  /** TPMS_ATTEST (Part 2, section 10.12.12) and its signature; none by TPM_RH_NULL. */
  private static void respond(
      Call call, int handle, Scheme scheme, int type, byte[] qualifying, byte[] attested) {
    boolean signed = call.handle(handle) != Handles.NULL;
    TpmState tpm = call.tpm();
    byte[] signer = signed ? call.object(handle).qualifiedName() : Handles.bytes(Handles.NULL);
    TpmWriter attest = new TpmWriter().u32(GENERATED).u16(type).sized(signer).sized(qualifying);
    int hierarchy = signed ? call.object(handle).hierarchy() : Handles.NULL;
    if (hierarchy == Handles.PLATFORM || hierarchy == Handles.ENDORSEMENT) {
      tpm.clock().writeInfo(attest, 0, 0);
      attest.u64(tpm.firmwareVersion());
    } else {
      // Keys of the owner must not be correlated by these numbers (Part 1, section 36.7).
      byte[] mask =
          Crypto.kdfa(
              HashAlgorithm.SHA512, tpm.owner().proof(), "OBFUSCATE", signer, new byte[0], 128);
      TpmReader in = new TpmReader(mask);
      long firmware = tpm.firmwareVersion() + in.u64();
      tpm.clock().writeInfo(attest, in.u32(), in.u32());
      attest.u64(firmware);
    }
    byte[] bytes = attest.raw(attested).array();
    call.out().sized(bytes);
    if (signed) {
      byte[] digest = Crypto.hash(requireHash(scheme), bytes);
      Signatures.sign(call, call.object(handle), scheme, digest, call.out());
    } else {
      call.out().u16(Alg.NULL);
    }
  }
}
