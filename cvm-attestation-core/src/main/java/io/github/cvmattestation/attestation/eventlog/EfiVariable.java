package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.UUID;

/**
 * UEFI_VARIABLE_DATA (TCG PFP §10.2.6): a variable as firmware measures it. Two variables are the
 * same only if both vendor and name are.
 *
 * @param vendor the GUID of whoever the name belongs to
 * @param name at most {@value #MAX_NAME} UTF-16 units, none of them zero
 * @param contents the variable's octets; may be empty
 */
public record EfiVariable(UUID vendor, String name, Bytes contents) {
  /** The longest name that is read, in UTF-16 units. */
  public static final int MAX_NAME = 512;

  /**
   * Reads exactly one.
   *
   * @throws MalformedException if the lengths do not add up to {@code data}, or the name is too
   *     long or has a zero in it
   */
  public static EfiVariable parse(Bytes data) throws MalformedException {
    ByteReader in = ByteReader.littleEndian("UEFI_VARIABLE_DATA", data);
    UUID vendor = EfiGuid.read(in, "VariableName");
    long nameLength = in.u64("UnicodeNameLength");
    long dataLength = in.u64("VariableDataLength");
    if (nameLength < 0 || nameLength > MAX_NAME) {
      throw in.malformed("UnicodeNameLength", "at most " + MAX_NAME, "more");
    }
    StringBuilder name = new StringBuilder((int) nameLength);
    for (int i = 0; i < nameLength; i++) {
      char unit = (char) in.u16("UnicodeName");
      if (unit == 0) {
        throw in.malformed("UnicodeName", "no zero in a name", "one");
      }
      name.append(unit);
    }
    Bytes contents = in.bytes("VariableData", dataLength);
    in.end();
    return new EfiVariable(vendor, name.toString(), contents);
  }

  /** Whether this is the variable of that vendor with that name. */
  boolean is(UUID vendor, String name) {
    return this.vendor.equals(vendor) && this.name.equals(name);
  }
}
