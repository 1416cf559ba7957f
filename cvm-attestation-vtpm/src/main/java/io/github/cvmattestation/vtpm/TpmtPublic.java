package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.attestation.internal.Digests;
import java.util.Optional;
import java.util.Set;

/**
 * TPMT_PUBLIC: the public area of an object (TPM 2.0 Part 2, section 12.2.4).
 *
 * @param raw as it was received. The {@link #name()} is over these bytes: an exponent written as 0
 *     and one written as 65537 are the same key with two Names
 * @param nameAlg the hash of the Name
 * @param objectAttributes what the object may do
 * @param authPolicy empty, or a digest
 * @param parameters parameters and {@code unique}, which depend on the type
 */
public record TpmtPublic(
    Bytes raw,
    HashAlgorithm nameAlg,
    Set<ObjectAttribute> objectAttributes,
    Bytes authPolicy,
    Parameters parameters) {
  private static final int MAX_DIGEST = 64;
  private static final int DEFAULT_EXPONENT = 65537;

  public TpmtPublic {
    objectAttributes = Set.copyOf(objectAttributes);
  }

  /** TPMU_PUBLIC_PARMS with TPMU_PUBLIC_ID (Part 2, sections 12.2.3.7 and 12.2.3.2). */
  public sealed interface Parameters {}

  /**
   * An RSA key (Part 2, section 12.2.3.5).
   *
   * @param symmetric what protects the children of a storage key
   * @param scheme empty if the caller of each command chooses
   * @param keyBits the size of the modulus in bits, as declared
   * @param exponent as written, 0 for 65537, unsigned 32 bits
   * @param modulus big-endian, exactly {@code keyBits / 8} bytes
   */
  public record Rsa(
      Optional<Symmetric> symmetric,
      Optional<Scheme> scheme,
      int keyBits,
      long exponent,
      Bytes modulus)
      implements Parameters {
    /** The exponent that is meant: what is written, or 65537 for 0. */
    public long effectiveExponent() {
      return exponent == 0 ? DEFAULT_EXPONENT : exponent;
    }
  }

  /**
   * An elliptic-curve key (Part 2, section 12.2.3.6).
   *
   * @param symmetric what protects the children of a storage key
   * @param scheme empty if the caller of each command chooses
   * @param curve the curve
   * @param kdf the key derivation, which no TPM uses here
   * @param x big-endian; a TPM may leave out leading zeros
   * @param y likewise
   */
  public record Ecc(
      Optional<Symmetric> symmetric,
      Optional<Scheme> scheme,
      EccCurve curve,
      Optional<Scheme> kdf,
      Bytes x,
      Bytes y)
      implements Parameters {}

  /**
   * Sealed data (Part 2, section 12.2.3.3). A KEYEDHASH object with a scheme is a key, and refused.
   *
   * @param unique a digest that binds the data
   */
  public record KeyedHash(Bytes unique) implements Parameters {}

  /**
   * TPMT_SYM_DEF_OBJECT (Part 2, section 11.1.7): AES in CFB mode, the only one that parents use.
   *
   * @param keyBits 128, 192 or 256
   */
  public record Symmetric(int keyBits) {}

  /**
   * A scheme with its hash (Part 2, sections 11.2.3.6, 11.2.4.2 and 11.2.5.6).
   *
   * @param algorithm the TPM_ALG_ID
   * @param hash empty for RSAES alone
   */
  public record Scheme(int algorithm, Optional<HashAlgorithm> hash) {}

  /** TPM_ECC_CURVE, the NIST curves (Part 2, section 6.4). */
  public enum EccCurve {
    /** NIST P-256. */
    P256(0x0003),
    /** NIST P-384. */
    P384(0x0004),
    /** NIST P-521: recognised, and too rare to be verified with. */
    P521(0x0005);

    private final int id;

    EccCurve(int id) {
      this.id = id;
    }

    /** The TPM_ECC_CURVE. */
    public int id() {
      return id;
    }
  }

  /** Parses {@code input} to its last byte. */
  public static TpmtPublic parse(Bytes input) throws MalformedException {
    ByteReader in = ByteReader.bigEndian("TPMT_PUBLIC", input);
    int type = in.u16("type");
    HashAlgorithm nameAlg = AlgorithmIds.readHash(in, "nameAlg");
    Set<ObjectAttribute> attributes = ObjectAttribute.read(in);
    Bytes authPolicy = in.sized16("authPolicy", MAX_DIGEST);
    Parameters parameters =
        switch (type) {
          case AlgorithmIds.RSA -> PublicParameters.readRsa(in);
          case AlgorithmIds.ECC -> PublicParameters.readEcc(in);
          case AlgorithmIds.KEYEDHASH -> PublicParameters.readKeyedHash(in);
          default -> throw in.malformed("type", "RSA, ECC or KEYEDHASH", "0x%04x".formatted(type));
        };
    in.end();
    return new TpmtPublic(input, nameAlg, attributes, authPolicy, parameters);
  }

  /** The Name: nameAlg and a digest of the public area as received (Part 1, section 16). */
  public Bytes name() {
    Bytes algorithm = Bytes.of((byte) (nameAlg.id() >> 8), (byte) nameAlg.id());
    return algorithm.concat(Digests.digest(nameAlg.jcaName(), raw));
  }

  /** Whether all of {@code required} are set. */
  public boolean has(ObjectAttribute... required) {
    return objectAttributes.containsAll(Set.of(required));
  }
}
