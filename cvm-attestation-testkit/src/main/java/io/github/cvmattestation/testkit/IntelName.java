package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;

/** Names as Intel's certificates have them: the common name, then four fixed attributes. */
final class IntelName {
  private IntelName() {}

  /**
   * CN, O, L, ST and C in this order, one to each RDN (Intel SGX PCK Certificate Specification,
   * section 1.3).
   */
  static Bytes of(String commonName) {
    ASN1EncodableVector rdns = new ASN1EncodableVector();
    rdns.add(rdn("2.5.4.3", new DERUTF8String(commonName)));
    rdns.add(rdn("2.5.4.10", new DERUTF8String("Intel Corporation")));
    rdns.add(rdn("2.5.4.7", new DERUTF8String("Santa Clara")));
    rdns.add(rdn("2.5.4.8", new DERUTF8String("CA")));
    rdns.add(rdn("2.5.4.6", new DERPrintableString("US")));
    return Der.bytes(new DERSequence(rdns));
  }

  private static DERSet rdn(String type, ASN1Encodable value) {
    return new DERSet(Der.sequence(new ASN1ObjectIdentifier(type), value));
  }
}
