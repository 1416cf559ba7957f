package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import io.github.cvmattestation.attestation.internal.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.TBSCertList;
import org.jspecify.annotations.Nullable;

/**
 * An X.509 version 2 CRL (RFC 5280, section 5.1), parsed but not believed. One that covers only
 * part of what its issuer signs (a critical extension says so) is refused.
 *
 * @param tbs the signed part, verbatim
 * @param signatureAlgorithm AlgorithmIdentifier, DER
 * @param signature the signature's octets
 * @param issuer the issuer's Name, DER as received
 * @param issuerCommonName the one CN of the issuer
 * @param validity thisUpdate and nextUpdate; both must be there
 * @param revoked serial numbers
 */
public record RevocationList(
    Bytes tbs,
    Bytes signatureAlgorithm,
    Bytes signature,
    Bytes issuer,
    String issuerCommonName,
    Validity validity,
    Set<BigInteger> revoked) {

  /** The most bytes that a list may have. */
  public static final int MAX_SIZE = 1 << 20;

  private static final String NAME = "CertificateList";

  public RevocationList {
    // Not Set.copyOf: serial numbers of equal hash, which anybody can choose, make that quadratic;
    // HashSet puts them into a tree.
    revoked = Collections.unmodifiableSet(new HashSet<>(revoked));
  }

  /** Reads exactly one list, DER or PEM. */
  public static RevocationList parse(Bytes input) throws MalformedException {
    if (input.size() > MAX_SIZE) {
      throw new MalformedException(NAME, "at most " + MAX_SIZE + " bytes", "more");
    }
    Bytes der = input;
    if (Pem.looksLike(input)) {
      List<Bytes> blocks = Pem.decode(input, "X509 CRL");
      if (blocks.size() != 1) {
        throw new MalformedException(NAME, "one list", blocks.size() + " in the PEM");
      }
      der = blocks.get(0);
    }
    SignedObject signed = SignedObject.parse(NAME, der);
    try {
      return decode(signed);
    } catch (RuntimeException | IOException e) {
      throw new MalformedException(NAME, "an X.509 version 2 CRL", "something else");
    }
  }

  private static RevocationList decode(SignedObject signed) throws IOException, MalformedException {
    ASN1Sequence fields = signed.decoded(NAME);
    TBSCertList tbs = TBSCertList.getInstance(fields);
    signed.requireSameAlgorithm(NAME, encoded(tbs.getSignature()));
    if (tbs.getVersionNumber() != 2 || tbs.getNextUpdate() == null) {
      throw new MalformedException(NAME, "version 2 with nextUpdate", "something else");
    }
    requireAllRead(fields, tbs.getExtensions() != null);
    requireNothingCritical(tbs.getExtensions());
    Set<BigInteger> revoked = new HashSet<>();
    Enumeration<?> entries = tbs.getRevokedCertificateEnumeration();
    while (entries.hasMoreElements()) {
      TBSCertList.CRLEntry entry = (TBSCertList.CRLEntry) entries.nextElement();
      requireNothingCritical(entry.getExtensions());
      revoked.add(entry.getUserCertificate().getValue());
    }
    Bytes issuer = encoded(tbs.getIssuer());
    return new RevocationList(
        signed.tbs(),
        signed.algorithm(),
        signed.signature(),
        issuer,
        Names.commonName(NAME + ".issuer", issuer),
        new Validity(
            "revocation list",
            Times.read(new DerReader(NAME, encoded(tbs.getThisUpdate()))),
            Times.read(new DerReader(NAME, encoded(tbs.getNextUpdate())))),
        revoked);
  }

  private static Bytes encoded(ASN1Encodable part) throws IOException {
    return Bytes.of(part.toASN1Primitive().getEncoded(ASN1Encoding.DER));
  }

  /** Bouncy Castle ignores what follows, and takes any tag for that of the extensions. */
  private static void requireAllRead(ASN1Sequence fields, boolean hasExtensions)
      throws MalformedException {
    int read = 5; // version to nextUpdate
    if (fields.size() > read && fields.getObjectAt(read) instanceof ASN1Sequence) {
      read++;
    }
    if (hasExtensions
        && fields.getObjectAt(read) instanceof ASN1TaggedObject tagged
        && tagged.hasContextTag(0)) {
      read++;
    }
    if (fields.size() != read) {
      throw new MalformedException(NAME, read + " fields", fields.size() + " fields");
    }
  }

  private static void requireNothingCritical(@Nullable Extensions all) throws MalformedException {
    if (all == null) {
      return;
    }
    for (ASN1ObjectIdentifier oid : all.getExtensionOIDs()) {
      if (all.getExtension(oid).isCritical()) {
        throw new MalformedException(NAME, "no critical extension", oid.getId());
      }
    }
  }
}
