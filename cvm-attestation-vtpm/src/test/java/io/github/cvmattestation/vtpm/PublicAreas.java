package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import java.math.BigInteger;
import java.security.interfaces.ECPublicKey;

/** TPMT_PUBLIC areas, written from TPM 2.0 Part 2, section 12.2. */
final class PublicAreas {
  /**
   * fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, sign: the
   * attestation key of an Azure vTPM.
   */
  static final long AK_ATTRIBUTES = 0x00050472L;

  private PublicAreas() {}

  static Bytes rsa(
      long attributes, int scheme, int hash, int keyBits, long exponent, Bytes modulus) {
    Octets out = new Octets().u16(0x01).u16(0x0B).u32(attributes).u16(0).u16(0x10).u16(scheme);
    if (hash != 0) {
      out.u16(hash);
    }
    return out.u16(keyBits).u32(exponent).sized(modulus).toBytes();
  }

  static Bytes ecc(TestAk ak, long attributes) {
    boolean p256 = ak.scheme() == SignatureScheme.ECDSA_P256_SHA256;
    return ecc(attributes, 0x18, p256 ? 0x0B : 0x0C, p256 ? 3 : 4, x(ak), y(ak));
  }

  static Bytes ecc(long attributes, int scheme, int hash, int curve, Bytes x, Bytes y) {
    Octets out = new Octets().u16(0x23).u16(0x0B).u32(attributes).u16(0).u16(0x10).u16(scheme);
    if (hash != 0) {
      out.u16(hash);
    }
    return out.u16(curve).u16(0x10).sized(x).sized(y).toBytes();
  }

  static Bytes sealed(long attributes) {
    return new Octets()
        .u16(0x08)
        .u16(0x0B)
        .u32(attributes)
        .u16(0)
        .u16(0x10)
        .sized(AttestWriter.filled(32, 9))
        .toBytes();
  }

  static Bytes x(TestAk ak) {
    return coordinate(ak, ((ECPublicKey) ak.pair().getPublic()).getW().getAffineX());
  }

  static Bytes y(TestAk ak) {
    return coordinate(ak, ((ECPublicKey) ak.pair().getPublic()).getW().getAffineY());
  }

  private static Bytes coordinate(TestAk ak, BigInteger value) {
    int size = ak.scheme() == SignatureScheme.ECDSA_P256_SHA256 ? 32 : 48;
    Bytes padded = Bytes.zeros(size).concat(Bytes.of(value.toByteArray()));
    return padded.slice(padded.size() - size, padded.size());
  }
}
