package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.cvmattestation.attestation.Bytes;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;

/**
 * A public certificate authority of the web, with an intermediate, that gives certificates to TLS
 * servers. Nobody trusts it but who is told to.
 */
public final class FakeWebPki {
  private static final int KEY_BITS = 2048;
  private static final int DIGITAL_SIGNATURE = 0x80;
  private static final int KEY_CERT_SIGN = 0x04;
  private static final Duration YEAR = Duration.ofDays(365);

  private final String label;
  private final String seed;
  private final Instant at;
  private final RsaSigningKey rootKey;
  private final RsaSigningKey issuingKey;
  private final Bytes root;
  private final Bytes issuing;
  private int issued;

  /**
   * An authority.
   *
   * @param at around which instant its certificates hold
   * @param label stands in its names; its keys follow from it
   */
  public FakeWebPki(Instant at, String label) {
    this(at, label, label);
  }

  /**
   * An authority that may bear the names of another.
   *
   * @param label stands in its names
   * @param seed its keys follow from it
   */
  public FakeWebPki(Instant at, String label, String seed) {
    this.label = label;
    this.seed = seed;
    this.at = at.truncatedTo(ChronoUnit.SECONDS);
    rootKey = RsaSigningKey.of(KEY_BITS, "web root " + seed);
    issuingKey = RsaSigningKey.of(KEY_BITS, "web issuing " + seed);
    root = authority("Fake Web Root " + label, rootKey);
    issuing = authority("Fake Web TLS Issuing CA " + label, issuingKey);
  }

  /** The root's certificate, DER. */
  public Bytes root() {
    return root;
  }

  /** The root's certificate as the JDK reads it. */
  public X509Certificate rootCertificate() {
    return parsed(root);
  }

  /** An ordinary certificate for a host, valid for a year around the instant. */
  public WebServerSpec server(String... dnsNames) {
    return new WebServerSpec(
        List.of(dnsNames),
        at.minus(YEAR.dividedBy(2)),
        at.plus(YEAR.dividedBy(2)),
        List.of(WebServerSpec.SERVER_AUTH),
        false);
  }

  /** A server with a key of its own and a chain of two certificates. */
  public synchronized WebServer issue(WebServerSpec spec) {
    RsaSigningKey key = RsaSigningKey.of(KEY_BITS, "web server " + seed + " " + issued++);
    CertificateWriter out =
        certificate(issuingName(), name("Fake Web Server"), key)
            .validity(spec.notBefore(), spec.notAfter());
    keyUsage(out, DIGITAL_SIGNATURE);
    if (spec.authority()) {
      out.extension("2.5.29.19", true, Der.bytes(Der.sequence(ASN1Boolean.TRUE)));
    }
    if (!spec.usages().isEmpty()) {
      ASN1Encodable[] oids =
          spec.usages().stream().map(ASN1ObjectIdentifier::new).toArray(ASN1Encodable[]::new);
      out.extension("2.5.29.37", false, Der.bytes(new DERSequence(oids)));
    }
    if (!spec.dnsNames().isEmpty()) {
      ASN1Encodable[] names =
          spec.dnsNames().stream()
              .map(dns -> new DERTaggedObject(false, 2, new DEROctetString(ascii(dns))))
              .toArray(ASN1Encodable[]::new);
      out.extension("2.5.29.17", false, Der.bytes(new DERSequence(names)));
    }
    return new WebServer(key, List.of(out.sign(issuingKey), issuing));
  }

  private Bytes authority(String commonName, RsaSigningKey key) {
    CertificateWriter out =
        certificate(name("Fake Web Root " + label), name(commonName), key)
            .validity(at.minus(YEAR.multipliedBy(5)), at.plus(YEAR.multipliedBy(5)))
            .extension("2.5.29.19", true, Der.bytes(Der.sequence(ASN1Boolean.TRUE)));
    keyUsage(out, KEY_CERT_SIGN);
    return out.sign(rootKey);
  }

  private CertificateWriter certificate(Bytes issuer, Bytes subject, RsaSigningKey key) {
    return new CertificateWriter()
        .serial(BigInteger.valueOf(1 + issued))
        .issuerName(issuer)
        .subjectName(subject)
        .publicKey(key.subjectPublicKeyInfo());
  }

  private Bytes issuingName() {
    return name("Fake Web TLS Issuing CA " + label);
  }

  private static void keyUsage(CertificateWriter out, int firstOctet) {
    int unused = Integer.numberOfTrailingZeros(firstOctet);
    DERBitString bits = new DERBitString(new byte[] {(byte) firstOctet}, unused);
    out.extension("2.5.29.15", true, Der.bytes(bits));
  }

  private static Bytes name(String commonName) {
    return Der.bytes(
        Der.sequence(
            new DERSet(
                Der.sequence(new ASN1ObjectIdentifier("2.5.4.3"), new DERUTF8String(commonName)))));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  static X509Certificate parsed(Bytes der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der.toArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
