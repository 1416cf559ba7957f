package io.github.cvmattestation.azure.internal.maa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.testkit.JwksWriter;
import io.github.cvmattestation.testkit.RsaSigningKey;
import io.github.cvmattestation.testkit.TokenWriter;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What counts as a key among those that an issuer publishes. */
class JwksTest {
  private static final RsaSigningKey FIRST = RsaSigningKey.of(2048, "first");
  private static final RsaSigningKey SECOND = RsaSigningKey.of(2048, "second");

  private static Jwks read(JwksWriter keys) {
    return Jwks.parse(keys.json(), SignatureBackends.bouncyCastle());
  }

  private static void requireKey(Jwks keys, String kid, RsaSigningKey expected) {
    Jwks.Entry.Usable usable = (Jwks.Entry.Usable) keys.find(kid).orElseThrow();
    assertThat(usable.key().info().der()).isEqualTo(expected.subjectPublicKeyInfo());
    assertThat(usable.fits(JwsAlgorithm.RS256)).isTrue();
    assertThat(usable.fits(JwsAlgorithm.ES256)).isFalse();
  }

  private static void requireUnfit(Jwks keys, String... kids) {
    for (String kid : kids) {
      assertThat(keys.find(kid).orElseThrow()).as(kid).isInstanceOf(Jwks.Entry.Unfit.class);
    }
  }

  private static void requireLimit(JwksWriter keys) {
    assertThatThrownBy(() -> read(keys))
        .isInstanceOfSatisfying(
            AttestationException.Service.class,
            e -> assertThat(e.failure()).isEqualTo(Failure.INPUT_LIMIT));
  }

  /** Case 69. */
  @Test
  void twoKeysOfOneNameAreUselessAndOthersAreNot() {
    Jwks keys = read(new JwksWriter().key("a", FIRST).key("a", SECOND).key("b", SECOND));
    requireUnfit(keys, "a");
    requireKey(keys, "b", SECOND);
    requireUnfit(read(new JwksWriter().key("a", FIRST).key("a", FIRST)), "a");
    requireUnfit(read(new JwksWriter().key("a", FIRST).key("a", FIRST).key("a", FIRST)), "a");
  }

  /** Case 100: it would cost seconds to check with, and nobody needs it. */
  @Test
  void aGiganticKeyIsALimit() {
    byte[] odd = new byte[65_536 / 8];
    odd[0] = (byte) 0x80;
    odd[odd.length - 1] = 1;
    String modulus = TokenWriter.base64Url(Bytes.of(odd));
    requireLimit(
        new JwksWriter()
            .key("one", FIRST)
            .entry("{\"kid\":\"big\",\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" + modulus + "\"}"));
    Bytes info = RsaSigningKey.of(65_536, "gigantic").subjectPublicKeyInfo();
    Bytes certificate = JwksWriter.certificate(info, FIRST);
    assertThat(certificate.size()).isGreaterThan(65_536 / 8).isLessThan(Jwk.MAX_CERTIFICATE);
    requireLimit(new JwksWriter().certificate("big", certificate));
  }

  @Test
  void aKeyJustAboveTheLimitIsALimitAndOneAtItIsNot() {
    RsaSigningKey most = RsaSigningKey.of(4096, "most");
    Jwks keys = read(new JwksWriter().key("a", most).bareKey("b", most));
    requireKey(keys, "a", most);
    requireKey(keys, "b", most);
    RsaSigningKey more = RsaSigningKey.of(4608, "more");
    requireLimit(new JwksWriter().key("a", more));
    requireLimit(new JwksWriter().bareKey("a", more));
  }

  @Test
  void tooMuchOfAnythingIsALimit() {
    JwksWriter many = new JwksWriter();
    for (int i = 0; i < 32; i++) {
      many.entry("{\"kid\":\"" + i + "\"}");
    }
    requireUnfit(read(many), "0", "31");
    requireLimit(many.key("one", FIRST));
    requireUnfit(read(new JwksWriter().certificate("a", Bytes.zeros(Jwk.MAX_CERTIFICATE))), "a");
    requireLimit(new JwksWriter().certificate("a", Bytes.zeros(Jwk.MAX_CERTIFICATE + 1)));
    String filler = "\"" + "x".repeat(Jwks.MAX_SIZE) + "\"";
    requireLimit(new JwksWriter().key("one", FIRST, "filler", filler));
  }

  @Test
  void aKeyIsInItsCertificateOrBesideItOrBothAndThenTheSame() {
    Jwks keys =
        read(
            new JwksWriter()
                .key("certified", FIRST)
                .bareKey("bare", SECOND)
                .key("both", FIRST, FIRST)
                .key("differ", FIRST, SECOND));
    requireKey(keys, "certified", FIRST);
    requireKey(keys, "bare", SECOND);
    requireKey(keys, "both", FIRST);
    requireUnfit(keys, "differ");
  }

  @Test
  void onlyTheFirstCertificateOfAChainHoldsTheKey() {
    String first = base64(JwksWriter.certificate(FIRST));
    String second = base64(JwksWriter.certificate(SECOND));
    Jwks keys =
        read(
            new JwksWriter()
                .key("one", SECOND, "x5c", "[\"" + first + "\",\"" + second + "\"]")
                .key("none", SECOND, "x5c", "[]")
                .key("text", SECOND, "x5c", "\"" + second + "\"")
                .key("many", SECOND, "x5c", "[" + ("\"" + second + "\",").repeat(8) + "\"\"]"));
    requireKey(keys, "one", FIRST);
    requireUnfit(keys, "none", "text", "many");
  }

  @Test
  void aCertificateThatIsNotExactlyOneIsNoKey() {
    Bytes good = JwksWriter.certificate(FIRST);
    requireUnfit(
        read(
            new JwksWriter()
                .certificate("longer", good.concat(Bytes.zeros(1)))
                .certificate("shorter", good.slice(0, good.size() - 1))
                .certificate("empty", Bytes.empty())
                .certificate("fourth part", withFourthPart(good))
                .certificate("key", FIRST.subjectPublicKeyInfo())),
        "longer",
        "shorter",
        "empty",
        "fourth part",
        "key");
  }

  /** An integer behind the signature; the length of the whole, in two octets, counts it. */
  private static Bytes withFourthPart(Bytes certificate) {
    byte[] longer = certificate.concat(Bytes.ofHex("020100")).toArray();
    ByteBuffer size = ByteBuffer.wrap(longer, 2, 2);
    size.putShort(2, (short) (size.getShort(2) + 3));
    return Bytes.of(longer);
  }

  @Test
  void aPointIsWholeAndOnItsCurve() {
    String x = "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\"";
    String y = "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"";
    Jwks keys =
        read(
            new JwksWriter()
                .entry(point("whole", "P-256", x, y))
                .entry(point("x", "P-256", x))
                .entry(point("y", "P-256", y))
                .entry(point("neither", "P-256"))
                .entry(point("curve", "P-384", x, y))
                .entry(point("elsewhere", "P-256", x, y.replace("4Et", "4Eu"))));
    assertThat(keys.find("whole").orElseThrow()).isInstanceOf(Jwks.Entry.Usable.class);
    requireUnfit(keys, "x", "y", "neither", "curve", "elsewhere");
  }

  /** The point is the one of RFC 7517, appendix A.1. */
  private static String point(String kid, String curve, String... coordinates) {
    String start = "{\"kid\":\"%s\",\"kty\":\"EC\",\"crv\":\"%s\"".formatted(kid, curve);
    return String.join(",", start, String.join(",", coordinates)).replaceFirst(",$", "") + "}";
  }

  @Test
  void aKeyThatIsNotFitIsNoKey() {
    RsaSigningKey small = RsaSigningKey.of(1024, "small");
    String n = "\"" + TokenWriter.base64Url(FIRST.modulus()) + "\"";
    RsaSigningKey shorter = RsaSigningKey.of(3840, "room for zeros");
    String zeros = "\"" + TokenWriter.base64Url(Bytes.zeros(1).concat(shorter.modulus())) + "\"";
    Jwks keys =
        read(
            new JwksWriter()
                .key("small", small)
                .bareKey("small and bare", small)
                .key("exponent", RsaSigningKey.of(2048, 3, "exponent 3"))
                .entry("{\"kid\":\"e\",\"kty\":\"RSA\",\"n\":" + n + ",\"e\":\"Aw\"}")
                .entry("{\"kid\":\"no e\",\"kty\":\"RSA\",\"n\":" + n + "}")
                .entry("{\"kid\":\"zeros\",\"kty\":\"RSA\",\"n\":" + zeros + ",\"e\":\"AQAB\"}")
                .entry("{\"kid\":\"no n\",\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}")
                .entry("{\"kid\":\"nothing\",\"kty\":\"RSA\"}")
                .entry("{\"kid\":\"no type\",\"n\":" + n + ",\"e\":\"AQAB\"}")
                .entry("{\"kid\":\"secret\",\"kty\":\"oct\",\"k\":\"AAAA\"}")
                .key("type", FIRST, "kty", "\"EC\"")
                .key("use", FIRST, "use", "\"enc\"")
                .key("alg", FIRST, "alg", "\"HS256\"")
                .key("alg type", FIRST, "alg", "7"));
    requireUnfit(keys, "small", "small and bare", "exponent", "e", "no e", "zeros", "no n");
    requireUnfit(keys, "nothing", "no type", "secret", "type", "use", "alg", "alg type");
  }

  @Test
  void aKeyForOneAlgorithmFitsNoOther() {
    Jwks keys = read(new JwksWriter().key("pss", FIRST, "alg", "\"PS256\"").key("any", FIRST));
    Jwks.Entry.Usable pss = (Jwks.Entry.Usable) keys.find("pss").orElseThrow();
    assertThat(pss.fits(JwsAlgorithm.PS256)).isTrue();
    assertThat(pss.fits(JwsAlgorithm.RS256)).isFalse();
    Jwks.Entry.Usable any = (Jwks.Entry.Usable) keys.find("any").orElseThrow();
    assertThat(List.of(JwsAlgorithm.values()))
        .filteredOn(any::fits)
        .containsExactly(JwsAlgorithm.RS256, JwsAlgorithm.PS256);
  }

  @Test
  void entriesWithoutNameAndMembersWithoutMeaningAreSkipped() {
    Jwks keys =
        read(
            new JwksWriter()
                .entry("{\"kty\":\"RSA\"}")
                .key("one", FIRST, "use", "\"sig\"", "alg", "\"RS256\"", "x5t", "[1]"));
    requireKey(keys, "one", FIRST);
    assertThat(keys.find("two")).isEmpty();
  }

  private static String base64(Bytes octets) {
    return Base64.getEncoder().encodeToString(octets.toArray());
  }
}
