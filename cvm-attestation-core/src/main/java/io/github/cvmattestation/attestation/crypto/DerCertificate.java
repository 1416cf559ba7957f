package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An X.509 version 3 certificate (RFC 5280, section 4.1), parsed but not believed.
 *
 * @param der the whole certificate as received
 * @param tbs the signed part, verbatim
 * @param signatureAlgorithm AlgorithmIdentifier, DER; the same inside and outside
 * @param signature the signature's octets
 * @param serial the serial number; AMD's leaves have 0
 * @param subject the subject's Name, DER as received
 * @param subjectCommonName the one CN of the subject
 * @param issuer the issuer's Name, DER as received
 * @param issuerCommonName the one CN of the issuer
 * @param validity its dates
 * @param subjectPublicKeyInfo the key, DER, unread
 * @param extensions by object identifier; no duplicates
 */
public record DerCertificate(
    Bytes der,
    Bytes tbs,
    Bytes signatureAlgorithm,
    Bytes signature,
    BigInteger serial,
    Bytes subject,
    String subjectCommonName,
    Bytes issuer,
    String issuerCommonName,
    Validity validity,
    Bytes subjectPublicKeyInfo,
    Map<String, Extension> extensions) {

  /** The most bytes that a certificate may have. */
  public static final int MAX_SIZE = 8 << 10;

  private static final String NAME = "Certificate";
  private static final int VERSION_TAG = 0xA0;
  private static final int EXTENSIONS_TAG = 0xA3;
  private static final Bytes VERSION_3 = Bytes.ofHex("a003020102");

  private static final Bytes TRUE = Bytes.ofHex("ff");

  /** An extension: its flag and the content of extnValue's OCTET STRING. */
  public record Extension(boolean critical, Bytes value) {}

  public DerCertificate {
    extensions = Collections.unmodifiableMap(new LinkedHashMap<>(extensions));
  }

  /** Reads exactly one certificate of at most {@link #MAX_SIZE} bytes. */
  public static DerCertificate parse(Bytes der) throws MalformedException {
    if (der.size() > MAX_SIZE) {
      throw new MalformedException(NAME, "at most " + MAX_SIZE + " bytes", der.size() + " bytes");
    }
    SignedObject signed = SignedObject.parse(NAME, der);
    DerReader outer = new DerReader(NAME, signed.tbs());
    DerReader tbs = new DerReader(NAME, outer.content(DerReader.SEQUENCE));
    if (!tbs.element(VERSION_TAG).equals(VERSION_3)) {
      throw new MalformedException(NAME + ".version", "3", "another");
    }
    BigInteger serial = tbs.integer();
    signed.requireSameAlgorithm(NAME, tbs.element(DerReader.SEQUENCE));
    Bytes issuer = tbs.element(DerReader.SEQUENCE);
    String issuerCommonName = Names.commonName(NAME + ".issuer", issuer);
    DerReader dates = new DerReader(NAME + ".validity", tbs.content(DerReader.SEQUENCE));
    Bytes subject = tbs.element(DerReader.SEQUENCE);
    String subjectCommonName = Names.commonName(NAME + ".subject", subject);
    Validity validity = new Validity(subjectCommonName, Times.read(dates), Times.read(dates));
    dates.end();
    Bytes key = tbs.element(DerReader.SEQUENCE);
    // Unique identifiers would stand here; RFC 5280, section 4.1.2.8, forbids them.
    Map<String, Extension> extensions = extensions(tbs.content(EXTENSIONS_TAG));
    tbs.end();
    return new DerCertificate(
        der,
        signed.tbs(),
        signed.algorithm(),
        signed.signature(),
        serial,
        subject,
        subjectCommonName,
        issuer,
        issuerCommonName,
        validity,
        key,
        extensions);
  }

  /** The content of an extension, if the certificate has it. */
  public Optional<Bytes> extension(String oid) {
    Extension extension = extensions.get(oid);
    return extension == null ? Optional.empty() : Optional.of(extension.value());
  }

  private static Map<String, Extension> extensions(Bytes wrapped) throws MalformedException {
    DerReader outer = new DerReader(NAME + ".extensions", wrapped);
    DerReader list = new DerReader(NAME + ".extensions", outer.content(DerReader.SEQUENCE));
    outer.end();
    Map<String, Extension> extensions = new LinkedHashMap<>();
    while (list.hasNext()) {
      DerReader one = new DerReader(NAME + ".extension", list.content(DerReader.SEQUENCE));
      String oid = Oids.dotted(NAME + ".extension", one.content(DerReader.OBJECT_IDENTIFIER));
      boolean critical = one.peekTag() == DerReader.BOOLEAN;
      // DER omits a FALSE, which is the default (X.690, section 11.5).
      if (critical && !one.content(DerReader.BOOLEAN).equals(TRUE)) {
        throw new MalformedException(NAME + ".extension", "critical TRUE or absent", "another");
      }
      Bytes value = one.content(DerReader.OCTET_STRING);
      one.end();
      if (extensions.putIfAbsent(oid, new Extension(critical, value)) != null) {
        throw new MalformedException(NAME + ".extensions", "each once", oid + " twice");
      }
    }
    return extensions;
  }
}
