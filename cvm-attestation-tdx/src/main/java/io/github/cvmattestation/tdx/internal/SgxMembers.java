package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A SEQUENCE of pairs of object identifier and value (Intel SGX PCK Certificate Specification
 * §1.3.5). Their order is nobody's promise; one that comes twice would leave the choice to the
 * reader, and one without a known meaning may limit what the known ones mean.
 */
final class SgxMembers {
  private final String name;

  /** By the last number of their names; nothing where a member is missing. */
  private final @Nullable Bytes[] values;

  private SgxMembers(String name, @Nullable Bytes[] values) {
    this.name = name;
    this.values = values;
  }

  /**
   * Reads exactly one SEQUENCE whose members are named {@code arc.1} to {@code arc.count}.
   *
   * @param arc the content of an OBJECT IDENTIFIER
   */
  static SgxMembers read(String name, Bytes der, Bytes arc, int count) throws MalformedException {
    DerReader outer = new DerReader(name, der);
    DerReader list = new DerReader(name, outer.content(DerReader.SEQUENCE));
    outer.end();
    @Nullable Bytes[] values = new Bytes[count + 1];
    while (list.hasNext()) {
      DerReader member = new DerReader(name, list.content(DerReader.SEQUENCE));
      int number = number(name, member.content(DerReader.OBJECT_IDENTIFIER), arc, count);
      Bytes value = member.element(member.peekTag());
      member.end();
      if (values[number] != null) {
        throw malformed(name, "each member once", "." + number + " twice");
      }
      values[number] = value;
    }
    return new SgxMembers(name, values);
  }

  /** The value of a member, a whole element of DER, which must be there. */
  Bytes require(int number) throws MalformedException {
    return find(number).orElseThrow(() -> malformed(name, "member ." + number, "none"));
  }

  /** The value of a member, if it is there. */
  Optional<Bytes> find(int number) {
    return Optional.ofNullable(values[number]);
  }

  static MalformedException malformed(String where, String expected, String actual) {
    return new MalformedException("PCK certificate, " + where, expected, actual);
  }

  private static int number(String name, Bytes oid, Bytes arc, int count)
      throws MalformedException {
    boolean inArc = oid.size() == arc.size() + 1 && oid.startsWith(arc);
    int number = inArc ? oid.get(arc.size()) : 0;
    if (number < 1 || number > count) {
      throw malformed(name, "members .1 to ." + count, "another");
    }
    return number;
  }
}
