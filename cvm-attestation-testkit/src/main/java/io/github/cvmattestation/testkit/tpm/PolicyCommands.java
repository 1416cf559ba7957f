package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.ArrayList;
import java.util.List;

/** Policies (Part 3, section 23). */
final class PolicyCommands {
  static final int PCR = 0x17F;
  static final int AUTHORIZE = 0x16A;
  static final int SECRET = 0x151;
  static final int OR = 0x171;
  static final int AUTH_VALUE = 0x16B;
  static final int COMMAND_CODE = 0x16C;
  private static final int MAX_BRANCHES = 8;
  private static final int MAX_NAME = 68;

  private PolicyCommands() {}

  static void pcr(Call call) {
    byte[] expected = call.parameter().sized(PublicArea.MAX_DIGEST);
    List<PcrSelect> asked = PcrSelect.readList(call.parameter());
    call.in().end();
    Session session = call.session(1);
    PcrBanks banks = call.tpm().pcrs();
    List<PcrSelect> pcrs = PcrSelect.existing(asked, banks);
    byte[] digest = PcrSelect.digest(session.hash(), pcrs, banks);
    if (session.isTrial()) {
      digest = expected.length == 0 ? digest : expected;
    } else {
      if (session.seesChangedPcrs(banks.updateCounter())) {
        throw TpmError.of(Rc.PCR_CHANGED);
      }
      if (expected.length != 0 && !Crypto.same(expected, digest)) {
        throw TpmError.parameter(Rc.VALUE, 1);
      }
      session.seePcrs(banks.updateCounter());
    }
    TpmWriter selection = new TpmWriter();
    PcrSelect.writeList(selection, pcrs);
    session.extendPolicy(Handles.bytes(PCR), selection.array(), digest);
  }

  static void or(Call call) {
    TpmReader in = call.parameter();
    int count = in.u32();
    if (count < 2 || count > MAX_BRANCHES) {
      throw in.error(Rc.SIZE);
    }
    List<byte[]> branches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      branches.add(in.sized(PublicArea.MAX_DIGEST));
    }
    in.end();
    Session session = call.session(1);
    byte[] current = session.policyDigest();
    if (!session.isTrial() && branches.stream().noneMatch(b -> Crypto.same(b, current))) {
      throw TpmError.parameter(Rc.VALUE, 1);
    }
    session.clearPolicyDigest();
    session.extendPolicy(Handles.bytes(OR), Crypto.concat(branches.toArray(byte[][]::new)));
  }

  static void authorize(Call call) {
    byte[] approved = call.parameter().sized(PublicArea.MAX_DIGEST);
    byte[] reference = call.parameter().sized(PublicArea.MAX_DIGEST);
    byte[] keySign = call.parameter().sized(MAX_NAME);
    Tickets.Ticket ticket = Tickets.read(call.parameter(), Tickets.VERIFIED);
    call.in().end();
    Session session = call.session(1);
    HashAlgorithm hash = nameHash(keySign);
    if (!session.isTrial()) {
      if (!Crypto.same(session.policyDigest(), approved)) {
        throw TpmError.parameter(Rc.VALUE, 1);
      }
      byte[] signed = Crypto.hash(hash, approved, reference);
      if (!ticket.isGenuine(call.tpm(), Tickets.VERIFIED, signed, keySign)) {
        throw TpmError.parameter(Rc.VALUE, 4);
      }
    }
    session.clearPolicyDigest();
    session.updatePolicy(AUTHORIZE, keySign, reference);
  }

  private static HashAlgorithm nameHash(byte[] name) {
    TpmReader in = new TpmReader(name);
    if (in.remaining() < 2) {
      throw TpmError.parameter(Rc.HASH, 3);
    }
    HashAlgorithm hash =
        HashAlgorithm.ofId(in.u16()).orElseThrow(() -> TpmError.parameter(Rc.HASH, 3));
    if (in.remaining() != hash.digestSize()) {
      throw TpmError.parameter(Rc.SIZE, 3);
    }
    return hash;
  }

  /** Handle 1 proves that it knows its authValue, handle 2 is the session. */
  static void secret(Call call) {
    byte[] nonceTpm = call.parameter().sized(PublicArea.MAX_DIGEST);
    byte[] cpHash = call.parameter().sized(PublicArea.MAX_DIGEST);
    byte[] reference = call.parameter().sized(PublicArea.MAX_DIGEST);
    int expiration = call.parameter().u32();
    call.in().end();
    Session session = call.session(2);
    long deadline = 0;
    if (!session.isTrial()) {
      if (nonceTpm.length != 0 && !Crypto.same(nonceTpm, session.nonceTpm())) {
        throw TpmError.parameter(Rc.NONCE, 1);
      }
      if (expiration != 0) {
        deadline = call.tpm().clock().time() + Math.abs((long) expiration) * 1000;
      }
      requireCpHash(session, cpHash);
    }
    byte[] name = call.entities().name(call.handle(1));
    session.updatePolicy(SECRET, name, reference);
    if (cpHash.length != 0) {
      session.setCpHash(cpHash);
    }
    if (deadline != 0) {
      session.limit(deadline);
    }
    if (expiration < 0 && !session.isTrial()) {
      // The ticket is for TPM2_PolicyTicket, which is not there: it is made, and can be kept.
      Hierarchy hierarchy = call.entities().hierarchy(call.handle(1));
      byte[] timeout = new TpmWriter().u64(deadline).array();
      byte[] ticket =
          Tickets.digest(hierarchy, Tickets.AUTH_SECRET, timeout, cpHash, reference, name);
      call.out().sized(timeout);
      Tickets.write(call.out(), Tickets.AUTH_SECRET, hierarchy.handle(), ticket);
    } else {
      call.out().sized(new byte[0]);
      Tickets.writeNull(call.out(), Tickets.AUTH_SECRET);
    }
  }

  private static void requireCpHash(Session session, byte[] cpHash) {
    if (cpHash.length == 0) {
      return;
    }
    if (cpHash.length != session.hash().digestSize()) {
      throw TpmError.parameter(Rc.SIZE, 2);
    }
    if (session.cpHash().length != 0 && !Crypto.same(session.cpHash(), cpHash)) {
      throw TpmError.of(Rc.CPHASH);
    }
  }

  static void authValue(Call call) {
    call.in().end();
    call.session(1).extendPolicy(Handles.bytes(AUTH_VALUE));
    call.session(1).requireAuthValue();
  }

  /** The same digest as {@link #authValue}: only how the value is given differs. */
  static void password(Call call) {
    call.in().end();
    call.session(1).extendPolicy(Handles.bytes(AUTH_VALUE));
    call.session(1).requirePassword();
  }

  static void commandCode(Call call, CommandTable table) {
    int code = call.parameter().u32();
    call.in().end();
    Session session = call.session(1);
    if (session.commandCode() != 0 && session.commandCode() != code) {
      throw TpmError.parameter(Rc.VALUE, 1);
    }
    if (!table.has(code)) {
      throw TpmError.parameter(Rc.POLICY_CC, 1);
    }
    session.extendPolicy(Handles.bytes(COMMAND_CODE), Handles.bytes(code));
    session.setCommandCode(code);
  }

  static void getDigest(Call call) {
    call.in().end();
    call.out().sized(call.session(1).policyDigest());
  }

  static void restart(Call call) {
    call.in().end();
    call.session(1).resetPolicy();
  }
}
