package io.github.cvmattestation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReportData;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Offsets and sizes written by hand from Intel TDX DCAP Quoting Library API, appendix 3. */
class TdQuoteWriterTest {
  private static final String BODY_1_0 =
      "10".repeat(16) // 0 TEE_TCB_SVN
          + "11".repeat(48) // 16 MRSEAM
          + "12".repeat(48) // 64 MRSIGNERSEAM
          + "0807060504030201" // 112 SEAMATTRIBUTES
          + "1817161514131211" // 120 TDATTRIBUTES
          + "2827262524232221" // 128 XFAM
          + "13".repeat(48) // 136 MRTD
          + "14".repeat(48) // 184 MRCONFIGID
          + "15".repeat(48) // 232 MROWNER
          + "16".repeat(48) // 280 MROWNERCONFIG
          + "20".repeat(48) // 328 RTMR0
          + "21".repeat(48) // 376 RTMR1
          + "22".repeat(48) // 424 RTMR2
          + "23".repeat(48) // 472 RTMR3
          + "17".repeat(64); // 520 REPORTDATA
  private static final String BODY_1_5 =
      BODY_1_0
          + "18".repeat(16) // 584 TEE_TCB_SVN_2
          + "19".repeat(48); // 600 MRSERVICETD
  private static final String BODY_1_5_EX =
      BODY_1_5
          + "1a" // 648 VMID
          + "1b".repeat(32) // 649 TD_ID
          + "1c".repeat(48) // 681 devices
          + "1d".repeat(48) // 729 service TDs' hash at launch
          + "3837363534333231" // 777 service TDs' attributes at launch
          + "1e".repeat(16) // 785 CPUSVN at launch
          + "1f".repeat(16) // 801 TEE_TCB_SVN at launch
          + "30".repeat(12) // 817 TEE_FMSPC at launch
          + "31".repeat(48) // 829 service TDs' hash now
          + "4847464544434241"; // 877 service TDs' attributes now

  private final FakeIntelPki pki =
      FakeIntelPki.seeded(Instant.parse("2026-06-01T12:00:00Z"), "quote test");
  private final EcSigningKey attestationKey = EcSigningKey.p256("quote test");

  @Test
  void everyFieldOfVersion4StandsAtItsOffset() {
    Bytes signed = filled(TdQuoteWriter.v4()).signedPart();

    assertThat(signed.slice(0, 48).hex())
        .isEqualTo("4241" + "4443" + "48474645" + "4c4b4a49" + "4d".repeat(16) + "4e".repeat(20));
    assertThat(signed.slice(48, signed.size()).hex()).isEqualTo(BODY_1_0);
    assertThat(BODY_1_0).hasSize(2 * 584);
  }

  @ParameterizedTest
  @CsvSource({"2, 02004802 0000", "3, 03008802 0000", "4, 04007503 0000"})
  void everyFieldOfVersion5StandsAtItsOffset(int type, String descriptor) {
    Bytes signed = filled(TdQuoteWriter.v5(type)).signedPart();

    assertThat(signed.slice(48, 54).hex()).isEqualTo(descriptor.replace(" ", ""));
    assertThat(signed.slice(54, signed.size()).hex())
        .isEqualTo(type == 2 ? BODY_1_0 : type == 3 ? BODY_1_5 : BODY_1_5_EX);
    assertThat(BODY_1_5).hasSize(2 * 648);
    assertThat(BODY_1_5_EX).hasSize(2 * 885);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void headersAreThoseOfEcdsaQuotesOfTds(int version) {
    Bytes header = (version == 4 ? TdQuoteWriter.v4() : TdQuoteWriter.v5()).signedPart();

    assertThat(header.slice(0, 28).hex())
        .isEqualTo(
            "0"
                + version
                + "000200"
                + "81000000"
                + "00000000"
                + "939a7233f79c4ca9940a0db3957f0607");
  }

  @ParameterizedTest
  @CsvSource({"4, 2, 632", "5, 2, 638", "5, 3, 702", "5, 4, 939"})
  void keysSignWhatTheyShould(int version, int type, int signedSize) throws Exception {
    TdQuoteWriter writer = version == 4 ? TdQuoteWriter.v4() : TdQuoteWriter.v5(type);
    Bytes quote = writer.attestationKey(attestationKey).sign(pki);

    Bytes data = quote.slice(signedSize + 4, quote.size());
    assertThat(number(quote, signedSize, 4)).isEqualTo(data.size());
    assertThat(holds(attestationKey, quote.slice(0, signedSize), data.slice(0, 64))).isTrue();
    assertThat(data.slice(64, 128)).isEqualTo(attestationKey.x().concat(attestationKey.y()));
    assertThat(number(data, 128, 2)).isEqualTo(6);
    assertThat(number(data, 130, 4)).isEqualTo(data.size() - 134);
    Bytes report = data.slice(134, 134 + 384);
    assertThat(holds(pki.pck().key(), report, data.slice(518, 582))).isTrue();
    assertThat(number(data, 582, 2)).isEqualTo(32);
    byte[] bound =
        MessageDigest.getInstance("SHA-256")
            .digest(data.slice(64, 128).concat(data.slice(584, 616)).toArray());
    assertThat(report.slice(320, 384)).isEqualTo(Bytes.of(bound).concat(Bytes.zeros(32)));
    assertThat(number(data, 616, 2)).isEqualTo(5);
    assertThat(number(data, 618, 4)).isEqualTo(data.size() - 622);
    assertThat(data.slice(622, data.size()))
        .isEqualTo(pki.pckChain(pki.pck()).concat(Bytes.zeros(1)));
  }

  @Test
  void everyFieldOfTheQeReportStandsAtItsOffset() throws Exception {
    Bytes quote =
        TdQuoteWriter.v4()
            .qeReport(
                qe ->
                    qe.cpuSvn(bytes(0x11, 16))
                        .miscSelect(0x01020304)
                        .patch(20, bytes(0x12, 28))
                        .attributes(bytes(0x13, 16))
                        .mrEnclave(bytes(0x14, 32))
                        .patch(96, bytes(0x15, 32))
                        .mrSigner(bytes(0x16, 32))
                        .patch(160, bytes(0x17, 96))
                        .isvProdId(0x0506)
                        .isvSvn(0x0708)
                        .patch(260, bytes(0x18, 60))
                        .reportData(bytes(0x19, 64)))
            .sign(pki);

    Bytes report = quote.slice(636 + 134, 636 + 134 + 384);
    assertThat(report.hex())
        .isEqualTo(
            "11".repeat(16)
                + "04030201"
                + "12".repeat(28)
                + "13".repeat(16)
                + "14".repeat(32)
                + "15".repeat(32)
                + "16".repeat(32)
                + "17".repeat(96)
                + "0605"
                + "0807"
                + "18".repeat(60)
                + "19".repeat(64));
    assertThat(holds(pki.pck().key(), report, quote.slice(1154, 1218))).isTrue();
  }

  @Test
  void sizesAndTypesCanLieAndEverythingIsSignedAgain() throws Exception {
    Bytes quote =
        TdQuoteWriter.v5()
            .attestationKey(attestationKey)
            .bodyType(7)
            .bodySize(0x01020304)
            .patch(60, Bytes.ofHex("ee"))
            .signatureDataSizeOff(1)
            .certificationType(8)
            .certificationSizeOff(-2)
            .authData(Bytes.ofHex("abcd"))
            .authSizeOff(3)
            .innerCertification(1, Bytes.ofHex("0102"))
            .innerSizeOff(4)
            .trailing(Bytes.ofHex("ff"))
            .sign(pki);

    assertThat(quote.slice(48, 54).hex()).isEqualTo("070004030201");
    assertThat(quote.get(60)).isEqualTo(0xEE);
    Bytes data = quote.slice(706, quote.size() - 1);
    assertThat(holds(attestationKey, quote.slice(0, 702), data.slice(0, 64))).isTrue();
    assertThat(number(quote, 702, 4)).isEqualTo(data.size() + 1);
    assertThat(number(data, 128, 2)).isEqualTo(8);
    assertThat(number(data, 130, 4)).isEqualTo(data.size() - 134 - 2);
    assertThat(data.slice(582, data.size()).hex())
        .isEqualTo("0500abcd" + "0100" + "06000000" + "0102");
    assertThat(quote.get(quote.size() - 1)).isEqualTo(0xFF);
  }

  @Test
  void keysAndSignaturesCanBeReplaced() {
    Bytes data =
        TdQuoteWriter.v4()
            .attestationKeyField(bytes(1, 64))
            .signature(bytes(2, 64))
            .qeReportSignature(bytes(3, 64))
            .innerType(4)
            .sign(pki)
            .slice(636, 636 + 618);

    assertThat(data.slice(0, 64)).isEqualTo(bytes(2, 64));
    assertThat(data.slice(64, 128)).isEqualTo(bytes(1, 64));
    assertThat(data.slice(518, 582)).isEqualTo(bytes(3, 64));
    assertThat(number(data, 616, 2)).isEqualTo(4);
  }

  @Test
  void smallerBodiesHaveNoLaterFields() {
    assertThatThrownBy(() -> TdQuoteWriter.v4().teeTcbSvn2(Bytes.zeros(16)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> TdQuoteWriter.v5().vmId(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> TdQuoteWriter.v5(1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TdQuoteWriter.v4().mrTd(Bytes.zeros(47)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tdReportsAndTheirQuotesAgree() {
    Bytes report =
        TdReportWriter.tdx15()
            .reportData(new ReportData(bytes(0x17, 64)))
            .teeTcbSvn(bytes(0x10, 16))
            .mrSeam(bytes(0x11, 48))
            .mrSignerSeam(bytes(0x12, 48))
            .seamAttributes(0x0102030405060708L)
            .tdAttributes(0x1112131415161718L)
            .xfam(0x2122232425262728L)
            .mrTd(bytes(0x13, 48))
            .mrConfigId(bytes(0x14, 48))
            .mrOwner(bytes(0x15, 48))
            .mrOwnerConfig(bytes(0x16, 48))
            .rtmr(0, bytes(0x20, 48))
            .rtmr(1, bytes(0x21, 48))
            .rtmr(2, bytes(0x22, 48))
            .rtmr(3, bytes(0x23, 48))
            .teeTcbSvn2(bytes(0x18, 16))
            .serviceTdHash(bytes(0x19, 48))
            .tdId(bytes(0x1B, 32))
            .vmId(0x1A)
            .write();

    assertThat(TdQuoteWriter.of(report).signedPart().slice(54, 702).hex()).isEqualTo(BODY_1_5);
    assertThat(TdQuoteWriter.v4().tdReport(report).signedPart().slice(48, 632).hex())
        .isEqualTo(BODY_1_0);
    assertThat(TdQuoteWriter.v5(4).tdReport(report).signedPart().slice(54, 54 + 681).hex())
        .isEqualTo(BODY_1_5_EX.substring(0, 2 * 681));
    assertThat(TdQuoteWriter.of(TdReportWriter.tdx10().write()).signedPart().size()).isEqualTo(632);
  }

  @Test
  void hashesOfATdReportCoverItsTwoParts() throws Exception {
    TdReportWriter writer =
        TdReportWriter.tdx15()
            .type(0x81, 2, 1)
            .cpuSvn(bytes(1, 16))
            .mac(bytes(2, 32))
            .valid(0x0102030405060708L)
            .tdInfoValid(0x11121314)
            .patch(494, Bytes.ofHex("77"));
    Bytes report = writer.write();

    MessageDigest sha384 = MessageDigest.getInstance("SHA-384");
    assertThat(report.size()).isEqualTo(1024);
    assertThat(report.slice(0, 16).hex()).isEqualTo("810201" + "00".repeat(13));
    assertThat(report.slice(16, 32)).isEqualTo(bytes(1, 16));
    assertThat(report.slice(32, 80).toArray())
        .isEqualTo(sha384.digest(report.slice(256, 495).toArray()));
    assertThat(report.slice(80, 128).toArray())
        .isEqualTo(sha384.digest(report.slice(512, 1024).toArray()));
    assertThat(report.slice(224, 256)).isEqualTo(bytes(2, 32));
    assertThat(report.slice(256, 264).hex()).isEqualTo("0807060504030201");
    assertThat(report.slice(1020, 1024).hex()).isEqualTo("14131211");
    Bytes lying = writer.teeTcbInfoHash(bytes(3, 48)).tdInfoHash(bytes(4, 48)).write();
    assertThat(lying.slice(32, 128)).isEqualTo(bytes(3, 48).concat(bytes(4, 48)));
  }

  private static TdQuoteWriter filled(TdQuoteWriter writer) {
    writer
        .version(0x4142)
        .attestationKeyType(0x4344)
        .teeType(0x45464748)
        .reserved(0x494A4B4C)
        .qeVendorId(bytes(0x4D, 16))
        .userData(bytes(0x4E, 20))
        .teeTcbSvn(bytes(0x10, 16))
        .mrSeam(bytes(0x11, 48))
        .mrSignerSeam(bytes(0x12, 48))
        .seamAttributes(0x0102030405060708L)
        .tdAttributes(0x1112131415161718L)
        .xfam(0x2122232425262728L)
        .mrTd(bytes(0x13, 48))
        .mrConfigId(bytes(0x14, 48))
        .mrOwner(bytes(0x15, 48))
        .mrOwnerConfig(bytes(0x16, 48))
        .rtmr(0, bytes(0x20, 48))
        .rtmr(1, bytes(0x21, 48))
        .rtmr(2, bytes(0x22, 48))
        .rtmr(3, bytes(0x23, 48))
        .reportData(new ReportData(bytes(0x17, 64)));
    int size = writer.signedPart().size();
    if (size > 638) {
      writer.teeTcbSvn2(bytes(0x18, 16)).mrServiceTd(bytes(0x19, 48));
    }
    if (size > 702) {
      writer
          .vmId(0x1A)
          .tdId(bytes(0x1B, 32))
          .deviceInfo(bytes(0x1C, 48))
          .initServiceTdHash(bytes(0x1D, 48))
          .initServiceTdAttributes(0x3132333435363738L)
          .initCpuSvn(bytes(0x1E, 16))
          .initTeeTcbSvn(bytes(0x1F, 16))
          .initTeeFmspc(bytes(0x30, 12))
          .currentServiceTdHash(bytes(0x31, 48))
          .currentServiceTdAttributes(0x4142434445464748L);
    }
    return writer;
  }

  private static boolean holds(EcSigningKey key, Bytes message, Bytes rs) throws Exception {
    Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initVerify(
        KeyFactory.getInstance("EC")
            .generatePublic(new X509EncodedKeySpec(key.subjectPublicKeyInfo().toArray())));
    signature.update(message.toArray());
    return signature.verify(rs.toArray());
  }

  private static long number(Bytes whole, int at, int size) {
    return Long.parseLong(whole.slice(at, at + size).reversed().hex(), 16);
  }

  private static Bytes bytes(int value, int size) {
    return Bytes.ofHex("%02x".formatted(value).repeat(size));
  }
}
