package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** The encodings behind {@link PublicKeyInfo}. */
final class PublicKeys {
  /** AlgorithmIdentifier of rsaEncryption with NULL parameters (RFC 3279, section 2.3.1). */
  static final Bytes RSA_ALGORITHM = Bytes.ofHex("300d06092a864886f70d0101010500");

  private static final Bytes P256_ALGORITHM =
      Bytes.ofHex("301306072a8648ce3d020106082a8648ce3d030107");
  private static final Bytes P384_ALGORITHM = Bytes.ofHex("301006072a8648ce3d020106052b81040022");
  private static final Bytes F4_INTEGER = Bytes.ofHex("010001");

  private PublicKeys() {}

  /** AlgorithmIdentifier of id-ecPublicKey with a named curve (RFC 5480, section 2.1.1). */
  static Bytes ecAlgorithm(Curve curve) {
    return curve == Curve.P256 ? P256_ALGORITHM : P384_ALGORITHM;
  }

  static PublicKeyInfo.Rsa readRsa(Bytes der, Bytes key) throws MalformedException {
    DerReader outer = new DerReader("RSAPublicKey", key);
    DerReader fields = new DerReader("RSAPublicKey", outer.content(DerReader.SEQUENCE));
    outer.end();
    BigInteger modulus = new BigInteger(fields.content(DerReader.INTEGER).toArray());
    Bytes exponent = fields.content(DerReader.INTEGER);
    fields.end();
    if (!exponent.equals(F4_INTEGER)) {
      throw malformed("exponent 65537");
    }
    PublicKeyInfo.Rsa read = PublicKeyInfo.rsa(modulus);
    if (!read.der().equals(der)) {
      throw malformed("DER");
    }
    return read;
  }

  static PublicKeyInfo.Ec readEc(Bytes der, Curve curve, Bytes point) throws MalformedException {
    int size = curve.fieldBytes();
    if (point.size() != 1 + 2 * size || point.get(0) != 4) {
      throw malformed("an uncompressed point");
    }
    BigInteger x = new BigInteger(1, point.slice(1, 1 + size).toArray());
    BigInteger y = new BigInteger(1, point.slice(1 + size, point.size()).toArray());
    if (!curve.contains(x, y)) {
      throw malformed("a point on " + curve.standardName());
    }
    return new PublicKeyInfo.Ec(der, curve, x, y);
  }

  static Bytes encode(AlgorithmIdentifier algorithm, byte[] key) {
    return Bytes.of(encoded(new SubjectPublicKeyInfo(algorithm, key)));
  }

  static byte[] encoded(ASN1Encodable value) {
    try {
      return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new UncheckedIOException("DER of a public key", e); // encodes into memory
    }
  }

  static MalformedException malformed(String expected) {
    return new MalformedException("SubjectPublicKeyInfo", expected, "something else");
  }
}
