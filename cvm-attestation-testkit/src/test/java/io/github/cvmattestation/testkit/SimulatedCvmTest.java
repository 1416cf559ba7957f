package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Follows the chain through the evidence with nothing but regular expressions and the JDK. */
class SimulatedCvmTest {
  private static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");
  private static final Nonce NONCE = new Nonce(Bytes.ofHex("5a".repeat(32)));

  @ParameterizedTest
  @EnumSource(Line.class)
  void evidenceHangsTogetherFromTheChipToThePcrs(Line line) throws Exception {
    SimulatedCvm cvm = SimulatedCvm.builder().at(AT).seed("chain").line(line).build();

    Evidence evidence = cvm.attest(NONCE);

    assertThat(evidence.mediaType()).isEqualTo("application/vnd.cvm-attestation.azure+json");
    String json = text(evidence.content());
    Bytes hcl = base64(field(json, "hcl_report"));
    assertThat(hcl.size()).isEqualTo(2600);
    Bytes report = hcl.slice(32, 1216);
    assertThat(signedBy(base64(field(json, "vcek")), report)).isTrue();
    int size = hcl.get(1232) | hcl.get(1233) << 8;
    Bytes claims = hcl.slice(1236, 1236 + size);
    assertThat(report.slice(0x50, 0x70)).isEqualTo(sha256(claims));
    assertThat(report.slice(0x70, 0x90).isZero()).isTrue();
    assertThat(text(claims)).contains("\"secure-boot\":true");
    String modulus = field(text(claims), "n"); // the first: HCLAkPub
    Bytes message = Bytes.ofHex(field(json, "message"));
    assertThat(quotedBy(modulus, message, Bytes.ofHex(field(json, "signature")))).isTrue();
    assertThat(message.hex()).contains("0020" + NONCE.value().hex()).contains("000b03ffffff0020");
    Bytes pcrs = Bytes.empty().concat(pcrs(json).toArray(new Bytes[0]));
    assertThat(pcrs.size()).isEqualTo(24 * 32);
    assertThat(message.slice(message.size() - 32, message.size())).isEqualTo(sha256(pcrs));
  }

  @Test
  void aSeedGivesTheSameMachineAgain() {
    SimulatedCvm one = SimulatedCvm.builder().at(AT).seed("same").build();
    SimulatedCvm again = SimulatedCvm.builder().at(AT).seed("same").build();
    SimulatedCvm other = SimulatedCvm.builder().at(AT).seed("other").build();

    assertThat(again.attest(NONCE)).isEqualTo(one.attest(NONCE));
    assertThat(again.trustAnchors()).isEqualTo(one.trustAnchors());
    assertThat(again.endorsements()).isEqualTo(one.endorsements());
    assertThat(other.hclReport()).isNotEqualTo(one.hclReport());
    assertThat(other.trustAnchors()).isNotEqualTo(one.trustAnchors());
  }

  @Test
  void theClockOfTheTpmGoesOn() {
    SimulatedCvm cvm = SimulatedCvm.builder().at(AT).seed("clock").build();

    assertThat(cvm.attest(NONCE)).isNotEqualTo(cvm.attest(NONCE));
  }

  @Test
  void switchesReachWhatIsSigned() throws Exception {
    Bytes pcr = Bytes.ofHex("77".repeat(32));
    SimulatedCvm cvm =
        SimulatedCvm.builder()
            .at(AT)
            .seed("switches")
            .line(Line.MILAN)
            .reportVersion(2)
            .secureBoot(false)
            .debug()
            .vmpl(2)
            .pcr(8, pcr)
            .userData(Bytes.ofHex("c5".repeat(64)))
            .vmUniqueId("A1B2C3D4-0000-4000-8000-00000000ABCD")
            .build();

    Bytes hcl = cvm.hclReport();
    Bytes report = hcl.slice(32, 1216);
    assertThat(hcl.get(4)).isEqualTo(1);
    assertThat(report.get(0)).isEqualTo(2);
    assertThat(report.slice(8, 16).hex()).isEqualTo("1f000b0000000000");
    assertThat(report.get(0x30)).isEqualTo(2);
    assertThat(signedBy(cvm.leaf().certificate(), report)).isTrue();
    assertThat(text(hcl))
        .contains("\"secure-boot\":false")
        .contains("\"user-data\":\"" + "c5".repeat(64) + "\"")
        .contains("\"vmUniqueId\":\"A1B2C3D4-0000-4000-8000-00000000ABCD\"");
    assertThat(pcrs(text(cvm.attest(NONCE).content())).get(8)).isEqualTo(pcr);
  }

  @Test
  void secureBootShowsInPcrSeven() {
    SimulatedCvm on = SimulatedCvm.builder().at(AT).seed("a").build();
    SimulatedCvm off = SimulatedCvm.builder().at(AT).seed("b").secureBoot(false).build();

    assertThat(off.pcrs().get(7)).isNotEqualTo(on.pcrs().get(7));
    assertThat(off.pcrs().get(6)).isEqualTo(on.pcrs().get(6));
    assertThat(on.pcrs().get(17).hex()).isEqualTo("ff".repeat(32));
    assertThat(on.pcrs().get(16).isZero()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0, '{\"quote\":{\"signature\":['", "2, '{\"version\":2,'"})
  void otherFormsOfTheEvidence(int version, String beginning) {
    SimulatedCvm cvm = SimulatedCvm.builder().at(AT).seed("form").evidenceVersion(version).build();

    assertThat(text(cvm.attest(NONCE).content())).startsWith(beginning);
  }

  @ParameterizedTest
  @ValueSource(ints = {51, 64})
  void longNoncesAreNoQualifyingData(int size) {
    SimulatedCvm cvm = SimulatedCvm.builder().at(AT).seed("nonce").build();
    Nonce nonce = new Nonce(Bytes.zeros(size));

    assertThatThrownBy(() -> cvm.attest(nonce))
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("50 bytes");
  }

  @Test
  void bareReportsCarryTheCallersData() throws Exception {
    SimulatedCvm cvm = SimulatedCvm.builder().at(AT).seed("bare").line(Line.TURIN).build();
    ReportData data = ReportData.of(NONCE);

    Bytes report = cvm.snpReport(data);

    assertThat(report.slice(0x50, 0x90)).isEqualTo(data.value());
    assertThat(signedBy(cvm.leaf().certificate(), report)).isTrue();
    assertThat(cvm.certificateTable().startsWith(AmdCertificateTableWriter.VCEK)).isTrue();
    assertThat(cvm.certificateTable().hex()).contains(cvm.leaf().certificate().hex());
  }

  @Test
  void hooksMakeSignedLies() throws Exception {
    SimulatedCvm cvm =
        SimulatedCvm.builder()
            .at(AT)
            .seed("lies")
            .leaf(spec -> spec.spl("3.8", 1))
            .report(writer -> writer.guestSvn(7))
            .claims(claims -> claims.withoutConfiguration("secure-boot"))
            .hcl(hcl -> hcl.hashType(2))
            .quote(quote -> quote.magic(1))
            .build();

    Bytes report = cvm.hclReport().slice(32, 1216);
    assertThat(report.get(4)).isEqualTo(7);
    assertThat(signedBy(cvm.leaf().certificate(), report)).isTrue();
    assertThat(cvm.leaf().certificate().hex()).contains("2b060104019c78010308" + "0403020101");
    assertThat(text(cvm.hclReport())).doesNotContain("secure-boot");
    assertThat(report.slice(0x70, 0x80).isZero()).isFalse();
    assertThat(cvm.quote(Bytes.empty()).message().hex()).startsWith("00000001");
  }

  private static boolean signedBy(Bytes vcek, Bytes report) throws Exception {
    Signature judge = Signature.getInstance("SHA384withECDSAinP1363Format");
    judge.initVerify(
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(vcek.toArray()))
            .getPublicKey());
    judge.update(report.slice(0, 0x2A0).toArray());
    Bytes r = report.slice(0x2A0, 0x2D0).reversed();
    return judge.verify(r.concat(report.slice(0x2E8, 0x318).reversed()).toArray());
  }

  private static boolean quotedBy(String modulus, Bytes message, Bytes signature) throws Exception {
    Signature judge = Signature.getInstance("SHA256withRSA");
    judge.initVerify(
        KeyFactory.getInstance("RSA")
            .generatePublic(
                new RSAPublicKeySpec(
                    new BigInteger(1, base64(modulus).toArray()), BigInteger.valueOf(65537))));
    judge.update(message.toArray());
    return judge.verify(signature.toArray());
  }

  private static Bytes sha256(Bytes message) throws Exception {
    return Bytes.of(MessageDigest.getInstance("SHA-256").digest(message.toArray()));
  }

  private static Bytes base64(String value) {
    return Bytes.of(Base64.getUrlDecoder().decode(value));
  }

  private static String field(String json, String name) {
    Matcher matcher = Pattern.compile('"' + name + "\":\"([^\"]*)\"").matcher(json);
    assertThat(matcher.find()).as(name).isTrue();
    return matcher.group(1);
  }

  private static List<Bytes> pcrs(String json) {
    List<Bytes> values = new ArrayList<>();
    String list = json.substring(json.indexOf("\"pcrs\""));
    Pattern.compile("\"([0-9a-f]{64})\"")
        .matcher(list)
        .results()
        .map((MatchResult found) -> Bytes.ofHex(found.group(1)))
        .forEach(values::add);
    return values;
  }

  private static String text(Bytes value) {
    return new String(value.toArray(), UTF_8);
  }
}
