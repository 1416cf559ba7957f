package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.testkit.JwksWriter;
import io.github.cvmattestation.testkit.RsaSigningKey;
import io.github.cvmattestation.testkit.TokenWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/** What the tests of tokens share: an issuer with one key, a guest's key, one challenge. */
final class MaaScene {
  static final String ISSUER = "https://sharedweu.weu.attest.azure.net";
  static final String KID = "ar2Me88UijW9Ha+DlQ1h9ciRs11y4x8k9wBaBPS0g/A=";
  static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");

  /** How long {@link #token()} and its like are valid from AT on. */
  static final Duration LIFETIME = Duration.ofHours(8);

  static final Nonce NONCE = new Nonce(Bytes.ofHex("c0ffee".repeat(10) + "f00d"));
  static final RsaSigningKey SIGNER = RsaSigningKey.of(2048, "issuer");
  static final RsaSigningKey GUEST = RsaSigningKey.of(2048, "guest");
  static final RsaSigningKey ATTACKER = RsaSigningKey.of(2048, "attacker");
  static final Bytes JWKS = new JwksWriter().key(KID, SIGNER).json();

  private MaaScene() {}

  static PublicKeyInfo.Rsa publicKey(RsaSigningKey key) {
    try {
      return PublicKeyInfo.rsa(new BigInteger(1, key.modulus().toArray()));
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  /** A token of a healthy SNP machine with a vTPM. */
  static TokenWriter token() {
    return bare().azureGuest("sevsnpvm", NONCE.value().hex(), GUEST);
  }

  /** A token that says nothing of a machine. */
  static TokenWriter bare() {
    return TokenWriter.of(ISSUER, KID, AT);
  }

  /** A token of a kind that speaks of the hardware alone. */
  static TokenWriter platform(String tee) {
    return bare().platform(tee, NONCE.value().hex(), GUEST);
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  static MaaTokenVerifier.Builder builder() {
    return MaaTokenVerifier.builder(ISSUER).keySource(issuer -> JWKS).clock(() -> AT);
  }

  static MaaTokenVerifier.Builder withKeys(JwksWriter keys) {
    Bytes json = keys.json();
    return builder().keySource(issuer -> json);
  }

  /** What a new verifier says, and one that has seen genuine tokens and this one must say too. */
  static Verification verify(MaaTokenVerifier.Builder builder, String token) {
    Verification first = judge(builder.build(), token);
    MaaTokenVerifier warm = builder.build();
    judge(warm, token().sign(SIGNER));
    for (int i = 0; i < 2; i++) {
      Verification again = judge(warm, token);
      assertThat(again.findings()).isEqualTo(first.findings());
      assertThat(again.checks()).isEqualTo(first.checks());
    }
    return first;
  }

  private static Verification judge(MaaTokenVerifier verifier, String token) {
    return verifier.verify(token, NONCE, publicKey(GUEST), AT);
  }

  static Verification verify(String token) {
    return verify(builder(), token);
  }

  static MaaToken verified(Verification verdict) {
    assertThat(verdict.findings()).isEmpty();
    return ((Verification.Verified) verdict).claims().get(MaaToken.class).orElseThrow();
  }

  static void refuted(Verification verdict, FindingCode code) {
    assertThat(verdict).isInstanceOf(Verification.Refuted.class);
    assertThat(verdict.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.code()).isEqualTo(code));
  }
}
