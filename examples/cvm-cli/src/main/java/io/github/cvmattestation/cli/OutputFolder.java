package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A folder that files are written to; it is made if it is missing.
 *
 * @param name as it was given
 */
record OutputFolder(String name) {
  /** Writes a file, and says its whole name. */
  String add(String file, Bytes content) throws CouldNotAskException {
    try {
      Path folder = Files.createDirectories(Path.of(name));
      String whole = folder.resolve(file).toString();
      write(whole, content);
      return whole;
    } catch (IOException | InvalidPathException e) {
      throw new CouldNotAskException("cannot make the folder " + name);
    }
  }

  /** Writes a file, over the one that is there. */
  static void write(String file, Bytes content) throws CouldNotAskException {
    try {
      Files.write(Path.of(file), content.toArray());
    } catch (IOException | InvalidPathException e) {
      throw new CouldNotAskException("cannot write " + file);
    }
  }

  /**
   * Writes a new file that only its owner may read, from its first moment on. One that is there
   * already stays: it may be a link, or open to others.
   */
  static void writeSecret(String file, byte[] content) throws CouldNotAskException {
    try {
      Path path = Path.of(file);
      boolean posix = Files.getFileStore(parent(path)).supportsFileAttributeView("posix");
      FileAttribute<?>[] owner =
          posix
              ? new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
              }
              : new FileAttribute<?>[0];
      try (SeekableByteChannel out =
          Files.newByteChannel(
              path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner)) {
        ByteBuffer octets = ByteBuffer.wrap(content);
        while (octets.hasRemaining()) {
          out.write(octets);
        }
      }
    } catch (FileAlreadyExistsException e) {
      throw exists(file);
    } catch (IOException | InvalidPathException e) {
      throw new CouldNotAskException("cannot write " + file);
    }
  }

  /** Says so before anything is asked for: a released key should not be lost. */
  static void requireNew(String file) throws CouldNotAskException {
    if (file.isEmpty()) {
      throw new CouldNotAskException(
          "the name of the file is empty; name one that is not there yet");
    }
    try {
      Path path = Path.of(file);
      if (Files.exists(path)) {
        throw exists(file);
      }
      if (!Files.isWritable(parent(path))) {
        throw new CouldNotAskException("cannot write " + file);
      }
    } catch (InvalidPathException e) {
      throw new CouldNotAskException("cannot write " + file);
    }
  }

  private static CouldNotAskException exists(String file) {
    return new CouldNotAskException(file + " is there already; remove it, or name another");
  }

  private static Path parent(Path path) {
    Path parent = path.toAbsolutePath().getParent();
    return parent == null ? path.toAbsolutePath() : parent;
  }
}
