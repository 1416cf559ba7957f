package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.tpm.TpmWriter;

/**
 * A quote and its signature.
 *
 * @param message TPMS_ATTEST, without a size before it
 * @param signature the bare signature: as long as an RSA modulus, or r and s at full width
 * @param tpmtSignature the same as TPMT_SIGNATURE (TPM 2.0 Library, Part 2, section 11.3.4)
 */
public record SignedQuote(Bytes message, Bytes signature, Bytes tpmtSignature) {
  private static final int RSASSA = 0x0014;
  private static final int RSAPSS = 0x0016;
  private static final int ECDSA = 0x0018;

  /** Signs with RSASSA-PKCS1-v1_5. */
  public static SignedQuote rsassa(Bytes message, RsaSigningKey key, String digest) {
    return rsa(RSASSA, message, digest, key.signPkcs1(digest, message));
  }

  /**
   * Signs with RSASSA-PSS; {@code saltLength} is the digest's on libtpms, the maximum elsewhere.
   */
  public static SignedQuote rsapss(
      Bytes message, RsaSigningKey key, String digest, int saltLength) {
    return rsa(RSAPSS, message, digest, key.signPss(digest, digest, saltLength, message));
  }

  /** Signs with ECDSA. */
  public static SignedQuote ecdsa(Bytes message, EcSigningKey key, String digest) {
    Bytes rs = key.sign(digest, message);
    Bytes r = rs.slice(0, key.size());
    Bytes s = rs.slice(key.size(), rs.size());
    return new SignedQuote(message, rs, ecdsaSignature(digest, r, s));
  }

  /** TPMT_SIGNATURE from r and s, which a TPM may write without their leading zeros. */
  public static Bytes ecdsaSignature(String digest, Bytes r, Bytes s) {
    return new TpmWriter()
        .u16(ECDSA)
        .u16(TpmWriter.digestAlgorithm(digest))
        .sized(r)
        .sized(s)
        .bytes();
  }

  private static SignedQuote rsa(int scheme, Bytes message, String digest, Bytes signature) {
    int hash = TpmWriter.digestAlgorithm(digest);
    Bytes structure = new TpmWriter().u16(scheme).u16(hash).sized(signature).bytes();
    return new SignedQuote(message, signature, structure);
  }
}
