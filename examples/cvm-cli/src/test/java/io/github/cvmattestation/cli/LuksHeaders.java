package io.github.cvmattestation.cli;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/** Writes LUKS2 headers (LUKS2 On-Disk Format Specification 1.1.3, section 2.1). */
final class LuksHeaders {
  private static final int SIZE = 1 << 14;

  private LuksHeaders() {}

  /** The first bytes of a volume with this metadata: header and copy. */
  static byte[] volume(String json) {
    return ByteBuffer.allocate(2 * SIZE)
        .put(header("LUKS", 0, json))
        .put(header("SKUL", SIZE, json))
        .array();
  }

  private static byte[] header(String magic, long offset, String json) {
    ByteBuffer out = ByteBuffer.allocate(SIZE);
    out.put(ascii(magic)).put((byte) 0xBA).put((byte) 0xBE).putShort((short) 2);
    out.putLong(SIZE).putLong(1);
    out.put(72, ascii("sha256"));
    out.put(168, ascii("11111111-2222-3333-4444-555555555555"));
    out.putLong(256, offset);
    out.put(4096, ascii(json));
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
