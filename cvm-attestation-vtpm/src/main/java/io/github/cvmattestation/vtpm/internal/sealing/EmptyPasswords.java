package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.List;

/** TPM_RS_PW with no password, {@code count} times (TPM 2.0 Part 1, section 19.4). */
record EmptyPasswords(int count) implements Authorization {
  private static final int RS_PW = 0x4000_0009;
  private static final int CONTINUE = 1;

  @Override
  public void write(TpmOutput area, CommandCode command, List<Bytes> names, byte[] parameters) {
    for (int i = 0; i < count; i++) {
      area.u32(RS_PW).u16(0).u8(0).u16(0);
    }
  }

  /** The TPM answers with no nonce, no HMAC, and says that the session continues (Part 1, 19.4). */
  @Override
  public void verify(ByteReader area, CommandCode command, byte[] parameters)
      throws MalformedException {
    for (int i = 0; i < count; i++) {
      area.sized16("nonce", 0);
      int attributes = area.u8("sessionAttributes");
      if (attributes != CONTINUE) {
        throw area.malformed("sessionAttributes", "continueSession", String.valueOf(attributes));
      }
      area.sized16("hmac", 0);
    }
  }
}
