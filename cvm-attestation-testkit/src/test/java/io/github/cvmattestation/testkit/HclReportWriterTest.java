package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReportData;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected bytes written by hand from the layout that OpenHCL documents. */
class HclReportWriterTest {
  private static final String CLAIMS = "{\"keys\":[]}"; // 11 bytes
  private static final String CLAIMS_HEX = "7b226b657973223a5b5d7d";

  @Test
  void everyFieldStandsAtItsOffset() {
    Bytes hardware = Bytes.ofHex("aa".repeat(1184));

    Bytes report = HclReportWriter.snp(CLAIMS).write(hardware);

    String expected =
        "48434c41" // 0 "HCLA"
            + "02000000" // 4 version
            + "df040000" // 8 report_size: 1236 + 11
            + "02000000" // 12 request_type
            + "00000000" // 16 status
            + "00".repeat(12) // 20 reserved
            + "aa".repeat(1184) // 32 hardware report
            + "1f000000" // 1216 data_size: 20 + 11
            + "01000000" // 1220 version
            + "02000000" // 1224 report_type
            + "01000000" // 1228 hash_type
            + "0b000000" // 1232 variable_data_size
            + CLAIMS_HEX; // 1236
    assertThat(report.hex()).isEqualTo(expected + "00".repeat(2600 - 1247));
  }

  @Test
  void everyFieldCanBeSet() {
    Bytes report =
        HclReportWriter.snp(CLAIMS)
            .version(0x11)
            .requestType(0x12)
            .status(0x13)
            .reserved(Bytes.ofHex("14".repeat(12)))
            .runtimeVersion(0x15)
            .reportType(0x16)
            .declaredHashType(0x17)
            .reportSize(0x18)
            .dataSize(0x19)
            .claimsSize(0x1A)
            .withoutPadding()
            .patch(0, Bytes.ofHex("ff"))
            .write(Bytes.empty());

    assertThat(report.slice(0, 32).hex())
        .isEqualTo(
            "ff434c41" + "11000000" + "18000000" + "12000000" + "13000000" + "14".repeat(12));
    assertThat(report.slice(1216, 1247).hex())
        .isEqualTo("19000000" + "15000000" + "16000000" + "17000000" + "1a000000" + CLAIMS_HEX);
  }

  @ParameterizedTest
  @CsvSource({"1, SHA-256", "2, SHA-384", "3, SHA-512"})
  void reportDataIsTheHashOfTheClaimsThenZeros(int hashType, String digest) throws Exception {
    HclReportWriter writer = HclReportWriter.snp(CLAIMS).hashType(hashType);

    Bytes hash = Bytes.of(MessageDigest.getInstance(digest).digest(CLAIMS.getBytes(UTF_8)));
    assertThat(writer.reportData().value()).isEqualTo(hash.concat(Bytes.zeros(64 - hash.size())));
    assertThat(writer.write(Bytes.empty()).get(1228)).isEqualTo(hashType);
  }

  @Test
  void unknownHashTypesHaveNoReportData() {
    assertThatThrownBy(() -> HclReportWriter.snp(CLAIMS).hashType(4).reportData())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tdReportsAreFollowedByZeros() {
    HclReportWriter writer = HclReportWriter.tdx(CLAIMS);

    Bytes report = writer.write(HclReportWriter.bareTdReport(writer.reportData()));

    assertThat(report.get(1224)).isEqualTo(4);
    assertThat(report.get(32)).isEqualTo(0x81);
    assertThat(report.slice(32 + 128, 32 + 192)).isEqualTo(writer.reportData().value());
    assertThat(report.slice(32 + 1024, 1216).isZero()).isTrue();
    assertThat(HclReportWriter.bareTdReport(new ReportData(Bytes.zeros(64))).size())
        .isEqualTo(1024);
  }

  @Test
  void smallSizesCutTheClaimsOff() {
    assertThat(HclReportWriter.snp(CLAIMS).size(1240).write(Bytes.empty()).size()).isEqualTo(1240);
    assertThat(HclReportWriter.snp(CLAIMS).size(2048).write(Bytes.empty()).size()).isEqualTo(2048);
  }

  @Test
  void claimsAreCompactJsonInThePlatformsOrder() {
    RsaSigningKey ak = RsaSigningKey.of(1024, "claims");

    String json = RuntimeClaims.of(ak, ak).vmUniqueId("GUID").json();

    String n =
        java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(ak.modulus().toArray());
    assertThat(json)
        .isEqualTo(
            "{\"keys\":[{\"kid\":\"HCLAkPub\",\"key_ops\":[\"sign\"],\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\""
                + n
                + "\"},{\"kid\":\"HCLEkPub\",\"key_ops\":[\"encrypt\"],\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\""
                + n
                + "\"}],\"vm-configuration\":{\"console-enabled\":true,\"root-cert-thumbprint\":\"\","
                + "\"secure-boot\":true,\"tpm-enabled\":true,\"tpm-persisted\":true,"
                + "\"vmUniqueId\":\"GUID\"},\"user-data\":\""
                + "00".repeat(64)
                + "\"}");
  }

  @Test
  void claimsCanLieInEveryMember() {
    RuntimeClaims claims =
        RuntimeClaims.empty()
            .keyJson("1")
            .keyJson("1")
            .configuration("secure-boot", "\"true\"")
            .withoutConfiguration("console-enabled")
            .withoutConfiguration("root-cert-thumbprint")
            .withoutConfiguration("tpm-enabled")
            .withoutConfiguration("tpm-persisted")
            .withoutConfiguration("vmUniqueId")
            .userDataUpperCase(Bytes.ofHex("ab"))
            .member("keys", "[]");

    assertThat(claims.json())
        .isEqualTo(
            "{\"keys\":[1,1],\"vm-configuration\":{\"secure-boot\":\"true\"},"
                + "\"user-data\":\"AB\",\"keys\":[]}");
    assertThat(claims.withoutKeys().withoutUserData().json())
        .isEqualTo("{\"keys\":[],\"vm-configuration\":{\"secure-boot\":\"true\"},\"keys\":[]}");
  }
}
