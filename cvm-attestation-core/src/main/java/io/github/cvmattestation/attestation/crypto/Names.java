package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.MalformedException;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** X.500 names, of which our chains use the common name and nothing else. */
final class Names {
  private Names() {}

  /** RFC 5280, appendix A.1: ub-common-name. */
  private static final int MAX_CHARACTERS = 64;

  /** The one common name; a second one, or one hidden in a set, is how parsers come to differ. */
  static String commonName(String structure, X500Name name) throws MalformedException {
    RDN[] found = name.getRDNs(BCStyle.CN);
    if (found.length != 1
        || found[0].isMultiValued()
        || !(found[0].getFirst().getValue() instanceof ASN1String text)) {
      throw new MalformedException(structure + ".Name", "one common name", "something else");
    }
    // Names go into messages, and a certificate may be anybody's: printable ASCII, no line ends.
    String plain = text.getString();
    if (plain.isEmpty()
        || plain.length() > MAX_CHARACTERS
        || plain.chars().anyMatch(c -> c < 0x20 || c > 0x7E)) {
      throw new MalformedException(
          structure + ".Name", "a printable common name of at most 64 characters", "another");
    }
    return plain;
  }
}
