package io.github.cvmattestation.azure.internal.keyvault;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.ReleaseFinding;
import io.github.cvmattestation.testkit.CertificateWriter;
import io.github.cvmattestation.testkit.RsaSigningKey;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CertificateFactory;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates that an authority signed and that are still no server's, or another host's. */
class ServerCertificateTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final String HOST = "contoso.vault.azure.net";
  private static final RsaSigningKey AUTHORITY = RsaSigningKey.of(2048, "authority");
  private static final RsaSigningKey SERVER = RsaSigningKey.of(2048, "server");

  // RFC 5280, section 4.2.1: identifiers and contents of the extensions.
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final Bytes SERVER_AUTH = Bytes.ofHex("300a06082b06010505070301");
  private static final Bytes DIGITAL_SIGNATURE = Bytes.ofHex("03020780");
  private static final Bytes KEY_ENCIPHERMENT = Bytes.ofHex("03020520");
  private static final Bytes AUTHORITY_OF_NOBODY = Bytes.ofHex("30060101ff020100");

  /** GeneralName's tags of those that are text: rfc822Name, dNSName and so on. */
  private static final int DNS_NAME = 0x82;

  private static CertificateWriter writer() {
    return new CertificateWriter()
        .serial(BigInteger.ONE)
        .validity(NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(1)))
        .issuer("authority");
  }

  private static CertificateWriter server() {
    return writer().subject("server").publicKey(SERVER.subjectPublicKeyInfo());
  }

  private static X509Certificate signed(CertificateWriter writer) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(writer.sign(AUTHORITY).toArray()));
  }

  private static void requireTrusted(CertificateWriter leaf) throws Exception {
    X509Certificate root =
        signed(writer().subject("authority").publicKey(AUTHORITY.subjectPublicKeyInfo()));
    SignerChain.requireTrusted(List.of(signed(leaf)), Set.of(new TrustAnchor(root, null)), NOW);
  }

  private static void refused(CertificateWriter leaf) {
    RefutedException refusal =
        catchThrowableOfType(RefutedException.class, () -> requireTrusted(leaf));
    assertThat(refusal).isNotNull();
    assertThat(refusal.finding().code()).isEqualTo(ReleaseFinding.SKR_CHAIN);
    assertThat(refusal.finding().expected()).isEqualTo("a TLS server's certificate");
  }

  @Test
  void aServersKeyThatMaySignIsTakenWhetherItsUseIsSaidOrNot() throws Exception {
    requireTrusted(server().extension(EXTENDED_KEY_USAGE, false, SERVER_AUTH));
    requireTrusted(
        server()
            .extension(EXTENDED_KEY_USAGE, false, SERVER_AUTH)
            .extension(KEY_USAGE, true, DIGITAL_SIGNATURE));
  }

  @Test
  void aServersKeyThatMayNotSignIsRefused() {
    refused(
        server()
            .extension(EXTENDED_KEY_USAGE, false, SERVER_AUTH)
            .extension(KEY_USAGE, true, KEY_ENCIPHERMENT));
  }

  @Test
  void anAuthorityIsNoServerEvenWithNoneBelowIt() {
    refused(
        server()
            .extension(EXTENDED_KEY_USAGE, false, SERVER_AUTH)
            .extension(BASIC_CONSTRAINTS, true, AUTHORITY_OF_NOBODY));
  }

  private static Bytes names(int tag, String name) {
    Bytes text = Bytes.of(name.getBytes(US_ASCII));
    return Bytes.of((byte) 0x30, (byte) (text.size() + 2), (byte) tag, (byte) text.size())
        .concat(text);
  }

  private static X509Certificate named(Bytes alternativeNames) throws Exception {
    return signed(server().extension(ALTERNATIVE_NAMES, false, alternativeNames));
  }

  @Test
  void aNameIsADnsNameAndNoneOfAnotherKind() throws Exception {
    int rfc822Name = 0x81;
    int uri = 0x86;
    assertThat(ServerNames.match(named(names(DNS_NAME, HOST)), HOST)).isTrue();
    assertThat(ServerNames.match(named(names(rfc822Name, HOST)), HOST)).isFalse();
    assertThat(ServerNames.match(named(names(uri, HOST)), HOST)).isFalse();
  }

  @Test
  void namesThatCannotBeReadMatchNothing() throws Exception {
    assertThat(ServerNames.match(named(Bytes.ofHex("30058203616263ff")), "abc")).isFalse();
    assertThat(ServerNames.match(named(Bytes.ofHex("0500")), "abc")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {".vault.azure.net", "vault.azure.net", "a.b.vault.azure.net"})
  void aWildcardStandsForOneLabelAndNotForNone(String host) throws Exception {
    assertThat(ServerNames.match(named(names(DNS_NAME, "*.vault.azure.net")), host)).isFalse();
  }

  private static Json item(int size) throws MalformedException {
    String text = "[\"" + Base64.getEncoder().encodeToString(new byte[size]) + "\"]";
    Bytes json = Bytes.of(text.getBytes(US_ASCII));
    return StrictJson.parse("x5c", json, CompactJws.MAX_SIZE).asArray(1).get(0);
  }

  @Test
  void aCertificateIsReadUpToItsBound() throws Exception {
    assertThat(SignerChain.der(item(SignerChain.MAX_CERTIFICATE)))
        .isEqualTo(Bytes.zeros(SignerChain.MAX_CERTIFICATE));
    Json beyond = item(SignerChain.MAX_CERTIFICATE + 1);
    assertThatThrownBy(() -> SignerChain.der(beyond)).isInstanceOf(MalformedException.class);
  }

  @Test
  void aJwsIsReadUpToItsBound() throws Exception {
    String payload = "A".repeat(CompactJws.MAX_SIZE - "e30..AAA".length());
    String longest = "e30." + payload + ".AAA";
    assertThat(CompactJws.parse(longest).payload())
        .isEqualTo(Bytes.zeros(payload.length() * 3 / 4));
    assertThatThrownBy(() -> CompactJws.parse("e30." + payload + ".AAAA"))
        .isInstanceOf(MalformedException.class);
  }
}
