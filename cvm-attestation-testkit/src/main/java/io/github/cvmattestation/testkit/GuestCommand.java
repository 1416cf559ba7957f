package io.github.cvmattestation.testkit;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One of the few commands that a paravisor looks into on their way to the TPM. It leaves judging
 * them to the TPM.
 */
final class GuestCommand {
  static final int CERTIFY = 0x148;
  static final int NV_READ = 0x14E;
  static final int QUOTE = 0x158;

  private static final int SESSIONS = 0x8002;
  private static final int HEADER = 10;

  private final byte[] command;
  private final ByteBuffer octets;
  private final int parameters;

  private GuestCommand(byte[] command, int parameters) {
    this.command = command.clone();
    this.octets = ByteBuffer.wrap(this.command);
    this.parameters = parameters;
  }

  /** The command, unless it is another one, or one that no TPM would execute. */
  static Optional<GuestCommand> of(byte[] command) {
    ByteBuffer octets = ByteBuffer.wrap(command);
    int code = command.length < HEADER ? 0 : octets.getInt(6);
    int parameterSizes = code == NV_READ ? 4 : 2;
    int handles =
        switch (code) {
          case QUOTE -> 1;
          case CERTIFY, NV_READ -> 2;
          default -> 0;
        };
    int authorizations = HEADER + Integer.BYTES * handles;
    if (handles == 0
        || command.length < authorizations + Integer.BYTES
        || (octets.getShort(0) & 0xFFFF) != SESSIONS) {
      return Optional.empty();
    }
    long parameters =
        (long) authorizations
            + Integer.BYTES
            + Integer.toUnsignedLong(octets.getInt(authorizations));
    return parameters + parameterSizes > command.length
        ? Optional.empty()
        : Optional.of(new GuestCommand(command, (int) parameters));
  }

  /** Whether it is TPM2_NV_Read of an index. */
  boolean reads(int index) {
    return octets.getInt(6) == NV_READ && octets.getInt(HEADER + Integer.BYTES) == index;
  }

  /** From where TPM2_NV_Read reads. */
  int offset() {
    return octets.getShort(parameters + Short.BYTES) & 0xFFFF;
  }

  /**
   * The command with qualifying data of at most so many bytes. What is too long loses its end, so
   * that the TPM finds a structure of a wrong size.
   */
  byte[] limited(int qualifyingData) {
    byte[] passed = command.clone();
    boolean isTooLong = (octets.getShort(parameters) & 0xFFFF) > qualifyingData;
    if (octets.getInt(6) != NV_READ && isTooLong) {
      passed[parameters] = (byte) 0xFF;
      passed[parameters + 1] = (byte) 0xFF;
    }
    return passed;
  }
}
