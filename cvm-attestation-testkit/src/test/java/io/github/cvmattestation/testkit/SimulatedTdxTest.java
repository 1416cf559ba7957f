package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Follows the chain through the evidence with nothing but regular expressions and the JDK. */
class SimulatedTdxTest {
  private static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");
  private static final Nonce NONCE = new Nonce(Bytes.ofHex("5a".repeat(32)));

  @ParameterizedTest
  @CsvSource({"4, 48", "5, 54"})
  void evidenceHangsTogetherFromThePlatformToTheClaims(int version, int bodyAt) throws Exception {
    SimulatedCvm cvm = machine("chain").tdQuoteVersion(version).build();

    String json = text(cvm.attest(NONCE).content());

    assertThat(json).startsWith("{\"version\":1,").doesNotContain("vcek");
    Bytes hcl = base64(field(json, "hcl_report"));
    Bytes report = hcl.slice(32, 32 + 1024);
    Bytes quote = base64(field(json, "td_quote"));
    Bytes body = quote.slice(bodyAt, bodyAt + 584);
    assertThat(number(hcl, 1224)).isEqualTo(4);
    assertThat(number(quote, 0)).isEqualTo(version | 2 << 16);
    Bytes claims = hcl.slice(1236, 1236 + (int) number(hcl, 1232));
    assertThat(report.slice(128, 160)).isEqualTo(sha256(claims));
    assertThat(report.slice(160, 192).isZero()).isTrue();
    assertThat(body.slice(520, 584)).isEqualTo(report.slice(128, 192));
    assertThat(body.slice(136, 184)).isEqualTo(report.slice(528, 576));
    // Azure's paravisor extends no RTMR and sets no attribute.
    assertThat(body.slice(328, 520).isZero()).isTrue();
    assertThat(body.slice(120, 128).isZero()).isTrue();
    int data = (version == 4 ? 632 : 702) + 4;
    Bytes qe = quote.slice(data + 134, data + 518);
    assertThat(signed(cvm.pck().key(), qe, quote.slice(data + 518, data + 582))).isTrue();
    assertThat(qe.slice(320, 352))
        .isEqualTo(
            sha256(quote.slice(data + 64, data + 128).concat(quote.slice(data + 584, data + 616))));
    assertThat(text(quote))
        .contains(text(FakeIntelPki.pem(cvm.pck(), cvm.intelPki().platformCa())));
    assertThat(field(json, "message")).contains("0020" + NONCE.value().hex());
  }

  @Test
  void endorsementsAreOneBundleOfCollateral() {
    SimulatedCvm cvm = machine("endorsements").build();

    Endorsements endorsements = cvm.endorsements();

    assertThat(endorsements.certificates()).isEmpty();
    assertThat(endorsements.revocationLists()).isEmpty();
    assertThat(endorsements.documents()).isEqualTo(List.of(cvm.collateral().phala()));
    assertThat(cvm.trustAnchors()).isEqualTo(cvm.intelPki().trustAnchors());
    assertThat(cvm.trustAnchors().anchors()).hasSize(1);
  }

  @Test
  void aSeedGivesTheSameMachineAgain() {
    SimulatedCvm one = machine("same").build();
    SimulatedCvm again = machine("same").build();
    SimulatedCvm other = machine("other").build();

    assertThat(again.attest(NONCE)).isEqualTo(one.attest(NONCE));
    assertThat(again.endorsements()).isEqualTo(one.endorsements());
    assertThat(other.trustAnchors()).isNotEqualTo(one.trustAnchors());
    assertThat(other.pck().certificate()).isNotEqualTo(one.pck().certificate());
  }

  @Test
  void liesGoIntoTheReportTheQuoteAndTheCollateralBeforeTheyAreSigned() throws Exception {
    Bytes mrTd = Bytes.ofHex("ab".repeat(48));
    SimulatedCvm cvm =
        machine("lies")
            .debug()
            .tdReport(writer -> writer.mrTd(mrTd))
            .tdReport(writer -> writer.rtmr(2, mrTd))
            .tdQuote(writer -> writer.qeReport(qe -> qe.isvSvn(1)))
            .pck(spec -> spec.sgx(sgx -> sgx.pceSvn(3)))
            .tcbInfo(writer -> writer.evaluationDataNumber(99))
            .qeIdentity(writer -> writer.isvProdId(77))
            .collateral(set -> set.withRootCrl(Bytes.ofHex("00")))
            .build();

    Bytes quote = base64(field(text(cvm.attest(NONCE).content()), "td_quote"));
    Bytes report = cvm.hclReport().slice(32, 1056);
    assertThat(quote.slice(184, 232)).isEqualTo(mrTd);
    assertThat(report.slice(528, 576)).isEqualTo(mrTd);
    assertThat(quote.slice(472, 520)).isEqualTo(mrTd);
    assertThat(number(quote, 168)).isEqualTo(1);
    MessageDigest sha384 = MessageDigest.getInstance("SHA-384");
    assertThat(report.slice(80, 128).toArray())
        .isEqualTo(sha384.digest(report.slice(512, 1024).toArray()));
    assertThat(quote.slice(636 + 134 + 258, 636 + 134 + 260).hex()).isEqualTo("0100");
    assertThat(cvm.pck().certificate().hex()).contains("2a864886f84d010d01021102" + "0103");
    assertThat(cvm.collateral().tcbInfo().json()).contains("\"tcbEvaluationDataNumber\":99");
    assertThat(cvm.collateral().qeIdentity().json()).contains("\"isvprodid\":77");
    assertThat(cvm.collateral().rootCrl().hex()).isEqualTo("00");
    SignedJson tcbInfo = cvm.collateral().tcbInfo();
    assertThat(signed(cvm.intelPki().tcbSigner().key(), tcbInfo.text(), tcbInfo.signature()))
        .isTrue();
  }

  @Test
  void aGuestWithoutAParavisorBindsWhatItLikes() {
    SimulatedCvm cvm = machine("bare").build();
    ReportData mine = new ReportData(Bytes.ofHex("7b".repeat(64)));

    assertThat(cvm.tdReport(mine).slice(128, 192)).isEqualTo(mine.value());
    assertThat(cvm.tdQuote(mine).slice(568, 632)).isEqualTo(mine.value());
  }

  @Test
  void laterChangesToTheBuilderAreNotThoseOfTheMachine() {
    SimulatedCvmBuilder builder = machine("builder");
    SimulatedCvm cvm = builder.build();
    String before = text(cvm.attest(NONCE).content());
    builder.debug().tdQuoteVersion(5).tdQuote(writer -> writer.version(9));

    assertThat(field(text(cvm.attest(NONCE).content()), "td_quote"))
        .isEqualTo(field(before, "td_quote"));
  }

  @Test
  void oneKindOfMachineHasNothingOfTheOther() {
    SimulatedCvm tdx = machine("kinds").build();
    SimulatedCvm snp = SimulatedCvm.builder().at(AT).seed("kinds").build();

    assertThat(tdx.tee()).isEqualTo(Tee.TDX);
    assertThat(snp.tee()).isEqualTo(Tee.SNP);
    assertThatThrownBy(tdx::leaf).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(tdx::line).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(tdx::certificateTable).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(snp::pck).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(snp::collateral).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> machine("kinds").evidenceVersion(0).build())
        .isInstanceOf(IllegalStateException.class);
  }

  private static SimulatedCvmBuilder machine(String seed) {
    return SimulatedCvm.builder().at(AT).seed(seed).tdx();
  }

  private static boolean signed(EcSigningKey key, Bytes message, Bytes rs) throws Exception {
    Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initVerify(
        KeyFactory.getInstance("EC")
            .generatePublic(new X509EncodedKeySpec(key.subjectPublicKeyInfo().toArray())));
    signature.update(message.toArray());
    return signature.verify(rs.toArray());
  }

  private static Bytes sha256(Bytes message) throws Exception {
    return Bytes.of(MessageDigest.getInstance("SHA-256").digest(message.toArray()));
  }

  private static long number(Bytes whole, int at) {
    return Long.parseLong(whole.slice(at, at + 4).reversed().hex(), 16);
  }

  private static String field(String json, String name) {
    Matcher matcher = Pattern.compile('"' + name + "\":\"([^\"]*)\"").matcher(json);
    assertThat(matcher.find()).as(name).isTrue();
    return matcher.group(1);
  }

  private static Bytes base64(String value) {
    return Bytes.of(Base64.getUrlDecoder().decode(value));
  }

  private static String text(Bytes value) {
    return new String(value.toArray(), UTF_8);
  }
}
