package io.github.cvmattestation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchor;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.SignatureException;
import java.security.cert.CRLReason;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's own parser and verifier are the judges here. */
class FakeIntelPkiTest {
  private static final Instant AT = Instant.parse("2026-06-01T12:00:00Z");

  private final FakeIntelPki pki = FakeIntelPki.seeded(AT, "pki test");

  @Test
  void everyCertificateIsSignedByTheOneAboveAndHoldsNow() throws Exception {
    X509Certificate root = parse(pki.root());
    for (IntelCertificate below :
        List.of(pki.root(), pki.platformCa(), pki.processorCa(), pki.tcbSigner())) {
      parse(below).verify(root.getPublicKey());
      parse(below).checkValidity(Date.from(AT));
      assertThat(parse(below).getIssuerX500Principal()).isEqualTo(root.getSubjectX500Principal());
    }
    X509Certificate pck = parse(pki.pck());
    pck.verify(parse(pki.platformCa()).getPublicKey());
    pck.checkValidity(Date.from(AT));
    X509Certificate onePackage = parse(pki.issue(pki.processorPckSpec()));
    onePackage.verify(parse(pki.processorCa()).getPublicKey());
    assertThat(pck.getSigAlgName()).isEqualTo("SHA256withECDSA");
    assertThat(((ECFieldFp) ec(pck).getParams().getCurve().getField()).getP().bitLength())
        .isEqualTo(256);
  }

  @Test
  void rolesAreThoseOfIntel() throws Exception {
    assertRole(pki.root(), "Intel SGX Root CA", 1, true);
    assertRole(pki.platformCa(), "Intel SGX PCK Platform CA", 0, true);
    assertRole(pki.processorCa(), "Intel SGX PCK Processor CA", 0, true);
    assertRole(pki.tcbSigner(), "Intel SGX TCB Signing", -1, false);
    assertRole(pki.pck(), "Intel SGX PCK Certificate", -1, false);
  }

  @Test
  void theSameSeedGivesTheSameBytesWhateverIsAskedForFirst() {
    FakeIntelPki twin = FakeIntelPki.seeded(AT, "pki test");
    pki.issue(pki.pckSpec());

    assertThat(twin.pck().certificate()).isEqualTo(pki.pck().certificate());
    assertThat(twin.collateral()).isEqualTo(pki.collateral());
    assertThat(FakeIntelPki.seeded(AT, "another").root().key().x())
        .isNotEqualTo(pki.root().key().x());
    assertThat(FakeIntelPki.create(AT).root().key().x())
        .isNotEqualTo(FakeIntelPki.create(AT).root().key().x());
  }

  @Test
  void theAnchorIsTheRootsKeyUnderItsName() throws Exception {
    TrustAnchor anchor = pki.trustAnchors().named("Intel SGX Root CA").get(0);

    assertThat(anchor.subjectPublicKeyInfo().toArray())
        .isEqualTo(parse(pki.root()).getPublicKey().getEncoded());
    assertThat(anchor.serial()).isEqualTo(parse(pki.root()).getSerialNumber());
    assertThat(anchor.notAfter()).isEqualTo(parse(pki.root()).getNotAfter().toInstant());
  }

  @Test
  void everyPartOfACertificateCanLie() throws Exception {
    EcSigningKey other = EcSigningKey.p256("other");
    IntelCertificate forged =
        pki.issue(
            pki.platformCaSpec()
                .commonName("Intel SGX PCK Plattform CA")
                .issuerName("Intel SGX Boot CA")
                .serial(BigInteger.TWO)
                .validity(AT, AT.plusSeconds(1))
                .ca(false)
                .pathLength(-1)
                .keyUsage(0x80)
                .without(IntelCertificateSpec.SUBJECT_KEY_ID)
                .extension(IntelCertificateSpec.AUTHORITY_KEY_ID, true, Bytes.ofHex("3000"))
                .add("1.2.3", true, Bytes.ofHex("0500"))
                .key(other));

    X509Certificate parsed = parse(forged);
    parsed.verify(parse(pki.root()).getPublicKey());
    assertThat(parsed.getSubjectX500Principal().getName())
        .endsWith(",CN=Intel SGX PCK Plattform CA");
    assertThat(parsed.getIssuerX500Principal().getName()).endsWith(",CN=Intel SGX Boot CA");
    assertThat(parsed.getSerialNumber()).isEqualTo(2);
    assertThat(parsed.getNotAfter()).isEqualTo(Date.from(AT.plusSeconds(1)));
    assertThat(parsed.getBasicConstraints()).isEqualTo(-1);
    assertThat(parsed.getKeyUsage()).startsWith(true, false);
    assertThat(parsed.getExtensionValue("2.5.29.14")).isNull();
    assertThat(parsed.getCriticalExtensionOIDs()).contains("1.2.3", "2.5.29.35");
    assertThat(parsed.getPublicKey().getEncoded())
        .isEqualTo(other.subjectPublicKeyInfo().toArray());
  }

  @Test
  void aForeignSignerChangesNothingButTheSignature() throws Exception {
    EcSigningKey other = EcSigningKey.p256("other");
    X509Certificate genuine = parse(pki.platformCa());
    X509Certificate forged = parse(pki.issue(pki.platformCaSpec().signedWith(other)));

    assertThat(forged.getTBSCertificate()).isEqualTo(genuine.getTBSCertificate());
    assertThatThrownBy(() -> forged.verify(parse(pki.root()).getPublicKey()))
        .isInstanceOf(SignatureException.class);
  }

  @Test
  void otherCurvesAndDigestsAreNamedAsTheyAre() throws Exception {
    IntelCertificate root = pki.issue(pki.rootSpec().key(EcSigningKey.p384("root")));
    X509Certificate ca =
        parse(pki.issue(pki.platformCaSpec().issuedBy(root).signature(new EcdsaForm("SHA-384"))));

    assertThat(ca.getSigAlgName()).isEqualTo("SHA384withECDSA");
    ca.verify(parse(root).getPublicKey());
    // The JDK reads the outer name alone; RFC 5280, section 4.1.1.2, wants both the same.
    Bytes torn =
        pki.issue(pki.platformCaSpec().outerAlgorithm(new EcdsaForm("SHA-512"))).certificate();
    assertThat(torn.hex()).contains("06082a8648ce3d040302").contains("06082a8648ce3d040304");
    assertThatThrownBy(() -> new EcdsaForm("SHA-1").algorithmIdentifier())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sgxExtensionsHoldWhatWasSet() throws Exception {
    Bytes components = Bytes.ofHex("000102037f80ff0708090a0b0c0d0e0f");
    SgxExtensions set =
        sgxOf(
            sgx ->
                sgx.ppid(Bytes.ofHex("11".repeat(16)))
                    .components(components)
                    .pceSvn(0x8001)
                    .cpuSvn(Bytes.ofHex("12".repeat(16)))
                    .pceId(Bytes.ofHex("1314"))
                    .fmspc(Bytes.ofHex("151617181920"))
                    .type(2)
                    .platformInstanceId(Bytes.ofHex("21".repeat(16)))
                    .configuration(false, true, false));

    ASN1Sequence top = ASN1Sequence.getInstance(set.write().toArray());
    assertThat(oids(top)).containsExactly("1", "2", "3", "4", "5", "6", "7");
    assertThat(octets(top, 0)).isEqualTo("11".repeat(16));
    assertThat(octets(top, 2)).isEqualTo("1314");
    assertThat(octets(top, 3)).isEqualTo("151617181920");
    assertThat(Bytes.of(value(top, 4).toASN1Primitive().getEncoded()).hex()).isEqualTo("0a0102");
    assertThat(octets(top, 5)).isEqualTo("21".repeat(16));
    ASN1Sequence tcb = ASN1Sequence.getInstance(value(top, 1));
    assertThat(tcb.size()).isEqualTo(18);
    for (int i = 0; i < 16; i++) {
      assertThat(ASN1Integer.getInstance(value(tcb, i)).intValueExact())
          .isEqualTo(components.get(i));
    }
    assertThat(oids(tcb)).startsWith("2.1", "2.2").endsWith("2.17", "2.18");
    assertThat(ASN1Integer.getInstance(value(tcb, 16)).intValueExact()).isEqualTo(0x8001);
    assertThat(octets(tcb, 17)).isEqualTo("12".repeat(16));
    ASN1Sequence configuration = ASN1Sequence.getInstance(value(top, 6));
    assertThat(configuration)
        .extracting(pair -> ASN1Sequence.getInstance(pair).getObjectAt(1))
        .containsExactly(ASN1Boolean.FALSE, ASN1Boolean.TRUE, ASN1Boolean.FALSE);
  }

  @Test
  void sgxExtensionsCanBeMissingTwiceThereOrTurnedAround() {
    assertThat(oids(sequence(sgx -> sgx.without("4"))))
        .containsExactly("1", "2", "3", "5", "6", "7");
    assertThat(oids(sequence(sgx -> sgx.duplicate("4")))).endsWith("7", "4");
    assertThat(oids(sequence(SgxExtensions::reversed)))
        .containsExactly("7", "6", "5", "4", "3", "2", "1");
    assertThat(oids(sequence(sgx -> sgx.add("8", Bytes.ofHex("0500"))))).endsWith("8");
    ASN1Sequence tcb =
        ASN1Sequence.getInstance(
            value(sequence(sgx -> sgx.without("2.16").duplicate("2.17").reversed()), 5));
    assertThat(oids(tcb)).startsWith("2.17", "2.18", "2.17", "2.15").hasSize(18);
    assertThat(value(sequence(sgx -> sgx.field("2", Bytes.ofHex("0500"))), 1).toString())
        .isEqualTo("NULL");
  }

  @Test
  void onlyTheProcessorsCaLeavesThePlatformOut() throws Exception {
    Bytes value = SgxExtensions.processor().write();

    assertThat(oids(ASN1Sequence.getInstance(value.toArray())))
        .containsExactly("1", "2", "3", "4", "5");
    assertThatThrownBy(() -> pki.tcbSignerSpec().sgx(sgx -> sgx))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void revocationListsAreSignedByThoseTheySpeakFor() throws Exception {
    crl(pki.rootCrlSpec()).verify(parse(pki.root()).getPublicKey());
    crl(pki.platformCrlSpec()).verify(parse(pki.platformCa()).getPublicKey());
    crl(pki.processorCrlSpec()).verify(parse(pki.processorCa()).getPublicKey());
    assertThat(crl(pki.platformCrlSpec()).getRevokedCertificates()).isNull();
  }

  @Test
  void everyPartOfARevocationListCanLie() throws Exception {
    X509CRL list =
        crl(
            pki.platformCrlSpec()
                .revoking(pki.pck())
                .revoking(BigInteger.TEN)
                .number(7)
                .validity(AT.minusSeconds(9), AT.plusSeconds(9))
                .issuerName("Intel SGX PCK Plattform CA")
                .keyId(Bytes.zeros(20))
                .delta(6)
                .indirect()
                .entryExtension("1.2.3", true, Bytes.ofHex("0500"))
                .add("1.2.4", true, Bytes.ofHex("0500")));

    list.verify(parse(pki.platformCa()).getPublicKey());
    X509CRLEntry entry = list.getRevokedCertificate(pki.pck().serial());
    assertThat(entry.getRevocationReason()).isEqualTo(CRLReason.KEY_COMPROMISE);
    assertThat(entry.getCriticalExtensionOIDs()).containsExactly("1.2.3");
    assertThat(list.getRevokedCertificate(BigInteger.TEN)).isNotNull();
    assertThat(list.getThisUpdate()).isEqualTo(Date.from(AT.minusSeconds(9)));
    assertThat(list.getNextUpdate()).isEqualTo(Date.from(AT.plusSeconds(9)));
    assertThat(list.getIssuerX500Principal().getName()).endsWith(",CN=Intel SGX PCK Plattform CA");
    assertThat(list.getExtensionValue("2.5.29.20")).containsExactly(4, 3, 2, 1, 7);
    assertThat(list.getExtensionValue("2.5.29.27")).containsExactly(4, 3, 2, 1, 6);
    assertThat(list.getExtensionValue("2.5.29.28")).containsExactly(4, 5, 0x30, 3, 0x84, 1, 0xFF);
    assertThat(list.getCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.27", "2.5.29.28", "1.2.4");
    X509CRL bare =
        crl(
            pki.rootCrlSpec()
                .withoutNextUpdate()
                .without(IntelCrlSpec.CRL_NUMBER)
                .without(IntelCertificateSpec.AUTHORITY_KEY_ID));
    assertThat(bare.getNextUpdate()).isNull();
    assertThat(bare.hasUnsupportedCriticalExtension()).isFalse();
    assertThat(bare.getNonCriticalExtensionOIDs()).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void listsCanBeSignedByAnother(boolean named) throws Exception {
    EcSigningKey root = pki.root().key();
    X509CRL list =
        named
            ? crl(pki.platformCrlSpec().issuedBy(pki.root()))
            : crl(pki.platformCrlSpec().signedWith(root));

    list.verify(parse(pki.root()).getPublicKey());
    assertThat(list.getIssuerX500Principal().getName())
        .endsWith(named ? ",CN=Intel SGX Root CA" : ",CN=Intel SGX PCK Platform CA");
  }

  private void assertRole(IntelCertificate certificate, String name, int pathLength, boolean ca)
      throws Exception {
    X509Certificate parsed = parse(certificate);
    // RFC 2253 prints the last RDN first, and Intel's begin with CN.
    assertThat(parsed.getSubjectX500Principal().getName())
        .isEqualTo("C=US,ST=CA,L=Santa Clara,O=Intel Corporation,CN=" + name);
    assertThat(parsed.getBasicConstraints()).isEqualTo(pathLength);
    boolean[] usage = new boolean[9];
    usage[ca ? 5 : 0] = true;
    usage[ca ? 6 : 1] = true;
    assertThat(parsed.getKeyUsage()).isEqualTo(usage);
    assertThat(parsed.getCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
  }

  private SgxExtensions sgxOf(UnaryOperator<SgxExtensions> change) {
    return change.apply(SgxExtensions.platform());
  }

  private ASN1Sequence sequence(UnaryOperator<SgxExtensions> change) {
    return ASN1Sequence.getInstance(sgxOf(change).write().toArray());
  }

  private static List<String> oids(ASN1Sequence pairs) {
    List<String> suffixes = new ArrayList<>();
    for (ASN1Encodable pair : pairs) {
      String oid = ASN1Sequence.getInstance(pair).getObjectAt(0).toString();
      suffixes.add(oid.substring("1.2.840.113741.1.13.1.".length()));
    }
    return suffixes;
  }

  private static ASN1Encodable value(ASN1Sequence pairs, int index) {
    return ASN1Sequence.getInstance(pairs.getObjectAt(index)).getObjectAt(1);
  }

  private static String octets(ASN1Sequence pairs, int index) {
    return Bytes.of(ASN1OctetString.getInstance(value(pairs, index)).getOctets()).hex();
  }

  private static ECPublicKey ec(X509Certificate certificate) {
    return (ECPublicKey) certificate.getPublicKey();
  }

  private X509CRL crl(IntelCrlSpec spec) throws Exception {
    return (X509CRL)
        CertificateFactory.getInstance("X.509")
            .generateCRL(new ByteArrayInputStream(pki.crl(spec).toArray()));
  }

  private static X509Certificate parse(IntelCertificate certificate) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(certificate.certificate().toArray()));
  }
}
