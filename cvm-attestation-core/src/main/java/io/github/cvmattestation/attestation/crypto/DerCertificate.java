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
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
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
 * @param issuer the issuer's Name, DER
 * @param subject the subject's Name, DER
 * @param subjectCommonName the one CN of the subject
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
    Bytes issuer,
    Bytes subject,
    String subjectCommonName,
    Validity validity,
    Bytes subjectPublicKeyInfo,
    Map<String, Extension> extensions) {

  /** The most bytes that a certificate may have. */
  public static final int MAX_SIZE = 8 << 10;

  private static final String NAME = "Certificate";

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
    TBSCertificate tbs = TBSCertificate.getInstance(signed.tbs().toArray());
    signed.requireSameAlgorithm(NAME, encoded(tbs.getSignature()));
    if (tbs.getVersionNumber() != 3
        || tbs.getIssuerUniqueId() != null
        || tbs.getSubjectUniqueId() != null) {
      throw new MalformedException(NAME + ".version", "3, without unique ids", "something else");
    }
    String subjectName = commonName(tbs.getSubject());
    return new DerCertificate(
        der,
        signed.tbs(),
        signed.algorithm(),
        signed.signature(),
        tbs.getSerialNumber().getValue(),
        encoded(tbs.getIssuer()),
        encoded(tbs.getSubject()),
        subjectName,
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

  private static String commonName(X500Name name) throws MalformedException {
    RDN[] found = name.getRDNs(BCStyle.CN);
    if (found.length != 1
        || found[0].isMultiValued()
        || !(found[0].getFirst().getValue() instanceof ASN1String text)) {
      throw new MalformedException(NAME + ".subject", "one common name", "something else");
    }
    return text.getString();
  }

  private static Bytes encoded(ASN1Encodable part) throws IOException {
    return Bytes.of(part.toASN1Primitive().getEncoded(ASN1Encoding.DER));
  }
}
