package io.github.cvmattestation.vtpm.contract;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Commands that are nearly valid. */
final class Damage {
  private static final int HEADER = 10;
  private static final int COMMAND_CODE = 6;
  private static final int[] NO_CODES = {0, 0x11E, 0x1000, 0x10000144, 0x2000_0000, -1};

  private Damage() {}

  /** At least a header is left: a socket waits for one. */
  static byte[] of(Wire command, Random random) {
    byte[] bytes = command.bytes();
    return switch (random.nextInt(8)) {
      case 0 -> resized(bytes, -1 - random.nextInt(Math.max(1, bytes.length - HEADER)), random);
      case 1 -> resized(bytes, 1 + random.nextInt(6), random);
      default -> field(command, random);
    };
  }

  private static byte[] resized(byte[] bytes, int by, Random random) {
    byte[] out = Arrays.copyOf(bytes, Math.max(HEADER, bytes.length + by));
    if (random.nextInt(4) != 0) {
      ByteBuffer.wrap(out).putInt(2, out.length);
    }
    return out;
  }

  private static byte[] field(Wire command, Random random) {
    byte[] out = command.bytes();
    List<Wire.Field> fields = command.fields();
    Wire.Field field = fields.get(random.nextInt(fields.size()));
    if (field.size() > Integer.BYTES) {
      out[field.offset() + random.nextInt(Math.min(16, field.size()))] ^=
          (byte) (1 << random.nextInt(8));
      return out;
    }
    if (field.offset() == COMMAND_CODE) {
      // Codes that no TPM has: which of the others are there is the implementation's choice.
      ByteBuffer.wrap(out).putInt(COMMAND_CODE, NO_CODES[random.nextInt(NO_CODES.length)]);
      return out;
    }
    int value = 0;
    for (int i = 0; i < field.size(); i++) {
      value = value << 8 | (out[field.offset() + i] & 0xFF);
    }
    value =
        switch (random.nextInt(6)) {
          case 0 -> 0;
          case 1 -> -1;
          case 2 -> value + 1;
          case 3 -> value - 1;
          case 4 -> random.nextInt();
          default -> value ^ 1 << random.nextInt(8 * Math.max(1, field.size()));
        };
    for (int i = field.size() - 1; i >= 0; i--) {
      out[field.offset() + i] = (byte) value;
      value >>>= 8;
    }
    return out;
  }
}
