package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.jspecify.annotations.Nullable;

/**
 * How a certificate of Intel's hierarchy is to be: Intel's form unless told otherwise (Intel SGX
 * PCK Certificate Specification, section 1.3). {@link FakeIntelPki#issue(IntelCertificateSpec)}
 * makes it.
 *
 * <p>Every role has the same extensions in the same order: authorityKeyIdentifier,
 * cRLDistributionPoints, subjectKeyIdentifier, keyUsage, basicConstraints and, in a PCK certificate
 * alone, the SGX extensions.
 */
public final class IntelCertificateSpec {
  /** authorityKeyIdentifier (RFC 5280, section 4.2.1.1). */
  public static final String AUTHORITY_KEY_ID = "2.5.29.35";

  /** cRLDistributionPoints (RFC 5280, section 4.2.1.13). */
  public static final String CRL_DISTRIBUTION_POINTS = "2.5.29.31";

  /** subjectKeyIdentifier (RFC 5280, section 4.2.1.2). */
  public static final String SUBJECT_KEY_ID = "2.5.29.14";

  /** keyUsage (RFC 5280, section 4.2.1.3). */
  public static final String KEY_USAGE = "2.5.29.15";

  /** basicConstraints (RFC 5280, section 4.2.1.9). */
  public static final String BASIC_CONSTRAINTS = "2.5.29.19";

  /** The first octet of keyUsage: keyCertSign and cRLSign. */
  static final int SIGNS_CERTIFICATES = 0x06;

  /** The first octet of keyUsage: digitalSignature and nonRepudiation. */
  static final int SIGNS_DATA = 0xC0;

  private final List<Entry> extensions = new ArrayList<>();
  private String name;
  private Bytes subject;
  private EcSigningKey key;
  private @Nullable Bytes publicKey;
  private @Nullable IntelCertificate issuer;
  private @Nullable Bytes issuerName;
  private @Nullable EcSigningKey signer;
  private BigInteger serial;
  private Instant notBefore;
  private Instant notAfter;
  private boolean ca;
  private int pathLength = -1;
  private int keyUsage;
  private String crlUrl = "";
  private @Nullable SgxExtensions sgx;
  private EcdsaForm form = EcdsaForm.sha256();
  private @Nullable EcdsaForm outerForm;

  /** An extension; what has no value yet gets it when the certificate is made. */
  private record Entry(String oid, boolean critical, @Nullable Bytes value) {}

  IntelCertificateSpec(String name, EcSigningKey key, Instant from, Instant until) {
    this.name = name;
    this.subject = IntelName.of(name);
    this.key = key;
    // Intel's authorities have their key identifier for a serial number.
    this.serial = new BigInteger(1, IntelCertificate.keyId(key).toArray());
    this.notBefore = from;
    this.notAfter = until;
    extensions.add(new Entry(AUTHORITY_KEY_ID, false, null));
    extensions.add(new Entry(CRL_DISTRIBUTION_POINTS, false, null));
    extensions.add(new Entry(SUBJECT_KEY_ID, false, null));
    extensions.add(new Entry(KEY_USAGE, true, null));
    extensions.add(new Entry(BASIC_CONSTRAINTS, true, null));
  }

  /** The form of the root and of the PCK authorities. */
  IntelCertificateSpec authority(int pathLengthConstraint) {
    ca = true;
    pathLength = pathLengthConstraint;
    keyUsage = SIGNS_CERTIFICATES;
    return this;
  }

  /** The form of the TCB signer and of PCK certificates. */
  IntelCertificateSpec endEntity() {
    keyUsage = SIGNS_DATA;
    return this;
  }

  IntelCertificateSpec crlUrl(String url) {
    crlUrl = url;
    return this;
  }

  IntelCertificateSpec withSgx(SgxExtensions values) {
    sgx = values;
    extensions.add(new Entry(SgxExtensions.OID, false, null));
    return this;
  }

  /** Changes the SGX extensions, which only a PCK certificate has. */
  public IntelCertificateSpec sgx(UnaryOperator<SgxExtensions> change) {
    SgxExtensions values = sgx;
    if (values == null) {
      throw new IllegalStateException("a certificate without SGX extensions: " + name);
    }
    sgx = change.apply(values);
    return this;
  }

  /** Another subject: Intel's fixed attributes and this common name. */
  public IntelCertificateSpec commonName(String value) {
    name = value;
    return subjectName(IntelName.of(value));
  }

  /** Another subject, any DER Name; {@link IntelCertificate#name} stays. */
  public IntelCertificateSpec subjectName(Bytes der) {
    subject = der;
    return this;
  }

  /** Signed by another authority, whose name is then the issuer's. */
  public IntelCertificateSpec issuedBy(IntelCertificate authority) {
    issuer = authority;
    return this;
  }

  /** An issuer's name other than that of the key which signs: Intel's attributes and this CN. */
  public IntelCertificateSpec issuerName(String commonName) {
    return issuerName(IntelName.of(commonName));
  }

  /** An issuer's name other than that of the key which signs: any DER Name. */
  public IntelCertificateSpec issuerName(Bytes der) {
    issuerName = der;
    return this;
  }

  /** Signed with this key; names and key identifiers stay. */
  public IntelCertificateSpec signedWith(EcSigningKey other) {
    signer = other;
    return this;
  }

  /** Another serial number. */
  public IntelCertificateSpec serial(BigInteger value) {
    serial = value;
    return this;
  }

  /** Other dates. */
  public IntelCertificateSpec validity(Instant from, Instant until) {
    notBefore = from;
    notAfter = until;
    return this;
  }

  /** Another key; serial number and names stay. */
  public IntelCertificateSpec key(EcSigningKey signingKey) {
    key = signingKey;
    return this;
  }

  /** Any subjectPublicKeyInfo, DER, whoever holds its secret. */
  public IntelCertificateSpec publicKey(Bytes subjectPublicKeyInfo) {
    publicKey = subjectPublicKeyInfo;
    return this;
  }

  /** What basicConstraints say of cA. */
  public IntelCertificateSpec ca(boolean value) {
    ca = value;
    return this;
  }

  /** Another pathLenConstraint; negative leaves it out. */
  public IntelCertificateSpec pathLength(int value) {
    pathLength = value;
    return this;
  }

  /** Other key usage: the first octet of the BIT STRING, 0 leaves the extension out. */
  public IntelCertificateSpec keyUsage(int firstOctet) {
    keyUsage = firstOctet;
    return firstOctet == 0 ? without(KEY_USAGE) : this;
  }

  /** Sets an extension to any content; it keeps its place, a new one comes last. */
  public IntelCertificateSpec extension(String oid, boolean critical, Bytes value) {
    for (int i = 0; i < extensions.size(); i++) {
      if (extensions.get(i).oid().equals(oid)) {
        extensions.set(i, new Entry(oid, critical, value));
        return this;
      }
    }
    return add(oid, critical, value);
  }

  /** Leaves an extension out. */
  public IntelCertificateSpec without(String oid) {
    extensions.removeIf(entry -> entry.oid().equals(oid));
    return this;
  }

  /** Appends an extension, even where there is one of that name. */
  public IntelCertificateSpec add(String oid, boolean critical, Bytes value) {
    extensions.add(new Entry(oid, critical, value));
    return this;
  }

  /** Another digest. */
  public IntelCertificateSpec signature(EcdsaForm ecdsa) {
    form = ecdsa;
    return this;
  }

  /** Another digest in the outer algorithm identifier alone. */
  public IntelCertificateSpec outerAlgorithm(EcdsaForm ecdsa) {
    outerForm = ecdsa;
    return this;
  }

  IntelCertificate build() {
    IntelCertificate by = issuer;
    EcSigningKey authority = by != null ? by.key() : key;
    Bytes bySubject = by != null ? by.subject() : subject;
    CertificateWriter out =
        new CertificateWriter()
            .serial(serial)
            .issuerName(issuerName != null ? issuerName : bySubject)
            .subjectName(subject)
            .validity(notBefore, notAfter)
            .publicKey(publicKey != null ? publicKey : key.subjectPublicKeyInfo())
            .signature(form)
            .outerAlgorithm(outerForm != null ? outerForm : form);
    for (Entry entry : extensions) {
      Bytes value = entry.value();
      out.extension(
          entry.oid(), entry.critical(), value != null ? value : usual(entry.oid(), authority));
    }
    Bytes der = out.sign(signer != null ? signer : authority);
    return new IntelCertificate(name, subject, key, der, serial, notBefore, notAfter);
  }

  private Bytes usual(String oid, EcSigningKey authority) {
    return switch (oid) {
      case AUTHORITY_KEY_ID -> Der.bytes(Der.authorityKeyId(IntelCertificate.keyId(authority)));
      case CRL_DISTRIBUTION_POINTS -> Der.bytes(Der.distributionPoint(crlUrl));
      case SUBJECT_KEY_ID -> Der.bytes(new DEROctetString(IntelCertificate.keyId(key).toArray()));
      case KEY_USAGE -> {
        int unused = Math.min(7, Integer.numberOfTrailingZeros(keyUsage));
        yield Der.bytes(new DERBitString(new byte[] {(byte) keyUsage}, unused));
      }
      case BASIC_CONSTRAINTS -> Der.bytes(constraints());
      default -> sgx == null ? Bytes.empty() : sgx.write();
    };
  }

  private DERSequence constraints() {
    ASN1EncodableVector out = new ASN1EncodableVector();
    if (ca) {
      out.add(ASN1Boolean.TRUE);
    }
    if (pathLength >= 0) {
      out.add(new ASN1Integer(pathLength));
    }
    return new DERSequence(out);
  }
}
