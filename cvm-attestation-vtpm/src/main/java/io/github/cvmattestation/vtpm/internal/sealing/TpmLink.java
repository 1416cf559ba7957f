package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Frames commands and takes responses apart (TPM 2.0 Part 1, section 18). A response is hostile:
 * what is not exactly as specified is a failure of the device.
 */
final class TpmLink {
  private static final int NO_SESSIONS = 0x8001;
  private static final int SESSIONS = 0x8002;
  private static final int HEADER = 10;
  private static final int ATTEMPTS = 10;
  private static final long FIRST_PAUSE_NANOS = 2_000_000;

  private final TpmTransport transport;

  TpmLink(TpmTransport transport) {
    this.transport = transport;
  }

  /**
   * What a successful response holds.
   *
   * @param handle the handle, or 0 where the command returns none
   * @param parameters the response parameters; {@link #wipe} when they were secret
   */
  record Reply(CommandCode command, int handle, byte[] parameters) {
    ByteReader reader() {
      return ByteReader.bigEndian(command.commandName() + " response", Bytes.of(parameters));
    }

    void wipe() {
      Arrays.fill(parameters, (byte) 0);
    }
  }

  /**
   * Executes a command with at most one session.
   *
   * @param handles the handle area, all of it
   * @param names the Names of these handles, which the session's HMAC covers
   * @param parameters cleared when this returns
   */
  Reply execute(
      CommandCode command,
      List<Integer> handles,
      List<Bytes> names,
      Authorization authorization,
      byte[] parameters,
      boolean returnsHandle) {
    TpmOutput area = new TpmOutput();
    TpmOutput whole = new TpmOutput();
    try {
      authorization.write(area, command, names, parameters);
      byte[] auth = area.toArray();
      boolean sessions = auth.length != 0;
      int size =
          HEADER
              + Integer.BYTES * handles.size()
              + (sessions ? Integer.BYTES + auth.length : 0)
              + parameters.length;
      whole.u16(sessions ? SESSIONS : NO_SESSIONS).u32(size).u32(command.code());
      handles.forEach(whole::u32);
      if (sessions) {
        whole.u32(auth.length).bytes(auth);
      }
      whole.bytes(parameters);
      byte[] request = whole.toArray();
      try {
        return accept(command, transmit(request), sessions, authorization, returnsHandle);
      } catch (MalformedException e) {
        throw new AttestationException.Device(
            "the TPM's response to " + command.commandName() + " is malformed: " + e.problem(),
            "it is no TPM 2.0, or somebody stands between: check the transport");
      } finally {
        Arrays.fill(request, (byte) 0);
      }
    } finally {
      area.wipe();
      whole.wipe();
      Arrays.fill(parameters, (byte) 0);
    }
  }

  private byte[] transmit(byte[] request) {
    long pause = FIRST_PAUSE_NANOS;
    byte[] response = transport.transmit(request);
    for (int i = 1; i < ATTEMPTS && TpmRefusal.isTransient(codeOf(response)); i++) {
      LockSupport.parkNanos(pause);
      pause *= 2;
      response = transport.transmit(request);
    }
    return response;
  }

  private static int codeOf(byte[] response) {
    return response.length == HEADER ? (response[8] & 0xFF) << 8 | response[9] & 0xFF : 0;
  }

  private static Reply accept(
      CommandCode command,
      byte[] response,
      boolean sessions,
      Authorization authorization,
      boolean returnsHandle)
      throws MalformedException {
    if (response.length > TpmTransport.MAX_SIZE) {
      throw new MalformedException("response", "at most 4096 bytes", response.length + " bytes");
    }
    ByteReader in = ByteReader.bigEndian("response", Bytes.of(response));
    int tag = in.u16("tag");
    long size = in.u32("responseSize");
    long code = in.u32("responseCode");
    if (size != response.length) {
      throw in.malformed("responseSize", response.length + ", as there are", String.valueOf(size));
    }
    if (code != 0) {
      in.end();
      if (tag != NO_SESSIONS || code > 0xFFFF) {
        throw in.malformed("tag", "TPM_ST_NO_SESSIONS with an error", "0x%04x".formatted(tag));
      }
      throw new TpmRefusal(command, (int) code);
    }
    if (tag != (sessions ? SESSIONS : NO_SESSIONS)) {
      throw in.malformed("tag", "the command's", "0x%04x".formatted(tag));
    }
    int handle = returnsHandle ? (int) in.u32("handle") : 0;
    if (!sessions) {
      byte[] parameters = in.bytes("parameters", in.remaining()).toArray();
      return new Reply(command, handle, parameters);
    }
    byte[] parameters = in.bytes("parameters", in.u32("parameterSize")).toArray();
    authorization.verify(in, command, parameters);
    in.end();
    return new Reply(command, handle, parameters);
  }
}
