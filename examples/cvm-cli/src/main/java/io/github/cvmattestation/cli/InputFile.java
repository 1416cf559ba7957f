package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads files that somebody else may have filled. */
final class InputFile {
  /** The most bytes that most kinds of input may have: 1 MiB. */
  static final int MAX_SIZE = 1 << 20;

  private InputFile() {}

  /**
   * The content of a file, or its first {@value #MAX_SIZE} + 1 bytes: one too many for every
   * parser, which refuses them, so that a file of any size is refused and never held in memory.
   */
  static Bytes read(String name) throws CouldNotAskException {
    return read(name, MAX_SIZE);
  }

  /** As {@link #read(String)}, of a kind that may have {@code max} bytes. */
  static Bytes read(String name, int max) throws CouldNotAskException {
    if (name.isEmpty()) {
      throw new CouldNotAskException(
          "the name of a file is empty; is a variable of the shell not set?");
    }
    try {
      Path path = Path.of(name);
      if (Files.isDirectory(path)) {
        throw new CouldNotAskException(name + " is a directory, not a file");
      }
      try (InputStream in = Files.newInputStream(path)) {
        return Bytes.of(in.readNBytes(max + 1));
      }
    } catch (NoSuchFileException e) {
      throw new CouldNotAskException("no such file: " + name);
    } catch (AccessDeniedException e) {
      throw new CouldNotAskException("not allowed to read " + name);
    } catch (IOException | InvalidPathException e) {
      throw new CouldNotAskException("cannot read " + name);
    }
  }
}
