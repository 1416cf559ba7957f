package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.math.BigInteger;

/**
 * A public key whose owner approves policies: with its signature, secrets open in states of the
 * machine that nobody knew when they were sealed (TPM2_PolicyAuthorize; TPM 2.0 Part 3, section
 * 23.16).
 *
 * <p>Policies know the key by its Name, so its public area is fixed to the last bit: SHA-256,
 * attributes 0x00060040, no schemes, and an RSA exponent that is written out as 65537. That is what
 * systemd makes of such a key, and what {@code tpm2_loadexternal} does not.
 *
 * @param key RSA, or a point on P-256 or P-384
 * @param publicArea the key as TPMs know it
 */
public record PolicyKey(PublicKeyInfo key, TpmtPublic publicArea) {
  private static final int ATTRIBUTES = 0x0006_0040;

  /**
   * @throws IllegalArgumentException if the parts contradict each other; {@link #of} makes both
   */
  public PolicyKey {
    if (!publicArea.raw().equals(area(key))) {
      throw new IllegalArgumentException("not the public area of the key");
    }
  }

  /** The key as TPMs know it. */
  public static PolicyKey of(PublicKeyInfo key) {
    try {
      return new PolicyKey(key, TpmtPublic.parse(area(key)));
    } catch (MalformedException e) {
      throw new IllegalStateException("our own public area does not parse", e);
    }
  }

  /** The Name that policies know the key by. */
  public Bytes name() {
    return publicArea.name();
  }

  private static Bytes area(PublicKeyInfo key) {
    TpmWriter out = new TpmWriter();
    out.u16(key instanceof PublicKeyInfo.Rsa ? AlgorithmIds.RSA : AlgorithmIds.ECC)
        .u16(HashAlgorithm.SHA256.id())
        .u32(ATTRIBUTES)
        .u16(0) // authPolicy
        .u16(AlgorithmIds.NULL) // symmetric
        .u16(AlgorithmIds.NULL); // scheme
    if (key instanceof PublicKeyInfo.Rsa rsa) {
      out.u16(8 * rsa.modulusBytes())
          .u32(PublicKeyInfo.F4.intValueExact())
          .sized(unsigned(rsa.modulus(), rsa.modulusBytes()));
    } else if (key instanceof PublicKeyInfo.Ec ec) {
      int size = ec.curve().fieldBytes();
      out.u16(curve(ec.curve()).id())
          .u16(AlgorithmIds.NULL) // kdf
          .sized(unsigned(ec.x(), size))
          .sized(unsigned(ec.y(), size));
    }
    return Bytes.of(out.toArray());
  }

  private static TpmtPublic.EccCurve curve(Curve curve) {
    return switch (curve) {
      case P256 -> TpmtPublic.EccCurve.P256;
      case P384 -> TpmtPublic.EccCurve.P384;
    };
  }

  private static Bytes unsigned(BigInteger number, int size) {
    Bytes octets = Bytes.of(number.toByteArray());
    return octets.size() > size
        ? octets.slice(octets.size() - size, octets.size())
        : Bytes.zeros(size - octets.size()).concat(octets);
  }
}
