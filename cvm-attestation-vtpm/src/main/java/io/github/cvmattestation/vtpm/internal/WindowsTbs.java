package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.IOException;

/** Windows' TPM Base Services. */
public final class WindowsTbs extends GuardedTransport {
  private final Tbs tbs;
  private final long context;

  /** The functions of tbs.dll; a TBS_HCONTEXT is as wide as a pointer. */
  interface Tbs {
    /** Tbsi_Context_Create for TPM 2.0. */
    long create() throws IOException;

    /** Tbsip_Submit_Command at locality 0 with normal priority. */
    byte[] submit(long context, byte[] command) throws IOException;

    /** Tbsip_Context_Close. */
    void close(long context) throws IOException;
  }

  private WindowsTbs(Tbs tbs, long context) {
    super("Windows TBS");
    this.tbs = tbs;
    this.context = context;
  }

  /** Opens a context. JNA is loaded here and nowhere else. */
  public static TpmTransport open() {
    try {
      return open(JnaTbs.load());
    } catch (LinkageError e) {
      AttestationException.Device missing =
          new AttestationException.Device(
              "tbs.dll cannot be called: " + e.getMessage(),
              "run on Windows, with net.java.dev.jna:jna on the path");
      missing.initCause(e);
      throw missing;
    }
  }

  static TpmTransport open(Tbs tbs) {
    try {
      return new WindowsTbs(tbs, tbs.create());
    } catch (IOException e) {
      AttestationException.Device missing =
          new AttestationException.Device(
              "Windows TBS gives no context: " + e.getMessage(),
              "run on a machine with a TPM 2.0, as an administrator");
      missing.initCause(e);
      throw missing;
    }
  }

  @Override
  byte[] exchange(byte[] command) throws IOException {
    return tbs.submit(context, command);
  }

  @Override
  void release() throws IOException {
    tbs.close(context);
  }
}
