package io.github.cvmattestation.service;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;

/**
 * A signature, or for a symmetric key an authentication code, by the released key.
 *
 * @param algorithm its name in RFC 7518, section 3.1
 * @param keyId the key's full name, version included
 * @param value the signature's octets in the form of that section
 */
record Signing(String algorithm, String keyId, Bytes value) {
  private static final int DIGEST_SIZE = 32;

  /** Signs. */
  static Signing of(ReleasedKey key, byte[] message) {
    try {
      return switch (key.kind()) {
        case RSA -> new Signing("PS256", key.keyId(), pss(key, message));
        case EC -> ecdsa(key, message);
        case OCT -> new Signing("HS256", key.keyId(), hmac(key, message));
      };
    } catch (GeneralSecurityException e) {
      // The cause could quote the key.
      throw new IllegalStateException("the provider does not sign with this key");
    }
  }

  private static Bytes pss(ReleasedKey key, byte[] message) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("RSASSA-PSS");
    signature.setParameter(
        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, DIGEST_SIZE, 1));
    return signed(signature, key, message);
  }

  private static Signing ecdsa(ReleasedKey key, byte[] message) throws GeneralSecurityException {
    boolean p256 =
        key.publicKey()
            .filter(info -> info instanceof PublicKeyInfo.Ec ec && ec.curve() == Curve.P256)
            .isPresent();
    String digest = p256 ? "SHA256" : "SHA384";
    Signature signature = Signature.getInstance(digest + "withECDSAinP1363Format");
    return new Signing(p256 ? "ES256" : "ES384", key.keyId(), signed(signature, key, message));
  }

  private static Bytes signed(Signature signature, ReleasedKey key, byte[] message)
      throws GeneralSecurityException {
    signature.initSign(key.asPrivateKey());
    signature.update(message);
    return Bytes.of(signature.sign());
  }

  private static Bytes hmac(ReleasedKey key, byte[] message) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(key.asSecretKey("HmacSHA256"));
    return Bytes.of(mac.doFinal(message));
  }

  /** The public half as PEM; empty for a symmetric key. */
  static Optional<String> publicKey(ReleasedKey key) {
    Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII));
    return key.publicKey()
        .map(
            info ->
                "-----BEGIN PUBLIC KEY-----\n"
                    + lines.encodeToString(info.der().toArray())
                    + "\n-----END PUBLIC KEY-----\n");
  }

  /** As JSON. Nothing in it needs escaping: a key's id is a URL of letters, digits and dashes. */
  String json() {
    return "{\"alg\":\""
        + algorithm
        + "\",\"kid\":\""
        + keyId
        + "\",\"signature\":\""
        + Base64.getUrlEncoder().withoutPadding().encodeToString(value.toArray())
        + "\"}\n";
  }
}
