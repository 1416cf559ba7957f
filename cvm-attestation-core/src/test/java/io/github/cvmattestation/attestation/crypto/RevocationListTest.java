package io.github.cvmattestation.attestation.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RevocationListTest {
  private static final int SERIALS = 150_000;

  private final TestRevocationList written = new TestRevocationList();

  @Test
  void everyPartIsTheOneThatWasWritten() throws MalformedException {
    RevocationList read = written.parse();
    assertThat(read.tbs()).isEqualTo(written.tbs());
    assertThat(read.signatureAlgorithm()).isEqualTo(TestCertificate.PSS_SHA384);
    assertThat(read.signature().size()).isEqualTo(256);
    assertThat(read.issuerCommonName()).isEqualTo("Issuer");
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
