package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.MaaScene.AT;
import static io.github.cvmattestation.azure.MaaScene.ATTACKER;
import static io.github.cvmattestation.azure.MaaScene.GUEST;
import static io.github.cvmattestation.azure.MaaScene.ISSUER;
import static io.github.cvmattestation.azure.MaaScene.JWKS;
import static io.github.cvmattestation.azure.MaaScene.KID;
import static io.github.cvmattestation.azure.MaaScene.NONCE;
import static io.github.cvmattestation.azure.MaaScene.SIGNER;
import static io.github.cvmattestation.azure.MaaScene.builder;
import static io.github.cvmattestation.azure.MaaScene.publicKey;
import static io.github.cvmattestation.azure.MaaScene.refuted;
import static io.github.cvmattestation.azure.MaaScene.token;
import static io.github.cvmattestation.azure.MaaScene.verified;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.testkit.JwksWriter;
import io.github.cvmattestation.testkit.TokenWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A verifier remembers which key signed under which header: that must never prove anything. */
class MaaProvenHeaderTest {
  private static final String OTHER_ISSUER = "https://shared.eus.attest.azure.net";

  private static Verification verify(MaaTokenVerifier verifier, String token) {
    return verifier.verify(token, NONCE, publicKey(GUEST), AT);
  }

  private static String withPartOf(String token, int part, String other) {
    String[] parts = token.split("\\.");
    parts[part] = other.split("\\.")[part];
    return String.join(".", parts);
  }

  @Test
  void otherClaimsBelowAProvenHeaderAreNotBelieved() {
    MaaTokenVerifier verifier = builder().build();
    String genuine = token().sign(SIGNER);
    verified(verify(verifier, genuine));
    String more = token().claim("x-ms-azurevm-more", "true").sign(SIGNER);
    refuted(verify(verifier, withPartOf(genuine, 1, more)), MaaFinding.JWT_SIGNATURE);
    refuted(verify(verifier, withPartOf(genuine, 2, more)), MaaFinding.JWT_SIGNATURE);
    refuted(verify(verifier, token().sign(ATTACKER)), MaaFinding.JWT_SIGNATURE);
    verified(verify(verifier, more));
  }

  @Test
  void anIssuersHeaderDoesNotLetItSpeakForAnother() {
    Bytes theirKeys = new JwksWriter().key(KID, ATTACKER).json();
    MaaTokenVerifier verifier =
        MaaTokenVerifier.builder(ISSUER, OTHER_ISSUER)
            .keySource(issuer -> issuer.equals(ISSUER) ? JWKS : theirKeys)
            .clock(() -> AT)
            .build();
    TokenWriter ours = sameHeader(ISSUER);
    TokenWriter theirs = sameHeader(OTHER_ISSUER);
    assertThat(theirs.sign(ATTACKER).split("\\.")[0]).isEqualTo(ours.sign(SIGNER).split("\\.")[0]);
    for (int i = 0; i < 2; i++) { // whichever of them was proven last
      verified(verify(verifier, ours.sign(SIGNER)));
      refuted(verify(verifier, theirs.sign(SIGNER)), MaaFinding.JWT_SIGNATURE);
      refuted(verify(verifier, ours.sign(ATTACKER)), MaaFinding.JWT_SIGNATURE);
      MaaToken proven = verified(verify(verifier, theirs.sign(ATTACKER)));
      assertThat(proven.issuer()).isEqualTo(OTHER_ISSUER);
      refuted(verify(verifier, theirs.sign(SIGNER)), MaaFinding.JWT_SIGNATURE);
      refuted(verify(verifier, ours.sign(ATTACKER)), MaaFinding.JWT_SIGNATURE);
    }
  }

  private static TokenWriter sameHeader(String issuer) {
    return TokenWriter.of(issuer, KID, AT)
        .azureGuest("sevsnpvm", NONCE.value().hex(), GUEST)
        .withoutHeader("jku");
  }

  @Test
  void aKeyThatItsIssuerHasReplacedProvesNoProvenHeader() {
    AtomicReference<Bytes> published = new AtomicReference<>(JWKS);
    AtomicReference<Instant> now = new AtomicReference<>(AT);
    MaaTokenVerifier verifier =
        builder().keySource(issuer -> published.get()).clock(now::get).build();
    String genuine = token().sign(SIGNER);
    verified(verify(verifier, genuine));
    published.set(new JwksWriter().key(KID, ATTACKER).json());
    verified(verify(verifier, genuine)); // its keys are fresh
    now.set(AT.plus(Duration.ofHours(1)));
    refuted(verify(verifier, genuine), MaaFinding.JWT_SIGNATURE);
    published.set(new JwksWriter().key("other", SIGNER).json());
    now.set(AT.plus(Duration.ofHours(2)));
    refuted(verify(verifier, genuine), MaaFinding.JWT_KEY);
  }

  @Test
  void textBehindTheClaimsIsRefusedUnderAProvenHeader() {
    String claims =
        new String(Base64.getUrlDecoder().decode(token().sign(SIGNER).split("\\.")[1]), UTF_8);
    verified(MaaScene.verify(token().signRaw(claims, SIGNER)));
    refuted(MaaScene.verify(token().signRaw(claims + "{}", SIGNER)), MaaFinding.JWT_FORM);
  }

  @Test
  void everyTokenCostsOneSignatureWhateverItIs() {
    Counting counting = new Counting();
    MaaTokenVerifier verifier = builder().signatures(counting).build();
    String genuine = token().sign(SIGNER);
    String[] tokens = {
      genuine,
      genuine,
      token().sign(ATTACKER),
      withPartOf(genuine, 1, token().claim("x-ms-azurevm-more", "true").sign(SIGNER)),
      token().claimText("exp", "soon").sign(SIGNER),
      genuine
    };
    for (int i = 0; i < tokens.length; i++) {
      verify(verifier, tokens[i]);
      assertThat(counting.signatures).as("after token %d", i).hasValue(i + 1);
    }
  }

  private static final class Counting implements SignatureBackend {
    private final SignatureBackend backend = SignatureBackends.bouncyCastle();
    private final AtomicInteger signatures = new AtomicInteger();

    @Override
    public String name() {
      return "counting";
    }

    @Override
    public VerificationKey prepare(PublicKeyInfo info) {
      VerificationKey key = backend.prepare(info);
      return new VerificationKey() {
        @Override
        public PublicKeyInfo info() {
          return info;
        }

        @Override
        public boolean verifies(SignatureScheme scheme, Bytes message, Bytes signature) {
          signatures.incrementAndGet();
          return key.verifies(scheme, message, signature);
        }
      };
    }
  }
}
