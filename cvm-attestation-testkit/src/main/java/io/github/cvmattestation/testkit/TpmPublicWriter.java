package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.tpm.TpmWriter;

/**
 * Writes the TPMT_PUBLIC of an attestation key (TPM 2.0 Library, Part 2, section 12.2.4), in the
 * form of Azure's unless told otherwise: restricted, for signing, made in the TPM and bound to it.
 */
public final class TpmPublicWriter {
  private static final int ALG_RSA = 0x0001;
  private static final int ALG_ECC = 0x0023;
  private static final int ALG_NULL = 0x0010;
  private static final int ALG_RSASSA = 0x0014;
  private static final int ALG_ECDSA = 0x0018;
  private static final int ALG_SHA256 = 0x000B;
  private static final int ALG_SHA384 = 0x000C;
  private static final int CURVE_P256 = 0x0003;
  private static final int CURVE_P384 = 0x0004;

  /** fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, sign. */
  private static final long AK_ATTRIBUTES = 0x50472;

  private final int type;
  private final Bytes tail;
  private int nameAlgorithm = ALG_SHA256;
  private long attributes = AK_ATTRIBUTES;
  private Bytes authPolicy = Bytes.empty();
  private int scheme;
  private int schemeHash = ALG_SHA256;

  private TpmPublicWriter(int type, int scheme, Bytes tail) {
    this.type = type;
    this.scheme = scheme;
    this.tail = tail;
  }

  /** An RSA key, scheme RSASSA with SHA-256, exponent written as 0, which means 65537. */
  public static TpmPublicWriter rsa(RsaSigningKey key) {
    long exponent = key.publicExponent() == 65537 ? 0 : key.publicExponent();
    return rsa(key, exponent);
  }

  /** An RSA key with this value in the exponent field. */
  public static TpmPublicWriter rsa(RsaSigningKey key, long exponentField) {
    TpmWriter tail = new TpmWriter().u16(key.bits()).u32(exponentField).sized(key.modulus());
    return new TpmPublicWriter(ALG_RSA, ALG_RSASSA, tail.bytes());
  }

  /** An elliptic curve key, scheme ECDSA with the hash that fits its curve, no key derivation. */
  public static TpmPublicWriter ecc(EcSigningKey key) {
    boolean p256 = key.size() == 32;
    TpmWriter tail = new TpmWriter().u16(p256 ? CURVE_P256 : CURVE_P384).u16(ALG_NULL);
    tail.sized(key.x()).sized(key.y());
    return new TpmPublicWriter(ALG_ECC, ALG_ECDSA, tail.bytes())
        .scheme(ALG_ECDSA, p256 ? ALG_SHA256 : ALG_SHA384);
  }

  /** Sets nameAlg, a TPM_ALG_ID. */
  public TpmPublicWriter nameAlgorithm(int value) {
    nameAlgorithm = value;
    return this;
  }

  /** Sets objectAttributes. */
  public TpmPublicWriter attributes(long value) {
    attributes = value;
    return this;
  }

  /** Sets authPolicy. */
  public TpmPublicWriter authPolicy(Bytes value) {
    authPolicy = value;
    return this;
  }

  /** Sets the signature scheme and its hash, both TPM_ALG_ID; TPM_ALG_NULL (0x10) has no hash. */
  public TpmPublicWriter scheme(int algorithm, int hash) {
    scheme = algorithm;
    schemeHash = hash;
    return this;
  }

  /** TPMT_PUBLIC, without a size before it. */
  public Bytes write() {
    TpmWriter out = new TpmWriter().u16(type).u16(nameAlgorithm).u32(attributes).sized(authPolicy);
    out.u16(ALG_NULL).u16(scheme); // no symmetric algorithm: the key does not encrypt children
    if (scheme != ALG_NULL) {
      out.u16(schemeHash);
    }
    return out.raw(tail).bytes();
  }
}
