package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;

/** Tickets: what this TPM once checked, under an HMAC with a hierarchy's proof (Part 2, 10.7). */
final class Tickets {
  static final int CREATION = 0x8021;
  static final int VERIFIED = 0x8022;
  static final int AUTH_SECRET = 0x8023;
  static final int HASHCHECK = 0x8024;

  /** The hash of tickets and of saved contexts. */
  private static final HashAlgorithm HASH = HashAlgorithm.SHA512;

  private Tickets() {}

  static byte[] digest(Hierarchy hierarchy, int tag, byte[]... parts) {
    byte[] tagBytes = new TpmWriter().u16(tag).array();
    return Crypto.hmac(HASH, hierarchy.proof(), tagBytes, Crypto.concat(parts));
  }

  /** The data of a hash check: which hash, and the digest. */
  static byte[] hashed(HashAlgorithm hash, byte[] digest) {
    return new TpmWriter().u16(hash.id()).raw(digest).array();
  }

  static void write(TpmWriter out, int tag, int hierarchy, byte[] digest) {
    out.u16(tag).u32(hierarchy).sized(digest);
  }

  /** The ticket that says nothing. */
  static void writeNull(TpmWriter out, int tag) {
    write(out, tag, Handles.NULL, new byte[0]);
  }

  /** A ticket as a parameter: its hierarchy and digest. */
  static Ticket read(TpmReader in, int tag) {
    if (in.u16() != tag) {
      throw in.error(Rc.TAG);
    }
    int hierarchy = HandleKind.HIERARCHY.read(in);
    return new Ticket(hierarchy, in.sized(PublicArea.MAX_DIGEST));
  }

  /** A ticket that came back. */
  static final class Ticket {
    private final int hierarchy;
    private final byte[] digest;

    private Ticket(int hierarchy, byte[] digest) {
      this.hierarchy = hierarchy;
      this.digest = digest;
    }

    boolean isEmpty() {
      return digest.length == 0;
    }

    /** Whether this TPM made it, in its hierarchy and since the proof last changed. */
    boolean isGenuine(TpmState tpm, int tag, byte[]... parts) {
      Hierarchy proof = tpm.requireHierarchy(hierarchy);
      return Crypto.same(digest, Tickets.digest(proof, tag, parts));
    }
  }
}
