package io.github.cvmattestation.attestation.crypto;

/**
 * The signature schemes that any of our formats uses, with every parameter fixed. ECDSA signatures
 * are r‖s, both as long as the curve's order (IEEE P1363), never DER.
 */
public enum SignatureScheme {
  /** ECDSA on P-256 over SHA-256. */
  ECDSA_P256_SHA256(Kind.ECDSA, "SHA-256", 0),
  /** ECDSA on P-384 over SHA-384. */
  ECDSA_P384_SHA384(Kind.ECDSA, "SHA-384", 0),
  /** RSASSA-PKCS1-v1_5 over SHA-256. */
  RSASSA_SHA256(Kind.RSASSA, "SHA-256", 0),
  /** RSASSA-PKCS1-v1_5 over SHA-384. */
  RSASSA_SHA384(Kind.RSASSA, "SHA-384", 0),
  /** RSASSA-PKCS1-v1_5 over SHA-512. */
  RSASSA_SHA512(Kind.RSASSA, "SHA-512", 0),
  /** RSASSA-PSS, SHA-256, MGF1 with SHA-256, a salt of 32 bytes, trailer 0xBC. */
  RSAPSS_SHA256(Kind.RSAPSS, "SHA-256", 32),
  /** RSASSA-PSS, SHA-384, MGF1 with SHA-384, a salt of 48 bytes, trailer 0xBC. */
  RSAPSS_SHA384(Kind.RSAPSS, "SHA-384", 48),
  /** RSASSA-PSS, SHA-512, MGF1 with SHA-512, a salt of 64 bytes, trailer 0xBC. */
  RSAPSS_SHA512(Kind.RSAPSS, "SHA-512", 64);

  /** Families of schemes. */
  public enum Kind {
    /** FIPS 186-5, section 6. */
    ECDSA,
    /** RSASSA-PKCS1-v1_5, RFC 8017, section 8.2. */
    RSASSA,
    /** RSASSA-PSS, RFC 8017, section 8.1. */
    RSAPSS
  }

  private final Kind kind;
  private final String digest;
  private final int saltBytes;

  SignatureScheme(Kind kind, String digest, int saltBytes) {
    this.kind = kind;
    this.digest = digest;
    this.saltBytes = saltBytes;
  }

  /** The family. */
  public Kind kind() {
    return kind;
  }

  /** The digest by its JCA name, such as {@code SHA-384}. */
  public String digest() {
    return digest;
  }

  /** The size of the PSS salt in bytes; 0 for other families. */
  public int saltBytes() {
    return saltBytes;
  }
}
