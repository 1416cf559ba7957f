package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;

/** Names as AMD's certificates have them: five fixed attributes, then the common name. */
final class AmdName {
  private AmdName() {}

  /** OU, C, L, ST, O and CN in this order, one to each RDN (AMD 57230, section 3). */
  static Bytes of(String commonName) {
    ASN1EncodableVector rdns = new ASN1EncodableVector();
    rdns.add(rdn("2.5.4.11", new DERUTF8String("Engineering")));
    rdns.add(rdn("2.5.4.6", new DERPrintableString("US")));
    rdns.add(rdn("2.5.4.7", new DERUTF8String("Santa Clara")));
    rdns.add(rdn("2.5.4.8", new DERUTF8String("CA")));
    rdns.add(rdn("2.5.4.10", new DERUTF8String("Advanced Micro Devices")));
    rdns.add(rdn("2.5.4.3", new DERUTF8String(commonName)));
    return Der.bytes(new DERSequence(rdns));
  }

  private static DERSet rdn(String type, ASN1Encodable value) {
    return new DERSet(Der.sequence(new ASN1ObjectIdentifier(type), value));
  }
}
