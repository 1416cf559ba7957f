package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Bundles.EXPECTED;
import static io.github.cvmattestation.tdx.Bundles.FMSPC;
import static io.github.cvmattestation.tdx.Bundles.PCK_CRL;
import static io.github.cvmattestation.tdx.Bundles.QE_BODY;
import static io.github.cvmattestation.tdx.Bundles.QE_CHAIN;
import static io.github.cvmattestation.tdx.Bundles.ROOT_CRL;
import static io.github.cvmattestation.tdx.Bundles.TCB_BODY;
import static io.github.cvmattestation.tdx.Bundles.TCB_CHAIN;
import static io.github.cvmattestation.tdx.Bundles.json;
import static io.github.cvmattestation.tdx.Bundles.phala;
import static io.github.cvmattestation.tdx.Bundles.quoted;
import static io.github.cvmattestation.tdx.Bundles.structure;
import static io.github.cvmattestation.tdx.Bundles.with;
import static io.github.cvmattestation.tdx.Bundles.without;
import static io.github.cvmattestation.tdx.Documents.TCB_INFO;
import static io.github.cvmattestation.tdx.Documents.utf8;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_FORMAT;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_MISSING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TdxCollateralTest {
  private static FindingCode refusal(ThrowingCallable reader) {
    return catchThrowableOfType(MalformedException.class, reader)
        .toFinding(TdxFinding.TDX_MALFORMED)
        .code();
  }

  private static FindingCode refusal(Map<String, String> bundle) {
    return refusal(() -> TdxCollateral.parse(json(bundle)));
  }

  private static TdxCollateral files(Bytes tcbInfo, Bytes tcbChain, Bytes pckCrl, Bytes rootCrl)
      throws MalformedException {
    return TdxCollateral.ofFiles(tcbInfo, tcbChain, utf8(QE_BODY), utf8(QE_CHAIN), pckCrl, rootCrl);
  }

  private static TdxCollateral withTcbInfo(String body) throws MalformedException {
    return files(utf8(body), utf8(TCB_CHAIN), PCK_CRL, ROOT_CRL);
  }

  // Bundles

  @Test
  void everyFormGivesTheSameCollateral() throws MalformedException {
    assertThat(TdxCollateral.parse(json(phala()))).isEqualTo(EXPECTED);
    assertThat(TdxCollateral.parse(json(structure()))).isEqualTo(EXPECTED);
    assertThat(withTcbInfo(TCB_BODY)).isEqualTo(EXPECTED);
    assertThat(TdxCollateral.parse(json(phala()), FMSPC, PckAuthority.PLATFORM))
        .isEqualTo(EXPECTED);
    assertThat(
            TdxCollateral.parse(
                Bundles.clientTool(Bundles.clientTool()), FMSPC, PckAuthority.PLATFORM))
        .isEqualTo(EXPECTED);
  }

  @Test
  void aCertificateChainOfThePlatformIsPassedOver() throws MalformedException {
    for (String chain : List.of(quoted(TCB_CHAIN), "null")) {
      assertThat(TdxCollateral.parse(json(with(phala(), "pck_certificate_chain", chain))))
          .isEqualTo(EXPECTED);
    }
    assertThat(TdxCollateral.parse(json(without(phala(), "pck_crl_issuer_chain"))))
        .isEqualTo(EXPECTED);
  }

  @Test
  void anAbsentPartIsNamedAsMissing() {
    for (String name : phala().keySet()) {
      if (name.equals("pck_crl_issuer_chain")) {
        continue;
      }
      // Without its signature a document is taken for a body, which it is not.
      FindingCode expected = name.endsWith("_signature") ? COLLATERAL_FORMAT : COLLATERAL_MISSING;
      assertThat(refusal(without(phala(), name))).as(name).isEqualTo(expected);
      assertThat(refusal(with(phala(), name, "\"\"")))
          .as(name)
          .isIn(COLLATERAL_MISSING, COLLATERAL_FORMAT);
      if (!name.equals("tcb_info") && !name.equals("qe_identity")) {
        // The NUL that ends a string in C is no content; what is signed is left as it is.
        assertThat(refusal(with(phala(), name, "\"\\u0000\"")))
            .as(name)
            .isIn(COLLATERAL_MISSING, COLLATERAL_FORMAT);
      }
    }
  }

  @Test
  void aPartOfAnotherTypeIsRefused() {
    for (String name : without(phala(), "pck_crl_issuer_chain").keySet()) {
      for (String other : List.of("null", "1", "[]", "{}", "true", "1.5")) {
        assertThat(refusal(with(phala(), name, other))).as(name).isEqualTo(COLLATERAL_FORMAT);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TCB_INFO", "pck_crl ", "signature", "collateral", ""})
  void aMemberThatNobodyKnowsIsRefused(String name) {
    assertThat(refusal(with(phala(), name, "\"\""))).isEqualTo(COLLATERAL_FORMAT);
  }

  @Test
  void aMemberThatComesTwiceIsRefused() {
    String twice = Bundles.object(phala()).replaceFirst("\\{", "{\"tcb_info\":\"x\",");
    assertThat(refusal(() -> TdxCollateral.parse(utf8(twice)))).isEqualTo(COLLATERAL_FORMAT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "null", "{", "\"\"", "-----BEGIN", "0", "{}{}"})
  void anythingElseIsNoBundle(String text) {
    assertThat(refusal(() -> TdxCollateral.parse(utf8(text)))).isEqualTo(COLLATERAL_FORMAT);
    assertThat(refusal(() -> TdxCollateral.parse(utf8(text), FMSPC, PckAuthority.PLATFORM)))
        .isEqualTo(COLLATERAL_FORMAT);
  }

  @Test
  void bytesBehindABundleAreRefused() {
    assertThat(refusal(() -> TdxCollateral.parse(json(phala()).concat(utf8("{}")))))
        .isEqualTo(COLLATERAL_FORMAT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1a", "zz", "1a1a1a1a1a", "\u00e91"})
  void aSignatureIsSixtyFourBytesInHexadecimal(String repeated) {
    String signature = repeated.repeat(64).substring(0, repeated.equals("1a") ? 126 : 128);
    if (repeated.equals("1a1a1a1a1a")) {
      signature += "1a";
    }
    assertThat(refusal(with(phala(), "tcb_info_signature", quoted(signature))))
        .isEqualTo(COLLATERAL_FORMAT);
  }

  @Test
  void theLetterCaseOfASignatureMeansNothing() throws MalformedException {
    String upper = Bundles.TCB_SIGNATURE.hex().toUpperCase(Locale.ROOT);
    assertThat(TdxCollateral.parse(json(with(phala(), "tcb_info_signature", quoted(upper)))))
        .isEqualTo(EXPECTED);
  }

  @Test
  void aFileOfManyPlatformsIsNoBundleForOne() {
    assertThatThrownBy(() -> TdxCollateral.parse(Bundles.clientTool(Bundles.clientTool())))
        .hasMessageContaining("PCS Client Tool");
  }

  @Test
  void aBundleOfMoreThanItsCapIsNotLookedAt() throws MalformedException {
    String bundle = Bundles.object(phala());
    Bytes full = utf8(bundle + " ".repeat(TdxCollateral.MAX_BUNDLE_SIZE - utf8(bundle).size()));
    assertThat(TdxCollateral.parse(full)).isEqualTo(EXPECTED);
    assertThat(refusal(() -> TdxCollateral.parse(full.concat(utf8(" ")))))
        .isEqualTo(COLLATERAL_FORMAT);
  }

  // Bodies

  @Test
  void theSignedTextIsTheExactSubstring() throws MalformedException {
    String odd = " { \"id\" :\t\"TDX\",\r\n\"x\":[ 1 , \"}\\\"{\" ] } ";
    SignedText signed = withTcbInfo(Bundles.body("tcbInfo", odd, Bundles.TCB_SIGNATURE)).tcbInfo();
    assertThat(signed.text()).isEqualTo(utf8(odd.strip()));
    String backwards =
        "\n{ \"signature\" : \"" + Bundles.TCB_SIGNATURE.hex() + "\" , \"tcbInfo\" :" + odd + "}\n";
    assertThat(withTcbInfo(backwards).tcbInfo()).isEqualTo(signed);
  }

  @Test
  void charactersBeyondAsciiAreKeptAsTheyWereSent() throws MalformedException {
    String odd = "{\"\u00e9\":\"\ud83d\ude00\",\"x\":\"\\u00e9\"}";
    assertThat(withTcbInfo(Bundles.body("tcbInfo", odd, Bundles.TCB_SIGNATURE)).tcbInfo().text())
        .isEqualTo(utf8(odd));
  }

  @Test
  void aBodyHoldsADocumentAndItsSignatureAlone() {
    String signature = ",\"signature\":\"" + Bundles.TCB_SIGNATURE.hex() + "\"";
    for (String body :
        List.of(
            TCB_INFO,
            QE_BODY,
            TCB_BODY + "x",
            TCB_BODY + TCB_BODY,
            TCB_BODY.substring(0, TCB_BODY.length() - 1) + ",\"tcbInfo\":{}}",
            TCB_BODY.substring(0, TCB_BODY.length() - 1) + signature + "}",
            TCB_BODY.substring(0, TCB_BODY.length() - 1) + ",\"more\":1}",
            "{\"tcbInfo\":\"{}\"" + signature + "}",
            "{\"tcbInfo\":[]" + signature + "}",
            "{\"tcbInfo\":{\"a\":1,\"a\":1}" + signature + "}",
            "{\"tcbInfo\":{},\"signature\":\"00\"}",
            "{\"tcbInfo\":{},\"signature\":0}",
            "[" + TCB_BODY + "]")) {
      assertThat(refusal(() -> withTcbInfo(body))).as(body).isEqualTo(COLLATERAL_FORMAT);
    }
    for (String body : List.of("", "{}", "{\"tcbInfo\":{}}", "{" + signature.substring(1) + "}")) {
      assertThat(refusal(() -> withTcbInfo(body))).as(body).isEqualTo(COLLATERAL_MISSING);
    }
  }

  @Test
  void aDocumentHasAtMostAMebibyte() throws MalformedException {
    int room = SignedText.MAX_SIZE - "{\"x\":\"\"}".length();
    withTcbInfo(
        Bundles.body("tcbInfo", "{\"x\":\"" + "a".repeat(room) + "\"}", Bundles.TCB_SIGNATURE));
    String tooLong = "{\"x\":\"" + "a".repeat(room + 1) + "\"}";
    assertThat(refusal(() -> withTcbInfo(Bundles.body("tcbInfo", tooLong, Bundles.TCB_SIGNATURE))))
        .isEqualTo(COLLATERAL_FORMAT);
    assertThat(refusal(with(phala(), "tcb_info", quoted(tooLong)))).isEqualTo(COLLATERAL_FORMAT);
  }

  // Chains

  @Test
  void aPlusSignOfAHeaderStaysAPlusSign() throws MalformedException {
    TdxCollateral read =
        TdxCollateral.ofPcs(
            utf8(TCB_BODY),
            Bundles.header(TCB_CHAIN),
            utf8(QE_BODY),
            Bundles.header(QE_CHAIN),
            PCK_CRL,
            ROOT_CRL);
    assertThat(Bundles.header(TCB_CHAIN)).contains("+").contains("%3D").doesNotContain(" ");
    assertThat(read).isEqualTo(EXPECTED);
  }

  @Test
  void aHeaderThatWasDecodedAlreadyOrEncodedThroughoutIsTheSame() throws MalformedException {
    String all = Bundles.header(TCB_CHAIN).replace("+", "%2b");
    for (String header : List.of(TCB_CHAIN, all)) {
      assertThat(files(utf8(TCB_BODY), utf8(header), PCK_CRL, ROOT_CRL)).isEqualTo(EXPECTED);
      assertThat(TdxCollateral.parse(json(with(phala(), "tcb_info_issuer_chain", quoted(header)))))
          .isEqualTo(EXPECTED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%2", "%zz", "%2g", "%-1", "%%20", "% 20"})
  void brokenPercentEncodingIsRefused(String end) {
    assertThat(refusal(() -> files(utf8(TCB_BODY), utf8(TCB_CHAIN + end), PCK_CRL, ROOT_CRL)))
        .isEqualTo(COLLATERAL_FORMAT);
  }

  @Test
  void aChainInDerIsKept() throws MalformedException {
    Bytes der = Bytes.ofHex("300a252525252525252525");
    assertThat(files(utf8(TCB_BODY), der, PCK_CRL, ROOT_CRL).tcbInfoChain()).isEqualTo(der);
    assertThat(
            TdxCollateral.parse(json(with(phala(), "tcb_info_issuer_chain", quoted(der.hex()))))
                .tcbInfoChain())
        .isEqualTo(der);
  }

  @Test
  void aChainHasItsCap() throws MalformedException {
    Bytes most = Bytes.zeros(CertificateBundle.MAX_SIZE);
    files(utf8(TCB_BODY), most, PCK_CRL, ROOT_CRL);
    Bytes more = most.concat(Bytes.zeros(1));
    assertThat(refusal(() -> files(utf8(TCB_BODY), more, PCK_CRL, ROOT_CRL)))
        .isEqualTo(COLLATERAL_FORMAT);
    assertThat(refusal(with(phala(), "tcb_info_issuer_chain", quoted(more.hex()))))
        .isEqualTo(COLLATERAL_FORMAT);
  }

  // Revocation lists

  @Test
  void revocationListsArePemDerOrHexadecimal() throws MalformedException {
    Bytes pem = utf8("-----BEGIN X509 CRL-----\nMAMB\n-----END X509 CRL-----\n");
    for (String hex :
        List.of(ROOT_CRL.hex(), "3003010203\n", "3003010203\r\n", "300301020a", "300301020A")) {
      Bytes expected = Bytes.ofHex(hex.strip());
      assertThat(files(utf8(TCB_BODY), utf8(TCB_CHAIN), PCK_CRL, utf8(hex)).rootCrl())
          .isEqualTo(expected);
    }
    assertThat(files(utf8(TCB_BODY), utf8(TCB_CHAIN), pem, ROOT_CRL).pckCrl()).isEqualTo(pem);
    String text = quoted(new String(pem.toArray(), StandardCharsets.US_ASCII));
    assertThat(TdxCollateral.parse(json(with(phala(), "pck_crl", text))).pckCrl()).isEqualTo(pem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"300", "30 03", "30zz", "3003010203 x"})
  void brokenHexadecimalIsRefused(String hex) {
    assertThat(refusal(() -> files(utf8(TCB_BODY), utf8(TCB_CHAIN), PCK_CRL, utf8(hex))))
        .isEqualTo(COLLATERAL_FORMAT);
    assertThat(refusal(with(phala(), "root_ca_crl", quoted(hex)))).isEqualTo(COLLATERAL_FORMAT);
  }

  @Test
  void aRevocationListHasItsCap() throws MalformedException {
    Bytes most = Bytes.ofHex("30").concat(Bytes.zeros(TdxCollateral.MAX_CRL_SIZE - 1));
    Bytes more = most.concat(Bytes.zeros(1));
    Bytes bothAtMost =
        json(with(with(phala(), "pck_crl", quoted(most.hex())), "root_ca_crl", quoted(most.hex())));
    assertThat(TdxCollateral.parse(bothAtMost).pckCrl()).isEqualTo(most);
    assertThat(files(utf8(TCB_BODY), utf8(TCB_CHAIN), most, utf8(most.hex())).rootCrl())
        .isEqualTo(most);
    assertThat(refusal(() -> files(utf8(TCB_BODY), utf8(TCB_CHAIN), more, ROOT_CRL)))
        .isEqualTo(COLLATERAL_FORMAT);
    assertThat(refusal(() -> files(utf8(TCB_BODY), utf8(TCB_CHAIN), PCK_CRL, utf8(more.hex()))))
        .isEqualTo(COLLATERAL_FORMAT);
    assertThat(refusal(with(phala(), "pck_crl", quoted(more.hex())))).isEqualTo(COLLATERAL_FORMAT);
  }

  @Test
  void emptyFilesAreMissing() {
    Bytes none = Bytes.empty();
    assertThat(refusal(() -> files(none, utf8(TCB_CHAIN), PCK_CRL, ROOT_CRL)))
        .isEqualTo(COLLATERAL_MISSING);
    assertThat(refusal(() -> files(utf8(TCB_BODY), none, PCK_CRL, ROOT_CRL)))
        .isEqualTo(COLLATERAL_MISSING);
    assertThat(refusal(() -> files(utf8(TCB_BODY), utf8(TCB_CHAIN), none, ROOT_CRL)))
        .isEqualTo(COLLATERAL_MISSING);
    assertThat(refusal(() -> files(utf8(TCB_BODY), utf8(TCB_CHAIN), PCK_CRL, none)))
        .isEqualTo(COLLATERAL_MISSING);
  }

  // Captures

  @Test
  void aCaptureIsOneLineInOneOrder() {
    String json = new String(EXPECTED.toJson().toArray(), StandardCharsets.UTF_8);
    assertThat(json)
        .startsWith("{\"root_ca_crl\":\"3003010203\",\"pck_crl\":\"3082")
        .contains("\"tcb_info\":\"{\\\"id\\\":\\\"TDX\\\",\\\"version\\\":3,")
        .contains("\"tcb_info_signature\":\"1a1a")
        .endsWith("\"qe_identity_signature\":\"" + "2b".repeat(64) + "\"}")
        .doesNotContain("\n");
  }

  @Test
  void aDocumentThatIsNotUtf8CannotBeCaptured() {
    TdxCollateral broken =
        new TdxCollateral(
            new SignedText(Bytes.ofHex("ff"), Bundles.TCB_SIGNATURE),
            PCK_CRL,
            EXPECTED.qeIdentity(),
            PCK_CRL,
            PCK_CRL,
            ROOT_CRL);
    assertThatThrownBy(broken::toJson).isInstanceOf(IllegalStateException.class);
  }
}
