package io.github.cvmattestation.attestation.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateChainsTest {
  private static final String SHA384 = "2.16.840.1.101.3.4.2.2";
  private static final String SHA256 = "2.16.840.1.101.3.4.2.1";
  private static final SignatureScheme SCHEME = SignatureScheme.RSAPSS_SHA384;

  private final TestCertificate written = new TestCertificate();
  private final VerificationKey issuer = key(TestKeys.info(TestKeys.RSA));
  private final VerificationKey stranger = key(TestKeys.info(TestKeys.OTHER_RSA));
  private final VerificationKey ecStranger = key(TestKeys.info(TestKeys.P384));

  @Test
  void theKeyThatSignedIsTheOneReturned() throws Exception {
    assertThat(
            CertificateChains.requireSignature(
                written.parse(), List.of(stranger, ecStranger, issuer), SCHEME))
        .isSameAs(issuer);
  }

  @Test
  void aCertificateThatNoneOfTheIssuersSignedIsRefuted() throws Exception {
    DerCertificate certificate = written.parse();
    refuted(
        CoreFinding.CERT_SIGNATURE,
        () ->
            CertificateChains.requireSignature(certificate, List.of(stranger, ecStranger), SCHEME));
    refuted(
        CoreFinding.CERT_SIGNATURE,
        () -> CertificateChains.requireSignature(certificate, List.of(), SCHEME));
  }

  @Test
  void aSignatureUnderAnotherSchemeThanTheCertificateNamesIsRefuted() throws Exception {
    // PSS is named, PKCS #1 v1.5 is there.
    written.scheme = SignatureScheme.RSASSA_SHA384;
    DerCertificate certificate = written.parse();
    refuted(
        CoreFinding.CERT_SIGNATURE,
        () -> CertificateChains.requireSignature(certificate, List.of(issuer), SCHEME));
  }

  @Test
  void bothWaysToWritePssAreTheBytesOfRfc4055() {
    assertThat(algorithm(48, Bytes.empty()).size()).isEqualTo(2 + 11 + 54);
    assertThat(algorithm(48, Der.tlv(0xA3, Der.integer(1))).size()).isEqualTo(2 + 11 + 59);
  }

  @ParameterizedTest
  @MethodSource("acceptedAlgorithms")
  void pssWithItsFixedParametersIsAccepted(Bytes algorithm) throws Exception {
    DerCertificate certificate = withAlgorithm(algorithm);
    assertThat(CertificateChains.requireSignature(certificate, List.of(issuer), SCHEME))
        .isSameAs(issuer);
  }

  static List<Bytes> acceptedAlgorithms() {
    return List.of(algorithm(48, Bytes.empty()), algorithm(48, Der.tlv(0xA3, Der.integer(1))));
  }

  @ParameterizedTest
  @MethodSource("refusedAlgorithms")
  void anyOtherAlgorithmOrParametersAreRefutedThoughTheSignatureHolds(Bytes algorithm)
      throws Exception {
    DerCertificate certificate = withAlgorithm(algorithm);
    assertThat(issuer.verifies(SCHEME, certificate.tbs(), certificate.signature())).isTrue();
    refuted(
        CoreFinding.CERT_SIGNATURE,
        () -> CertificateChains.requireSignature(certificate, List.of(issuer), SCHEME));
  }

  static List<Bytes> refusedAlgorithms() {
    Bytes pss = Der.oid("1.2.840.113549.1.1.10");
    return List.of(
        algorithm(47, Bytes.empty()),
        algorithm(20, Bytes.empty()),
        algorithm(0, Bytes.empty()),
        algorithm(48, Der.tlv(0xA3, Der.integer(2))),
        TestCertificate.pss(SHA256, SHA384, 48, Bytes.empty()),
        TestCertificate.pss(SHA384, SHA256, 48, Bytes.empty()),
        TestCertificate.pss(SHA384, "1.3.14.3.2.26", 48, Bytes.empty()),
        Der.seq(pss),
        Der.seq(pss, Der.seq()), // all defaults: SHA-1
        Der.seq(pss, Der.tlv(0x05)),
        // without the NULLs
        Der.seq(
            pss,
            Der.seq(
                Der.tlv(0xA0, Der.seq(Der.oid(SHA384))),
                Der.tlv(0xA1, Der.seq(Der.oid("1.2.840.113549.1.1.8"), Der.seq(Der.oid(SHA384)))),
                Der.tlv(0xA2, Der.integer(48)))),
        Der.seq(Der.oid("1.2.840.113549.1.1.12"), Der.tlv(0x05)), // sha384WithRSAEncryption
        Der.seq(Der.oid("1.2.840.10045.4.3.3")), // ecdsa-with-SHA384
        Der.seq(Der.oid("1.2.840.113549.1.1.5"), Der.tlv(0x05)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSASSA_SHA384", "RSAPSS_SHA256", "ECDSA_P384_SHA384"})
  void aSchemeWithoutAKnownIdentifierIsRefuted(String other) throws Exception {
    DerCertificate certificate = written.parse();
    refuted(
        CoreFinding.CERT_SIGNATURE,
        () ->
            CertificateChains.requireSignature(
                certificate, List.of(issuer), SignatureScheme.valueOf(other)));
  }

  @Test
  void aRevocationListNeedsTheIssuersSignatureToo() throws Exception {
    RevocationList list = new TestRevocationList().parse();
    CertificateChains.requireSignature(list, List.of(stranger, issuer), SCHEME);
    refuted(
        CoreFinding.CRL_SIGNATURE,
        () -> CertificateChains.requireSignature(list, List.of(stranger), SCHEME));
    refuted(
        CoreFinding.CRL_SIGNATURE,
        () -> CertificateChains.requireSignature(list, List.of(), SCHEME));
    TestRevocationList named = new TestRevocationList();
    named.innerAlgorithm = algorithm(20, Bytes.empty());
    named.outerAlgorithm = named.innerAlgorithm;
    RevocationList misnamed = named.parse();
    refuted(
        CoreFinding.CRL_SIGNATURE,
        () -> CertificateChains.requireSignature(misnamed, List.of(issuer), SCHEME));
  }

  @Test
  void bothEndsOfAValidityAreInItAndASecondBeyondIsNot() throws Exception {
    Validity validity = written.parse().validity();
    Instant from = Instant.parse("2025-01-01T00:00:00Z");
    Instant to = Instant.parse("2035-01-01T00:00:00Z");
    for (Instant inside : List.of(from, from.plusSeconds(1), to.minusSeconds(1), to)) {
      CertificateChains.requireDates(CoreFinding.CERT_DATES, validity, inside);
    }
    for (Instant outside :
        List.of(
            from.minusNanos(1),
            from.minusSeconds(1),
            to.plusNanos(1),
            to.plusSeconds(1),
            Instant.MIN,
            Instant.MAX)) {
      refuted(
          CoreFinding.CERT_DATES,
          () -> CertificateChains.requireDates(CoreFinding.CERT_DATES, validity, outside));
    }
    refuted(
        CoreFinding.CRL_DATES,
        () -> CertificateChains.requireDates(CoreFinding.CRL_DATES, validity, Instant.EPOCH));
  }

  @Test
  void aValidityThatEndsBeforeItBeginsIncludesNothing() {
    Validity turned = new Validity("x", Instant.ofEpochSecond(20), Instant.ofEpochSecond(10));
    for (long second : new long[] {5, 10, 15, 20, 25}) {
      assertThat(turned.includes(Instant.ofEpochSecond(second))).isFalse();
    }
  }

  @Test
  void anotherIssuersNameIsRefuted() throws Exception {
    DerCertificate certificate = written.parse();
    CertificateChains.requireIssuer(certificate, "Issuer");
    for (String other : List.of("issuer", "Issue", "Issuer ", "", "Subject")) {
      refuted(CoreFinding.CERT_ISSUER, () -> CertificateChains.requireIssuer(certificate, other));
    }
  }

  @Test
  void anAuthorityMaySignWithinItsPathLength() throws Exception {
    for (int length : new int[] {0, 1, 5}) {
      DerCertificate certificate =
          authority(
              TestCertificate.basicConstraints(true, length), TestCertificate.keyUsage("0106"));
      CertificateChains.requireAuthority(certificate, length);
      refuted(
          CoreFinding.CERT_AUTHORITY,
          () -> CertificateChains.requireAuthority(certificate, length + 1));
    }
    CertificateChains.requireAuthority(
        authority(TestCertificate.basicConstraints(true, -1), TestCertificate.keyUsage("0204")),
        100);
  }

  @ParameterizedTest
  @MethodSource("notAuthorities")
  void whoIsNotAnAuthorityIsRefuted(List<Bytes> extensions) throws Exception {
    DerCertificate certificate = authority(extensions.toArray(Bytes[]::new));
    refuted(CoreFinding.CERT_AUTHORITY, () -> CertificateChains.requireAuthority(certificate, 0));
  }

  static List<List<Bytes>> notAuthorities() {
    Bytes usage = TestCertificate.keyUsage("0106");
    Bytes harmless = TestCertificate.extension("1.2.3.4", false, Der.integer(1));
    return List.of(
        List.of(harmless),
        List.of(usage),
        List.of(TestCertificate.basicConstraints(false, -1), usage),
        List.of(TestCertificate.basicConstraints(false, 0), usage),
        List.of(TestCertificate.basicConstraints(true, -1)),
        List.of(
            TestCertificate.basicConstraints(true, -1),
            TestCertificate.keyUsage("0102")), // cRLSign
        List.of(
            TestCertificate.basicConstraints(true, -1),
            TestCertificate.keyUsage("0780")), // digitalSignature
        List.of(TestCertificate.basicConstraints(true, -1), TestCertificate.keyUsage("00")));
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void extensionsThatCannotBeReadAreRefuted(List<Bytes> extensions) throws Exception {
    DerCertificate certificate = authority(extensions.toArray(Bytes[]::new));
    refuted(CoreFinding.CERT_FORMAT, () -> CertificateChains.requireAuthority(certificate, 0));
  }

  static List<List<Bytes>> unreadable() {
    Bytes constraints = TestCertificate.basicConstraints(true, -1);
    Bytes usage = TestCertificate.keyUsage("0106");
    return List.of(
        List.of(pathLength("0201ff"), usage),
        List.of(pathLength("02020001"), usage),
        List.of(pathLength("0200"), usage),
        List.of(pathLength("02010101ff"), usage),
        List.of(TestCertificate.extension("2.5.29.19", true, Bytes.empty()), usage),
        List.of(TestCertificate.extension("2.5.29.19", true, Der.integer(1)), usage),
        List.of(
            TestCertificate.extension(
                "2.5.29.19", true, Der.seq(Bytes.ofHex("0101ff")).concat(Bytes.zeros(2))),
            usage),
        List.of(
            TestCertificate.extension(
                "2.5.29.19", true, Der.seq(Bytes.ofHex("0101ff"), Bytes.ofHex("02050100000000"))),
            usage),
        List.of(
            TestCertificate.extension(
                "2.5.29.19", true, Bytes.ofHex("3080").concat(Bytes.ofHex("0101ff0000"))),
            usage),
        List.of(
            TestCertificate.extension("2.5.29.19", true, Der.seq(Bytes.ofHex("010101"))), usage),
        List.of(
            constraints,
            TestCertificate.extension("2.5.29.15", true, Der.octets(Bytes.ofHex("0106")))),
        List.of(constraints, TestCertificate.extension("2.5.29.15", true, Bytes.empty())),
        List.of(constraints, TestCertificate.extension("2.5.29.15", true, Bytes.ofHex("03020906"))),
        List.of(
            constraints, TestCertificate.extension("2.5.29.15", true, Bytes.ofHex("0302010600"))));
  }

  @Test
  void anUnknownCriticalExtensionIsRefuted() throws Exception {
    written.extensions.add(TestCertificate.extension("1.2.3.4", true, Der.integer(1)));
    DerCertificate certificate = written.parse();
    refuted(CoreFinding.CERT_FORMAT, () -> CertificateChains.requireAuthority(certificate, 0));
    refuted(
        CoreFinding.CERT_FORMAT,
        () -> CertificateChains.requireUnderstood(certificate, Set.of("2.5.29.19", "2.5.29.15")));
    assertThatCode(
            () ->
                CertificateChains.requireUnderstood(
                    certificate, Set.of("2.5.29.19", "2.5.29.15", "1.2.3.4")))
        .doesNotThrowAnyException();
  }

  @Test
  void anUnknownExtensionThatIsNotCriticalIsNobodysBusiness() throws Exception {
    written.extensions.add(TestCertificate.extension("1.2.3.4", false, Der.integer(1)));
    CertificateChains.requireAuthority(written.parse(), 0);
  }

  private static Bytes pathLength(String integer) {
    return TestCertificate.extension(
        "2.5.29.19", true, Der.seq(Bytes.ofHex("0101ff"), Bytes.ofHex(integer)));
  }

  private DerCertificate withAlgorithm(Bytes algorithm) throws MalformedException {
    written.innerAlgorithm = algorithm;
    written.outerAlgorithm = algorithm;
    return written.parse();
  }

  private DerCertificate authority(Bytes... extensions) throws MalformedException {
    written.extensions.clear();
    written.extensions.addAll(List.of(extensions));
    return written.parse();
  }

  private static Bytes algorithm(int salt, Bytes trailer) {
    return TestCertificate.pss(SHA384, SHA384, salt, trailer);
  }

  private static VerificationKey key(PublicKeyInfo info) {
    return SignatureBackends.bouncyCastle().prepare(info);
  }

  private static void refuted(CoreFinding code, ThrowingCallable step) {
    assertThatExceptionOfType(RefutedException.class)
        .isThrownBy(step)
        .satisfies(e -> assertThat(e.finding().code()).isEqualTo(code));
  }
}
