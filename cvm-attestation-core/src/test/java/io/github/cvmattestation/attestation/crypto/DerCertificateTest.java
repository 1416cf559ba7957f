package io.github.cvmattestation.attestation.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DerCertificateTest {
  private final TestCertificate written = new TestCertificate();

  @Test
  void everyPartIsTheOneThatWasWritten() throws MalformedException {
    Bytes der = written.der();
    DerCertificate read = DerCertificate.parse(der);
    assertThat(read.der()).isEqualTo(der);
    assertThat(read.tbs()).isEqualTo(written.tbs());
    assertThat(read.signatureAlgorithm()).isEqualTo(TestCertificate.PSS_SHA384);
    assertThat(read.signature().size()).isEqualTo(256);
    assertThat(read.serial()).isEqualTo(BigInteger.valueOf(7));
    assertThat(read.subjectCommonName()).isEqualTo("Subject");
    assertThat(read.issuerCommonName()).isEqualTo("Issuer");
    assertThat(read.validity().of()).isEqualTo("Subject");
    assertThat(read.validity().notBefore()).isEqualTo(Instant.parse("2025-01-01T00:00:00Z"));
    assertThat(read.validity().notAfter()).isEqualTo(Instant.parse("2035-01-01T00:00:00Z"));
    assertThat(read.subjectPublicKeyInfo()).isEqualTo(TestKeys.spki(TestKeys.P384));
    assertThat(read.extensions().keySet()).containsExactly("2.5.29.19", "2.5.29.15");
    assertThat(read.extension("2.5.29.15")).contains(Bytes.ofHex("03020106"));
    assertThat(read.extensions().get("2.5.29.15").critical()).isTrue();
    assertThat(read.extension("2.5.29.14")).isEmpty();
  }

  @Test
  void anExtensionThatIsNotCriticalIsReadAsThat() throws MalformedException {
    written.extensions.add(
        TestCertificate.extension("1.3.6.1.4.1.3704.1.1", false, Der.integer(0)));
    DerCertificate read = written.parse();
    assertThat(read.extensions().get("1.3.6.1.4.1.3704.1.1"))
        .isEqualTo(new DerCertificate.Extension(false, Der.integer(0)));
  }

  @Test
  void trailingBytesAreRefusedWhereverTheyAre() {
    Bytes der = written.der();
    for (int size : new int[] {1, 2, 100}) {
      refused(der.concat(Bytes.zeros(size)));
    }
    refused(der.concat(der));
    Bytes tbs = written.tbs();
    Bytes signature = Der.bits(TestKeys.sign(written.scheme, written.signer.getPrivate(), tbs));
    refused(Der.seq(tbs, written.outerAlgorithm, signature, Der.tlv(0x05)));
    refused(Der.seq(tbs, written.outerAlgorithm, signature.concat(Bytes.zeros(1))));
    written.more = Der.tlv(0x05);
    refused(written.der());
  }

  @Test
  void everyTruncationIsRefused() {
    Bytes der = written.der();
    for (int size = 0; size < der.size(); size++) {
      refused(der.slice(0, size));
    }
  }

  @Test
  void eightKibibytesAreReadAndOneByteMoreIsRefused() throws MalformedException {
    Bytes blob = TestCertificate.extension("1.2.3.4", false, Bytes.zeros(7000));
    written.extensions.add(blob);
    int missing = DerCertificate.MAX_SIZE - written.der().size();
    written.extensions.set(
        2, TestCertificate.extension("1.2.3.4", false, Bytes.zeros(7000 + missing)));
    assertThat(written.der().size()).isEqualTo(8192);
    written.parse();
    written.extensions.set(
        2, TestCertificate.extension("1.2.3.4", false, Bytes.zeros(7001 + missing)));
    refused(written.der());
  }

  @Test
  void anAlgorithmOutsideThatIsNotTheOneInsideIsRefused() {
    written.outerAlgorithm = Der.seq(Der.oid("1.2.840.113549.1.1.12"), Der.tlv(0x05));
    refused(written.der());
    written.outerAlgorithm =
        TestCertificate.pss(
            "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.2", 48, Der.tlv(0xA3, Der.integer(1)));
    refused(written.der());
  }

  @Test
  void otherVersionsAreRefused() {
    written.extensions.clear();
    written.version = Bytes.empty(); // v1
    refused(written.der());
    written.version = Der.tlv(0xA0, Der.integer(0)); // v1, written out
    refused(written.der());
    written.version = Der.tlv(0xA0, Der.integer(1)); // v2
    refused(written.der());
    written.version = Der.tlv(0xA0, Der.integer(3));
    refused(written.der());
    written.version = Der.tlv(0xA0, Der.integer(2)); // v3 without extensions
    refused(written.der());
  }

  @Test
  void oldVersionsThatCarryExtensionsAreRefused() {
    for (Bytes version :
        List.of(Bytes.empty(), Der.tlv(0xA0, Der.integer(1)), Der.tlv(0xA0, Der.integer(-1)))) {
      written.version = version;
      refused(written.der());
    }
  }

  @Test
  void duplicateExtensionsAreRefused() {
    written.extensions.add(TestCertificate.keyUsage("0106"));
    refused(written.der());
    written.extensions.set(
        2, TestCertificate.extension("2.5.29.15", false, Bytes.ofHex("03020780")));
    refused(written.der());
  }

  @Test
  void aSecondBlockOfExtensionsIsRefused() {
    written.more = Der.tlv(0xA3, Der.seq(TestCertificate.basicConstraints(true, -1)));
    refused(written.der());
    written.extensions.clear();
    written.more = Der.tlv(0xA4, Der.seq(TestCertificate.basicConstraints(true, -1)));
    refused(written.der());
  }

  @Test
  void uniqueIdsAreRefused() {
    Bytes extensions = Der.tlv(0xA3, Der.seq(TestCertificate.basicConstraints(true, -1)));
    written.extensions.clear();
    for (int tag : new int[] {0x81, 0x82}) {
      written.more = Der.tlv(tag, Bytes.ofHex("00aa")).concat(extensions);
      refused(written.der());
    }
  }

  @Test
  void emptyOrDamagedExtensionsAreRefused() {
    written.extensions.clear();
    for (Bytes forged :
        List.of(
            Der.tlv(0xA3),
            Der.tlv(0xA3, Der.seq(Der.seq(Der.oid("1.2.3")))),
            Der.tlv(0xA3, Der.seq(Der.seq(Der.oid("1.2.3"), Der.integer(1)))),
            Der.tlv(0xA3, Der.seq(Der.oid("1.2.3"))),
            Der.tlv(0xA3, Der.tlv(0x05)),
            Der.tlv(
                0xA3,
                Der.seq(TestCertificate.keyUsage("0106")),
                Der.seq(TestCertificate.keyUsage("0106"))),
            Der.tlv(0x83, Der.seq(TestCertificate.keyUsage("0106"))))) {
      written.more = forged;
      refused(written.der());
    }
  }

  @Test
  void aNameWithoutExactlyOnePlainCommonNameIsRefused() {
    Bytes commonName = TestCertificate.attribute("2.5.4.3", 0x13, "ARK-Milan");
    Bytes unit = TestCertificate.attribute("2.5.4.11", 0x13, "Unit");
    for (Bytes name :
        List.of(
            Der.seq(),
            Der.seq(Der.set(unit)),
            Der.seq(Der.set(commonName), Der.set(commonName)),
            Der.seq(
                Der.set(commonName), Der.set(TestCertificate.attribute("2.5.4.3", 0x0C, "other"))),
            Der.seq(Der.set(commonName, unit)),
            Der.seq(
                Der.set(
                    TestCertificate.attribute("2.5.4.3", 0x13, "A"),
                    TestCertificate.attribute("2.5.4.3", 0x13, "B"))),
            Der.seq(
                Der.set(commonName),
                Der.set(TestCertificate.attribute("2.5.4.3", 0x13, "A"), unit)),
            Der.seq(Der.set(Der.seq(Der.oid("2.5.4.3"), Der.integer(1)))),
            Der.seq(Der.set(Der.seq(Der.oid("2.5.4.3")))),
            Der.seq(Der.set()),
            Der.set(Der.set(commonName)))) {
      written.subject = name;
      written.issuer = TestCertificate.name("Issuer");
      refused(written.der());
      written.subject = TestCertificate.name("Subject");
      written.issuer = name;
      refused(written.der());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "two\nlines",
        "carriage\rreturn",
        "\u001b[31mred",
        "nul\u0000",
        "tab\t",
        "\u007f",
        "d\u00e9guis\u00e9",
        "\u202eevil",
        "ARK\u2010Milan"
      })
  void aNameThatWouldForgeALogLineIsRefused(String commonName) {
    written.subject = Der.seq(Der.set(TestCertificate.attribute("2.5.4.3", 0x0C, commonName)));
    refused(written.der());
  }

  @Test
  void aNameOf64CharactersIsReadAndOneOf65Refused() throws MalformedException {
    written.subject = TestCertificate.name("n".repeat(64));
    assertThat(written.parse().subjectCommonName()).hasSize(64);
    written.subject = TestCertificate.name("n".repeat(65));
    refused(written.der());
  }

  @ParameterizedTest
  @CsvSource({
    "500101000000Z, 1950-01-01T00:00:00Z", // RFC 5280, section 4.1.2.5.1
    "991231235959Z, 1999-12-31T23:59:59Z",
    "000101000000Z, 2000-01-01T00:00:00Z",
    "240229120000Z, 2024-02-29T12:00:00Z",
    "491231235959Z, 2049-12-31T23:59:59Z"
  })
  void theYearOfUtcTimeTurnsAtFifty(String text, Instant expected) throws MalformedException {
    written.notBefore = Der.utcTime(text);
    assertThat(written.parse().validity().notBefore()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "19491231235959Z, 1949-12-31T23:59:59Z",
    "20500101000000Z, 2050-01-01T00:00:00Z",
    "99991231235959Z, 9999-12-31T23:59:59Z" // RFC 5280, section 4.1.2.5: no end
  })
  void generalizedTimeHasAYearOfFourDigits(String text, Instant expected)
      throws MalformedException {
    written.notAfter = Der.generalizedTime(text);
    assertThat(written.parse().validity().notAfter()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Z",
        "2501010000Z",
        "250101000000",
        "250101000000+0000",
        "250101000000-0800",
        "2501010000+0100",
        "251301000000Z",
        "250001000000Z",
        "250230000000Z",
        "250229000000Z",
        "250100000000Z",
        "250101240000Z",
        "250101006000Z",
        "250101000060Z",
        "25010100000aZ",
        "-50101000000Z",
        "250101000000z",
        "250101000000Z ",
        " 250101000000Z",
        "20250101000000Z",
        "250101000000.5Z",
        "２50101000000Z"
      })
  void anyOtherUtcTimeIsRefused(String text) {
    written.notAfter = Der.utcTime(text);
    refused(written.der());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "20250101000000",
        "20250101000000+0000",
        "20250101000000.5Z",
        "20250101000000.0Z",
        "20250101000000,5Z",
        "202501010000Z",
        "2025010100Z",
        "250101000000Z",
        "20251301000000Z",
        "20250229000000Z",
        "20250101000060Z",
        "2025010100000Z",
        "020250101000000Z"
      })
  void anyOtherGeneralizedTimeIsRefused(String text) {
    written.notAfter = Der.generalizedTime(text);
    refused(written.der());
  }

  @Test
  void aDateOfAnotherTypeIsRefused() {
    for (Bytes time :
        List.of(Der.text(0x13, "250101000000Z"), Der.integer(5), Der.seq(), Bytes.empty())) {
      written.notAfter = time;
      refused(written.der());
    }
  }

  @Test
  void berInsideTheSignedPartIsRefused() {
    // The same subject, once with a length in long form, once with an indefinite one.
    Bytes name = written.subject;
    Bytes content = name.slice(2, name.size());
    written.subject = Bytes.of((byte) 0x30, (byte) 0x81, (byte) content.size()).concat(content);
    refused(written.der());
    written.subject = Bytes.ofHex("3080").concat(content, Bytes.zeros(2));
    refused(written.der());
    written.subject = name;
    written.serial = Bytes.ofHex("02020007");
    refused(written.der());
    written.serial = Bytes.ofHex("0200");
    refused(written.der());
  }

  @Test
  void aSignatureThatIsNotWholeOctetsIsRefused() {
    Bytes tbs = written.tbs();
    refused(Der.seq(tbs, written.outerAlgorithm, Der.tlv(0x03)));
    refused(Der.seq(tbs, written.outerAlgorithm, Der.tlv(0x03, Bytes.ofHex("01fe"))));
    refused(Der.seq(tbs, written.outerAlgorithm, Der.octets(Bytes.zeros(256))));
  }

  @Test
  void deepNestingIsRefusedWithoutExhaustingTheStack() {
    Bytes nest = Der.seq();
    while (nest.size() < 7000) {
      nest = Der.seq(nest);
    }
    written.extensions.clear();
    written.more = nest;
    refused(written.der());
    written.more = Bytes.empty();
    written.subject = nest;
    refused(written.der());
    written.subject = Bytes.ofHex("3080".repeat(3500));
    refused(written.der());
  }

  @Test
  void flippingAnyBitIsRefusedOrSeenByTheSignature() throws MalformedException {
    Bytes der = written.der();
    VerificationKey issuer = SignatureBackends.bouncyCastle().prepare(TestKeys.info(TestKeys.RSA));
    DerCertificate genuine = DerCertificate.parse(der);
    assertThat(issuer.verifies(written.scheme, genuine.tbs(), genuine.signature())).isTrue();
    int refused = 0;
    for (int bit = 0; bit < 8 * der.size(); bit++) {
      byte[] forged = der.toArray();
      forged[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        DerCertificate read = DerCertificate.parse(Bytes.of(forged));
        boolean seen =
            !read.tbs().equals(genuine.tbs()) || !read.signature().equals(genuine.signature());
        assertThat(seen).as("bit %d", bit).isTrue();
      } catch (MalformedException e) {
        refused++;
      }
    }
    // At the least the two lengths and the two tags around everything.
    assertThat(refused).isGreaterThan(32);
  }

  @Test
  void aRefusalRepeatsNothingOfTheCertificate() {
    written.subject = TestCertificate.name("secret\nname");
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(written::parse)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"))
        .withNoCause();
  }

  private static void refused(Bytes der) {
    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> DerCertificate.parse(der));
  }
}
