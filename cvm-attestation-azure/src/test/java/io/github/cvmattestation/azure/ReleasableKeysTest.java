package io.github.cvmattestation.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.release.KeyReleaser.Release;
import io.github.cvmattestation.attestation.release.KeyUnwrapper;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import io.github.cvmattestation.attestation.release.Unwrapping;
import io.github.cvmattestation.testkit.FakeKeyVault;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was put into a vault under terms comes out of it under them, and is the same. */
class ReleasableKeysTest {
  private static final Bytes POLICY = Bytes.of("{\"version\": \"1.0.0\"}".getBytes(UTF_8));
  private static final ReleaseTerms TERMS = ReleaseTerms.changeable(POLICY);
  private static final SoftGuest GUEST = new SoftGuest();

  private static FakeKeyVault vault;
  private static VaultClient http;
  private static ReleasableKeys keys;

  @BeforeAll
  static void start() {
    vault = FakeKeyVault.start("contoso.managedhsm.azure.net", Instant.now());
    http = new VaultClient(vault);
    keys = ReleasableKeys.at(vault.vaultUrl(), VaultClient.credential(), http);
  }

  @AfterAll
  static void stop() {
    vault.close();
  }

  @Test
  void keysThatWereMadeThereAreReleased() {
    ReleasableKeys.Kept rsa = keys.createRsa("rsa", 2048, TERMS);
    ReleasableKeys.Kept ec = keys.createEc("ec", Curve.P384, TERMS);
    ReleasableKeys.Kept aes = keys.createAes("aes", 256, TERMS);
    try (ReleasedKey rsaKey = released("rsa");
        ReleasedKey ecKey = released("ec");
        ReleasedKey aesKey = released("aes")) {
      assertThat(rsaKey.keyId()).isEqualTo(rsa.keyId());
      assertThat(rsaKey.publicKey().orElseThrow()).isInstanceOf(PublicKeyInfo.Rsa.class);
      assertThat(ecKey.keyId()).isEqualTo(ec.keyId());
      assertThat(((PublicKeyInfo.Ec) ecKey.publicKey().orElseThrow()).curve())
          .isEqualTo(Curve.P384);
      assertThat(aesKey.keyId()).isEqualTo(aes.keyId());
      assertThat(aesKey.asAes().getEncoded()).hasSize(32);
    }
  }

  @ParameterizedTest
  @CsvSource({"RSA, 2048", "EC, 256", "EC, 384"})
  void aKeyPairThatWasBroughtInIsReleased(String algorithm, int bits) throws Exception {
    KeyPair pair = pair(algorithm, bits);
    keys.importKey("pair", pair, TERMS);
    try (ReleasedKey key = released("pair")) {
      assertThat(key.asPrivateKey()).isEqualTo(pair.getPrivate());
    }
  }

  @Test
  void anAesKeyThatWasBroughtInIsReleased() {
    byte[] octets = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
    keys.importKey("brought", new SecretKeySpec(octets, "AES"), TERMS);
    try (ReleasedKey key = released("brought")) {
      assertThat(key.octets()).isEqualTo(octets);
    }
  }

  @Test
  void theTermsArriveAsTheyWereGivenAndAreImmutableOnlyOnRequest() {
    assertThat(keys.createAes("terms", 256, TERMS).terms()).isEqualTo(TERMS);
    ReleaseTerms forGood = ReleaseTerms.immutableForGood(POLICY);
    assertThat(keys.createAes("terms", 256, forGood).terms()).isEqualTo(forGood);
  }

  @Test
  void aVaultThatDoesNotWantTheKeyIsAnException() {
    AttestationException.Service failure =
        catchThrowableOfType(
            AttestationException.Service.class, () -> keys.createRsa("rsa", 123, TERMS));
    assertThat(failure.status()).isEqualTo(400);
    assertThat(failure.serviceCode()).isEqualTo("BadParameter");
  }

  private static ReleasedKey released(String name) {
    Release release =
        KeyVaultReleaser.builder(vault.vaultUrl(), VaultClient.credential())
            .httpClient(http)
            .trustedRoots(List.of(vault.root()))
            .build()
            .release(name, GUEST.token());
    assertThat(release).isInstanceOf(Release.Released.class);
    return ((Unwrapping.Unwrapped)
            new KeyUnwrapper(SignatureBackends.bouncyCastle())
                .unwrap(GUEST, ((Release.Released) release).key()))
        .key();
  }

  private static KeyPair pair(String algorithm, int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }
}
