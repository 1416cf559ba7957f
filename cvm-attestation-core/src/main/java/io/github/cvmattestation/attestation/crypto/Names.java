package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import java.nio.charset.StandardCharsets;

/** X.500 names (RFC 5280, section 4.1.2.4), of which our chains use the common name alone. */
final class Names {
  private static final Bytes COMMON_NAME = Bytes.ofHex("550403");

  /** RFC 5280, appendix A.1: ub-common-name. */
  private static final int MAX_CHARACTERS = 64;

  private static final int UTF8_STRING = 0x0C;
  private static final int PRINTABLE_STRING = 0x13;
  private static final int SET = 0x31;

  private Names() {}

  /** The one common name; a second one, or one hidden in a set, is how parsers come to differ. */
  static String commonName(String structure, Bytes name) throws MalformedException {
    DerReader outer = new DerReader(structure, name);
    DerReader parts = new DerReader(structure, outer.content(DerReader.SEQUENCE));
    outer.end();
    String found = "";
    while (parts.hasNext()) {
      DerReader set = new DerReader(structure, parts.content(SET));
      DerReader attribute = new DerReader(structure, set.content(DerReader.SEQUENCE));
      set.end();
      boolean isCommonName = attribute.content(DerReader.OBJECT_IDENTIFIER).equals(COMMON_NAME);
      int type = attribute.peekTag();
      Bytes value = attribute.content(type);
      attribute.end();
      if (isCommonName) {
        if (!found.isEmpty()) {
          throw malformed(structure, "one common name");
        }
        found = text(structure, type, value);
      }
    }
    if (found.isEmpty()) {
      throw malformed(structure, "a common name");
    }
    return found;
  }

  /** UTF8String or PrintableString of printable ASCII: what vendors use, and safe in messages. */
  private static String text(String structure, int type, Bytes value) throws MalformedException {
    boolean plain =
        (type == UTF8_STRING || type == PRINTABLE_STRING)
            && !value.isEmpty()
            && value.size() <= MAX_CHARACTERS;
    for (int i = 0; plain && i < value.size(); i++) {
      plain = value.get(i) >= 0x20 && value.get(i) < 0x7F;
    }
    if (!plain) {
      throw malformed(structure, "a common name of printable ASCII");
    }
    return new String(value.toArray(), StandardCharsets.US_ASCII);
  }

  private static MalformedException malformed(String structure, String expected) {
    return new MalformedException(structure, expected, "something else");
  }
}
