package io.github.cvmattestation.attestation.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateBundleTest {
  private static final Bytes ONE = certificate("One");
  private static final Bytes TWO = certificate("Two");

  @Test
  void pemAndDerGiveTheSameCertificatesInTheirOrder() throws MalformedException {
    assertThat(names(ONE)).containsExactly("One");
    assertThat(names(TWO.concat(ONE))).containsExactly("Two", "One");
    assertThat(names(pem(TWO).concat(pem(ONE)))).containsExactly("Two", "One");
    assertThat(CertificateBundle.parse(pem(ONE))).isEqualTo(CertificateBundle.parse(ONE));
  }

  @Test
  void nothingIsNoBundle() {
    refused(Bytes.empty());
    refused(text(" \n"));
  }

  @Test
  void oneDamagedCertificateSpoilsTheBundle() {
    refused(ONE.concat(TWO.slice(0, TWO.size() - 1)));
    refused(ONE.concat(Bytes.zeros(1)));
    refused(pem(ONE).concat(pem(TWO.slice(0, 50))));
    refused(pem(ONE.concat(TWO)));
    refused(pem(ONE.concat(Bytes.zeros(1))));
    refused(pem(ONE).concat(TWO));
    refused(ONE.concat(pem(TWO)));
    refused(Bytes.ofHex("3000"));
  }

  @Test
  void aPrivateKeyAmongTheCertificatesIsRefused() {
    refused(
        text("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n").concat(pem(ONE)));
  }

  @Test
  void aBundleOfMoreThan64KibibytesIsRefused() throws MalformedException {
    Bytes spaces = text(" ".repeat(CertificateBundle.MAX_SIZE - pem(ONE).size()));
    assertThat(names(pem(ONE).concat(spaces))).containsExactly("One");
    refused(pem(ONE).concat(spaces, text(" ")));
  }

  private static Bytes certificate(String name) {
    TestCertificate written = new TestCertificate();
    written.subject = TestCertificate.name(name);
    return written.der();
  }

  private static Bytes pem(Bytes der) {
    return text(
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(der.toArray())
            + "\n-----END CERTIFICATE-----\n");
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static List<String> names(Bytes bundle) throws MalformedException {
    return CertificateBundle.parse(bundle).stream().map(DerCertificate::subjectCommonName).toList();
  }

  private static void refused(Bytes bundle) {
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> CertificateBundle.parse(bundle));
  }
}
