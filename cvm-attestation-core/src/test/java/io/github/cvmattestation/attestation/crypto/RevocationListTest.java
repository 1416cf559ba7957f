package io.github.cvmattestation.attestation.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RevocationListTest {
  private static final int SERIALS = 150_000;

  private static final Bytes NUMBER = TestCertificate.extension("2.5.29.20", false, Der.integer(1));

  private final TestRevocationList written = new TestRevocationList();

  @Test
  void everyPartIsTheOneThatWasWritten() throws MalformedException {
    RevocationList read = written.parse();
    assertThat(read.tbs()).isEqualTo(written.tbs());
    assertThat(read.signatureAlgorithm()).isEqualTo(TestCertificate.PSS_SHA384);
    assertThat(read.signature().size()).isEqualTo(256);
    assertThat(read.issuerCommonName()).isEqualTo("Issuer");
    assertThat(read.issuer()).isEqualTo(written.issuer);
    assertThat(read.crlNumber()).contains(BigInteger.ONE);
    assertThat(read.authorityKeyIdentifier()).isEmpty();
    assertThat(read.validity().notBefore()).isEqualTo(Instant.parse("2025-01-01T00:00:00Z"));
    assertThat(read.validity().notAfter()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(read.revoked())
        .containsExactlyInAnyOrder(BigInteger.valueOf(5), BigInteger.valueOf(6));
  }

  @Test
  void nothingRevokedIsWrittenByLeavingTheListOut() throws MalformedException {
    written.entries.clear();
    assertThat(written.parse().revoked()).isEmpty();
  }

  @Test
  void pemWithOneListIsReadAndAnythingElseRefused() throws MalformedException {
    String pem = pem(written.der());
    assertThat(RevocationList.parse(bytes(pem)).revoked()).hasSize(2);
    refused(bytes(pem + pem));
    refused(bytes("-----"));
    refused(bytes(pem.replace("X509 CRL", "CERTIFICATE")));
    refused(bytes(pem + "x"));
  }

  @Test
  void aListWithoutAnEndIsRefused() {
    written.nextUpdate = Bytes.empty();
    refused(written.der());
  }

  @Test
  void otherVersionsAreRefused() {
    written.version = Bytes.empty();
    refused(written.der());
    written.version = Der.integer(0);
    refused(written.der());
    written.version = Der.integer(2);
    refused(written.der());
  }

  @Test
  void aListThatCoversOnlyAPartIsRefused() {
    // issuingDistributionPoint and deltaCRLIndicator (RFC 5280, sections 5.2.5 and 5.2.4)
    for (String oid : List.of("2.5.29.28", "2.5.29.27", "1.2.3.4")) {
      written.extensions = Der.tlv(0xA0, Der.seq(TestCertificate.extension(oid, true, Der.seq())));
      refused(written.der());
    }
  }

  @Test
  void aListThatCoversOnlyAPartIsRefusedThoughItDoesNotSayThatThisIsCritical() {
    for (String oid : List.of("2.5.29.27", "2.5.29.28", "2.5.29.29")) {
      extensions(TestCertificate.extension(oid, false, Der.integer(1)));
      refused(written.der());
    }
    extensions(NUMBER);
    written.entries.add(
        TestRevocationList.entry(9, TestCertificate.extension("2.5.29.29", false, Der.seq())));
    refused(written.der());
  }

  @Test
  void anExtensionThatComesTwiceIsRefused() throws MalformedException {
    Bytes unknown = TestCertificate.extension("1.2.3.4", false, Der.integer(1));
    Bytes another = TestCertificate.extension("1.2.3.5", false, Der.integer(1));
    extensions(NUMBER, unknown, another);
    written.parse();
    for (Bytes twice : List.of(NUMBER, unknown, another)) {
      extensions(NUMBER, unknown, another, twice);
      refused(written.der());
    }
    extensions(NUMBER);
    Bytes reason = TestCertificate.extension("2.5.29.21", false, Bytes.ofHex("0a0101"));
    written.entries.add(TestRevocationList.entry(9, reason, unknown));
    written.parse();
    written.entries.set(2, TestRevocationList.entry(9, reason, unknown, reason));
    refused(written.der());
  }

  @Test
  void moreExtensionsThanAnybodyWritesAreRefused() throws MalformedException {
    Bytes[] many =
        IntStream.range(0, 17)
            .mapToObj(i -> TestCertificate.extension("1.2.3." + i, false, Der.integer(1)))
            .toArray(Bytes[]::new);
    extensions(Arrays.copyOf(many, 16));
    written.parse();
    extensions(many);
    refused(written.der());
  }

  @Test
  void damagedExtensionsAreRefused() {
    Bytes value = Der.octets(Der.integer(1));
    for (Bytes damaged :
        List.of(
            Der.seq(),
            Der.seq(Der.oid("1.2.3")),
            Der.seq(value),
            Der.seq(Der.tlv(0x06), value),
            Der.seq(Der.tlv(0x06, Bytes.ofHex("2a80")), value), // ends within a number
            Der.seq(Der.tlv(0x06, Bytes.ofHex("2a8001")), value), // a number in one byte too many
            Der.seq(Der.oid("1.2.3"), Bytes.ofHex("010100"), value), // FALSE is the default
            Der.seq(Der.oid("1.2.3"), Bytes.ofHex("010101"), value),
            Der.seq(Der.oid("1.2.3"), Der.integer(1)),
            Der.seq(Der.oid("1.2.3"), value, value),
            Der.oid("1.2.3"))) {
      extensions(damaged);
      refused(written.der());
      extensions(NUMBER);
      written.entries.set(
          1, Der.seq(Der.integer(6), Der.utcTime("250101000000Z"), Der.seq(damaged)));
      refused(written.der());
      written.entries.set(1, TestRevocationList.entry(6));
    }
  }

  @Test
  void theNumberOfAListIsReadUpToTwentyBytes() throws MalformedException {
    BigInteger most = BigInteger.ONE.shiftLeft(159).subtract(BigInteger.ONE);
    for (BigInteger number : List.of(BigInteger.ZERO, BigInteger.TEN, most)) {
      extensions(TestCertificate.extension("2.5.29.20", false, Der.integer(number)));
      assertThat(written.parse().crlNumber()).contains(number);
    }
    for (Bytes damaged :
        List.of(
            Der.integer(most.add(BigInteger.ONE)),
            Der.integer(-1),
            Der.tlv(0x02),
            Bytes.ofHex("02020001"),
            Der.integer(1).concat(Bytes.zeros(1)),
            Der.octets(Bytes.ofHex("01")),
            Bytes.empty())) {
      extensions(TestCertificate.extension("2.5.29.20", false, damaged));
      refused(written.der());
    }
    written.extensions = Bytes.empty();
    assertThat(written.parse().crlNumber()).isEmpty();
  }

  @Test
  void theIssuersKeyIsReadWhereItIsNamed() throws MalformedException {
    Bytes identifier = Bytes.ofHex("956f5dcdbd1be1e94049c9d4f433ce01570bde54");
    Bytes key = Der.tlv(0x80, identifier);
    Bytes name = Der.tlv(0xA1, Der.tlv(0xA4, written.issuer));
    Bytes serial = Der.tlv(0x82, Bytes.ofHex("05"));
    for (Bytes value : List.of(Der.seq(key), Der.seq(key, name, serial))) {
      extensions(NUMBER, TestCertificate.extension("2.5.29.35", false, value));
      assertThat(written.parse().authorityKeyIdentifier()).contains(identifier);
    }
    for (Bytes value : List.of(Der.seq(), Der.seq(name, serial))) {
      extensions(NUMBER, TestCertificate.extension("2.5.29.35", false, value));
      assertThat(written.parse().authorityKeyIdentifier()).isEmpty();
    }
    for (Bytes damaged :
        List.of(
            key,
            Bytes.empty(),
            Der.seq(Der.octets(identifier)),
            Der.seq(key, key),
            Der.seq(key, name),
            Der.seq(key, serial),
            Der.seq(name, serial, key),
            Der.seq(key).concat(Bytes.zeros(2)),
            Der.seq(key, name, serial, serial))) {
      extensions(NUMBER, TestCertificate.extension("2.5.29.35", false, damaged));
      refused(written.der());
    }
  }

  @Test
  void aSerialNumberIsFoundWhateverItsSizeAndSign() throws MalformedException {
    BigInteger high = new BigInteger("efae6e9715fca13b87e333e8261ed6d990a926ad", 16);
    List<BigInteger> listed =
        List.of(
            BigInteger.ZERO,
            BigInteger.ONE,
            BigInteger.valueOf(127),
            BigInteger.valueOf(128),
            BigInteger.valueOf(0x8000),
            high,
            high.shiftLeft(8),
            BigInteger.ONE.shiftLeft(1600));
    written.entries.clear();
    listed.forEach(serial -> written.entries.add(TestRevocationList.entry(serial)));
    RevocationList read = written.parse();
    assertThat(read.revoked()).containsExactlyInAnyOrderElementsOf(listed);
    for (BigInteger serial : listed) {
      assertThat(read.lists(serial)).isTrue();
      assertThat(read.revoked().contains(serial)).isTrue();
      for (BigInteger other :
          List.of(serial.add(BigInteger.TWO), serial.shiftLeft(8).add(BigInteger.TWO))) {
        assertThat(read.lists(other)).isFalse();
        assertThat(read.revoked().contains(other)).isFalse();
      }
    }
  }

  @Test
  void aForgottenSignHidesNothing() throws MalformedException {
    // The same octets with and without the zero that keeps the number positive.
    BigInteger positive = new BigInteger("efae6e9715fca13b87e333e8261ed6d990a926ad", 16);
    BigInteger negative = new BigInteger(positive.toByteArray(), 1, 20);
    assertThat(negative).isNegative();
    for (BigInteger listed : List.of(positive, negative)) {
      written.entries.set(0, TestRevocationList.entry(listed));
      RevocationList read = written.parse();
      assertThat(read.lists(positive)).isTrue();
      assertThat(read.lists(negative)).isTrue();
      assertThat(read.revoked()).containsExactlyInAnyOrder(BigInteger.valueOf(6), positive);
      assertThat(read.revoked().contains(negative)).isFalse();
    }
  }

  @Test
  void aSerialNumberThatIsListedTwiceIsListed() throws MalformedException {
    written.entries.add(TestRevocationList.entry(5));
    RevocationList read = written.parse();
    assertThat(read.revoked()).hasSize(2);
    assertThat(read.lists(BigInteger.valueOf(5))).isTrue();
    assertThat(read.lists(BigInteger.valueOf(7))).isFalse();
    assertThat(read).isEqualTo(RevocationList.parse(pemOf(read)));
  }

  @Test
  void entriesAreReadToTheirLastByteAndTheirDatesToo() throws MalformedException {
    Bytes serial = Der.integer(6);
    for (String date : List.of("250101000000Z", "241231235959Z", "240229000000Z")) {
      written.entries.set(1, Der.seq(serial, Der.utcTime(date)));
      written.parse();
    }
    written.entries.set(1, Der.seq(serial, Der.generalizedTime("20250101000000Z")));
    written.parse();
    for (String date :
        List.of(
            "251301000000Z",
            "250001000000Z",
            "250132000000Z",
            "250229000000Z",
            "250100000000Z",
            "250101240000Z",
            "250101006000Z",
            "250101000060Z",
            "2501010000Z",
            "250101000000",
            "250101000000+0000",
            "25010100000xZ")) {
      written.entries.set(1, Der.seq(serial, Der.utcTime(date)));
      refused(written.der());
    }
    for (Bytes entry :
        List.of(
            Der.seq(Bytes.ofHex("02020006"), Der.utcTime("250101000000Z")),
            Der.seq(serial, Der.utcTime("250101000000Z"), Der.integer(1)),
            Der.seq(serial, Der.utcTime("250101000000Z"), Bytes.ofHex("3005")),
            Bytes.ofHex("308101").concat(serial))) {
      written.entries.set(1, entry);
      refused(written.der());
    }
  }

  @Test
  void anElementThatReachesBeyondItsParentIsRefused() {
    // The entry ends within its date, which goes on in what follows it.
    Bytes whole = TestRevocationList.entry(6);
    Bytes cut = Bytes.ofHex("300a").concat(whole.slice(2, whole.size()));
    written.entries.set(1, cut);
    refused(written.der());
  }

  @Test
  void anEntryThatSpeaksOfAnotherIssuerIsRefused() throws MalformedException {
    // certificateIssuer (RFC 5280, section 5.3.3)
    written.entries.add(
        TestRevocationList.entry(9, TestCertificate.extension("2.5.29.29", true, Der.seq())));
    refused(written.der());
    written.entries.set(
        2,
        TestRevocationList.entry(
            9, TestCertificate.extension("2.5.29.21", false, Bytes.ofHex("0a0101"))));
    assertThat(written.parse().revoked()).contains(BigInteger.valueOf(9));
  }

  @Test
  void whatNobodyReadsIsRefused() throws MalformedException {
    Bytes extensions = written.extensions;
    Bytes list = Der.seq(TestCertificate.extension("2.5.29.20", false, Der.integer(1)));
    List<Bytes> strays =
        List.of(Der.tlv(0x05), Der.integer(1), Der.tlv(0xA1, list), Der.tlv(0xA7, list));
    for (Bytes stray : strays) {
      written.more = stray;
      written.extensions = extensions;
      refused(written.der());
      written.extensions = Bytes.empty();
      refused(written.der());
    }
    written.entries.clear();
    for (Bytes stray : strays) {
      written.more = stray;
      written.extensions = extensions;
      refused(written.der());
      written.extensions = Bytes.empty();
      refused(written.der());
    }
    written.more = Bytes.empty();
    assertThat(written.parse().revoked()).isEmpty();
  }

  @Test
  void anAlgorithmOutsideThatIsNotTheOneInsideIsRefused() {
    written.outerAlgorithm = Der.seq(Der.oid("1.2.840.113549.1.1.12"), Der.tlv(0x05));
    refused(written.der());
  }

  @Test
  void trailingBytesAndEveryTruncationAreRefused() {
    Bytes der = written.der();
    refused(der.concat(Bytes.zeros(1)));
    refused(der.concat(der));
    for (int size = 0; size < der.size(); size++) {
      refused(der.slice(0, size));
    }
  }

  @Test
  void damagedEntriesAreRefused() {
    for (Bytes entry :
        List.of(
            Der.seq(),
            Der.seq(Der.integer(1)),
            Der.integer(1),
            Der.seq(Der.utcTime("250101000000Z"), Der.integer(1)),
            Der.seq(Der.tlv(0x02), Der.utcTime("250101000000Z")),
            Der.seq(Der.integer(1), Der.utcTime("250101000000Z"), Der.seq(), Der.seq()))) {
      written.entries.set(1, entry);
      refused(written.der());
    }
  }

  @Test
  void fourMebibytesAreReadAndOneByteMoreIsRefused() throws MalformedException {
    Bytes filler = TestCertificate.extension("1.2.3.4", false, Bytes.zeros(1_000_000));
    written.extensions = Der.tlv(0xA0, Der.seq(filler));
    int size = 1_000_000 + RevocationList.MAX_SIZE - written.der().size();
    written.extensions =
        Der.tlv(0xA0, Der.seq(TestCertificate.extension("1.2.3.4", false, Bytes.zeros(size))));
    assertThat(written.der().size()).isEqualTo(4 << 20);
    written.parse();
    written.extensions =
        Der.tlv(0xA0, Der.seq(TestCertificate.extension("1.2.3.4", false, Bytes.zeros(size + 1))));
    refused(written.der());
  }

  @Test
  void serialNumbersWithEqualHashesDoNotTakeQuadraticTime() throws MalformedException {
    // BigInteger's hash is 31·high + low: 150,000 numbers of one hash fit into the most that is
    // read.
    Bytes colliding = listOf(i -> (0x1000000L + i << 32) + 31L * (SERIALS - i));
    Bytes distinct = listOf(i -> (0x1000000L + i << 32) + 7L * i);
    assertThat(colliding.size()).isLessThan(RevocationList.MAX_SIZE);
    assertThat(
            RevocationList.parse(colliding).revoked().stream().map(BigInteger::hashCode).distinct())
        .hasSize(1);
    // Measured against a list of the same size, so that a slow machine is no failure: quadratic
    // time
    // is some thirty times as long.
    assertThat(nanos(colliding)).isLessThan(8 * nanos(distinct) + 300_000_000L);
  }

  private Bytes listOf(IntToLongFunction serial) {
    written.entries.clear();
    IntStream.range(0, SERIALS)
        .mapToObj(i -> TestRevocationList.entry(serial.applyAsLong(i)))
        .forEach(written.entries::add);
    return written.der();
  }

  /** The least of three. */
  private static long nanos(Bytes der) throws MalformedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      long start = System.nanoTime();
      assertThat(RevocationList.parse(der).revoked()).hasSize(SERIALS);
      least = Math.min(least, System.nanoTime() - start);
    }
    return least;
  }

  @Test
  void whatIsRevokedCannotBeChanged() throws MalformedException {
    RevocationList read = written.parse();
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> read.revoked().remove(BigInteger.valueOf(5)));
  }

  @Test
  void deepNestingIsRefusedWithoutExhaustingTheStack() {
    refused(
        Der.seq(
            Bytes.ofHex("3080".repeat(400_000)),
            TestCertificate.PSS_SHA384,
            Der.bits(Bytes.zeros(256))));
    Bytes nest = Der.seq();
    while (nest.size() < 20_000) {
      nest = Der.seq(nest);
    }
    written.more = nest;
    refused(written.der());
  }

  private void extensions(Bytes... all) {
    written.extensions = Der.tlv(0xA0, Der.seq(all));
  }

  /** The list from its parts, which were kept verbatim. */
  private static Bytes pemOf(RevocationList read) {
    return bytes(pem(Der.seq(read.tbs(), read.signatureAlgorithm(), Der.bits(read.signature()))));
  }

  private static String pem(Bytes der) {
    return "-----BEGIN X509 CRL-----\n"
        + Base64.getMimeEncoder().encodeToString(der.toArray())
        + "\n-----END X509 CRL-----\n";
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void refused(Bytes input) {
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> RevocationList.parse(input));
  }
}
