package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.TpmException;
import io.github.cvmattestation.vtpm.TpmHandle;
import io.github.cvmattestation.vtpm.TpmResponseCode;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Frames commands, sends them, and lets nothing of a response out that its frame or its HMAC does
 * not vouch for.
 */
public final class CommandChannel implements AutoCloseable {
  /** Eight tries, 10 ms to 640 ms apart: 1.27 s in all. */
  private static final int TRIES = 8;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(10);

  private final TpmTransport transport;
  private final Consumer<Duration> pause;
  // A session's nonces must be rolled in the order in which commands are sent.
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * A channel over {@code transport}, which closes with it.
   *
   * @param pause waits; called between tries of a command that the TPM was too busy for
   */
  public CommandChannel(TpmTransport transport, Consumer<Duration> pause) {
    this.transport = transport;
    this.pause = pause;
  }

  /** Reads the parameters of a response; the channel sees to it that nothing is left. */
  @FunctionalInterface
  public interface Parser<T> {
    /**
     * Reads to the last byte.
     *
     * @param handle that the response begins with, or 0
     */
    T read(long handle, ByteReader in) throws MalformedException;
  }

  /**
   * Executes {@code call}.
   *
   * @throws TpmException if the TPM says no
   * @throws AttestationException.Device if it could not be asked or answers what no TPM does
   */
  public <T> T execute(Call call, Parser<T> parser) {
    lock.lock();
    try (SessionArea area = new SessionArea(call)) {
      byte[] command = area.command();
      byte[] response = new byte[0];
      try {
        response = transmit(command);
        return accept(call, area, response, parser);
      } finally {
        Arrays.fill(command, (byte) 0);
        Arrays.fill(response, (byte) 0);
      }
    } finally {
      Arrays.fill(call.parameters(), (byte) 0);
      lock.unlock();
    }
  }

  private <T> T accept(Call call, SessionArea area, byte[] response, Parser<T> parser) {
    CommandCode command = call.command();
    long handle = 0;
    try {
      ResponseFrame frame = ResponseFrame.parse(command, area.count(), response);
      if (frame.code() != 0) {
        throw new TpmException(command.specName(), TpmResponseCode.of(frame.code()));
      }
      Bytes parameters = area.verify(frame);
      // Not before: a response that fails its session may name what belongs to another.
      handle = frame.handle();
      ByteReader in = ByteReader.bigEndian(command.specName(), parameters);
      T result = parser.read(handle, in);
      in.end();
      return result;
    } catch (MalformedException e) {
      AttestationException.Device refused = malformed(command, e.problem());
      flushAfter(handle, refused);
      throw refused;
    } catch (AttestationException.Device e) {
      flushAfter(handle, e);
      throw e;
    }
  }

  /**
   * Transient objects and sessions that an unusable response speaks of are not left behind, unless
   * a session of the command says that the response is not the TPM's: then nobody knows what the
   * TPM has loaded, and closing the connection to a resource manager is what frees it.
   */
  private void flushAfter(long handle, AttestationException.Device first) {
    if (handle != 0) {
      try {
        flush(handle);
      } catch (AttestationException.Device e) {
        first.addSuppressed(e);
      }
    }
  }

  /** TPM2_FlushContext: its handle is a parameter (Part 3, section 28.4). */
  public void flush(long handle) {
    Call call =
        new Call(
            CommandCode.FLUSH_CONTEXT,
            List.<TpmHandle>of(),
            List.of(),
            null,
            new TpmWriter().u32(handle).take());
    execute(call, (none, in) -> handle);
  }

  private byte[] transmit(byte[] octets) {
    Duration wait = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      byte[] response = transport.transmit(octets.clone());
      if (attempt == TRIES || !isBusy(response)) {
        return response;
      }
      pause.accept(wait);
      wait = wait.multipliedBy(2);
    }
  }

  /** Whether this is one of the few answers after which the same command may succeed later. */
  private static boolean isBusy(byte[] response) {
    if (response.length != ResponseFrame.HEADER || response[6] != 0 || response[7] != 0) {
      return false;
    }
    return TpmResponseCode.of(((response[8] & 0xFF) << 8) | (response[9] & 0xFF)).isRetryable();
  }

  /** "The device answered what its specification does not allow." */
  static AttestationException.Device malformed(CommandCode command, String problem) {
    return new AttestationException.Device(
        command.specName() + " got a malformed response: " + problem,
        "check what answers at this device or address: no TPM 2.0 does so");
  }

  @Override
  public void close() {
    transport.close();
  }
}
