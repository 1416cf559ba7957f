package io.github.cvmattestation.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Room;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.release.KeyUnwrapper;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import io.github.cvmattestation.attestation.release.Unwrapping;
import io.github.cvmattestation.attestation.release.WrapAlgorithm;
import io.github.cvmattestation.attestation.release.WrappedKey;
import io.github.cvmattestation.azure.ReleaseFinding;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/** Released keys as a service would wrap them, and a source that does what a test tells it. */
final class TestKeys {
  static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
  static final String KEY_ID =
      "https://contoso.vault.azure.net/keys/signing-key/0123456789abcdef0123456789abcdef";

  private static final SoftGuestKey GUEST =
      new SoftGuestKey(new Evidence("text/plain", Bytes.empty()));

  private TestKeys() {}

  static ReleasedKey symmetric() {
    return released(WrappedKey.Kind.OCT, Optional.empty(), SECRET);
  }

  static KeyPair pair(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static ReleasedKey of(KeyPair pair) {
    try {
      WrappedKey.Kind kind = WrappedKey.Kind.valueOf(pair.getPublic().getAlgorithm());
      PublicKeyInfo info = PublicKeyInfo.parse(Bytes.of(pair.getPublic().getEncoded()));
      return released(kind, Optional.of(info), pair.getPrivate().getEncoded());
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  static Attempt<ReleasedKey> refused() {
    return new Attempt.Denied<>(
        Room.RELEASE, List.of(Finding.of(ReleaseFinding.RELEASE_DENIED, "a key", "HTTP 403")));
  }

  private static ReleasedKey released(
      WrappedKey.Kind kind, Optional<PublicKeyInfo> info, byte[] octets) {
    byte[] transport = new byte[32];
    ByteArrayOutputStream ciphertext = new ByteArrayOutputStream();
    try {
      Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding");
      oaep.init(
          Cipher.ENCRYPT_MODE,
          KeyFactory.getInstance("RSA")
              .generatePublic(new X509EncodedKeySpec(GUEST.publicKey().der().toArray())),
          new OAEPParameterSpec(
              "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
      ciphertext.writeBytes(oaep.doFinal(transport));
      Cipher kwp = Cipher.getInstance("AES/KWP/NoPadding");
      kwp.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(transport, "AES"));
      ciphertext.writeBytes(kwp.doFinal(octets));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
    WrappedKey wrapped =
        new WrappedKey(
            KEY_ID,
            kind,
            info,
            WrapAlgorithm.RSA_AES_KEY_WRAP_256,
            Bytes.of(ciphertext.toByteArray()));
    Unwrapping unwrapping = new KeyUnwrapper(SignatureBackends.fastest()).unwrap(GUEST, wrapped);
    return ((Unwrapping.Unwrapped) unwrapping).key();
  }
}
