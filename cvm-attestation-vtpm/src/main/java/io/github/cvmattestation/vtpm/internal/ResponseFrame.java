package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.util.ArrayList;
import java.util.List;

/**
 * A response taken apart (TPM 2.0 Part 1, section 18). Nothing in it is authenticated yet.
 *
 * @param code TPM_RC
 * @param handle if the command returns one, otherwise 0
 * @param parameters as received, perhaps encrypted
 * @param sessions one for each session of the command
 */
record ResponseFrame(long code, long handle, Bytes parameters, List<Entry> sessions) {
  static final int NO_SESSIONS = 0x8001;
  static final int SESSIONS = 0x8002;
  static final int HEADER = 10;
  private static final int MAX_NONCE = 64;

  /** TPMS_AUTH_RESPONSE (Part 2, section 10.13.3). */
  record Entry(Bytes nonce, int attributes, Bytes hmac) {}

  static ResponseFrame parse(CommandCode command, int sessionCount, byte[] response)
      throws MalformedException {
    if (response.length > TpmTransport.MAX_SIZE) {
      throw new MalformedException("response", "at most 4096 bytes", response.length + " bytes");
    }
    ByteReader in = ByteReader.bigEndian("response", Bytes.of(response));
    int tag = in.u16("tag");
    long size = in.u32("responseSize");
    long code = in.u32("responseCode");
    if (size != response.length) {
      throw in.malformed("responseSize", String.valueOf(response.length), String.valueOf(size));
    }
    if (code != 0) {
      // TPM 1.2 answers with its own tag, 0x00C4: then this is no TPM 2.0.
      if (tag != NO_SESSIONS || size != HEADER) {
        throw in.malformed(
            "tag", "an error of 10 bytes with 0x8001", "%04x, %d".formatted(tag, size));
      }
      return new ResponseFrame(code, 0, Bytes.empty(), List.of());
    }
    int expected = sessionCount > 0 ? SESSIONS : NO_SESSIONS;
    if (tag != expected) {
      throw in.malformed("tag", "0x%04x".formatted(expected), "0x%04x".formatted(tag));
    }
    long handle = command.returnsHandle() ? in.u32("handle") : 0;
    if (!command.mayReturn(handle)) {
      // Before anything else: what is not this command's must not even be flushed.
      throw in.malformed("handle", "of a new object or session", "0x%08x".formatted(handle));
    }
    if (sessionCount == 0) {
      return new ResponseFrame(code, handle, in.bytes("parameters", in.remaining()), List.of());
    }
    Bytes parameters = in.bytes("parameters", in.u32("parameterSize"));
    List<Entry> entries = new ArrayList<>(sessionCount);
    for (int i = 0; i < sessionCount; i++) {
      entries.add(
          new Entry(
              in.sized16("nonceTPM", MAX_NONCE),
              in.u8("sessionAttributes"),
              in.sized16("hmac", MAX_NONCE)));
    }
    in.end();
    return new ResponseFrame(code, handle, parameters, List.copyOf(entries));
  }
}
