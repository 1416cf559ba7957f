package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTCTime;

/** Small steps around Bouncy Castle's ASN.1 writer. */
final class Der {
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter GENERALIZED_TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int FIRST_GENERALIZED_YEAR = 2050;

  private Der() {}

  static DERSequence sequence(ASN1Encodable... elements) {
    return new DERSequence(elements);
  }

  static byte[] array(ASN1Encodable value) {
    try {
      return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Bytes bytes(ASN1Encodable value) {
    return Bytes.of(array(value));
  }

  static ASN1Primitive parsed(Bytes der) {
    try {
      return ASN1Primitive.fromByteArray(der.toArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Time (RFC 5280, section 4.1.2.5): UTCTime through 2049, GeneralizedTime from 2050. */
  static ASN1Encodable time(Instant at) {
    return at.atZone(ZoneOffset.UTC).getYear() < FIRST_GENERALIZED_YEAR
        ? (ASN1UTCTime) new DERUTCTime(UTC_TIME.format(at))
        : new DERGeneralizedTime(GENERALIZED_TIME.format(at));
  }

  /** CRLDistributionPoints with one URI (RFC 5280, section 4.2.1.13). */
  static DERSequence distributionPoint(String url) {
    DERTaggedObject uri = new DERTaggedObject(false, 6, new DERIA5String(url));
    DERTaggedObject fullName = new DERTaggedObject(false, 0, sequence(uri));
    return sequence(sequence(new DERTaggedObject(true, 0, fullName)));
  }

  /** AuthorityKeyIdentifier that names the key alone (RFC 5280, section 4.2.1.1). */
  static DERSequence authorityKeyId(Bytes keyId) {
    return sequence(new DERTaggedObject(false, 0, new DEROctetString(keyId.toArray())));
  }

  /** Object identifiers of the message digests (RFC 8017, appendix B.1), by JCA name. */
  static ASN1ObjectIdentifier digestOid(String digest) {
    return new ASN1ObjectIdentifier(
        switch (digest) {
          case "SHA-1" -> "1.3.14.3.2.26";
          case "SHA-256" -> "2.16.840.1.101.3.4.2.1";
          case "SHA-384" -> "2.16.840.1.101.3.4.2.2";
          case "SHA-512" -> "2.16.840.1.101.3.4.2.3";
          default -> throw new IllegalArgumentException("no digest of this name: " + digest);
        });
  }

  /** {@code value} big-endian in exactly {@code size} bytes (I2OSP, RFC 8017, section 4.1). */
  static byte[] unsigned(BigInteger value, int size) {
    byte[] minimal = value.toByteArray();
    int skip = minimal[0] == 0 ? 1 : 0;
    byte[] out = new byte[size];
    System.arraycopy(minimal, skip, out, size - (minimal.length - skip), minimal.length - skip);
    return out;
  }
}
