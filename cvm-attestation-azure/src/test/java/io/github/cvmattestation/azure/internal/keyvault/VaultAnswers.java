package io.github.cvmattestation.azure.internal.keyvault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.release.KeyReleaser.Release;
import io.github.cvmattestation.attestation.release.WrapAlgorithm;
import io.github.cvmattestation.attestation.release.WrappedKey;
import io.github.cvmattestation.testkit.FakeWebPki;
import io.github.cvmattestation.testkit.ReleaseAnswerWriter;
import io.github.cvmattestation.testkit.WebServer;
import java.security.cert.TrustAnchor;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/** An honest vault, what was asked of it, and who judges its answers; the tests make it lie. */
abstract class VaultAnswers {
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  static final Duration DAY = Duration.ofDays(1);
  static final String HOST = "contoso.vault.azure.net";
  static final String VERSION = "0123456789abcdef0123456789abcdef";
  static final String KEY_URL = "https://" + HOST + "/keys/disk-key/" + VERSION;
  static final String NONCE = "k3T9-fresh";
  static final String ENC = "RSA_AES_KEY_WRAP_256";
  static final Bytes CIPHERTEXT = Bytes.zeros(296);

  static final FakeWebPki PKI = new FakeWebPki(NOW, "trusted");
  static final WebServer VAULT = PKI.issue(PKI.server("*.vault.azure.net"));

  final ReleaseVerification verification =
      new ReleaseVerification(
          SignatureBackends.bouncyCastle(), Set.of(new TrustAnchor(PKI.rootCertificate(), null)));

  static ReleaseAnswerWriter oct() {
    return answer("oct-HSM");
  }

  static ReleaseAnswerWriter answer(String kty) {
    return new ReleaseAnswerWriter(KEY_URL, ENC, NONCE, kty, CIPHERTEXT);
  }

  static ReleaseRequest asked() {
    return asked(Optional.of(VERSION), Optional.empty());
  }

  static ReleaseRequest asked(Optional<String> version, Optional<Bytes> policyHash) {
    return new ReleaseRequest(
        new KeyId(HOST, "disk-key", version),
        NONCE,
        WrapAlgorithm.RSA_AES_KEY_WRAP_256,
        policyHash);
  }

  WrappedKey released(String answer, ReleaseRequest asked) {
    Release release = verification.verify(answer, asked, NOW);
    assertThat(release).isInstanceOf(Release.Released.class);
    return ((Release.Released) release).key();
  }

  void refused(String code, String answer) {
    assertThat(refusal(answer)).isEqualTo(code);
  }

  String refusal(String answer) {
    return code(verification.verify(answer, asked(), NOW));
  }

  static String code(Release release) {
    assertThat(release).isInstanceOf(Release.Refused.class);
    return ((Release.Refused) release).findings().get(0).code().name();
  }

  static String b64u(Bytes octets) {
    return quoted(Base64.getUrlEncoder().withoutPadding().encodeToString(octets.toArray()));
  }

  static String quoted(String text) {
    return "\"" + text + "\"";
  }
}
