package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.jspecify.annotations.Nullable;

/**
 * How a revocation list of Intel's is to be: one that revokes nothing, unless told otherwise (Intel
 * SGX PCK Certificate Specification, section 1.5; RFC 5280, section 5). {@link
 * FakeIntelPki#crl(IntelCrlSpec)} makes it.
 */
public final class IntelCrlSpec {
  /** cRLNumber (RFC 5280, section 5.2.3). */
  public static final String CRL_NUMBER = "2.5.29.20";

  /** deltaCRLIndicator (RFC 5280, section 5.2.4). */
  public static final String DELTA_CRL_INDICATOR = "2.5.29.27";

  /** issuingDistributionPoint (RFC 5280, section 5.2.5). */
  public static final String ISSUING_DISTRIBUTION_POINT = "2.5.29.28";

  private static final String REASON_CODE = "2.5.29.21";
  private static final int KEY_COMPROMISE = 1;
  private static final int INDIRECT_CRL = 4;

  private final List<BigInteger> revoked = new ArrayList<>();
  private final List<CertificateWriter.Extension> entryExtensions = new ArrayList<>();
  private final List<Entry> extensions = new ArrayList<>();
  private IntelCertificate issuer;
  private @Nullable Bytes issuerName;
  private @Nullable EcSigningKey signer;
  private Instant thisUpdate;
  private Instant nextUpdate;
  private boolean withoutNextUpdate;
  private EcdsaForm form = EcdsaForm.sha256();
  private @Nullable EcdsaForm outerForm;

  /** An extension; what has no value yet gets it when the list is made. */
  private record Entry(String oid, boolean critical, @Nullable Bytes value) {}

  IntelCrlSpec(IntelCertificate issuer, Instant from, Instant until) {
    this.issuer = issuer;
    thisUpdate = from;
    nextUpdate = until;
    number(1);
    extensions.add(new Entry(IntelCertificateSpec.AUTHORITY_KEY_ID, false, null));
    entryExtension(REASON_CODE, false, Der.bytes(new ASN1Enumerated(KEY_COMPROMISE)));
  }

  /** Revokes these serial numbers. */
  public IntelCrlSpec revoking(BigInteger... serials) {
    revoked.addAll(Arrays.asList(serials));
    return this;
  }

  /** Revokes these certificates. */
  public IntelCrlSpec revoking(IntelCertificate... certificates) {
    for (IntelCertificate certificate : certificates) {
      revoked.add(certificate.serial());
    }
    return this;
  }

  /** Other dates. */
  public IntelCrlSpec validity(Instant from, Instant until) {
    thisUpdate = from;
    nextUpdate = until;
    return this;
  }

  /** No nextUpdate. */
  public IntelCrlSpec withoutNextUpdate() {
    withoutNextUpdate = true;
    return this;
  }

  /** Another cRLNumber than 1. */
  public IntelCrlSpec number(long value) {
    return extension(CRL_NUMBER, false, Der.bytes(new ASN1Integer(value)));
  }

  /** An authorityKeyIdentifier other than that of the key which signs. */
  public IntelCrlSpec keyId(Bytes value) {
    return extension(
        IntelCertificateSpec.AUTHORITY_KEY_ID, false, Der.bytes(Der.authorityKeyId(value)));
  }

  /** Signed by another authority, whose name is then the issuer's. */
  public IntelCrlSpec issuedBy(IntelCertificate authority) {
    issuer = authority;
    return this;
  }

  /** An issuer's name other than that of the key which signs: Intel's attributes and this CN. */
  public IntelCrlSpec issuerName(String commonName) {
    return issuerName(IntelName.of(commonName));
  }

  /** An issuer's name other than that of the key which signs: any DER Name. */
  public IntelCrlSpec issuerName(Bytes der) {
    issuerName = der;
    return this;
  }

  /** Signed with this key; name and key identifier stay. */
  public IntelCrlSpec signedWith(EcSigningKey other) {
    signer = other;
    return this;
  }

  /** Sets an extension to any content; it keeps its place, a new one comes last. */
  public IntelCrlSpec extension(String oid, boolean critical, Bytes value) {
    for (int i = 0; i < extensions.size(); i++) {
      if (extensions.get(i).oid().equals(oid)) {
        extensions.set(i, new Entry(oid, critical, value));
        return this;
      }
    }
    return add(oid, critical, value);
  }

  /** Leaves an extension out. */
  public IntelCrlSpec without(String oid) {
    extensions.removeIf(entry -> entry.oid().equals(oid));
    return this;
  }

  /** Appends an extension, even where there is one of that name. */
  public IntelCrlSpec add(String oid, boolean critical, Bytes value) {
    extensions.add(new Entry(oid, critical, value));
    return this;
  }

  /** Says that this list holds only what changed since the list of this number. */
  public IntelCrlSpec delta(long baseNumber) {
    return extension(DELTA_CRL_INDICATOR, true, Der.bytes(new ASN1Integer(baseNumber)));
  }

  /** Says that this list is about certificates of other issuers too. */
  public IntelCrlSpec indirect() {
    DERTaggedObject flag = new DERTaggedObject(false, INDIRECT_CRL, ASN1Boolean.TRUE);
    return extension(ISSUING_DISTRIBUTION_POINT, true, Der.bytes(Der.sequence(flag)));
  }

  /** Appends an extension to every entry, after Intel's reasonCode. */
  public IntelCrlSpec entryExtension(String oid, boolean critical, Bytes value) {
    entryExtensions.add(new CertificateWriter.Extension(oid, critical, value));
    return this;
  }

  /** Another digest. */
  public IntelCrlSpec signature(EcdsaForm ecdsa) {
    form = ecdsa;
    return this;
  }

  /** Another digest in the outer algorithm identifier alone. */
  public IntelCrlSpec outerAlgorithm(EcdsaForm ecdsa) {
    outerForm = ecdsa;
    return this;
  }

  Bytes build() {
    ASN1EncodableVector tbs = new ASN1EncodableVector();
    tbs.add(new ASN1Integer(1));
    tbs.add(form.algorithmIdentifier());
    tbs.add(Der.parsed(issuerName != null ? issuerName : issuer.subject()));
    tbs.add(Der.time(thisUpdate));
    if (!withoutNextUpdate) {
      tbs.add(Der.time(nextUpdate));
    }
    if (!revoked.isEmpty()) {
      tbs.add(new DERSequence(revoked.stream().map(this::entry).toArray(ASN1Encodable[]::new)));
    }
    if (!extensions.isEmpty()) {
      tbs.add(new DERTaggedObject(true, 0, extensions()));
    }
    return CertificateWriter.signed(
        new DERSequence(tbs),
        form,
        outerForm != null ? outerForm : form,
        signer != null ? signer : issuer.key());
  }

  private DERSequence entry(BigInteger serial) {
    DERSequence inner =
        new DERSequence(
            entryExtensions.stream()
                .map(CertificateWriter.Extension::encoded)
                .toArray(ASN1Encodable[]::new));
    return Der.sequence(new ASN1Integer(serial), Der.time(thisUpdate), inner);
  }

  private DERSequence extensions() {
    Bytes keyId = Der.bytes(Der.authorityKeyId(issuer.keyId()));
    ASN1EncodableVector out = new ASN1EncodableVector();
    for (Entry entry : extensions) {
      Bytes value = entry.value() != null ? entry.value() : keyId;
      out.add(new CertificateWriter.Extension(entry.oid(), entry.critical(), value).encoded());
    }
    return new DERSequence(out);
  }
}
