package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;

/** Hash, Sign and VerifySignature (Part 3, sections 15.4 and 20). */
final class SignCommands {
  private static final int MAX_BUFFER = 1024;

  private SignCommands() {}

  static void hash(Call call) {
    byte[] data = call.parameter().sized(MAX_BUFFER);
    HashAlgorithm hash = Alg.readHash(call.parameter());
    int hierarchy = HandleKind.HIERARCHY.read(call.parameter());
    call.in().end();
    byte[] digest = Crypto.hash(hash, data);
    call.out().sized(digest);
    // What looks as if a TPM had made it gets no ticket: a restricted key must not sign it.
    if (hierarchy == Handles.NULL || startsAsGenerated(data)) {
      Tickets.writeNull(call.out(), Tickets.HASHCHECK);
      return;
    }
    byte[] hashed = Tickets.hashed(hash, digest);
    byte[] ticket =
        Tickets.digest(call.tpm().requireHierarchy(hierarchy), Tickets.HASHCHECK, hashed);
    Tickets.write(call.out(), Tickets.HASHCHECK, hierarchy, ticket);
  }

  private static boolean startsAsGenerated(byte[] data) {
    return data.length >= Integer.BYTES && new TpmReader(data).u32() == AttestCommands.GENERATED;
  }

  static void sign(Call call) {
    byte[] digest = call.parameter().sized(PublicArea.MAX_DIGEST);
    Scheme asked = Scheme.readSignature(call.parameter());
    Tickets.Ticket ticket = Tickets.read(call.parameter(), Tickets.HASHCHECK);
    call.in().end();
    TpmObject key = call.object(1);
    if (!key.publicArea().has(Attr.SIGN)) {
      throw TpmError.handle(Rc.KEY, 1);
    }
    if (key.publicArea().has(Attr.X509_SIGN)) {
      // Such a key signs certificates that TPM2_CertifyX509 makes, and nothing else.
      throw TpmError.handle(Rc.ATTRIBUTES, 1);
    }
    Scheme scheme = Signatures.select(key, asked);
    if (scheme == null || scheme.hash() == null) {
      throw TpmError.parameter(Rc.SCHEME, 2);
    }
    HashAlgorithm hash = scheme.hash();
    if (!ticket.isEmpty() || key.publicArea().has(Attr.RESTRICTED)) {
      byte[] hashed = Tickets.hashed(hash, digest);
      if (!ticket.isGenuine(call.tpm(), Tickets.HASHCHECK, hashed)) {
        throw TpmError.parameter(Rc.TICKET, 3);
      }
    } else if (digest.length != hash.digestSize()) {
      throw TpmError.parameter(Rc.SIZE, 1);
    }
    Signatures.sign(call, key, scheme, digest, call.out());
  }

  static void verifySignature(Call call) {
    byte[] digest = call.parameter().sized(PublicArea.MAX_DIGEST);
    Signatures.Check signature = Signatures.read(call.parameter());
    call.in().end();
    TpmObject key = call.object(1);
    if (!key.publicArea().has(Attr.SIGN)) {
      throw TpmError.handle(Rc.ATTRIBUTES, 1);
    }
    ObjectCommands.blaming(2, () -> signature.verify(key, digest));
    if (key.hierarchy() == Handles.NULL || key.publicArea().nameAlg() == null) {
      Tickets.writeNull(call.out(), Tickets.VERIFIED);
      return;
    }
    Hierarchy hierarchy = call.tpm().requireHierarchy(key.hierarchy());
    byte[] ticket = Tickets.digest(hierarchy, Tickets.VERIFIED, digest, key.name());
    Tickets.write(call.out(), Tickets.VERIFIED, hierarchy.handle(), ticket);
  }
}
