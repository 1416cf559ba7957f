package io.github.cvmattestation.testkit;

import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;

/**
 * The parameters of an RSASSA-PSS signature, and how they are written down (RFC 4055, section 3.1).
 *
 * @param digest JCA name of the message digest
 * @param mgfDigest JCA name of the digest inside MGF1
 * @param saltLength in bytes
 * @param trailerField what to write as trailerField; 0 leaves it out, and 1 is then meant
 */
public record PssForm(String digest, String mgfDigest, int saltLength, int trailerField) {
  /** SHA-384 twice, salt 48, trailerField spelt out: AMD's CA certificates and older leaves. */
  public static PssForm explicitTrailer() {
    return new PssForm("SHA-384", "SHA-384", 48, 1);
  }

  /** The same with trailerField left to its default, as AMD's newer leaves have it. */
  public static PssForm defaultTrailer() {
    return new PssForm("SHA-384", "SHA-384", 48, 0);
  }

  /** The same with another salt length. */
  public PssForm withSaltLength(int bytes) {
    return new PssForm(digest, mgfDigest, bytes, trailerField);
  }

  /** The same with another digest, inside MGF1 too. */
  public PssForm withDigest(String jcaName) {
    return new PssForm(jcaName, jcaName, saltLength, trailerField);
  }

  /** The AlgorithmIdentifier. */
  DERSequence algorithmIdentifier() {
    DERSequence mgf =
        Der.sequence(
            PKCSObjectIdentifiers.id_mgf1,
            Der.sequence(Der.digestOid(mgfDigest), DERNull.INSTANCE));
    ASN1EncodableVector parameters = new ASN1EncodableVector();
    parameters.add(
        new DERTaggedObject(true, 0, Der.sequence(Der.digestOid(digest), DERNull.INSTANCE)));
    parameters.add(new DERTaggedObject(true, 1, mgf));
    parameters.add(new DERTaggedObject(true, 2, new ASN1Integer(BigInteger.valueOf(saltLength))));
    if (trailerField != 0) {
      parameters.add(
          new DERTaggedObject(true, 3, new ASN1Integer(BigInteger.valueOf(trailerField))));
    }
    return Der.sequence(PKCSObjectIdentifiers.id_RSASSA_PSS, new DERSequence(parameters));
  }
}
