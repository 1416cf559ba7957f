package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.TBSCertificate;

/**
 * An X.509 version 3 certificate (RFC 5280, section 4.1), parsed but not believed.
 *
 * @param der the whole certificate as received
 * @param tbs the signed part, verbatim
 * @param signatureAlgorithm AlgorithmIdentifier, DER; the same inside and outside
 * @param signature the signature's octets
 * @param serial the serial number; AMD's leaves have 0
 * @param subjectCommonName the one CN of the subject
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
    String subjectCommonName,
    String issuerCommonName,
    Validity validity,
    Bytes subjectPublicKeyInfo,
    Map<String, Extension> extensions) {

  /** The most bytes that a certificate may have. */
  public static final int MAX_SIZE = 8 << 10;

  private static final String NAME = "Certificate";

  /**
   * Version to extensions: all of TBSCertificate but the unique ids (RFC 5280, section 4.1.2.8).
   */
  private static final int FIELDS = 8;

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
    try {
      return decode(der, signed);
    } catch (RuntimeException | IOException e) {
      // Bouncy Castle reports bad input with unchecked exceptions of many types.
      throw new MalformedException(NAME, "an X.509 version 3 certificate", "something else");
    }
  }

  /** The content of an extension, if the certificate has it. */
  public Optional<Bytes> extension(String oid) {
    return Optional.ofNullable(extensions.get(oid)).map(Extension::value);
  }

  private static DerCertificate decode(Bytes der, SignedObject signed)
      throws IOException, MalformedException {
    ASN1Sequence fields = signed.decoded(NAME);
    if (fields.size() != FIELDS) {
      // Bouncy Castle lets the first of two [3] win.
      throw new MalformedException(NAME, FIELDS + " fields", fields.size() + " fields");
    }
    TBSCertificate tbs = TBSCertificate.getInstance(fields);
    signed.requireSameAlgorithm(NAME, encoded(tbs.getSignature()));
    if (tbs.getVersionNumber() != 3
        || tbs.getIssuerUniqueId() != null
        || tbs.getSubjectUniqueId() != null) {
      throw new MalformedException(NAME + ".version", "3, without unique ids", "something else");
    }
    String subjectName = Names.commonName(NAME, tbs.getSubject());
    return new DerCertificate(
        der,
        signed.tbs(),
        signed.algorithm(),
        signed.signature(),
        tbs.getSerialNumber().getValue(),
        subjectName,
        Names.commonName(NAME, tbs.getIssuer()),
        new Validity(
            subjectName, Times.instant(tbs.getStartDate()), Times.instant(tbs.getEndDate())),
        encoded(tbs.getSubjectPublicKeyInfo()),
        extensions(tbs.getExtensions()));
  }

  private static Map<String, Extension> extensions(Extensions decoded) {
    Map<String, Extension> extensions = new LinkedHashMap<>();
    for (ASN1ObjectIdentifier oid : decoded.getExtensionOIDs()) {
      org.bouncycastle.asn1.x509.Extension extension = decoded.getExtension(oid);
      extensions.put(
          oid.getId(),
          new Extension(extension.isCritical(), Bytes.of(extension.getExtnValue().getOctets())));
    }
    return extensions;
  }

  private static Bytes encoded(ASN1Encodable part) throws IOException {
    return Bytes.of(part.toASN1Primitive().getEncoded(ASN1Encoding.DER));
  }
}
