package io.github.cvmattestation.testkit;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.jspecify.annotations.Nullable;

/**
 * How a CA certificate is to be: AMD's form unless told otherwise (AMD 57230, section 3; profile of
 * RFC 5280, section 4.2.1). {@link FakeAmdPki#issue(CaSpec)} makes it.
 */
public final class CaSpec {
  private static final int KEY_CERT_SIGN = 0x04;
  private static final int CRL_SIGN = 0x02;

  private final String name;
  private final RsaSigningKey key;
  private @Nullable FakeCa issuer;
  private @Nullable String issuerName;
  private BigInteger serial;
  private Instant notBefore;
  private Instant notAfter;
  private boolean ca = true;
  private boolean basicConstraints = true;
  private int pathLength = -1;
  private int keyUsage;
  private String crlUrl = "";
  private PssForm form = PssForm.explicitTrailer();

  CaSpec(String name, RsaSigningKey key, BigInteger serial, Instant from, Instant until) {
    this.name = name;
    this.key = key;
    this.serial = serial;
    this.notBefore = from;
    this.notAfter = until;
  }

  /** An ARK's form: signs itself, CRLs and certificates, and has no path length. */
  CaSpec root() {
    keyUsage = KEY_CERT_SIGN | CRL_SIGN;
    return this;
  }

  /** An ASK's form: signs certificates of end entities alone. */
  CaSpec intermediateOf(FakeCa root) {
    issuer = root;
    keyUsage = KEY_CERT_SIGN;
    pathLength = 0;
    return this;
  }

  CaSpec crlUrl(String url) {
    crlUrl = url;
    return this;
  }

  /** Signed by another authority, whose name is then the issuer's. */
  public CaSpec issuedBy(FakeCa authority) {
    issuer = authority;
    return this;
  }

  /** An issuer's name other than that of the key which signs. */
  public CaSpec issuerName(String commonName) {
    issuerName = commonName;
    return this;
  }

  /** Another serial number. */
  public CaSpec serial(long value) {
    serial = BigInteger.valueOf(value);
    return this;
  }

  /** Other dates. */
  public CaSpec validity(Instant from, Instant until) {
    notBefore = from;
    notAfter = until;
    return this;
  }

  /** basicConstraints that say this is no CA. */
  public CaSpec notACa() {
    ca = false;
    pathLength = -1;
    return this;
  }

  /** No basicConstraints at all. */
  public CaSpec withoutBasicConstraints() {
    basicConstraints = false;
    return this;
  }

  /** Another pathLenConstraint; negative leaves it out. */
  public CaSpec pathLength(int value) {
    pathLength = value;
    return this;
  }

  /** Other key usage: the first octet of the BIT STRING, 0 leaves the extension out. */
  public CaSpec keyUsage(int firstOctet) {
    keyUsage = firstOctet;
    return this;
  }

  /** Other signature parameters. */
  public CaSpec signature(PssForm pss) {
    form = pss;
    return this;
  }

  FakeCa build() {
    String by = issuerName != null ? issuerName : issuer != null ? issuer.name() : name;
    RsaSigningKey signer = issuer != null ? issuer.key() : key;
    CertificateWriter out =
        new CertificateWriter()
            .serial(serial)
            .issuer(by)
            .subject(name)
            .validity(notBefore, notAfter)
            .publicKey(key.subjectPublicKeyInfo())
            .signature(form)
            .extension("2.5.29.14", false, Der.bytes(new DEROctetString(keyId(key))));
    if (issuer != null) {
      DERTaggedObject id = new DERTaggedObject(false, 0, new DEROctetString(keyId(signer)));
      out.extension("2.5.29.35", false, Der.bytes(Der.sequence(id)));
    }
    if (basicConstraints) {
      out.extension("2.5.29.19", true, Der.bytes(constraints()));
    }
    if (keyUsage != 0) {
      // AMD writes seven bits even where the last is zero, which DER (X.690, 11.2.2) would drop.
      int unused = Math.min(1, Integer.numberOfTrailingZeros(keyUsage));
      DERBitString bits = new DERBitString(new byte[] {(byte) keyUsage}, unused);
      out.extension("2.5.29.15", true, Der.bytes(bits));
    }
    if (!crlUrl.isEmpty()) {
      out.extension("2.5.29.31", false, Der.bytes(Der.distributionPoint(crlUrl)));
    }
    return new FakeCa(name, key, out.sign(signer), serial, notBefore, notAfter);
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

  /** Leading 20 bytes of a hash over the key, in the manner of RFC 7093, section 2. */
  static byte[] keyId(RsaSigningKey key) {
    return Arrays.copyOf(Hashes.digest("SHA-256", key.subjectPublicKeyInfo().toArray()), 20);
  }
}
