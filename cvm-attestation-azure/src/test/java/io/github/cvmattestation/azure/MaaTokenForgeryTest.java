package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.MaaScene.ATTACKER;
import static io.github.cvmattestation.azure.MaaScene.ISSUER;
import static io.github.cvmattestation.azure.MaaScene.KID;
import static io.github.cvmattestation.azure.MaaScene.SIGNER;
import static io.github.cvmattestation.azure.MaaScene.builder;
import static io.github.cvmattestation.azure.MaaScene.refuted;
import static io.github.cvmattestation.azure.MaaScene.token;
import static io.github.cvmattestation.azure.MaaScene.verified;
import static io.github.cvmattestation.azure.MaaScene.verify;
import static io.github.cvmattestation.azure.MaaScene.withKeys;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.JwksWriter;
import io.github.cvmattestation.testkit.TokenWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that the issuer did not sign, or that say so in two ways (security brief, 63 to 76). */
class MaaTokenForgeryTest {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  /** Case 63. */
  @ParameterizedTest
  @ValueSource(strings = {"none", "None", "NONE", "nOnE"})
  void aTokenWithoutSignatureIsRefuted(String none) {
    refuted(verify(token().headerText("alg", none).unsigned()), MaaFinding.JWT_ALG);
    refuted(verify(token().headerText("alg", none).sign(SIGNER)), MaaFinding.JWT_ALG);
  }

  @Test
  void aTokenThatNamesNoAlgorithmIsRefuted() {
    refuted(verify(token().withoutHeader("alg").sign(SIGNER)), MaaFinding.JWT_ALG);
    refuted(verify(token().header("alg", "256").sign(SIGNER)), MaaFinding.JWT_FORM);
  }

  /** Case 64: whoever takes the public key for a shared secret lets anybody sign. */
  @Test
  void aTokenAuthenticatedWithThePublicKeyAsSecretIsRefuted() {
    TokenWriter token = token().headerText("alg", "HS256");
    for (Bytes secret : List.of(SIGNER.subjectPublicKeyInfo(), SIGNER.modulus())) {
      refuted(verify(token.signHmac(secret)), MaaFinding.JWT_ALG);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"RS384", "RS512", "PS384", "ES384", "ES256K", "EdDSA", "RS1", "rs256", "A128KW"})
  void anAlgorithmThatIsNotOnTheListIsRefuted(String alg) {
    refuted(verify(token().headerText("alg", alg).sign(SIGNER)), MaaFinding.JWT_ALG);
  }

  @Test
  void aKeyChecksTheAlgorithmsOfItsTypeAlone() {
    String pss =
        token().headerText("alg", "PS256").sign(in -> SIGNER.signPss("SHA-256", "SHA-256", 32, in));
    verified(verify(pss));
    String otherSalt =
        token().headerText("alg", "PS256").sign(in -> SIGNER.signPss("SHA-256", "SHA-256", 20, in));
    refuted(verify(otherSalt), MaaFinding.JWT_SIGNATURE);
    refuted(verify(token().headerText("alg", "PS256").sign(SIGNER)), MaaFinding.JWT_SIGNATURE);
    refuted(verify(token().headerText("alg", "ES256").sign(SIGNER)), MaaFinding.JWT_KEY);
    JwksWriter onlyRs256 = new JwksWriter().key(KID, SIGNER, "alg", "\"RS256\"");
    verified(verify(withKeys(onlyRs256), token().sign(SIGNER)));
    refuted(verify(withKeys(onlyRs256), pss), MaaFinding.JWT_KEY);
  }

  @Test
  void anIssuerMaySignWithAPointOnP256() {
    EcSigningKey key = EcSigningKey.p256("issuer");
    JwksWriter keys =
        new JwksWriter()
            .certificate(KID, JwksWriter.certificate(key.subjectPublicKeyInfo(), SIGNER))
            .entry(jwkOf(key, "P-256", "EC key"));
    refuted(verify(withKeys(keys), token().sign(SIGNER)), MaaFinding.JWT_KEY);
    TokenWriter token = token().headerText("alg", "ES256").headerText("kid", "EC key");
    verified(verify(withKeys(keys), token.sign(in -> key.sign("SHA-256", in))));
    refuted(
        verify(withKeys(keys), token.sign(in -> ATTACKER.signPkcs1("SHA-256", in))),
        MaaFinding.JWT_SIGNATURE);
    refuted(
        verify(withKeys(keys), token().headerText("kid", "EC key").sign(SIGNER)),
        MaaFinding.JWT_KEY);
    JwksWriter otherCurve = new JwksWriter().entry(jwkOf(key, "P-521", "EC key"));
    refuted(
        verify(withKeys(otherCurve), token.sign(in -> key.sign("SHA-256", in))),
        MaaFinding.JWT_KEY);
  }

  private static String jwkOf(EcSigningKey key, String curve, String kid) {
    Bytes info = key.subjectPublicKeyInfo();
    Bytes point = info.slice(info.size() - 64, info.size());
    return "{\"kty\":\"EC\",\"crv\":\"%s\",\"kid\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}"
        .formatted(
            curve,
            kid,
            TokenWriter.base64Url(point.slice(0, 32)),
            TokenWriter.base64Url(point.slice(32, 64)));
  }

  /** Case 65: consistent in itself, at an address of the attacker's. */
  @Test
  void anAttackersKeyUrlIsRefutedAndNobodyConnects() throws IOException {
    try (ServerSocketChannel listener = listener()) {
      String url = "http://localhost:" + listener.socket().getLocalPort() + "/certs";
      List<String> asked = new ArrayList<>();
      MaaTokenVerifier.Builder verifier =
          builder()
              .keySource(
                  issuer -> {
                    asked.add(issuer);
                    return MaaScene.JWKS;
                  });
      TokenWriter forged = token().headerText("jku", url).headerText("x5u", url);
      refuted(
          verify(verifier, forged.headerText("kid", "mine").sign(ATTACKER)), MaaFinding.JWT_KEY);
      refuted(
          verify(verifier, forged.headerText("kid", KID).sign(ATTACKER)), MaaFinding.JWT_SIGNATURE);
      // The members are the sender's word and no reason to refuse what the issuer did sign.
      verified(verify(verifier, forged.headerText("kid", KID).sign(SIGNER)));
      assertThat(asked).containsOnly(ISSUER);
      assertThat(listener.accept()).as("a connection").isNull();
      try (SocketChannel connection = SocketChannel.open(listener.getLocalAddress())) {
        assertThat(connection.isConnected()).isTrue();
        SocketChannel seen = listener.accept();
        assertThat(seen).as("a connection would have been seen").isNotNull();
        seen.close();
      }
    }
  }

  private static ServerSocketChannel listener() throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    listener.configureBlocking(false);
    return listener;
  }

  /** Case 66. */
  @Test
  void anAttackersCertificateInTheHeaderIsRefuted() {
    String der = Base64.getEncoder().encodeToString(JwksWriter.certificate(ATTACKER).toArray());
    TokenWriter forged = token().header("x5c", "[\"" + der + "\"]");
    refuted(verify(forged.headerText("kid", "mine").sign(ATTACKER)), MaaFinding.JWT_KEY);
    refuted(verify(forged.headerText("kid", KID).sign(ATTACKER)), MaaFinding.JWT_SIGNATURE);
  }

  @Test
  void anAttackersKeyInTheHeaderIsRefuted() {
    TokenWriter forged = token().header("jwk", TokenWriter.jwk("mine", "verify", ATTACKER));
    refuted(verify(forged.headerText("kid", "mine").sign(ATTACKER)), MaaFinding.JWT_KEY);
    refuted(verify(forged.headerText("kid", KID).sign(ATTACKER)), MaaFinding.JWT_SIGNATURE);
    refuted(verify(forged.withoutHeader("kid").sign(ATTACKER)), MaaFinding.JWT_KEY);
  }

  /** What is not even looked at cannot be in the wrong form. */
  @ParameterizedTest
  @ValueSource(strings = {"jku", "x5u", "x5c", "jwk", "x5t", "x5t#S256"})
  void membersThatAreNotReadMayBeAnything(String member) {
    verified(verify(token().header(member, "[{\"a\":[null,true]}]").sign(SIGNER)));
  }

  @Test
  void aTokenThatNamesNoKeyIsRefuted() {
    refuted(verify(token().withoutHeader("kid").sign(SIGNER)), MaaFinding.JWT_KEY);
    refuted(verify(token().headerText("kid", "").sign(SIGNER)), MaaFinding.JWT_KEY);
    refuted(verify(token().headerText("kid", "k".repeat(257)).sign(SIGNER)), MaaFinding.JWT_KEY);
    refuted(verify(token().header("kid", "7").sign(SIGNER)), MaaFinding.JWT_FORM);
  }

  /** Case 74. */
  @Test
  void aClaimThatComesTwiceIsRefuted() {
    refuted(verify(token().addClaim("secureboot", "false").sign(SIGNER)), MaaFinding.JWT_DUPLICATE);
    String nested = "{\"x-ms-compliance-status\":\"a\",\"x-ms-compliance-status\":\"b\"}";
    refuted(
        verify(token().claim("x-ms-isolation-tee", nested).sign(SIGNER)), MaaFinding.JWT_DUPLICATE);
    String escaped = "{\"secureboot\":true,\"secure\\u0062oot\":false}";
    refuted(verify(token().signRaw(escaped, SIGNER)), MaaFinding.JWT_DUPLICATE);
  }

  @Test
  void aMemberOfTheHeaderThatComesTwiceIsRefuted() {
    refuted(verify(token().addHeader("alg", "\"none\"").sign(SIGNER)), MaaFinding.JWT_DUPLICATE);
    refuted(verify(token().addHeader("kid", "\"mine\"").sign(SIGNER)), MaaFinding.JWT_DUPLICATE);
  }

  /** Case 75. */
  @ParameterizedTest
  @ValueSource(strings = {"[\"exp\"]", "[\"b64\"]", "[\"urn:example:x\"]", "[]", "\"exp\"", "null"})
  void whatMustBeUnderstoodIsRefuted(String crit) {
    TokenWriter token = token().header("crit", crit).header("urn:example:x", "1");
    refuted(verify(token.sign(SIGNER)), MaaFinding.JWT_CRIT);
  }

  /** Case 76. */
  @Test
  void anEncryptedTokenIsRefuted() {
    String part = TokenWriter.base64Url(SIGNER.modulus());
    String header = TokenWriter.base64Url(ascii("{\"alg\":\"dir\",\"enc\":\"A256GCM\"}"));
    refuted(verify(String.join(".", header, part, part, part, part)), MaaFinding.JWT_FORM);
    refuted(verify(token().headerText("enc", "A256GCM").sign(SIGNER)), MaaFinding.JWT_FORM);
  }

  @Test
  void whatIsNotThreePartsOfBase64UrlIsRefuted() {
    String good = token().sign(SIGNER);
    List<String> bad =
        List.of(
            "",
            "..",
            good.substring(0, good.lastIndexOf('.')),
            good + ".",
            good + "=",
            good + "\n",
            " " + good,
            good.replace('.', ':'),
            good + "A".repeat(1 << 16));
    for (String text : bad) {
      refuted(verify(text), MaaFinding.JWT_FORM);
    }
    refuted(verify(good + "A"), MaaFinding.JWT_SIGNATURE); // one octet more, in the right form
  }

  @ParameterizedTest
  @ValueSource(strings = {"enc", "zip", "b64", "cty"})
  void aPayloadThatIsNotClaimsInJsonIsRefuted(String member) {
    refuted(verify(token().headerText(member, "JWT").sign(SIGNER)), MaaFinding.JWT_FORM);
  }

  @Test
  void anotherTypeOfTokenIsRefuted() {
    refuted(verify(token().headerText("typ", "secevent+jwt").sign(SIGNER)), MaaFinding.JWT_FORM);
    refuted(verify(token().header("typ", "[\"JWT\"]").sign(SIGNER)), MaaFinding.JWT_FORM);
    verified(verify(token().withoutHeader("typ").sign(SIGNER)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{}x",
        "{} {}",
        "{\"exp\":1.5}",
        "{\"exp\":1e9}",
        "{'exp':1}",
        "{\"a\":\"\\ud800\"}",
        "{\"exp\":123456789012345678901}"
      })
  void whatIsNotStrictJsonIsRefuted(String payload) {
    refuted(verify(token().signRaw(payload, SIGNER)), MaaFinding.JWT_FORM);
  }

  @Test
  void deepNestingIsRefuted() {
    String deep = "{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}";
    refuted(verify(token().signRaw(deep, SIGNER)), MaaFinding.JWT_FORM);
  }

  /** Any other last character that the JDK's decoder reads as the same octets. */
  @Test
  void aSecondSpellingOfTheSignatureIsRefuted() {
    String good = token().sign(SIGNER);
    verified(verify(good));
    int last = ALPHABET.indexOf(good.charAt(good.length() - 1));
    int spellings = 0;
    for (int i = 0; i < ALPHABET.length(); i++) {
      // 256 octets leave four bits of the last character unused.
      if (i != last && i >> 4 == last >> 4) {
        String other = good.substring(0, good.length() - 1) + ALPHABET.charAt(i);
        assertThat(decodedSignature(other)).isEqualTo(decodedSignature(good));
        refuted(verify(other), MaaFinding.JWT_FORM);
        spellings++;
      }
    }
    assertThat(spellings).isEqualTo(15);
  }

  private static byte[] decodedSignature(String token) {
    return Base64.getUrlDecoder().decode(token.substring(token.lastIndexOf('.') + 1));
  }

  @Test
  void changingAnyCharacterIsRefuted() {
    String good = token().sign(SIGNER);
    MaaTokenVerifier verifier = builder().build();
    for (int i = 0; i < good.length(); i++) {
      if (good.charAt(i) != '.') {
        char other = ALPHABET.charAt((ALPHABET.indexOf(good.charAt(i)) + 1) % ALPHABET.length());
        Verification verdict =
            verifier.verify(
                good.substring(0, i) + other + good.substring(i + 1),
                MaaScene.NONCE,
                MaaScene.publicKey(MaaScene.GUEST),
                MaaScene.AT);
        assertThat(verdict).as("character %d", i).isInstanceOf(Verification.Refuted.class);
      }
    }
  }

  @Test
  void anotherIssuersGenuineSignatureIsRefuted() {
    refuted(verify(token().sign(ATTACKER)), MaaFinding.JWT_SIGNATURE);
  }

  @Test
  void refusalsRepeatNothingOfTheToken() {
    String secret = "ZZsecretZZ";
    List<TokenWriter> refused =
        List.of(
            token().headerText("alg", secret),
            token().headerText("kid", secret),
            token().headerText("typ", secret),
            token().claimText("iss", "https://" + secret + ".example"),
            token().claimText("exp", secret),
            token().claimText("x-ms-attestation-type", secret),
            token().claimText("x-ms-azurevm-vmid", secret),
            token().claim("x-ms-runtime", "{\"client-payload\":{\"nonce\":\"" + secret + "\"}}"));
    for (TokenWriter token : refused) {
      Verification verdict = verify(token.sign(SIGNER));
      assertThat(verdict).isInstanceOf(Verification.Refuted.class);
      assertThat(verdict.toString()).doesNotContain(secret);
    }
  }

  private static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }
}
