package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.internal.TpmWriter;

/**
 * TPMT_TK_*: a TPM's note to itself that it has checked something (TPM 2.0 Part 2, section 10.7).
 *
 * @param tag TPM_ST: 0x8021 creation, 0x8022 verified, 0x8023 secret, 0x8024 hash check
 * @param hierarchy whose proof keys the digest
 * @param digest an HMAC that only this TPM can make; at most 64 bytes
 */
public record TpmtTicket(int tag, long hierarchy, Bytes digest) {
  static final int CREATION = 0x8021;
  static final int VERIFIED = 0x8022;
  static final int AUTH_SECRET = 0x8023;
  static final int HASHCHECK = 0x8024;

  static TpmtTicket read(ByteReader in, int tag) throws MalformedException {
    int found = in.u16("ticket.tag");
    if (found != tag) {
      throw in.malformed("ticket.tag", "0x%04x".formatted(tag), "0x%04x".formatted(found));
    }
    return new TpmtTicket(found, in.u32("ticket.hierarchy"), in.sized16("ticket.digest", 64));
  }

  void write(TpmWriter out) {
    out.u16(tag).u32(hierarchy).sized(digest);
  }
}
