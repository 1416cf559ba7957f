package io.github.cvmattestation.attestation.crypto;

/** How a message is padded before RSA encrypts it, with every parameter fixed. */
public enum RsaPadding {
  /** RSAES-PKCS1-v1_5 (RFC 8017, section 7.2). For messages of services that know nothing else. */
  RSAES_PKCS1,
  /** RSAES-OAEP, SHA-1 and MGF1 with SHA-1, an empty label (RFC 8017, section 7.1). */
  OAEP_SHA1,
  /** RSAES-OAEP, SHA-256 and MGF1 with SHA-256, an empty label. */
  OAEP_SHA256,
  /** RSAES-OAEP, SHA-384 and MGF1 with SHA-384, an empty label. */
  OAEP_SHA384
}
