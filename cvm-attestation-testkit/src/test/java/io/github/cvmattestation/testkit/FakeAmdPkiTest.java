package io.github.cvmattestation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The JDK's own parser and verifier are the judges here. */
class FakeAmdPkiTest {
  private static final Instant AT = Instant.parse("2026-06-01T12:00:00Z");
  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1);

  private final FakeAmdPki pki = FakeAmdPki.seeded(AT, "pki test");

  @ParameterizedTest
  @EnumSource(Line.class)
  void everyCertificateIsSignedByTheOneAbove(Line line) throws Exception {
    X509Certificate ark = parse(pki.ark(line).certificate());
    X509Certificate ask = parse(pki.ask(line).certificate());
    X509Certificate asvk = parse(pki.asvk(line).certificate());
    X509Certificate vcek = parse(pki.vcek(line).certificate());
    X509Certificate vlek = parse(pki.vlek(line).certificate());

    assertThat(pssHolds(ark, ark.getPublicKey())).isTrue();
    assertThat(pssHolds(ask, ark.getPublicKey())).isTrue();
    assertThat(pssHolds(asvk, ark.getPublicKey())).isTrue();
    assertThat(pssHolds(vcek, ask.getPublicKey())).isTrue();
    assertThat(pssHolds(vlek, asvk.getPublicKey())).isTrue();
    vcek.verify(ask.getPublicKey());
    vcek.checkValidity(java.util.Date.from(AT));
  }

  @ParameterizedTest
  @CsvSource({
    "MILAN, 10000, 10001, 10101",
    "GENOA, 20000, 20002, 20101",
    "TURIN, 30000, 30001, 30101"
  })
  void authoritiesLookLikeAmds(Line line, String ark, String ask, String asvk) throws Exception {
    X509Certificate root = parse(pki.ark(line).certificate());
    X509Certificate intermediate = parse(pki.ask(line).certificate());
    X509Certificate vlekIssuer = parse(pki.asvk(line).certificate());

    assertThat(root.getSerialNumber()).isEqualTo(new BigInteger(ark, 16));
    assertThat(intermediate.getSerialNumber()).isEqualTo(new BigInteger(ask, 16));
    assertThat(vlekIssuer.getSerialNumber()).isEqualTo(new BigInteger(asvk, 16));
    // RFC 2253 prints the last RDN first.
    String fixed = ",O=Advanced Micro Devices,ST=CA,L=Santa Clara,C=US,OU=Engineering";
    assertThat(root.getSubjectX500Principal().getName())
        .isEqualTo("CN=ARK-" + line.label() + fixed);
    assertThat(intermediate.getSubjectX500Principal().getName())
        .isEqualTo("CN=SEV-" + line.label() + fixed);
    assertThat(vlekIssuer.getSubjectX500Principal().getName())
        .isEqualTo("CN=SEV-VLEK-" + line.label() + fixed);
    // -1 no CA, Integer.MAX_VALUE no limit; key usage: 5 keyCertSign, 6 cRLSign.
    assertThat(root.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
    assertThat(intermediate.getBasicConstraints()).isZero();
    assertThat(root.getKeyUsage()).containsExactly(bits(5, 6));
    assertThat(intermediate.getKeyUsage()).containsExactly(bits(5));
    assertThat(Bytes.of(intermediate.getExtensionValue("2.5.29.15")).hex())
        .isEqualTo("040403020104");
    RSAPublicKey key = (RSAPublicKey) root.getPublicKey();
    assertThat(key.getModulus().bitLength()).isEqualTo(4096);
    assertThat(key.getPublicExponent()).isEqualTo(65537);
  }

  @Test
  void trailerFieldIsSpeltOutByAuthoritiesAlone() throws Exception {
    // Lengths of the parameters' DER (RFC 4055, section 3.1): 59 - 2 with trailerField, 54 - 2
    // without.
    assertThat(parse(pki.ask(Line.MILAN).certificate()).getSigAlgParams()).hasSize(59);
    assertThat(parse(pki.vcek(Line.MILAN).certificate()).getSigAlgParams()).hasSize(54);
  }

  @Test
  void vcekCarriesTheChipAndItsLevels() throws Exception {
    X509Certificate vcek =
        parse(pki.issue(LeafSpec.vcek(Line.MILAN).tcb(new Tcb(0, 4, 0, 24, 0xDB))).certificate());

    assertThat(vcek.getSerialNumber()).isZero();
    assertThat(vcek.getSubjectX500Principal().getName()).startsWith("CN=SEV-VCEK,");
    assertThat(vcek.getCriticalExtensionOIDs()).isEmpty();
    assertThat(extension(vcek, "1")).isEqualTo("0403020100");
    assertThat(extension(vcek, "2")).isEqualTo("040a1608" + "4d696c616e2d4230");
    assertThat(extension(vcek, "3.1")).isEqualTo("0403020104");
    assertThat(extension(vcek, "3.2")).isEqualTo("0403020100");
    assertThat(extension(vcek, "3.3")).isEqualTo("0403020118");
    assertThat(extension(vcek, "3.4")).isEqualTo("0403020100");
    assertThat(extension(vcek, "3.8")).isEqualTo("0404020200db");
    assertThat(extension(vcek, "4")).isEqualTo("0440" + Line.MILAN.chipId("default").hex());
    assertThat(vcek.getExtensionValue(LeafSpec.ARC + "5")).isNull();
    assertThat(vcek.getExtensionValue(LeafSpec.ARC + "3.9")).isNull();
  }

  @Test
  void turinHasFmcAndShortChipIds() throws Exception {
    X509Certificate vcek =
        parse(pki.issue(LeafSpec.vcek(Line.TURIN).tcb(new Tcb(7, 6, 5, 4, 3))).certificate());

    assertThat(extension(vcek, "1")).isEqualTo("0403020101");
    assertThat(extension(vcek, "3.9")).isEqualTo("0403020107");
    assertThat(extension(vcek, "3.1")).isEqualTo("0403020106");
    assertThat(vcek.getExtensionValue(LeafSpec.ARC + "3.4")).isNull();
    assertThat(extension(vcek, "4"))
        .isEqualTo("0408" + Line.TURIN.chipId("default").slice(0, 8).hex());
  }

  @Test
  void vlekNamesTheProviderAndNoChip() throws Exception {
    X509Certificate vlek = parse(pki.vlek(Line.MILAN).certificate());

    assertThat(vlek.getSubjectX500Principal().getName()).startsWith("CN=SEV-VLEK,");
    assertThat(extension(vlek, "2")).isEqualTo("04071605" + "4d696c616e");
    assertThat(extension(vlek, "5")).startsWith("0413" + "1611" + "434e3d");
    assertThat(vlek.getExtensionValue(LeafSpec.ARC + "4")).isNull();
  }

  @Test
  void wrappedHardwareIdHasAnOctetStringMore() throws Exception {
    Bytes chip = Line.GENOA.chipId("other");
    X509Certificate vcek =
        parse(pki.issue(LeafSpec.vcek(Line.GENOA).wrappedHardwareId(chip)).certificate());

    assertThat(extension(vcek, "4")).isEqualTo("0442" + "0440" + chip.hex());
  }

  @Test
  void extensionsCanBeLeftOutAndDoubled() {
    Leaf without = pki.issue(LeafSpec.vcek(Line.MILAN).without("3.3"));
    Leaf doubled = pki.issue(LeafSpec.vcek(Line.MILAN).add("3.3", Bytes.ofHex("020118")));

    String oid = "060a2b06010401" + "9c78" + "010303";
    assertThat(without.certificate().hex()).doesNotContain(oid);
    assertThat(doubled.certificate().hex().split(oid, -1)).hasSize(3);
  }

  @Test
  void otherPssParametersAreUsedAndNamed() throws Exception {
    PssForm salt32 = PssForm.defaultTrailer().withSaltLength(32);
    X509Certificate vcek =
        parse(pki.issue(LeafSpec.vcek(Line.MILAN).signature(salt32)).certificate());
    X509Certificate ask = parse(pki.ask(Line.MILAN).certificate());

    assertThat(pssHolds(vcek, ask.getPublicKey())).isFalse();
    vcek.verify(ask.getPublicKey()); // the JDK believes what the certificate says of itself
  }

  @Test
  void anotherHierarchyHasTheSameNamesAndOtherKeys() throws Exception {
    FakeAmdPki other = FakeAmdPki.create(AT);
    X509Certificate ours = parse(pki.ark(Line.GENOA).certificate());
    X509Certificate theirs = parse(other.ark(Line.GENOA).certificate());

    assertThat(theirs.getSubjectX500Principal()).isEqualTo(ours.getSubjectX500Principal());
    assertThat(pssHolds(theirs, ours.getPublicKey())).isFalse();
    assertThatThrownBy(() -> theirs.verify(ours.getPublicKey()))
        .isInstanceOf(SignatureException.class);
  }

  @Test
  void aSeedGivesTheSameCertificatesAgain() {
    FakeAmdPki again = FakeAmdPki.seeded(AT, "pki test");

    assertThat(again.ask(Line.TURIN).certificate()).isEqualTo(pki.ask(Line.TURIN).certificate());
    assertThat(again.vcek(Line.TURIN).certificate()).isEqualTo(pki.vcek(Line.TURIN).certificate());
  }

  @Test
  void changedAuthoritiesKeepTheirKey() throws Exception {
    X509Certificate ark = parse(pki.ark(Line.GENOA).certificate());
    FakeCa noCa = pki.issue(pki.askSpec(Line.GENOA).notACa());
    FakeCa crossed = pki.issue(pki.askSpec(Line.GENOA).issuedBy(pki.ark(Line.MILAN)));

    assertThat(parse(noCa.certificate()).getBasicConstraints()).isEqualTo(-1);
    assertThat(pssHolds(parse(noCa.certificate()), ark.getPublicKey())).isTrue();
    assertThat(parse(crossed.certificate()).getPublicKey())
        .isEqualTo(parse(pki.ask(Line.GENOA).certificate()).getPublicKey());
    assertThat(parse(crossed.certificate()).getIssuerX500Principal().getName())
        .startsWith("CN=ARK-Milan,");
  }

  @Test
  void revocationListIsTheRootsAndNamesTheRevoked() throws Exception {
    FakeCa ask = pki.ask(Line.MILAN);
    X509CRL crl = crl(pki.crl(CrlSpec.of(Line.MILAN).revoking(ask)));
    X509CRL empty = crl(pki.crl(CrlSpec.of(Line.MILAN)));
    PublicKey root = parse(pki.ark(Line.MILAN).certificate()).getPublicKey();

    crl.verify(root);
    empty.verify(root);
    assertThat(crl.getRevokedCertificate(ask.serial())).isNotNull();
    assertThat(crl.getRevokedCertificate(BigInteger.valueOf(0x10101))).isNull();
    assertThat(empty.getRevokedCertificates()).isNull();
    assertThat(crl.getThisUpdate()).isBefore(AT);
    assertThat(crl.getNextUpdate()).isAfter(AT);
  }

  @Test
  void anchorsAreNamedAsTheCertificatesAre() throws Exception {
    assertThat(pki.trustAnchors().anchors())
        .extracting(anchor -> anchor.name())
        .containsExactly(
            "ARK-Milan",
            "SEV-Milan",
            "SEV-VLEK-Milan",
            "ARK-Genoa",
            "SEV-Genoa",
            "SEV-VLEK-Genoa",
            "ARK-Turin",
            "SEV-Turin",
            "SEV-VLEK-Turin");
    assertThat(pki.arkAnchors(Line.MILAN).anchors()).hasSize(1);
    X509Certificate ark = parse(pki.ark(Line.MILAN).certificate());
    assertThat(pki.arkAnchors(Line.MILAN).anchors().get(0).subjectPublicKeyInfo())
        .isEqualTo(Bytes.of(ark.getPublicKey().getEncoded()));
  }

  @Test
  void pemHoldsTheSameCertificatesInOrder() throws Exception {
    Collection<?> chain =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pki.chainPem(Line.MILAN).toArray()));

    assertThat(chain).hasSize(2).first().isEqualTo(parse(pki.ask(Line.MILAN).certificate()));
  }

  private static boolean pssHolds(X509Certificate certificate, PublicKey key) throws Exception {
    Signature signature = Signature.getInstance("RSASSA-PSS");
    signature.setParameter(PSS);
    signature.initVerify(key);
    signature.update(certificate.getTBSCertificate());
    return signature.verify(certificate.getSignature());
  }

  private static boolean[] bits(int... set) {
    boolean[] bits = new boolean[set[set.length - 1] == 6 ? 7 : 6];
    for (int bit : set) {
      bits[bit] = true;
    }
    return java.util.Arrays.copyOf(bits, 9);
  }

  private static String extension(X509Certificate certificate, String suffix) {
    return Bytes.of(certificate.getExtensionValue(LeafSpec.ARC + suffix)).hex();
  }

  private static X509Certificate parse(Bytes der) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(der.toArray()));
  }

  private static X509CRL crl(Bytes der) throws Exception {
    return (X509CRL)
        CertificateFactory.getInstance("X.509")
            .generateCRL(new ByteArrayInputStream(der.toArray()));
  }
}
