package io.github.cvmattestation.vtpm.sealing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.function.Consumer;

/** Writes LUKS2 headers (LUKS2 On-Disk Format Specification 1.1.3, section 2.1). */
final class LuksBytes {
  static final int SIZE = 1 << 14;

  private LuksBytes() {}

  /** Header and copy, both of sequence number 1. */
  static byte[] volume(String json) {
    return volume(header(0, 1, json), header(SIZE, 1, json));
  }

  static byte[] volume(byte[] first, byte[] second) {
    return ByteBuffer.allocate(2 * SIZE).put(first).put(second).array();
  }

  static byte[] header(long offset, long seqId, String json) {
    return header(offset, seqId, json, out -> {});
  }

  /**
   * A header that is changed before its checksum is computed.
   *
   * @param offset 0 for the first, where it stands for the copy
   */
  static byte[] header(long offset, long seqId, String json, Consumer<ByteBuffer> change) {
    ByteBuffer out = ByteBuffer.allocate(SIZE);
    out.put(ascii(offset == 0 ? "LUKS" : "SKUL")).put((byte) 0xBA).put((byte) 0xBE);
    out.putShort((short) 2).putLong(SIZE).putLong(seqId);
    out.put(72, ascii("sha256"));
    out.put(168, ascii("11111111-2222-3333-4444-555555555555"));
    out.putLong(256, offset);
    out.put(4096, ascii(json));
    change.accept(out);
    try {
      out.put(448, MessageDigest.getInstance("SHA-256").digest(out.array()));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
    return out.array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
