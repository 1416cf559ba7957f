package io.github.cvmattestation.azure.internal.keyvault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.release.KeyReleaser.Release;
import io.github.cvmattestation.azure.ReleaseCondition;
import io.github.cvmattestation.azure.ReleasePolicy;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.ReleaseAnswerWriter;
import io.github.cvmattestation.testkit.RsaSigningKey;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a vault signed: replayed, swapped, downgraded or out of use, each with its code. */
class ReleaseAnswerTest extends VaultAnswers {
  @Test
  void keyPairsComeWithTheirPublicHalf() throws Exception {
    RsaSigningKey rsa = RsaSigningKey.of(2048, "released");
    ReleaseAnswerWriter rsaAnswer =
        answer("RSA-HSM").key("n", b64u(rsa.modulus())).key("e", quoted("AQAB"));
    assertThat(released(rsaAnswer.sign(VAULT), asked()).publicKey())
        .contains(PublicKeyInfo.parse(rsa.subjectPublicKeyInfo()));
    EcSigningKey ec = EcSigningKey.p384("released");
    ReleaseAnswerWriter ecAnswer =
        answer("EC-HSM").key("crv", quoted("P-384")).key("x", b64u(ec.x())).key("y", b64u(ec.y()));
    assertThat(released(ecAnswer.sign(VAULT), asked()).publicKey())
        .contains(PublicKeyInfo.parse(ec.subjectPublicKeyInfo()));
  }

  @Test
  void anAnswerToAnotherRequestIsRefused() {
    refused("SKR_NONCE", oct().request("nonce", quoted("ADE0101")).sign(VAULT));
    refused("SKR_NONCE", oct().request("nonce", quoted("")).sign(VAULT));
    refused("SKR_NONCE", oct().request("nonce", quoted(NONCE + " ")).sign(VAULT));
    refused("SKR_FORM", oct().request("nonce", "").sign(VAULT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://contoso.vault.azure.net/keys/other-key/0123456789abcdef0123456789abcdef",
        "https://contoso.vault.azure.net/keys/disk-key/ffffffffffffffffffffffffffffffff",
        "https://fabrikam.vault.azure.net/keys/disk-key/0123456789abcdef0123456789abcdef",
        "http://contoso.vault.azure.net/keys/disk-key/0123456789abcdef0123456789abcdef",
        "https://contoso.vault.azure.net/keys/disk-key",
        "https://contoso.vault.azure.net/keys/disk-key/0123456789abcdef0123456789abcdef/x",
        "disk-key"
      })
  void anotherKeyOrVersionIsRefused(String url) {
    refused("SKR_KEY_ID", oct().key("kid", quoted(url)).sign(VAULT));
    if (!url.endsWith("/disk-key")) {
      refused("SKR_KEY_ID", oct().request("kid", quoted(url)).sign(VAULT));
    }
  }

  @Test
  void whereTheNewestIsAskedForTheVaultSaysWhichThatIsTwice() {
    ReleaseRequest newest = asked(Optional.empty(), Optional.empty());
    String short0 = "https://" + HOST + "/keys/disk-key";
    released(oct().sign(VAULT), newest);
    released(oct().request("kid", quoted(short0)).sign(VAULT), newest);
    released(oct().request("kid", quoted(short0 + "/")).sign(VAULT), newest);
    Release mixed =
        verification.verify(
            oct().request("kid", quoted(short0 + "/ffff")).sign(VAULT), newest, NOW);
    assertThat(code(mixed)).isEqualTo("SKR_KEY_ID");
    Release unnamed =
        verification.verify(oct().key("kid", quoted(short0)).sign(VAULT), newest, NOW);
    assertThat(code(unnamed)).isEqualTo("SKR_KEY_ID");
  }

  /** Case 80. */
  @ParameterizedTest
  @ValueSource(strings = {"CKM_RSA_AES_KEY_WRAP", "RSA_AES_KEY_WRAP_384", "rsa_aes_key_wrap_256"})
  void anotherWayOfWrappingThanAskedForIsRefused(String enc) {
    refused("SKR_ENC", oct().request("enc", quoted(enc)).sign(VAULT));
    refused("SKR_ENC", oct().wrappingHeader("enc", quoted(enc)).sign(VAULT));
  }

  /** Case 83. */
  @ParameterizedTest
  @CsvSource({
    "enabled, false",
    "enabled, ''",
    "exportable, false",
    "exportable, ''",
    "exp, 1795348800", // 2026-11-22T12:00:00Z: no longer valid at that second
    "nbf, 1795348801"
  })
  void aKeyThatIsNotInUseIsRefused(String attribute, String value) {
    refused("SKR_KEY_STATE", oct().attribute(attribute, value).sign(VAULT));
  }

  @Test
  void aKeyWithinItsDatesIsTaken() {
    released(
        oct().attribute("nbf", "1795348800").attribute("exp", "1795348801").sign(VAULT), asked());
  }

  @ParameterizedTest
  @CsvSource({"enabled, '\"true\"'", "exp, '\"1795348801\"'", "exp, -1", "exp, 1e9", "nbf, null"})
  void attributesOfAnotherTypeAreRefused(String attribute, String value) {
    refused("SKR_FORM", oct().attribute(attribute, value).sign(VAULT));
  }

  @Test
  void anotherReleasePolicyThanDemandedIsRefused() {
    Bytes policy = Bytes.of("{\"version\":\"1.0.0\"}".getBytes(UTF_8));
    Bytes weaker = Bytes.of("{\"version\":\"1.0.0\",\"anyOf\":[]}".getBytes(UTF_8));
    ReleaseRequest demanding = asked(Optional.of(VERSION), Optional.of(Digests.sha256(policy)));
    String good = "{\"data\":" + b64u(policy) + ",\"immutable\":true}";
    String bad = "{\"data\":" + b64u(weaker) + "}";
    released(oct().bundle("release_policy", good).sign(VAULT), demanding);
    for (String other : List.of(bad, "")) {
      Release release =
          verification.verify(oct().bundle("release_policy", other).sign(VAULT), demanding, NOW);
      assertThat(code(release)).isEqualTo("SKR_POLICY");
    }
  }

  @Test
  void theReleasePolicyMayComeBackInAnotherWriting() {
    ReleasePolicy policy =
        ReleasePolicy.anyOf(
            ReleasePolicy.Branch.allOf(
                "https://issuer.example", ReleaseCondition.equal("secureboot", true)));
    ReleaseRequest demanding =
        asked(Optional.of(VERSION), Optional.of(Digests.sha256(policy.canonicalJson())));
    String spaced = new String(policy.canonicalJson().toArray(), UTF_8).replace("\":", "\" : ");
    String bundle = "{\"data\":" + b64u(Bytes.of(spaced.getBytes(UTF_8))) + "}";
    released(oct().bundle("release_policy", bundle).sign(VAULT), demanding);
  }

  @Test
  void keysOfAnUnknownKindAreRefused() {
    refused("SKR_FORM", answer("OKP").sign(VAULT));
    RsaSigningKey small = RsaSigningKey.of(1024, "small");
    refused(
        "SKR_FORM",
        answer("RSA-HSM").key("n", b64u(small.modulus())).key("e", quoted("AQAB")).sign(VAULT));
    RsaSigningKey rsa = RsaSigningKey.of(2048, "released");
    refused(
        "SKR_FORM",
        answer("RSA-HSM").key("n", b64u(rsa.modulus())).key("e", quoted("Aw")).sign(VAULT));
    EcSigningKey ec = EcSigningKey.p256("released");
    ReleaseAnswerWriter elsewhere =
        answer("EC-HSM").key("crv", quoted("P-256")).key("x", b64u(ec.y())).key("y", b64u(ec.x()));
    refused("SKR_FORM", elsewhere.sign(VAULT));
  }

  @Test
  void anotherSchemaOfTheWrappingIsRefused() {
    refused("SKR_FORM", oct().wrapping("schema_version", quoted("2.0")).sign(VAULT));
    refused("SKR_FORM", oct().wrappingHeader("alg", quoted("none")).sign(VAULT));
    refused("SKR_FORM", oct().wrapping("ciphertext", "").sign(VAULT));
    refused("SKR_FORM", oct().key("key_hsm", "\"e30\"").sign(VAULT));
  }

  @Test
  void membersThatComeTwiceAreRefused() {
    String twice = quoted(NONCE) + ",\"nonce\":" + quoted(NONCE);
    refused("SKR_FORM", oct().request("nonce", twice).sign(VAULT));
  }
}
