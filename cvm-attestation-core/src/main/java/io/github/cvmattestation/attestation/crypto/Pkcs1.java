package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.Digests;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * RSASSA-PKCS1-v1_5 as RFC 8017, section 8.2.2, describes it: encode what was to be signed, and
 * compare. The JDK (17) and Bouncy Castle decode what was signed instead, and so accept a second
 * encoding, one without the parameters of the digest's AlgorithmIdentifier.
 */
final class Pkcs1 {
  private Pkcs1() {}

  /** Whether the signature holds; it is as long as the modulus. */
  static boolean verifies(
      PublicKeyInfo.Rsa key, SignatureScheme scheme, Bytes message, Bytes signature) {
    BigInteger s = new BigInteger(1, signature.toArray());
    return s.compareTo(key.modulus()) < 0
        && s.modPow(PublicKeyInfo.F4, key.modulus())
            .equals(new BigInteger(1, encoded(key.modulusBytes(), scheme, message).toArray()));
  }

  /** EMSA-PKCS1-v1_5 (RFC 8017, section 9.2): 00 01 FF…FF 00 DigestInfo. */
  private static Bytes encoded(int size, SignatureScheme scheme, Bytes message) {
    Bytes digestInfo = prefix(scheme).concat(Digests.digest(scheme.digest(), message));
    byte[] filler = new byte[size - 3 - digestInfo.size()];
    Arrays.fill(filler, (byte) 0xFF);
    return Bytes.of((byte) 0, (byte) 1).concat(Bytes.of(filler), Bytes.zeros(1), digestInfo);
  }

  /** DER of DigestInfo up to the digest (RFC 8017, section 9.2, note 1). */
  private static Bytes prefix(SignatureScheme scheme) {
    return Bytes.ofHex(
        switch (scheme.digest()) {
          case "SHA-256" -> "3031300d060960864801650304020105000420";
          case "SHA-384" -> "3041300d060960864801650304020205000430";
          case "SHA-512" -> "3051300d060960864801650304020305000440";
          default -> throw new IllegalArgumentException("no DigestInfo for " + scheme);
        });
  }
}
