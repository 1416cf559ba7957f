package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The healthy texts are compared with Intel's own in {@link RealIntelEvidenceTest}. */
class IntelDocumentsTest {
  private final FakeIntelPki pki =
      FakeIntelPki.seeded(Instant.parse("2026-06-01T12:00:00Z"), "documents test");

  @Test
  void theSignatureCoversTheTextThatStandsInTheBody() throws Exception {
    SignedJson tcbInfo = pki.tcbInfo().sign(pki);

    assertThat(holds(pki.tcbSigner().key(), tcbInfo)).isTrue();
    assertThat(text(tcbInfo.body()))
        .isEqualTo(
            "{\"tcbInfo\":%s,\"signature\":\"%s\"}"
                .formatted(tcbInfo.json(), tcbInfo.signature().hex()));
    assertThat(text(pki.qeIdentity().sign(pki).body())).startsWith("{\"enclaveIdentity\":{\"id\":");
    assertThat(holds(pki.tcbSigner().key(), tcbInfo.withText(Bytes.ofHex("7b7d")))).isFalse();
    assertThat(holds(pki.tcbSigner().key(), tcbInfo.withSignature(Bytes.zeros(64)))).isFalse();
  }

  @Test
  void everyMemberCanLieBeMissingOrComeTwice() {
    TcbInfoWriter writer =
        pki.tcbInfo()
            .id("SGX")
            .version(4)
            .issueDate(Instant.parse("2026-01-02T03:04:05Z"))
            .nextUpdate(Instant.parse("2026-01-03T03:04:05Z"))
            .fmspc(Bytes.ofHex("0a0b0c0d0e0f"))
            .pceId(Bytes.ofHex("0102"))
            .member("tcbType", "1.0")
            .evaluationDataNumber(-1)
            .module(Bytes.ofHex("aa"), Bytes.ofHex("bb"), Bytes.ofHex("cc"))
            .moduleIdentities(
                TdxModuleIdentityWriter.healthy("TDX_02")
                    .module(Bytes.ofHex("0a"), Bytes.ofHex("0b"), Bytes.ofHex("0c"))
                    .levels()
                    .add("id", "\"TDX_02\""))
            .levels(
                TcbLevelWriter.isv(3, "Sideways")
                    .date(Instant.parse("2025-01-01T00:00:00Z"))
                    .tcbMember("more", "null")
                    .advisories("A\"B", "C\\D")
                    .add("tcbStatus", "\"UpToDate\""))
            .add("id", "\"TDX\"");

    assertThat(writer.json())
        .isEqualTo(
            "{\"id\":\"SGX\",\"version\":4,\"issueDate\":\"2026-01-02T03:04:05Z\","
                + "\"nextUpdate\":\"2026-01-03T03:04:05Z\",\"fmspc\":\"0a0b0c0d0e0f\","
                + "\"pceId\":\"0102\",\"tcbType\":1.0,\"tcbEvaluationDataNumber\":-1,"
                + "\"tdxModule\":{\"mrsigner\":\"aa\",\"attributes\":\"BB\",\"attributesMask\":\"CC\"},"
                + "\"tdxModuleIdentities\":[{\"id\":\"TDX_02\",\"mrsigner\":\"0a\",\"attributes\":\"0B\","
                + "\"attributesMask\":\"0C\",\"tcbLevels\":[],\"id\":\"TDX_02\"}],"
                + "\"tcbLevels\":[{\"tcb\":{\"isvsvn\":3,\"more\":null},"
                + "\"tcbDate\":\"2025-01-01T00:00:00Z\",\"tcbStatus\":\"Sideways\","
                + "\"advisoryIDs\":[\"A\\\"B\",\"C\\\\D\"],\"tcbStatus\":\"UpToDate\"}],"
                + "\"id\":\"TDX\"}");
    assertThat(writer.without("tdxModuleIdentities").without("tcbLevels").json())
        .endsWith("\"attributesMask\":\"CC\"},\"id\":\"TDX\"}");
  }

  @Test
  void levelsHaveAsManyComponentsAsAreAskedFor() {
    TcbLevelWriter level =
        TcbLevelWriter.platform("UpToDate")
            .sgxComponents(1, 2)
            .tdxComponents(Bytes.ofHex("00000003"))
            .withoutTcbMember("pcesvn")
            .without("tcbDate");

    assertThat(level.json())
        .isEqualTo(
            "{\"tcb\":{\"sgxtcbcomponents\":["
                + "{\"svn\":1,\"category\":\"BIOS\",\"type\":\"Early Microcode Update\"},"
                + "{\"svn\":2,\"category\":\"OS/VMM\",\"type\":\"SGX Late Microcode Update\"}],"
                + "\"tdxtcbcomponents\":["
                + "{\"svn\":0,\"category\":\"OS/VMM\",\"type\":\"TDX Module\"},"
                + "{\"svn\":0,\"category\":\"OS/VMM\",\"type\":\"TDX Module\"},"
                + "{\"svn\":0,\"category\":\"OS/VMM\",\"type\":\"TDX Late Microcode Update\"},"
                + "{\"svn\":3}]},\"tcbStatus\":\"UpToDate\"}");
  }

  @Test
  void levelsKeepTheOrderInWhichTheyWereGiven() {
    QeIdentityWriter writer =
        pki.qeIdentity()
            .firstLevel(TcbLevelWriter.isv(9, "UpToDate"))
            .lastLevel(TcbLevelWriter.isv(1, "Revoked"));

    assertThat(writer.json())
        .containsSubsequence("\"isvsvn\":9", "\"isvsvn\":4", "\"isvsvn\":1", "Revoked");
  }

  @Test
  void headersEscapeEverythingThatAUriMust() {
    assertThat(IntelCollateral.header(Bytes.of("-A b+/=\nz9~._".getBytes(UTF_8))))
        .isEqualTo("-A%20b%2B%2F%3D%0Az9~._");
  }

  @Test
  void theClientToolsFileLosesTheSignedBytesOfTcbInfoAlone() {
    IntelCollateral collateral = pki.collateral();

    String file = text(collateral.pcsClientTool("90C06F000000"));

    assertThat(file)
        .startsWith("{\"platforms\":[],\"collaterals\":{\"version\":4,")
        .contains("\"tdx_tcbinfo\":{\"tcbInfo\": {\"id\": \"TDX\", \"version\": 3, ")
        .contains("\"2026-05-31T12:00:00Z\"")
        .contains("\"platformCrl\":\"" + collateral.pckCrl().hex())
        .contains("\"rootcacrl\":\"" + collateral.rootCrl().hex())
        .contains("\"tdqeidentity\":\"{\\\"enclaveIdentity\\\":{\\\"id\\\":\\\"TD_QE\\\",")
        .contains("\"TCB-Info-Issuer-Chain\":\"-----BEGIN%20CERTIFICATE-----%0A")
        .doesNotContain(collateral.tcbInfo().json());
  }

  @Test
  void everyPartOfTheCollateralCanBeExchanged() {
    Bytes one = Bytes.ofHex("01");
    SignedJson none = new SignedJson("x", one, one);
    IntelCollateral changed =
        pki.collateral()
            .withTcbInfo(none)
            .withTcbInfoChain(one)
            .withQeIdentity(none)
            .withQeIdentityChain(one)
            .withPckCrl(one)
            .withPckCrlChain(one)
            .withRootCrl(one);

    assertThat(changed).isEqualTo(new IntelCollateral(none, one, none, one, one, one, one));
    Map<String, Bytes> files = pki.collateral().files();
    assertThat(files.get("tcbInfo.json")).isEqualTo(pki.collateral().tcbInfo().body());
    assertThat(files.get("root_ca_crl.der")).isEqualTo(pki.collateral().rootCrl());
    assertThat(files).hasSize(7);
    assertThat(text(changed.phala(one))).endsWith(",\"pck_certificate_chain\":\"\\u0001\"}");
  }

  private static boolean holds(EcSigningKey key, SignedJson document) throws Exception {
    Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initVerify(
        KeyFactory.getInstance("EC")
            .generatePublic(new X509EncodedKeySpec(key.subjectPublicKeyInfo().toArray())));
    signature.update(document.text().toArray());
    return signature.verify(document.signature().toArray());
  }

  private static String text(Bytes value) {
    return new String(value.toArray(), UTF_8);
  }
}
