package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Texts as boot loaders measure them. */
final class BootText {
  private BootText() {}

  /** UTF-8, with or without one NUL at its end: GRUB has measured both. */
  static Optional<String> utf8(Bytes data) {
    return text(data, StandardCharsets.UTF_8);
  }

  /** UTF-16LE with its NUL: a command line as systemd-stub measures it. */
  static Optional<String> utf16(Bytes data) {
    boolean closed =
        data.size() >= 2
            && data.size() % 2 == 0
            && data.slice(data.size() - 2, data.size()).isZero();
    return closed ? text(data, StandardCharsets.UTF_16LE) : Optional.empty();
  }

  private static Optional<String> text(Bytes data, Charset charset) {
    try {
      String text = charset.newDecoder().decode(ByteBuffer.wrap(data.toArray())).toString();
      String open = text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
      return open.indexOf('\0') < 0 ? Optional.of(open) : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
