package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.MaaScene.AT;
import static io.github.cvmattestation.azure.MaaScene.ATTACKER;
import static io.github.cvmattestation.azure.MaaScene.GUEST;
import static io.github.cvmattestation.azure.MaaScene.NONCE;
import static io.github.cvmattestation.azure.MaaScene.SIGNER;
import static io.github.cvmattestation.azure.MaaScene.bare;
import static io.github.cvmattestation.azure.MaaScene.base64;
import static io.github.cvmattestation.azure.MaaScene.builder;
import static io.github.cvmattestation.azure.MaaScene.platform;
import static io.github.cvmattestation.azure.MaaScene.publicKey;
import static io.github.cvmattestation.azure.MaaScene.refuted;
import static io.github.cvmattestation.azure.MaaScene.token;
import static io.github.cvmattestation.azure.MaaScene.verified;
import static io.github.cvmattestation.azure.MaaScene.verify;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.testkit.TokenWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Genuine tokens for another challenge or another guest's key. */
class MaaTokenBindingTest {
  @Test
  void aTokenForAnotherChallengeIsRefuted() {
    for (Nonce other : List.of(new Nonce(Bytes.zeros(32)), new Nonce(NONCE.value().slice(0, 31)))) {
      Verification verdict =
          builder().build().verify(token().sign(SIGNER), other, publicKey(GUEST), AT);
      refuted(verdict, MaaFinding.JWT_NONCE);
    }
  }

  @Test
  void theNonceIsExactlyItsTextInHexadecimal() {
    String hex = NONCE.value().hex();
    for (String text :
        List.of("", hex.substring(1), hex + "00", hex.toUpperCase(java.util.Locale.ROOT))) {
      refuted(verify(bare().azureGuest("tdxvm", text, GUEST).sign(SIGNER)), MaaFinding.JWT_NONCE);
      refuted(
          verify(
              builder().accept(MaaAttestationType.TDX_VM),
              bare().platform("tdxvm", text, GUEST).sign(SIGNER)),
          MaaFinding.JWT_NONCE);
    }
  }

  @Test
  void aTokenWithoutNonceIsRefuted() {
    String keys = "[" + TokenWriter.jwk("TpmEphemeralEncryptionKey", "encrypt", GUEST) + "]";
    for (String runtime :
        List.of("{\"keys\":" + keys + "}", "{\"client-payload\":{},\"keys\":" + keys + "}")) {
      refuted(verify(token().claim("x-ms-runtime", runtime).sign(SIGNER)), MaaFinding.JWT_NONCE);
    }
    refuted(verify(token().withoutClaim("x-ms-runtime").sign(SIGNER)), MaaFinding.JWT_NONCE);
    refuted(
        verify(
            builder().accept(MaaAttestationType.SEV_SNP_VM),
            platform("sevsnpvm").withoutClaim("nonce").sign(SIGNER)),
        MaaFinding.JWT_NONCE);
  }

  /** A top-level nonce in an azurevm token, or a client payload in a platform's, is another. */
  @Test
  void aNonceAtAnotherPlaceDoesNotCount() {
    String hex = NONCE.value().hex();
    String elsewhere =
        bare().azureGuest("tdxvm", "other", GUEST).claimText("nonce", hex).sign(SIGNER);
    refuted(verify(elsewhere), MaaFinding.JWT_NONCE);
    String payload = "{\"client-payload\":{\"nonce\":\"" + base64(hex) + "\"}}";
    refuted(
        verify(
            builder().accept(MaaAttestationType.TDX_VM),
            platform("tdxvm").withoutClaim("nonce").claim("x-ms-runtime", payload).sign(SIGNER)),
        MaaFinding.JWT_NONCE);
  }

  private static String runtime(String... keys) {
    return "{\"client-payload\":{\"nonce\":\"%s\"},\"keys\":[%s]}"
        .formatted(base64(NONCE.value().hex()), String.join(",", keys));
  }

  @Test
  void aTokenForAnotherKeyIsRefuted() {
    String ours = TokenWriter.jwk("TpmEphemeralEncryptionKey", "encrypt", GUEST);
    String theirs = TokenWriter.jwk("TpmEphemeralEncryptionKey", "encrypt", ATTACKER);
    String signing = TokenWriter.jwk("HCLAkPub", "sign", ATTACKER);
    verified(verify(token().claim("x-ms-runtime", runtime(ours, theirs)).sign(SIGNER)));
    verified(verify(token().claim("x-ms-runtime", runtime(signing, ours)).sign(SIGNER)));
    for (String wrong :
        List.of(
            runtime(theirs, ours),
            runtime(theirs),
            runtime(),
            runtime("{}"),
            runtime(signing),
            runtime(TokenWriter.jwk("TpmEphemeralEncryptionKey", "sign", GUEST)),
            runtime(TokenWriter.jwk("HCLEkPub", "encrypt", GUEST)),
            runtime(theirs.replace("\"key_ops\":[\"encrypt\"]", "\"key_use\":\"enc\""), ours),
            runtime(ours.replace("AQAB", "Aw")),
            runtime(ours.replace("\"e\":\"AQAB\",", "")),
            runtime(ours.replace("\"kty\":\"RSA\"", "\"kty\":\"EC\"")),
            runtime(ours.replace("\"n\":\"", "\"n\":\"AAAA")))) {
      refuted(verify(token().claim("x-ms-runtime", wrong).sign(SIGNER)), MaaFinding.JWT_GUEST_KEY);
    }
    refuted(verify(token().claim("x-ms-runtime", runtime("7")).sign(SIGNER)), MaaFinding.JWT_TYPE);
  }

  @Test
  void aPlatformsTokenForAnotherKeyIsRefuted() {
    MaaTokenVerifier.Builder snp = builder().accept(MaaAttestationType.SEV_SNP_VM);
    String foreign = bare().platform("sevsnpvm", NONCE.value().hex(), ATTACKER).sign(SIGNER);
    refuted(verify(snp, foreign), MaaFinding.JWT_GUEST_KEY);
    refuted(
        verify(snp, platform("sevsnpvm").withoutClaim("x-ms-runtime").sign(SIGNER)),
        MaaFinding.JWT_GUEST_KEY);
  }

  /** The claims below x-ms-isolation-tee are not those that a key service looks at. */
  @Test
  void aKeyBelowTheTeeDoesNotCount() {
    String tee =
        "{\"x-ms-attestation-type\":\"sevsnpvm\",\"x-ms-runtime\":%s}"
            .formatted(runtime(TokenWriter.jwk("TpmEphemeralEncryptionKey", "encrypt", GUEST)));
    refuted(
        verify(
            token().claim("x-ms-isolation-tee", tee).claim("x-ms-runtime", runtime()).sign(SIGNER)),
        MaaFinding.JWT_GUEST_KEY);
  }
}
