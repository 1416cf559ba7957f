package io.github.cvmattestation.attestation.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may have issued what, by name, and what a certificate's key may be used for. */
class CertificateRolesTest {
  private static final int UTF8 = 0x0C;
  private static final int PRINTABLE = 0x13;

  private final TestCertificate written = new TestCertificate();

  @Test
  void aCertificateIsIssuedByWhoeverBearsTheNameThatItGives() throws Exception {
    DerCertificate issuer = named(TestCertificate.name("Issuer"));
    CertificateChains.requireIssuedBy(written.parse(), issuer);
    CertificateChains.requireIssuedBy(new TestRevocationList().parse(), issuer);
  }

  @ParameterizedTest
  @MethodSource("namesakes")
  void aNameWithTheSameCommonNameIsAnotherName(Bytes name) throws Exception {
    DerCertificate namesake = named(name);
    DerCertificate certificate = written.parse();
    RevocationList list = new TestRevocationList().parse();
    CertificateChains.requireIssuer(certificate, namesake.subjectCommonName());
    refuted(
        CoreFinding.CERT_ISSUER, () -> CertificateChains.requireIssuedBy(certificate, namesake));
    refuted(CoreFinding.CRL_ISSUER, () -> CertificateChains.requireIssuedBy(list, namesake));
  }

  static List<Bytes> namesakes() {
    Bytes organization = TestCertificate.attribute("2.5.4.10", PRINTABLE, "Organization");
    Bytes commonName = TestCertificate.attribute("2.5.4.3", PRINTABLE, "Issuer");
    return List.of(
        Der.seq(Der.set(commonName)),
        Der.seq(Der.set(commonName), Der.set(organization)),
        Der.seq(
            Der.set(TestCertificate.attribute("2.5.4.10", PRINTABLE, "Another")),
            Der.set(commonName)),
        Der.seq(
            Der.set(organization), Der.set(TestCertificate.attribute("2.5.4.3", UTF8, "Issuer"))),
        Der.seq(Der.set(organization), Der.set(organization), Der.set(commonName)));
  }

  @Test
  void theIssuersOwnIssuerDoesNotCount() throws Exception {
    // written was issued by Issuer and is called Subject: it has not issued itself.
    DerCertificate certificate = written.parse();
    refuted(
        CoreFinding.CERT_ISSUER, () -> CertificateChains.requireIssuedBy(certificate, certificate));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0106", "0102", "0002", "0186", "0006", "070680"})
  void whoHasCrlSignMaySignRevocationLists(String usage) throws Exception {
    CertificateChains.requireRevocationAuthority(with(TestCertificate.keyUsage(usage)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0104", "0204", "0780", "00", "0005", "070080", "0001"})
  void whoHasNotMayNot(String usage) throws Exception {
    DerCertificate certificate = with(TestCertificate.keyUsage(usage));
    refuted(
        CoreFinding.CRL_AUTHORITY, () -> CertificateChains.requireRevocationAuthority(certificate));
  }

  @Test
  void whoDoesNotSayWhatItsKeyIsForMaySignNothing() throws Exception {
    DerCertificate silent = with(TestCertificate.extension("1.2.3.4", false, Der.integer(1)));
    refuted(CoreFinding.CRL_AUTHORITY, () -> CertificateChains.requireRevocationAuthority(silent));
    refuted(CoreFinding.CERT_USAGE, () -> CertificateChains.requireEndEntity(silent));
    refuted(CoreFinding.CERT_AUTHORITY, () -> CertificateChains.requireAuthority(silent, 0));
  }

  @Test
  void anAuthorityMayWriteOneUnusedBitTooFew() throws Exception {
    // AMD's: keyCertSign with one unused bit, where two would be the shortest form.
    DerCertificate amd =
        with(TestCertificate.basicConstraints(true, 0), TestCertificate.keyUsage("0104"));
    CertificateChains.requireAuthority(amd, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0206", "0306", "0781", "07ff", "078001", "0103"})
  void aBitThatIsSetThoughUnusedIsRefused(String usage) throws Exception {
    DerCertificate certificate =
        with(TestCertificate.basicConstraints(true, 0), TestCertificate.keyUsage(usage));
    refuted(CoreFinding.CERT_FORMAT, () -> CertificateChains.requireAuthority(certificate, 0));
    refuted(
        CoreFinding.CERT_FORMAT, () -> CertificateChains.requireRevocationAuthority(certificate));
    refuted(CoreFinding.CERT_FORMAT, () -> CertificateChains.requireEndEntity(certificate));
  }

  @Test
  void whoEndsAChainMaySignData() throws Exception {
    // Intel's: digitalSignature and nonRepudiation; cA is false, which is written by nothing.
    for (String usage : List.of("06c0", "0780", "0080")) {
      CertificateChains.requireEndEntity(
          with(TestCertificate.basicConstraints(false, -1), TestCertificate.keyUsage(usage)));
      CertificateChains.requireEndEntity(with(TestCertificate.keyUsage(usage)));
    }
  }

  @ParameterizedTest
  @MethodSource("notEndEntities")
  void whoIsAnAuthorityOrMayNotSignDataEndsNoChain(List<Bytes> extensions) throws Exception {
    DerCertificate certificate = with(extensions.toArray(Bytes[]::new));
    refuted(CoreFinding.CERT_USAGE, () -> CertificateChains.requireEndEntity(certificate));
  }

  static List<List<Bytes>> notEndEntities() {
    Bytes none = TestCertificate.basicConstraints(false, -1);
    return List.of(
        List.of(TestCertificate.basicConstraints(true, -1), TestCertificate.keyUsage("0780")),
        List.of(TestCertificate.basicConstraints(true, 0), TestCertificate.keyUsage("0780")),
        List.of(TestCertificate.basicConstraints(false, 0), TestCertificate.keyUsage("0780")),
        List.of(none),
        List.of(none, TestCertificate.keyUsage("00")),
        List.of(none, TestCertificate.keyUsage("0640")), // nonRepudiation alone
        List.of(none, TestCertificate.keyUsage("0284")), // digitalSignature and keyCertSign
        List.of(none, TestCertificate.keyUsage("0102")),
        List.of(none, TestCertificate.keyUsage("070080"))); // decipherOnly
  }

  @Test
  void anUnknownCriticalExtensionIsRefusedInEveryRole() throws Exception {
    DerCertificate certificate =
        with(
            TestCertificate.keyUsage("0182"),
            TestCertificate.extension("1.2.3.4", true, Der.integer(1)));
    refuted(
        CoreFinding.CERT_FORMAT, () -> CertificateChains.requireRevocationAuthority(certificate));
    refuted(CoreFinding.CERT_FORMAT, () -> CertificateChains.requireEndEntity(certificate));
  }

  @Test
  void theSubjectsKeyIdentifierIsReadToItsLastByte() throws Exception {
    assertThat(CertificateExtensions.subjectKeyIdentifier(written.parse())).isEmpty();
    Bytes identifier = Bytes.ofHex("22650cd65a9d3489f383b49552bf501b392706ac");
    assertThat(CertificateExtensions.subjectKeyIdentifier(identified(Der.octets(identifier))))
        .contains(identifier);
    for (Bytes damaged :
        List.of(
            Bytes.empty(),
            identifier,
            Der.octets(Bytes.empty()),
            Der.octets(identifier).concat(Bytes.zeros(1)),
            Der.octets(identifier).slice(0, 20),
            Der.seq(Der.octets(identifier)))) {
      DerCertificate certificate = identified(damaged);
      assertThatExceptionOfType(MalformedException.class)
          .isThrownBy(() -> CertificateExtensions.subjectKeyIdentifier(certificate));
    }
  }

  private DerCertificate identified(Bytes value) throws MalformedException {
    return with(TestCertificate.extension("2.5.29.14", false, value));
  }

  private DerCertificate with(Bytes... extensions) throws MalformedException {
    written.extensions.clear();
    written.extensions.addAll(List.of(extensions));
    return written.parse();
  }

  private static DerCertificate named(Bytes subject) throws MalformedException {
    TestCertificate certificate = new TestCertificate();
    certificate.subject = subject;
    return certificate.parse();
  }

  private static void refuted(CoreFinding code, ThrowingCallable step) {
    assertThatExceptionOfType(RefutedException.class)
        .isThrownBy(step)
        .satisfies(e -> assertThat(e.finding().code()).isEqualTo(code));
  }
}
