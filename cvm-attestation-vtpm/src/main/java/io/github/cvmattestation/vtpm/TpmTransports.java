package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.vtpm.internal.LinuxTpm;
import io.github.cvmattestation.vtpm.internal.MssimTpm;
import io.github.cvmattestation.vtpm.internal.SocketTpm;
import io.github.cvmattestation.vtpm.internal.WindowsTbs;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The ways to a TPM. Every one sends one command at a time, fails at once after an exchange that
 * broke off, and is not closed by an interrupt. All throw {@link AttestationException.Device} if
 * the TPM is not there.
 */
public final class TpmTransports {
  /** RSA keys may take half a minute on slow TPMs; the kernel waits no longer than this. */
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private TpmTransports() {}

  /** {@code /dev/tpmrm0}: Linux, through the kernel's resource manager. */
  public static TpmTransport linux() {
    return LinuxTpm.open(Path.of("/dev/tpmrm0"));
  }

  /**
   * {@code /dev/tpm0}: Linux, past the resource manager. Nobody else can use the TPM meanwhile, and
   * what is not flushed stays loaded.
   */
  public static TpmTransport linuxWithoutResourceManager() {
    return LinuxTpm.open(Path.of("/dev/tpm0"));
  }

  /** An emulator's data socket over TCP, such as swtpm's. Others on the way can read and change. */
  public static TpmTransport tcp(InetSocketAddress address) {
    return SocketTpm.tcp(address, TIMEOUT);
  }

  /** An emulator's data socket in the file system, such as swtpm's. */
  public static TpmTransport unixSocket(Path path) {
    return SocketTpm.unix(path, TIMEOUT);
  }

  /**
   * The reference simulator's protocol.
   *
   * @param address of the command port; the platform port is the next one
   */
  public static TpmTransport simulator(InetSocketAddress address) {
    return MssimTpm.open(address, TIMEOUT);
  }

  /** Windows' TPM Base Services; needs JNA ({@code net.java.dev.jna:jna}) on the path. */
  public static TpmTransport windows() {
    return WindowsTbs.open();
  }
}
