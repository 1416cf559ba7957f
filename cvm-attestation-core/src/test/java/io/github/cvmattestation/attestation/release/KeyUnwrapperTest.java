package io.github.cvmattestation.attestation.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.release.WrappedKey.Kind;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Unwrapping: what the vault wrapped comes out, and nothing else does. */
class KeyUnwrapperTest {
  private static final byte[] AES = "0123456789abcdef0123456789ABCDEF".getBytes();
  private static final byte[] DISK_KEY = "disk key of precisely 32 octets!".getBytes();
  private static final KeyUnwrapper UNWRAPPER = new KeyUnwrapper(SignatureBackends.bouncyCastle());

  private static SoftGuestKey guest;
  private static KeyPair rsa;
  private static KeyPair otherRsa;

  @BeforeAll
  static void keys() throws GeneralSecurityException {
    guest = new SoftGuestKey();
    rsa = rsaPair();
    otherRsa = rsaPair();
  }

  @ParameterizedTest
  @EnumSource(WrapAlgorithm.class)
  void whatTheVaultWrappedComesOut(WrapAlgorithm algorithm) throws Exception {
    Bytes ciphertext = guest.wrap(algorithm.padding(), AES, DISK_KEY);
    try (ReleasedKey key = released(oct(algorithm, ciphertext))) {
      assertThat(key.octets()).isEqualTo(DISK_KEY);
      assertThat(key.asAes().getEncoded()).isEqualTo(DISK_KEY);
      assertThat(key.asAes().getAlgorithm()).isEqualTo("AES");
      assertThat(key.keyId()).isEqualTo("https://v/keys/k/1");
    }
  }

  @Test
  void anotherHashThanTheOneAskedForIsRefused() throws Exception {
    Bytes ciphertext = guest.wrap(RsaPadding.OAEP_SHA1, AES, DISK_KEY);
    refused("SKR_UNWRAP", oct(WrapAlgorithm.RSA_AES_KEY_WRAP_256, ciphertext));
  }

  @Test
  void anRsaKeyComesOutAndSigns() throws Exception {
    try (ReleasedKey key = released(pair(Kind.RSA, rsa, rsa.getPrivate().getEncoded()))) {
      Signature signer = Signature.getInstance("SHA256withRSA");
      signer.initSign(key.asPrivateKey());
      signer.update(AES);
      byte[] signature = signer.sign();
      signer.initVerify(rsa.getPublic());
      signer.update(AES);
      assertThat(signer.verify(signature)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1"})
  void anEcKeyComesOut(String curve) throws Exception {
    KeyPair pair = ecPair(curve);
    try (ReleasedKey key = released(pair(Kind.EC, pair, pair.getPrivate().getEncoded()))) {
      assertThat(key.asPrivateKey()).isEqualTo(pair.getPrivate());
    }
  }

  /** Case 82 of the security brief: the wrapping key is public, so anybody can wrap a key to it. */
  @Test
  void anotherRsaPrivateKeyIsRefused() throws Exception {
    refused("SKR_KEYPAIR", pair(Kind.RSA, rsa, otherRsa.getPrivate().getEncoded()));
  }

  @Test
  void anotherEcPrivateKeyIsRefused() throws Exception {
    KeyPair pair = ecPair("secp256r1");
    byte[] other = ecPair("secp256r1").getPrivate().getEncoded();
    refused("SKR_KEYPAIR", pair(Kind.EC, pair, other));
    refused("SKR_KEYPAIR", pair(Kind.EC, pair, ecPair("secp384r1").getPrivate().getEncoded()));
  }

  /** The modulus is public: a forger copies it and keeps primes that he knows. */
  @Test
  void foreignPrimesUnderTheRightModulusAreRefused() throws Exception {
    RSAPrivateCrtKey theirs = (RSAPrivateCrtKey) otherRsa.getPrivate();
    BigInteger modulus = ((RSAPrivateCrtKey) rsa.getPrivate()).getModulus();
    RSAPrivateCrtKeySpec mixed =
        new RSAPrivateCrtKeySpec(
            modulus,
            theirs.getPublicExponent(),
            theirs.getPrivateExponent(),
            theirs.getPrimeP(),
            theirs.getPrimeQ(),
            theirs.getPrimeExponentP(),
            theirs.getPrimeExponentQ(),
            theirs.getCrtCoefficient());
    byte[] forged = KeyFactory.getInstance("RSA").generatePrivate(mixed).getEncoded();
    refused("SKR_KEYPAIR", pair(Kind.RSA, rsa, forged));
  }

  /** Case 81: a helper in a published sample dropped trailing zeros. */
  @Test
  void aCiphertextThatLacksItsTrailingZeroIsRefused() throws Exception {
    Bytes ciphertext = guest.wrap(RsaPadding.OAEP_SHA256, AES, DISK_KEY);
    byte[] payload = DISK_KEY.clone();
    for (int i = 0; ciphertext.get(ciphertext.size() - 1) != 0; i++) {
      payload[i % 8]++;
      payload[8 + i / 8 % 8]++;
      ciphertext = guest.wrap(RsaPadding.OAEP_SHA256, AES, payload);
    }
    released(oct(WrapAlgorithm.RSA_AES_KEY_WRAP_256, ciphertext)).close();
    refused(
        "SKR_UNWRAP",
        oct(WrapAlgorithm.RSA_AES_KEY_WRAP_256, ciphertext.slice(0, ciphertext.size() - 1)));
  }

  @Test
  void flippingBitsAnywhereIsRefused() throws Exception {
    Bytes ciphertext = guest.wrap(RsaPadding.OAEP_SHA256, AES, DISK_KEY);
    for (int bit = 0; bit < ciphertext.size() * 8; bit += bit < 2048 ? 128 : 7) {
      byte[] flipped = ciphertext.toArray();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      refused("SKR_UNWRAP", oct(WrapAlgorithm.RSA_AES_KEY_WRAP_256, Bytes.of(flipped)));
    }
  }

  @Test
  void allFailuresLookAlike() throws Exception {
    Bytes good = guest.wrap(RsaPadding.OAEP_SHA256, AES, DISK_KEY);
    byte[] badOaep = good.toArray();
    badOaep[255] ^= 1;
    byte[] badKwp = good.toArray();
    badKwp[256] ^= 1;
    byte[] shortAes = Arrays.copyOf(AES, 16);
    List<Bytes> bad =
        List.of(
            Bytes.of(badOaep),
            Bytes.of(badKwp),
            Bytes.empty(),
            good.slice(0, 256),
            guest.wrap(RsaPadding.OAEP_SHA256, shortAes, DISK_KEY),
            good.concat(Bytes.zeros(KeyUnwrapper.MAX_CIPHERTEXT)));
    Finding first = null;
    for (Bytes ciphertext : bad) {
      Finding finding = refused("SKR_UNWRAP", oct(WrapAlgorithm.RSA_AES_KEY_WRAP_256, ciphertext));
      first = first == null ? finding : first;
      assertThat(finding).isEqualTo(first);
    }
    assertThat(refused("SKR_UNWRAP", pair(Kind.RSA, rsa, DISK_KEY))).isEqualTo(first);
    assertThat(refused("SKR_UNWRAP", pair(Kind.EC, ecPair("secp256r1"), DISK_KEY)))
        .isEqualTo(first);
  }

  @Test
  void moreThanAnyKeyHasIsNotOpened() throws Exception {
    byte[] payload = new byte[KeyUnwrapper.MAX_CIPHERTEXT];
    refused(
        "SKR_UNWRAP",
        oct(WrapAlgorithm.RSA_AES_KEY_WRAP_256, guest.wrap(RsaPadding.OAEP_SHA256, AES, payload)));
  }

  /** An AES-128 key would open just as well; the standard's way has 256 bits. */
  @Test
  void aWrappingKeyOfAnotherSizeIsRefused() throws Exception {
    byte[] aes = Arrays.copyOf(AES, 16);
    refused(
        "SKR_UNWRAP",
        oct(WrapAlgorithm.RSA_AES_KEY_WRAP_256, guest.wrap(RsaPadding.OAEP_SHA256, aes, DISK_KEY)));
  }

  @Test
  void theWrappingKeyIsClearedWhateverComes() throws Exception {
    guest.octets.clear();
    Bytes good = guest.wrap(RsaPadding.OAEP_SHA256, AES, DISK_KEY);
    byte[] bad = good.toArray();
    bad[256] ^= 1;
    released(oct(WrapAlgorithm.RSA_AES_KEY_WRAP_256, good)).close();
    refused("SKR_UNWRAP", oct(WrapAlgorithm.RSA_AES_KEY_WRAP_256, Bytes.of(bad)));
    byte[] aes = Arrays.copyOf(AES, 16);
    Bytes small = guest.wrap(RsaPadding.OAEP_SHA256, aes, DISK_KEY);
    refused("SKR_UNWRAP", oct(WrapAlgorithm.RSA_AES_KEY_WRAP_256, small));
    assertThat(guest.octets).hasSize(3).allMatch(octets -> Bytes.of(octets).isZero());
  }

  @Test
  void aClosedKeyIsClearedAndAnswersNothing() throws Exception {
    Bytes ciphertext = guest.wrap(RsaPadding.OAEP_SHA256, AES, DISK_KEY);
    ReleasedKey key = released(oct(WrapAlgorithm.RSA_AES_KEY_WRAP_256, ciphertext));
    byte[] octets = key.octets();
    SecretKey aes = key.asAes();
    key.close();
    assertThat(octets).containsOnly(0);
    assertThatThrownBy(key::octets).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(key::asAes).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> key.asSecretKey("HmacSHA256"))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(aes::getEncoded).isInstanceOf(IllegalStateException.class);

    ReleasedKey pair = released(pair(Kind.RSA, rsa, rsa.getPrivate().getEncoded()));
    pair.close();
    assertThatThrownBy(pair::asPrivateKey).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aKeyOfOneKindIsNotGivenOutAsAnother() throws Exception {
    try (ReleasedKey pair = released(pair(Kind.RSA, rsa, rsa.getPrivate().getEncoded()));
        ReleasedKey oct =
            released(
                oct(
                    WrapAlgorithm.RSA_AES_KEY_WRAP_256,
                    guest.wrap(RsaPadding.OAEP_SHA256, AES, new byte[20])))) {
      assertThatThrownBy(pair::asAes).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> pair.asSecretKey("AES")).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(oct::asPrivateKey).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(oct::asAes).isInstanceOf(IllegalStateException.class);
      assertThat(oct.asSecretKey("HmacSHA1").getEncoded()).hasSize(20);
    }
  }

  @Test
  void nothingShowsOrSerialisesASecret() throws Exception {
    Bytes ciphertext = guest.wrap(RsaPadding.OAEP_SHA256, AES, DISK_KEY);
    try (ReleasedKey key = released(oct(WrapAlgorithm.RSA_AES_KEY_WRAP_256, ciphertext))) {
      assertThat(key).hasToString("ReleasedKey[OCT]");
      assertThat(key.asAes()).hasToString("SecretKey[AES]");
      for (Object secret : List.of(key, key.asAes())) {
        try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
          assertThatThrownBy(() -> out.writeObject(secret))
              .isInstanceOf(NotSerializableException.class);
        }
      }
    }
  }

  @Test
  void manyDataKeysAreOpenedWithOneReleasedKey() throws Exception {
    Bytes ciphertext = guest.wrap(RsaPadding.OAEP_SHA256, AES, DISK_KEY);
    try (ReleasedKey key = released(oct(WrapAlgorithm.RSA_AES_KEY_WRAP_256, ciphertext))) {
      List<Bytes> wrapped =
          List.of(SoftGuestKey.kwp(DISK_KEY, AES), SoftGuestKey.kwp(DISK_KEY, new byte[] {7}));
      DataKeys.Opening opening = DataKeys.unwrap(key, wrapped);
      DataKeys keys = ((DataKeys.Opening.Opened) opening).keys();
      assertThat(keys.size()).isEqualTo(2);
      byte[] first = keys.get(0).octets();
      assertThat(first).isEqualTo(AES);
      assertThat(keys.asSecretKey(1, "HmacSHA256").getEncoded()).containsExactly(7);
      keys.close();
      assertThat(first).containsOnly(0);
      assertThat(keys).hasToString("DataKeys[2]");

      byte[] bad = wrapped.get(1).toArray();
      bad[3] ^= 1;
      DataKeys.Opening refused = DataKeys.unwrap(key, List.of(wrapped.get(0), Bytes.of(bad)));
      assertThat(refused)
          .isInstanceOfSatisfying(
              DataKeys.Opening.Refused.class,
              why -> {
                assertThat(why.index()).isEqualTo(1);
                assertThat(why.finding().code().name()).isEqualTo("SKR_UNWRAP");
              });
    }
  }

  private static ReleasedKey released(WrappedKey wrapped) {
    Unwrapping unwrapping = UNWRAPPER.unwrap(guest, wrapped);
    assertThat(unwrapping).isInstanceOf(Unwrapping.Unwrapped.class);
    return ((Unwrapping.Unwrapped) unwrapping).key();
  }

  private static Finding refused(String code, WrappedKey wrapped) {
    Unwrapping unwrapping = UNWRAPPER.unwrap(guest, wrapped);
    assertThat(unwrapping).isInstanceOf(Unwrapping.Refused.class);
    List<Finding> findings = ((Unwrapping.Refused) unwrapping).findings();
    assertThat(findings).extracting(finding -> finding.code().name()).containsExactly(code);
    return findings.get(0);
  }

  private static WrappedKey oct(WrapAlgorithm algorithm, Bytes ciphertext) {
    return new WrappedKey("https://v/keys/k/1", Kind.OCT, Optional.empty(), algorithm, ciphertext);
  }

  private static WrappedKey pair(Kind kind, KeyPair pair, byte[] pkcs8) throws Exception {
    return new WrappedKey(
        "https://v/keys/k/1",
        kind,
        Optional.of(PublicKeyInfo.parse(Bytes.of(pair.getPublic().getEncoded()))),
        WrapAlgorithm.RSA_AES_KEY_WRAP_256,
        guest.wrap(RsaPadding.OAEP_SHA256, AES, pkcs8));
  }

  private static KeyPair rsaPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static KeyPair ecPair(String curve) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }
}
