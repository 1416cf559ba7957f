package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Intel signed is what is read: byte for byte, in every form that it comes in. */
class RealCollateralTest {
  private static final Bytes INTEL =
      Bytes.ofHex("dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5");

  static Stream<Vectors.Case> cases() {
    return Vectors.cases("tdx-quote")
        .filter(one -> one.expected("verification").orElseThrow().equals("verified"));
  }

  private static TdxCollateral collateral(Vectors.Case one) throws MalformedException {
    if (one.id().equals("tdx/v4-b0c06f")) {
      return TdxCollateral.parse(one.file("collateral"));
    }
    return TdxCollateral.ofFiles(
        one.file("tcbInfo"),
        one.file("tcbChain"),
        one.file("qeIdentity"),
        one.file("qeChain"),
        one.file("pckCrl"),
        one.file("rootCrl"));
  }

  private static boolean isSigned(SignedText document, Bytes chain) throws MalformedException {
    DerCertificate signer = CertificateBundle.parse(chain).get(0);
    assertThat(signer.subjectCommonName()).isEqualTo("Intel SGX TCB Signing");
    return SignatureBackends.bouncyCastle()
        .prepare(PublicKeyInfo.parse(signer.subjectPublicKeyInfo()))
        .verifies(SignatureScheme.ECDSA_P256_SHA256, document.text(), document.signature());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theSignedTextIsWhatIntelSigned(Vectors.Case one) throws MalformedException {
    TdxCollateral collateral = collateral(one);
    assertThat(isSigned(collateral.tcbInfo(), collateral.tcbInfoChain())).isTrue();
    assertThat(isSigned(collateral.qeIdentity(), collateral.qeIdentityChain())).isTrue();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aCaptureReplays(Vectors.Case one) throws MalformedException {
    TdxCollateral collateral = collateral(one);
    assertThat(TdxCollateral.parse(collateral.toJson())).isEqualTo(collateral);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersWithTheirHeadersGiveTheSame(Vectors.Case one) throws MalformedException {
    TdxCollateral collateral = collateral(one);
    String tcbInfo = body("tcbInfo", collateral.tcbInfo());
    String qeIdentity = body("enclaveIdentity", collateral.qeIdentity());
    String tcbHead =
        "HTTP/1.1 200 OK\r\ntcb-info-issuer-chain: " + header(collateral.tcbInfoChain());
    String qeHead =
        "HTTP/1.1 200 OK\r\nSGX-Enclave-Identity-Issuer-Chain: "
            + header(collateral.qeIdentityChain());
    assertThat(
            TdxCollateral.ofPcs(
                PcsResponse.parse(Documents.utf8(tcbHead + "\r\n\r\n" + tcbInfo)),
                PcsResponse.parse(Documents.utf8(qeHead + "\r\n\r\n" + qeIdentity)),
                collateral.pckCrl(),
                Documents.utf8(collateral.rootCrl().hex())))
        .isEqualTo(collateral);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theTextThatTheClientToolPrintedAnewIsWhatIntelSigned(Vectors.Case one)
      throws MalformedException {
    TdxCollateral collateral = collateral(one);
    TcbInfo info = TcbInfo.parse(collateral.tcbInfo());
    String tcbInfo = Bundles.printedAnew(body("tcbInfo", collateral.tcbInfo()));
    Map<String, String> tool =
        Bundles.with(
            Bundles.with(
                Bundles.clientTool(),
                "tcbinfos",
                "[" + Bundles.family(info.fmspc().hex(), tcbInfo) + "]"),
            "tdqeidentity",
            Bundles.quoted(body("enclaveIdentity", collateral.qeIdentity())));
    TdxCollateral chosen =
        PcsClientToolCollateral.parse(Bundles.clientTool(tool))
            .forPlatform(info.fmspc(), PckAuthority.PLATFORM);
    assertThat(chosen.tcbInfo()).isEqualTo(collateral.tcbInfo());
    assertThat(chosen.qeIdentity()).isEqualTo(collateral.qeIdentity());
    assertThat(tcbInfo).contains(": ");
  }

  private static String body(String member, SignedText signed) {
    String text = new String(signed.text().toArray(), StandardCharsets.UTF_8);
    return Bundles.body(member, text, signed.signature());
  }

  private static String header(Bytes chain) {
    return Bundles.header(new String(chain.toArray(), StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theQuotingEnclaveIsTheOneOfProduction(Vectors.Case one) throws MalformedException {
    QeIdentity identity = QeIdentity.parse(collateral(one).qeIdentity());
    assertThat(identity.mrSigner()).isEqualTo(INTEL);
    assertThat(identity.isvProdId()).isEqualTo(2);
    assertThat(identity.attributes().hex()).isEqualTo("11" + "00".repeat(15));
    assertThat(identity.attributesMask().hex()).isEqualTo("fb" + "ff".repeat(7) + "00".repeat(8));
    assertThat(identity.levels().stream().map(IsvLevel::isvSvn)).containsExactly(4);
    assertThat(identity.nextUpdate()).isAfter(one.at());
  }

  @Test
  void tcbInfoOfASapphireRapidsIsReadAsPublished() throws MalformedException {
    TcbInfo info = TcbInfo.parse(collateral(Vectors.named("tdx-quote", "tdx/v4-b0c06f")).tcbInfo());
    assertThat(info.issueDate()).isEqualTo(Instant.parse("2025-06-19T10:16:03Z"));
    assertThat(info.nextUpdate()).isEqualTo(Instant.parse("2025-07-19T10:16:03Z"));
    assertThat(info.fmspc().hex()).isEqualTo("b0c06f000000");
    assertThat(info.pceId().hex()).isEqualTo("0000");
    assertThat(info.evaluationDataNumber()).isEqualTo(17);
    assertThat(info.moduleIdentities().stream().map(TdxModuleIdentity::version))
        .containsExactly(3, 1);
    assertThat(info.levels().get(0).sgxComponents().hex())
        .isEqualTo("02020202030100050000000000000000");
    assertThat(info.levels().get(0).tdxComponents().hex())
        .isEqualTo("05000200000000000000000000000000");
    assertThat(info.levels().get(0).pceSvn()).isEqualTo(11);
    assertThat(info.levels().get(0).status()).isEqualTo(TcbStatus.UP_TO_DATE);
  }

  @Test
  void levelsAndAdvisoriesAreReadAsPublished() throws MalformedException {
    TcbInfo info =
        TcbInfo.parse(collateral(Vectors.named("tdx-quote", "tdx/v4-50806f-debug")).tcbInfo());
    List<TcbLevel> levels = info.levels();
    assertThat(levels.stream().map(level -> level.advisories().size()))
        .containsExactly(0, 7, 10, 11, 24);
    assertThat(levels.stream().map(TcbLevel::pceSvn)).containsExactly(11, 11, 11, 11, 5);
    assertThat(levels.stream().map(level -> level.sgxComponents().get(0)))
        .containsExactly(8, 7, 6, 5, 5);
    assertThat(info.moduleIdentity(1).orElseThrow().levels().stream().map(IsvLevel::isvSvn))
        .containsExactly(6, 4, 2);
    assertThat(info.moduleIdentity(1).orElseThrow().levels().get(1).advisories())
        .containsExactly("INTEL-SA-01036", "INTEL-SA-01099");
  }
}
