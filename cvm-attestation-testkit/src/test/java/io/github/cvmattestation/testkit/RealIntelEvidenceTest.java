package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReportData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.CertificateList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Given the values that Intel put into its evidence, the writers give the same bytes. */
class RealIntelEvidenceTest {
  private static final Path VECTORS =
      Path.of(System.getProperty("cvm.vectors", "../../shared/vectors"));

  private final FakeIntelPki pki =
      FakeIntelPki.seeded(Instant.parse("2026-04-01T00:00:00Z"), "real evidence");

  @ParameterizedTest
  @CsvSource({"tdx/v4-b0c06f, 48", "tdx/v4-50806f-debug, 48", "tdx/v5-90c06f, 54"})
  void writesTheQuotesThatRealMachinesWrote(String folder, int bodyAt) throws IOException {
    Bytes real = read(folder + "/quote.bin");
    TdQuoteWriter writer = bodyAt == 54 ? TdQuoteWriter.v5() : TdQuoteWriter.v4();
    int end = bodyAt + (bodyAt == 54 ? 648 : 584);
    Bytes body = real.slice(bodyAt, end);
    writer
        .userData(real.slice(28, 48))
        .teeTcbSvn(body.slice(0, 16))
        .mrSeam(body.slice(16, 64))
        .tdAttributes(0x10000000L | body.get(120))
        .xfam(body.get(128) | body.get(129) << 8 | body.get(130) << 16)
        .mrTd(body.slice(136, 184))
        .reportData(new ReportData(body.slice(520, 584)));
    for (int i = 0; i < 4; i++) {
      writer.rtmr(i, body.slice(328 + 48 * i, 376 + 48 * i));
    }
    if (bodyAt == 54) {
      writer.teeTcbSvn2(body.slice(584, 600));
    }
    int data = end + 4;
    int report = data + 134;
    Bytes chain = real.slice(report + 384 + 64 + 2 + 32 + 6, data + u32(real, end));
    Bytes trailing = real.slice(data + u32(real, end), real.size());
    Bytes written =
        writer
            .signature(real.slice(data, data + 64))
            .attestationKeyField(real.slice(data + 64, data + 128))
            .qeReport(
                qe ->
                    qe.cpuSvn(real.slice(report, report + 16))
                        .mrEnclave(real.slice(report + 64, report + 96))
                        .isvSvn(real.get(report + 258)))
            .qeReportSignature(real.slice(report + 384, report + 448))
            .trailing(trailing)
            // Intel's library puts a zero byte after the chain, the writer one after what it gets.
            .sign(pki.pck().key(), chain.slice(0, chain.size() - 1));

    assertThat(written).isEqualTo(real);
  }

  @Test
  void quotesWhatTheTdReportSays() throws IOException {
    String json = new String(read("azure/tdx-v1/evidence.json").toArray(), US_ASCII);
    Bytes report = base64(json, "hcl_report").slice(32, 32 + 1024);
    Bytes quote = base64(json, "td_quote");

    assertThat(TdQuoteWriter.v4().tdReport(report).signedPart().slice(48, 632))
        .isEqualTo(quote.slice(48, 632));
  }

  @ParameterizedTest
  @ValueSource(strings = {"azure/hcl-tdx/hcl.bin", "azure/hcl-tdx-userdata/hcl.bin"})
  void writesTheTdReportThatTheModuleWrote(String file) throws IOException {
    Bytes real = read(file).slice(32, 32 + 1024);

    Bytes written =
        TdReportWriter.tdx15()
            .cpuSvn(real.slice(16, 32))
            .reportData(new ReportData(real.slice(128, 192)))
            .mac(real.slice(224, 256))
            .teeTcbSvn(real.slice(264, 280))
            .teeTcbSvn2(real.slice(384, 400))
            .mrSeam(real.slice(280, 328))
            .tdAttributes(0)
            .xfam(real.get(520) | real.get(521) << 8 | real.get(522) << 16)
            .mrTd(real.slice(528, 576))
            .write();

    assertThat(written).isEqualTo(real);
  }

  @Test
  void writesTheCertificatesThatIntelWrote() throws Exception {
    List<X509Certificate> chain = chainOf("tdx/v5-90c06f/quote.bin");
    X509Certificate leaf = chain.get(0);
    Bytes sgx = Bytes.of(leaf.getExtensionValue(SgxExtensions.OID));
    Bytes ppid = find(sgx, "0A2A864886F84D010D01010410", 16);
    Bytes instance = find(sgx, "0A2A864886F84D010D01060410", 16);
    Bytes written =
        pki.issue(
                like(pki.pckSpec(), leaf)
                    .issuerName(FakeIntelPki.PLATFORM_CA)
                    .sgx(values -> values.ppid(ppid).platformInstanceId(instance)))
            .certificate();
    assertThat(tbs(written)).isEqualTo(Bytes.of(leaf.getTBSCertificate()));

    Bytes platformCa =
        pki.issue(like(pki.platformCaSpec(), chain.get(1)).issuerName(FakeIntelPki.ROOT))
            .certificate();
    assertThat(tbs(platformCa)).isEqualTo(Bytes.of(chain.get(1).getTBSCertificate()));

    Bytes root = pki.issue(like(pki.rootSpec(), chain.get(2))).certificate();
    assertThat(tbs(root)).isEqualTo(Bytes.of(chain.get(2).getTBSCertificate()));

    X509Certificate signer = certificates(read("tdx/v5-90c06f/tcb_signing_chain.pem")).get(0);
    Bytes tcbSigner =
        pki.issue(like(pki.tcbSignerSpec(), signer).issuerName(FakeIntelPki.ROOT)).certificate();
    assertThat(tbs(tcbSigner)).isEqualTo(Bytes.of(signer.getTBSCertificate()));
  }

  @ParameterizedTest
  @CsvSource({
    "root_ca_crl.der, 22650cd65a9d3489f383b49552bf501b392706ac",
    "pck_crl_platform.der, 956f5dcdbd1be1e94049c9d4f433ce01570bde54"
  })
  void writesTheRevocationListsThatIntelWrote(String file, String keyId) throws Exception {
    Bytes real = read("tdx/v5-90c06f/" + file);
    X509CRL crl =
        (X509CRL)
            CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(real.toArray()));
    BigInteger[] serials =
        Arrays.stream(CertificateList.getInstance(real.toArray()).getRevokedCertificates())
            .map(entry -> entry.getUserCertificate().getPositiveValue())
            .toArray(BigInteger[]::new);

    IntelCrlSpec spec = file.startsWith("root") ? pki.rootCrlSpec() : pki.platformCrlSpec();
    Bytes written =
        pki.crl(
            spec.keyId(Bytes.ofHex(keyId))
                .revoking(serials)
                .validity(crl.getThisUpdate().toInstant(), crl.getNextUpdate().toInstant()));

    X509CRL ours =
        (X509CRL)
            CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(written.toArray()));
    assertThat(Bytes.of(ours.getTBSCertList())).isEqualTo(Bytes.of(crl.getTBSCertList()));
  }

  @Test
  void writesTheTcbInfoThatIntelWrote() throws IOException {
    Bytes real = read("tdx/v5-90c06f/tcbInfo.json");
    String[] recent = {
      "INTEL-SA-01036", "INTEL-SA-01079", "INTEL-SA-01099", "INTEL-SA-01103", "INTEL-SA-01111"
    };
    String[] all = {
      "INTEL-SA-00106", "INTEL-SA-00115", "INTEL-SA-00135", "INTEL-SA-00203", "INTEL-SA-00220",
      "INTEL-SA-00233", "INTEL-SA-00270", "INTEL-SA-00293", "INTEL-SA-00320", "INTEL-SA-00329",
      "INTEL-SA-00381", "INTEL-SA-00389", "INTEL-SA-00477", "INTEL-SA-00837", "INTEL-SA-01036",
      "INTEL-SA-01079", "INTEL-SA-01099", "INTEL-SA-01103", "INTEL-SA-01111"
    };

    TcbInfoWriter writer =
        pki.tcbInfo()
            .issueDate(Instant.parse("2026-03-16T22:06:09Z"))
            .nextUpdate(Instant.parse("2026-04-15T22:06:09Z"))
            .levels(
                TcbLevelWriter.platform("UpToDate"),
                outOfDate(13).date(Instant.parse("2024-03-13T00:00:00Z")).advisories(recent),
                outOfDate(5).date(Instant.parse("2018-01-04T00:00:00Z")).advisories(all));

    assertThat(writer.sign(pki).withSignature(signature(real)).body()).isEqualTo(real);
  }

  @Test
  void writesTheQeIdentityThatIntelWrote() throws IOException {
    Bytes real = read("tdx/v5-90c06f/qeIdentity.json");

    QeIdentityWriter writer =
        pki.qeIdentity()
            .issueDate(Instant.parse("2026-03-16T22:16:03Z"))
            .nextUpdate(Instant.parse("2026-04-15T22:16:03Z"));

    assertThat(writer.sign(pki).withSignature(signature(real)).body()).isEqualTo(real);
  }

  @Test
  void writesTheBundleThatDcapQvlWrote() throws IOException {
    String real = new String(read("tdx/v4-b0c06f/collateral.json").toArray(), UTF_8);
    SignedJson tcbInfo = signed("tcbInfo", real, "tcb_info");
    SignedJson qeIdentity = signed("enclaveIdentity", real, "qe_identity");
    Bytes chain = text(real, "tcb_info_issuer_chain");

    IntelCollateral collateral =
        new IntelCollateral(
            tcbInfo,
            chain,
            qeIdentity,
            text(real, "qe_identity_issuer_chain"),
            Bytes.ofHex(string(real, "pck_crl")),
            text(real, "pck_crl_issuer_chain"),
            Bytes.ofHex(string(real, "root_ca_crl")));

    String compact = real.replace("\n  \"", "\"").replace("\": \"", "\":\"").replace("\n}", "}");
    assertThat(new String(collateral.phala().toArray(), UTF_8)).isEqualTo(compact);
  }

  private static TcbLevelWriter outOfDate(int pceSvn) {
    return TcbLevelWriter.platform("OutOfDate")
        .sgxComponents(2, 2, 2, 2, 3, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0)
        .pceSvn(pceSvn)
        .tdxComponents(5, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  private static SignedJson signed(String member, String json, String name) {
    return new SignedJson(member, text(json, name), Bytes.ofHex(string(json, name + "_signature")));
  }

  private static Bytes text(String json, String name) {
    String unescaped = string(json, name).replace("\\\"", "\"").replace("\\n", "\n");
    return Bytes.of(unescaped.getBytes(UTF_8));
  }

  /** A string of a JSON object, with its escapes. */
  private static String string(String json, String name) {
    Matcher matcher =
        Pattern.compile('"' + name + "\": *\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"").matcher(json);
    assertThat(matcher.find()).as(name).isTrue();
    return matcher.group(1);
  }

  private static Bytes signature(Bytes body) {
    return Bytes.ofHex(string(new String(body.toArray(), UTF_8), "signature"));
  }

  /** The specification with what only Intel knows: key, key identifiers, serial number, dates. */
  private static IntelCertificateSpec like(IntelCertificateSpec spec, X509Certificate real) {
    return spec.serial(real.getSerialNumber())
        .publicKey(Bytes.of(real.getPublicKey().getEncoded()))
        .validity(real.getNotBefore().toInstant(), real.getNotAfter().toInstant())
        .extension(
            IntelCertificateSpec.AUTHORITY_KEY_ID,
            false,
            content(real, IntelCertificateSpec.AUTHORITY_KEY_ID))
        .extension(
            IntelCertificateSpec.SUBJECT_KEY_ID,
            false,
            content(real, IntelCertificateSpec.SUBJECT_KEY_ID));
  }

  /** What is inside the OCTET STRING of a short extension. */
  private static Bytes content(X509Certificate certificate, String oid) {
    byte[] value = certificate.getExtensionValue(oid);
    return Bytes.of(Arrays.copyOfRange(value, 2, value.length));
  }

  private static Bytes find(Bytes whole, String before, int size) {
    int at = whole.hex().toUpperCase(java.util.Locale.ROOT).indexOf(before);
    assertThat(at).isPositive();
    int from = (at + before.length()) / 2;
    return whole.slice(from, from + size);
  }

  private static Bytes tbs(Bytes certificate) throws Exception {
    return Bytes.of(certificates(certificate).get(0).getTBSCertificate());
  }

  private static List<X509Certificate> chainOf(String quote) throws Exception {
    String text = new String(read(quote).toArray(), US_ASCII);
    String pem = text.substring(text.indexOf("-----BEGIN")).replace("\0", "");
    return certificates(Bytes.of(pem.getBytes(US_ASCII)));
  }

  private static List<X509Certificate> certificates(Bytes bundle) throws Exception {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(bundle.toArray()))
        .stream()
        .map(X509Certificate.class::cast)
        .toList();
  }

  private static int u32(Bytes whole, int at) {
    return whole.get(at) | whole.get(at + 1) << 8 | whole.get(at + 2) << 16;
  }

  private static Bytes base64(String json, String name) {
    Matcher matcher = Pattern.compile('"' + name + "\":\\s*\"([^\"]*)\"").matcher(json);
    assertThat(matcher.find()).as(name).isTrue();
    return Bytes.of(Base64.getUrlDecoder().decode(matcher.group(1)));
  }

  private static Bytes read(String file) throws IOException {
    Path path = VECTORS.resolve(file);
    assumeTrue(Files.exists(path), () -> "no real evidence: " + path + " is absent");
    return Bytes.of(Files.readAllBytes(path));
  }
}
