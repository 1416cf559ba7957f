package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import java.util.Optional;
import java.util.Set;

/** What a certificate's extensions say (RFC 5280, section 4.2.1), as far as our chains ask. */
public final class CertificateExtensions {
  private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";

  /** The extensions that {@link CertificateChains} enforces, and that may therefore be critical. */
  static final Set<String> ENFORCED = Set.of(BASIC_CONSTRAINTS, KEY_USAGE);

  private static final Bytes TRUE = Bytes.ofHex("ff");

  private CertificateExtensions() {}

  /**
   * BasicConstraints (RFC 5280, section 4.2.1.9).
   *
   * @param authority cA
   * @param pathLength how many authorities may stand below, if that is limited
   */
  record BasicConstraints(boolean authority, Optional<Integer> pathLength) {
    /** What stands for a certificate without the extension: not an authority. */
    static final BasicConstraints ABSENT = new BasicConstraints(false, Optional.empty());

    /** An authority with room for {@code below} authorities between it and the leaf. */
    boolean allows(int below) {
      return authority && (pathLength.isEmpty() || pathLength.get() >= below);
    }
  }

  /**
   * KeyUsage (RFC 5280, section 4.2.1.3).
   *
   * @param bits its first octet; bit 0 is the greatest. Nobody here asks for the ninth bit
   */
  record KeyUsage(int bits) {
    /** What stands for a certificate without the extension: allowed nothing. */
    static final KeyUsage ABSENT = new KeyUsage(0);

    boolean digitalSignature() {
      return has(0);
    }

    boolean keyCertSign() {
      return has(5);
    }

    boolean crlSign() {
      return has(6);
    }

    private boolean has(int bit) {
      return (bits & (0x80 >> bit)) != 0;
    }
  }

  /**
   * The identifier of the certificate's own key (RFC 5280, section 4.2.1.2), if it has one: what
   * the authorityKeyIdentifier of whatever that key signs repeats. It proves nothing by itself.
   */
  public static Optional<Bytes> subjectKeyIdentifier(DerCertificate certificate)
      throws MalformedException {
    Optional<Bytes> extension = certificate.extension(SUBJECT_KEY_IDENTIFIER);
    if (extension.isEmpty()) {
      return Optional.empty();
    }
    DerReader outer = new DerReader("SubjectKeyIdentifier", extension.get());
    Bytes identifier = outer.content(DerReader.OCTET_STRING);
    outer.end();
    if (identifier.isEmpty()) {
      throw new MalformedException("SubjectKeyIdentifier", "octets", "none");
    }
    return Optional.of(identifier);
  }

  /** SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }. */
  static BasicConstraints basicConstraints(DerCertificate certificate) throws MalformedException {
    Optional<Bytes> extension = certificate.extension(BASIC_CONSTRAINTS);
    if (extension.isEmpty()) {
      return BasicConstraints.ABSENT;
    }
    DerReader outer = new DerReader("BasicConstraints", extension.get());
    DerReader fields = new DerReader("BasicConstraints", outer.content(DerReader.SEQUENCE));
    outer.end();
    boolean authority = fields.peekTag() == DerReader.BOOLEAN;
    if (authority && !fields.content(DerReader.BOOLEAN).equals(TRUE)) {
      throw new MalformedException("BasicConstraints.cA", "TRUE or nothing", "something else");
    }
    Optional<Integer> pathLength = Optional.empty();
    if (fields.hasNext()) {
      Bytes length = fields.content(DerReader.INTEGER);
      if (length.size() != 1 || length.get(0) > Byte.MAX_VALUE) {
        throw new MalformedException("pathLenConstraint", "0 to 127", "something else");
      }
      pathLength = Optional.of(length.get(0));
    }
    fields.end();
    return new BasicConstraints(authority, pathLength);
  }

  /**
   * A BIT STRING. AMD's counts fewer unused bits than DER would (X.690, section 11.2.2); a bit that
   * is set though it is said to be unused is refused, for readers differ on what it means.
   */
  static KeyUsage keyUsage(DerCertificate certificate) throws MalformedException {
    Optional<Bytes> extension = certificate.extension(KEY_USAGE);
    if (extension.isEmpty()) {
      return KeyUsage.ABSENT;
    }
    DerReader outer = new DerReader("KeyUsage", extension.get());
    Bytes bits = outer.content(DerReader.BIT_STRING);
    outer.end();
    if (bits.isEmpty() || bits.get(0) > 7 || (bits.size() == 1 && bits.get(0) != 0)) {
      throw new MalformedException("KeyUsage", "a bit string", "something else");
    }
    int unused = (1 << bits.get(0)) - 1;
    if ((bits.get(bits.size() - 1) & unused) != 0) {
      throw new MalformedException("KeyUsage", "unused bits of zero", "something else");
    }
    return bits.size() == 1 ? KeyUsage.ABSENT : new KeyUsage(bits.get(1));
  }
}
