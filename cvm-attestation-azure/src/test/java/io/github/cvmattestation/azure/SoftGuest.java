package io.github.cvmattestation.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.attestation.token.VerifiedToken;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** A guest key in software, and a token that names it; neither would pass a verifier. */
final class SoftGuest implements GuestKey {
  private final KeyPair pair;

  SoftGuest() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      pair = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A token whose payload has nothing but the key. */
  VerifiedToken token() {
    byte[] modulus = ((RSAPublicKey) pair.getPublic()).getModulus().toByteArray();
    String n = base64Url(Bytes.of(modulus).slice(1, modulus.length).toArray());
    String claims =
        "{\"x-ms-runtime\":{\"keys\":[{\"kid\":\"TpmEphemeralEncryptionKey\",\"kty\":\"RSA\","
            + "\"key_ops\":[\"encrypt\"],\"e\":\"AQAB\",\"n\":\""
            + n
            + "\"}]}}";
    String compact =
        base64Url("{}".getBytes(UTF_8)) + "." + base64Url(claims.getBytes(UTF_8)) + ".";
    return new Token(compact);
  }

  private record Token(String compact) implements VerifiedToken {
    @Override
    public AttestationToken token() {
      try {
        return AttestationToken.parse(compact);
      } catch (MalformedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public String issuer() {
      return "https://issuer.example";
    }

    @Override
    public Instant issuedAt() {
      return Instant.EPOCH;
    }

    @Override
    public Instant expiresAt() {
      return Instant.MAX;
    }

    @Override
    public ClaimValue.Group toGroup() {
      throw new UnsupportedOperationException();
    }
  }

  @Override
  public PublicKeyInfo.Rsa publicKey() {
    try {
      return (PublicKeyInfo.Rsa) PublicKeyInfo.parse(Bytes.of(pair.getPublic().getEncoded()));
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Evidence evidence() {
    throw new UnsupportedOperationException("no machine is behind this key");
  }

  @Override
  public Evidence statement() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Decryption decrypt(Bytes ciphertext, RsaPadding padding) {
    String digest = padding.name().replace("OAEP_SHA", "SHA-");
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
      cipher.init(
          Cipher.DECRYPT_MODE,
          pair.getPrivate(),
          new OAEPParameterSpec(
              digest, "MGF1", new MGF1ParameterSpec(digest), PSource.PSpecified.DEFAULT));
      return new Decryption.Decrypted(new SecretBytes(cipher.doFinal(ciphertext.toArray())));
    } catch (GeneralSecurityException e) {
      return new Decryption.Refused(Finding.of(ReleaseFinding.SKR_FORM, "a", "b"));
    }
  }

  @Override
  public void close() {}

  private static String base64Url(byte[] octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
  }
}
