package io.github.cvmattestation.service;

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
import io.github.cvmattestation.azure.ReleaseFinding;
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

/** A guest's key in software, and a token of nobody's that names it. No verifier would pass it. */
final class SimulatedGuestKey implements GuestKey {
  private static final int BITS = 2048;

  private final Evidence evidence;
  private final KeyPair pair;

  SimulatedGuestKey(Evidence evidence) {
    this.evidence = evidence;
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS);
      pair = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A token that says nothing but which key is the guest's, unsigned. */
  VerifiedToken token() {
    String claims =
        "{\"x-ms-runtime\":{\"keys\":[{\"kid\":\"TpmEphemeralEncryptionKey\",\"kty\":\"RSA\","
            + "\"key_ops\":[\"encrypt\"],\"e\":\"AQAB\",\"n\":\""
            + base64Url(unsigned(((RSAPublicKey) pair.getPublic()).getModulus().toByteArray()))
            + "\"}]}}";
    return new Token(
        base64Url(Bytes.of("{}".getBytes(UTF_8)))
            + "."
            + base64Url(Bytes.of(claims.getBytes(UTF_8)))
            + ".");
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
      return "https://simulated.attest.azure.net";
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
      return ClaimValue.Group.builder().put("issuer", issuer()).build();
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
    return evidence;
  }

  @Override
  public Evidence statement() {
    return evidence;
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
      return new Decryption.Refused(
          Finding.of(ReleaseFinding.SKR_FORM, "a ciphertext for this key", "something else"));
    }
  }

  @Override
  public void close() {}

  /** Without the sign octet that a number of a multiple of 8 bits has in front. */
  private static Bytes unsigned(byte[] number) {
    Bytes octets = Bytes.of(number);
    return number[0] == 0 ? octets.slice(1, number.length) : octets;
  }

  private static String base64Url(Bytes octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets.toArray());
  }
}
