package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection: one command at a time, and none after a failure. When an exchange broke off,
 * nobody knows what is still on its way, and the next answer might be the last one's.
 */
abstract class GuardedTransport implements TpmTransport {
  private static final int HEADER = 10;

  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean broken;
  private boolean closed;

  /**
   * @param name of the device or address, for messages
   */
  GuardedTransport(String name) {
    this.name = name;
  }

  /** Sends one command and returns the response, at most 4096 bytes. */
  abstract byte[] exchange(byte[] command) throws IOException;

  /** Lets go of the connection; called once. */
  abstract void release() throws IOException;

  @Override
  public final byte[] transmit(byte[] command) {
    if (command.length < HEADER || command.length > MAX_SIZE) {
      throw new IllegalArgumentException("a command has 10 to 4096 bytes, not " + command.length);
    }
    lock.lock();
    try {
      if (closed) {
        throw new AttestationException.Device(name + " is closed", "open it again");
      }
      if (broken) {
        throw new AttestationException.Device(
            name + " broke off at an earlier command", "close it and open it again");
      }
      // Set until the exchange is complete, whatever is thrown on the way.
      broken = true;
      byte[] response = exchange(command);
      broken = false;
      return response;
    } catch (IOException e) {
      AttestationException.Device failed =
          new AttestationException.Device(
              name + " broke off: " + e.getMessage(), "close it and open it again");
      failed.initCause(e);
      throw failed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public final void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      release();
    } catch (IOException e) {
      AttestationException.Device failed =
          new AttestationException.Device(
              name + " could not be closed: " + e.getMessage(), "look at the device or its server");
      failed.initCause(e);
      throw failed;
    } finally {
      lock.unlock();
    }
  }
}
