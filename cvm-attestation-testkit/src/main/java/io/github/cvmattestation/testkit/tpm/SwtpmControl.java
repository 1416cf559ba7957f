package io.github.cvmattestation.testkit.tpm;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;

/**
 * The control channel of swtpm (swtpm's man page swtpm_ioctls(3)): a code, u32 big-endian, and what
 * belongs to it; the answer begins with a result, u32. Only what a platform without state files
 * has.
 */
public final class SwtpmControl {
  private static final int GET_CAPABILITY = 1;
  private static final int INIT = 2;
  private static final int SHUTDOWN = 3;
  private static final int SET_LOCALITY = 5;
  private static final int CANCEL = 9;
  private static final int STOP = 14;

  /** Bits of PTM_CAP: INIT, SHUTDOWN, SET_LOCALITY, CANCEL_TPM_CMD, STOP. */
  private static final long CAPABILITIES = 1 | 1 << 1 | 1 << 3 | 1 << 5 | 1 << 10;

  private static final int SUCCESS = 0;

  /** Results are those of TPM 1.2: TPM_BAD_ORDINAL and TPM_BAD_LOCALITY. */
  private static final int BAD_ORDINAL = 0x0A;

  private static final int BAD_LOCALITY = 0x3D;
  private static final int MAX_LOCALITY = 4;

  private final Runnable powerCycle;
  private final IntConsumer locality;

  /**
   * What is sent back.
   *
   * @param framed whether it is known where the next command begins
   * @param shutdown whether the process is to end
   */
  public record Answer(ByteBuffer bytes, boolean framed, boolean shutdown) {
    private static Answer of(int result) {
      return new Answer(ByteBuffer.allocate(Integer.BYTES).putInt(result).flip(), true, false);
    }
  }

  /**
   * A platform.
   *
   * @param powerCycle power off and on
   * @param locality of later commands, 0 to 4
   */
  public SwtpmControl(Runnable powerCycle, IntConsumer locality) {
    this.powerCycle = powerCycle;
    this.locality = locality;
  }

  /** Executes one command, whose code was read; what follows it is read here. */
  public Answer execute(int code, DataInputStream in) throws IOException {
    return switch (code) {
      case GET_CAPABILITY ->
          new Answer(ByteBuffer.allocate(Long.BYTES).putLong(CAPABILITIES).flip(), true, false);
      case INIT -> {
        // Flags: whether volatile state is forgotten; there is none that outlives power here.
        in.readInt();
        powerCycle.run();
        yield Answer.of(SUCCESS);
      }
      case SHUTDOWN -> new Answer(Answer.of(SUCCESS).bytes(), false, true);
      case SET_LOCALITY -> {
        int wanted = in.readUnsignedByte();
        if (wanted > MAX_LOCALITY) {
          yield Answer.of(BAD_LOCALITY);
        }
        locality.accept(wanted);
        yield Answer.of(SUCCESS);
      }
      // A command is over before the next control command is read: there is nothing to end.
      case CANCEL, STOP -> Answer.of(SUCCESS);
      default -> new Answer(Answer.of(BAD_ORDINAL).bytes(), false, false);
    };
  }
}
