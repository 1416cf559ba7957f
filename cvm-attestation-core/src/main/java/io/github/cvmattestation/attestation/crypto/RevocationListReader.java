package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads TBSCertList (RFC 5280, section 5.1.2) in one pass. A list may have a hundred thousand
 * entries and is read before its signature is checked, so an entry costs its serial number's place
 * and no more.
 */
final class RevocationListReader {
  private static final Bytes VERSION_2 = Bytes.ofHex("01");
  private static final int EXTENSIONS_TAG = 0xA0;
  private static final int KEY_IDENTIFIER_TAG = 0x80;
  private static final int CERT_ISSUER_TAG = 0xA1;
  private static final int CERT_SERIAL_TAG = 0x82;

  /**
   * RFC 5280, section 5.2.3: "CRL verifiers MUST be able to handle CRLNumber values up to" this.
   */
  private static final int MAX_NUMBER_BYTES = 20;

  /** The extensions of RFC 5280 are 2.5.29.n: these two octets and n (appendix A.2, id-ce). */
  private static final int ID_CE_0 = 0x55;

  private static final int ID_CE_1 = 0x1D;
  private static final int CRL_NUMBER = 20;
  private static final int DELTA_CRL_INDICATOR = 27;
  private static final int ISSUING_DISTRIBUTION_POINT = 28;
  private static final int CERTIFICATE_ISSUER = 29;
  private static final int AUTHORITY_KEY_IDENTIFIER = 35;

  /** Each is compared with those before it; real lists have two, and their entries one. */
  private static final int MAX_EXTENSIONS = 16;

  private final SignedObject signed;
  private final DerReader in;

  /** The extensions of the list or entry that is being read. */
  private final List<Bytes> seen = new ArrayList<>(2);

  private Optional<BigInteger> crlNumber = Optional.empty();
  private Optional<Bytes> authorityKeyIdentifier = Optional.empty();

  RevocationListReader(SignedObject signed) {
    this.signed = signed;
    in = new DerReader(RevocationList.NAME, signed.tbs());
  }

  RevocationList read() throws MalformedException {
    final int whole = in.enter(DerReader.SEQUENCE);
    if (!in.content(DerReader.INTEGER).equals(VERSION_2)) {
      throw malformed("version 2");
    }
    signed.requireSameAlgorithm(RevocationList.NAME, in.element(DerReader.SEQUENCE));
    Bytes issuer = in.element(DerReader.SEQUENCE);
    String commonName = Names.commonName(RevocationList.NAME + ".issuer", issuer);
    Validity validity =
        new Validity("revocation list of " + commonName, Times.read(in), Times.read(in));
    SerialNumbers revoked = entries();
    if (in.peekTag() == EXTENSIONS_TAG) {
      int tagged = in.enter(EXTENSIONS_TAG);
      listExtensions();
      in.leave(tagged);
    }
    in.leave(whole);
    in.end();
    return new RevocationList(
        signed.tbs(),
        signed.algorithm(),
        signed.signature(),
        issuer,
        commonName,
        validity,
        revoked,
        crlNumber,
        authorityKeyIdentifier);
  }

  /** SEQUENCE OF { userCertificate INTEGER, revocationDate Time, crlEntryExtensions OPTIONAL }. */
  private SerialNumbers entries() throws MalformedException {
    List<Bytes> serials = new ArrayList<>();
    if (in.peekTag() == DerReader.SEQUENCE) {
      int all = in.enter(DerReader.SEQUENCE);
      while (in.hasNext()) {
        int entry = in.enter(DerReader.SEQUENCE);
        serials.add(in.integerContent());
        Times.skip(in);
        if (in.hasNext()) {
          entryExtensions();
        }
        in.leave(entry);
      }
      in.leave(all);
    }
    return SerialNumbers.of(serials);
  }

  private void entryExtensions() throws MalformedException {
    seen.clear();
    int list = in.enter(DerReader.SEQUENCE);
    while (in.hasNext()) {
      int one = in.enter(DerReader.SEQUENCE);
      next();
      int value = in.enter(DerReader.OCTET_STRING);
      in.skipRest();
      in.leave(value);
      in.leave(one);
    }
    in.leave(list);
  }

  private void listExtensions() throws MalformedException {
    seen.clear();
    int list = in.enter(DerReader.SEQUENCE);
    while (in.hasNext()) {
      int one = in.enter(DerReader.SEQUENCE);
      int number = next();
      int value = in.enter(DerReader.OCTET_STRING);
      switch (number) {
        case CRL_NUMBER -> crlNumber = Optional.of(number());
        case AUTHORITY_KEY_IDENTIFIER -> authorityKeyIdentifier = keyIdentifier();
        default -> in.skipRest();
      }
      in.leave(value);
      in.leave(one);
    }
    in.leave(list);
  }

  /** Which extension comes next, by its n in 2.5.29.n or -1: a new one, and no obstacle. */
  private int next() throws MalformedException {
    Bytes oid = in.objectIdentifier();
    // DER omits a FALSE, which is the default (X.690, section 11.5), so a flag can only be TRUE.
    if (in.peekTag() == DerReader.BOOLEAN) {
      throw malformed("no critical extension");
    }
    boolean idCe = oid.size() == 3 && oid.get(0) == ID_CE_0 && oid.get(1) == ID_CE_1;
    int number = idCe ? oid.get(2) : -1;
    // RFC 5280, sections 5.2.4, 5.2.5 and 5.3.3: these make a list speak of changes, of a part or
    // for another issuer. They must be critical, but a list that forgot it is no more whole.
    if (number == DELTA_CRL_INDICATOR
        || number == ISSUING_DISTRIBUTION_POINT
        || number == CERTIFICATE_ISSUER) {
      throw malformed("all that its issuer has revoked, and no other's");
    }
    if (seen.contains(oid) || seen.size() == MAX_EXTENSIONS) {
      throw malformed("each extension once, and at most " + MAX_EXTENSIONS);
    }
    seen.add(oid);
    return number;
  }

  private BigInteger number() throws MalformedException {
    Bytes digits = in.integerContent();
    if (digits.size() > MAX_NUMBER_BYTES || digits.get(0) >= 0x80) {
      throw malformed("a cRLNumber of at most " + MAX_NUMBER_BYTES + " bytes, not negative");
    }
    return new BigInteger(digits.toArray());
  }

  /** SEQUENCE { [0] keyIdentifier, [1] authorityCertIssuer, [2] authorityCertSerialNumber }. */
  private Optional<Bytes> keyIdentifier() throws MalformedException {
    int fields = in.enter(DerReader.SEQUENCE);
    Optional<Bytes> identifier = Optional.empty();
    if (in.peekTag() == KEY_IDENTIFIER_TAG) {
      identifier = Optional.of(in.content(KEY_IDENTIFIER_TAG));
    }
    if (in.hasNext()) {
      // Both or neither (RFC 5280, appendix A.2).
      in.content(CERT_ISSUER_TAG);
      in.content(CERT_SERIAL_TAG);
    }
    in.leave(fields);
    return identifier;
  }

  private static MalformedException malformed(String expected) {
    return new MalformedException(RevocationList.NAME, expected, "something else");
  }
}
