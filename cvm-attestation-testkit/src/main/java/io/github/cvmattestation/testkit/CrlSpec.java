package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.jspecify.annotations.Nullable;

/**
 * How a revocation list is to be: one that AMD's root signs and that revokes nothing, unless told
 * otherwise (RFC 5280, section 5.1). {@link FakeAmdPki#crl(CrlSpec)} makes it.
 */
public final class CrlSpec {
  private final Line line;
  private final List<BigInteger> revoked = new ArrayList<>();
  private @Nullable Instant thisUpdate;
  private @Nullable Instant nextUpdate;
  private boolean withoutNextUpdate;
  private @Nullable FakeCa issuer;
  private @Nullable String issuerName;
  private PssForm form = PssForm.explicitTrailer();

  private CrlSpec(Line line) {
    this.line = line;
  }

  /** A list of this line's ARK. */
  public static CrlSpec of(Line line) {
    return new CrlSpec(line);
  }

  /** Revokes these serial numbers. */
  public CrlSpec revoking(BigInteger... serials) {
    revoked.addAll(Arrays.asList(serials));
    return this;
  }

  /** Revokes these authorities. */
  public CrlSpec revoking(FakeCa... authorities) {
    for (FakeCa authority : authorities) {
      revoked.add(authority.serial());
    }
    return this;
  }

  /** Other dates. */
  public CrlSpec validity(Instant from, Instant until) {
    thisUpdate = from;
    nextUpdate = until;
    return this;
  }

  /** No nextUpdate. */
  public CrlSpec withoutNextUpdate() {
    withoutNextUpdate = true;
    return this;
  }

  /** Signed by another authority, whose name is then the issuer's. */
  public CrlSpec issuedBy(FakeCa authority) {
    issuer = authority;
    return this;
  }

  /** An issuer's name other than that of the key which signs. */
  public CrlSpec issuerName(String commonName) {
    issuerName = commonName;
    return this;
  }

  /** Other signature parameters. */
  public CrlSpec signature(PssForm pss) {
    form = pss;
    return this;
  }

  Line line() {
    return line;
  }

  Bytes build(FakeCa root, Instant usualThisUpdate, Instant usualNextUpdate) {
    FakeCa by = issuer != null ? issuer : root;
    Instant from = thisUpdate != null ? thisUpdate : usualThisUpdate;
    ASN1EncodableVector tbs = new ASN1EncodableVector();
    tbs.add(new ASN1Integer(1));
    tbs.add(form.algorithmIdentifier());
    tbs.add(Der.parsed(AmdName.of(issuerName != null ? issuerName : by.name())));
    tbs.add(Der.time(from));
    if (!withoutNextUpdate) {
      tbs.add(Der.time(nextUpdate != null ? nextUpdate : usualNextUpdate));
    }
    if (!revoked.isEmpty()) {
      ASN1Encodable[] entries =
          revoked.stream()
              .map(serial -> Der.sequence(new ASN1Integer(serial), Der.time(from)))
              .toArray(ASN1Encodable[]::new);
      tbs.add(new DERSequence(entries));
    }
    tbs.add(new DERTaggedObject(true, 0, extensions(by)));
    return CertificateWriter.signed(new DERSequence(tbs), form, form, by.key());
  }

  /** authorityKeyIdentifier and cRLNumber, which every list must have (section 5.2). */
  private static DERSequence extensions(FakeCa by) {
    DERTaggedObject id = new DERTaggedObject(false, 0, new DEROctetString(CaSpec.keyId(by.key())));
    return Der.sequence(
        Der.sequence(
            new ASN1ObjectIdentifier("2.5.29.35"), new DEROctetString(Der.array(Der.sequence(id)))),
        Der.sequence(
            new ASN1ObjectIdentifier("2.5.29.20"),
            new DEROctetString(Der.array(new ASN1Integer(1)))));
  }
}
