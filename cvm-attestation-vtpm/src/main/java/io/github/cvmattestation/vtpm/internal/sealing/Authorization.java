package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.List;

/** What stands in a command's authorisation area, and how its response is checked. */
interface Authorization {
  /** No authorisation area at all. */
  Authorization NONE = passwords(0);

  /** The empty password, for the first handle. */
  Authorization EMPTY_PASSWORD = passwords(1);

  /** The empty password for each of the first {@code count} handles. */
  static Authorization passwords(int count) {
    return new EmptyPasswords(count);
  }

  /**
   * Writes the area; encrypts the first parameter in place if that was wanted.
   *
   * @param parameters the command's parameters
   */
  void write(TpmOutput area, CommandCode command, List<Bytes> names, byte[] parameters);

  /**
   * Reads the response's area and checks it; decrypts the first parameter in place if that was
   * wanted.
   *
   * @param parameters the response's parameters
   */
  void verify(ByteReader area, CommandCode command, byte[] parameters) throws MalformedException;
}
