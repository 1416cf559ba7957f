package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.jspecify.annotations.Nullable;

/**
 * Writes an X.509 version 3 certificate field by field (RFC 5280, section 4.1), with no opinion on
 * what makes sense: extensions may come twice, and the two algorithm identifiers may differ.
 */
public final class CertificateWriter {
  private BigInteger serial = BigInteger.ZERO;
  private Bytes issuer = AmdName.of("nobody");
  private Bytes subject = AmdName.of("nobody");
  private Instant notBefore = Instant.EPOCH;
  private Instant notAfter = Instant.EPOCH;
  private Bytes subjectPublicKeyInfo = Bytes.empty();
  private final List<Extension> extensions = new ArrayList<>();
  private PssForm form = PssForm.explicitTrailer();
  private @Nullable PssForm outerForm;
  private EcdsaForm ecdsaForm = EcdsaForm.sha256();
  private @Nullable EcdsaForm outerEcdsaForm;

  /** Extension (RFC 5280, section 4.1): {@code value} is the content of extnValue. */
  record Extension(String oid, boolean critical, Bytes value) {
    DERSequence encoded() {
      ASN1EncodableVector out = new ASN1EncodableVector();
      out.add(new ASN1ObjectIdentifier(oid));
      if (critical) {
        out.add(ASN1Boolean.TRUE);
      }
      out.add(new DEROctetString(value.toArray()));
      return new DERSequence(out);
    }
  }

  /** A certificate in which everything has yet to be set. */
  public CertificateWriter() {}

  /** Sets serialNumber. */
  public CertificateWriter serial(BigInteger value) {
    serial = value;
    return this;
  }

  /** Sets the issuer: AMD's fixed attributes and this common name. */
  public CertificateWriter issuer(String commonName) {
    issuer = AmdName.of(commonName);
    return this;
  }

  /** Sets the subject: AMD's fixed attributes and this common name. */
  public CertificateWriter subject(String commonName) {
    subject = AmdName.of(commonName);
    return this;
  }

  /** Sets the issuer to any Name, DER. */
  public CertificateWriter issuerName(Bytes name) {
    issuer = name;
    return this;
  }

  /** Sets the subject to any Name, DER. */
  public CertificateWriter subjectName(Bytes name) {
    subject = name;
    return this;
  }

  /** Sets the validity, both ends inclusive, to the second. */
  public CertificateWriter validity(Instant from, Instant until) {
    notBefore = from;
    notAfter = until;
    return this;
  }

  /** Sets subjectPublicKeyInfo, DER. */
  public CertificateWriter publicKey(Bytes der) {
    subjectPublicKeyInfo = der;
    return this;
  }

  /** Appends an extension; {@code value} is the content of extnValue. */
  public CertificateWriter extension(String oid, boolean critical, Bytes value) {
    extensions.add(new Extension(oid, critical, value));
    return this;
  }

  /** Sets how it is signed and how both algorithm identifiers say so. */
  public CertificateWriter signature(PssForm pss) {
    form = pss;
    return this;
  }

  /** Makes the outer, unsigned algorithm identifier say something else. */
  public CertificateWriter outerAlgorithm(PssForm pss) {
    outerForm = pss;
    return this;
  }

  /** Sets how an elliptic curve's key signs it and how both algorithm identifiers say so. */
  public CertificateWriter signature(EcdsaForm ecdsa) {
    ecdsaForm = ecdsa;
    return this;
  }

  /** Makes the outer, unsigned algorithm identifier of an ECDSA signature say something else. */
  public CertificateWriter outerAlgorithm(EcdsaForm ecdsa) {
    outerEcdsaForm = ecdsa;
    return this;
  }

  /** The certificate, DER, signed with RSASSA-PSS. */
  public Bytes sign(RsaSigningKey key) {
    DERSequence tbs = tbsCertificate(form.algorithmIdentifier());
    return signed(tbs, form, outerForm == null ? form : outerForm, key);
  }

  /** The certificate, DER, signed with ECDSA. */
  public Bytes sign(EcSigningKey key) {
    DERSequence tbs = tbsCertificate(ecdsaForm.algorithmIdentifier());
    return signed(tbs, ecdsaForm, outerEcdsaForm == null ? ecdsaForm : outerEcdsaForm, key);
  }

  private DERSequence tbsCertificate(DERSequence algorithm) {
    ASN1EncodableVector tbs = new ASN1EncodableVector();
    tbs.add(new DERTaggedObject(true, 0, new ASN1Integer(2)));
    tbs.add(new ASN1Integer(serial));
    tbs.add(algorithm);
    tbs.add(Der.parsed(issuer));
    tbs.add(Der.sequence(Der.time(notBefore), Der.time(notAfter)));
    tbs.add(Der.parsed(subject));
    tbs.add(Der.parsed(subjectPublicKeyInfo));
    if (!extensions.isEmpty()) {
      ASN1Encodable[] encoded =
          extensions.stream().map(Extension::encoded).toArray(ASN1Encodable[]::new);
      tbs.add(new DERTaggedObject(true, 3, new DERSequence(encoded)));
    }
    return new DERSequence(tbs);
  }

  /** SIGNED (RFC 5280, section 4.1): what is signed, the algorithm, the signature. */
  static Bytes signed(DERSequence content, PssForm form, PssForm named, RsaSigningKey key) {
    Bytes signature =
        key.signPss(form.digest(), form.mgfDigest(), form.saltLength(), Der.bytes(content));
    return Der.bytes(
        Der.sequence(content, named.algorithmIdentifier(), new DERBitString(signature.toArray())));
  }

  /** The same with ECDSA. */
  static Bytes signed(DERSequence content, EcdsaForm form, EcdsaForm named, EcSigningKey key) {
    Bytes signature = form.sign(key, Der.bytes(content));
    return Der.bytes(
        Der.sequence(content, named.algorithmIdentifier(), new DERBitString(signature.toArray())));
  }
}
