package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Documents.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PcsResponseTest {
  private static final PcsResponse QE =
      new PcsResponse(
          Map.of("SGX-Enclave-Identity-Issuer-Chain", List.of(Bundles.header(Bundles.QE_CHAIN))),
          utf8(Bundles.QE_BODY));

  private static TdxCollateral collateral(PcsResponse tcbInfo) throws MalformedException {
    return TdxCollateral.ofPcs(tcbInfo, QE, Bundles.PCK_CRL, Bundles.ROOT_CRL);
  }

  private static String chain() {
    return Bundles.header(Bundles.TCB_CHAIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TCB-Info-Issuer-Chain",
        "tcb-info-issuer-chain",
        "SGX-TCB-Info-Issuer-Chain",
        "sGX-tcb-INFO-issuer-CHAIN"
      })
  void theChainIsFoundUnderEachOfItsNames(String name) throws MalformedException {
    String head = "HTTP/1.1 200 OK\r\nRequest-ID: 1\r\n" + name + ": " + chain() + "\r\n\r\n";
    assertThat(collateral(PcsResponse.parse(utf8(head + Bundles.TCB_BODY))))
        .isEqualTo(Bundles.EXPECTED);
    PcsResponse byMap = new PcsResponse(Map.of(name, List.of(chain())), utf8(Bundles.TCB_BODY));
    assertThat(collateral(byMap)).isEqualTo(Bundles.EXPECTED);
  }

  @Test
  void equalChainsUnderTwoNamesAreOne() throws MalformedException {
    Map<String, List<String>> headers =
        Map.of(
            "TCB-Info-Issuer-Chain",
            List.of(chain()),
            "sgx-tcb-info-issuer-chain",
            List.of(chain()));
    assertThat(collateral(new PcsResponse(headers, utf8(Bundles.TCB_BODY))))
        .isEqualTo(Bundles.EXPECTED);
  }

  @Test
  void chainsThatDifferAreRefused() {
    List<Map<String, List<String>>> conflicts =
        List.of(
            Map.of("TCB-Info-Issuer-Chain", List.of(chain(), chain() + "%0A")),
            Map.of(
                "TCB-Info-Issuer-Chain", List.of(chain()), "tcb-info-issuer-chain", List.of("x")),
            Map.of(
                "TCB-Info-Issuer-Chain", List.of(chain()),
                "SGX-TCB-Info-Issuer-Chain", List.of("x")));
    for (Map<String, List<String>> headers : conflicts) {
      assertThatThrownBy(() -> collateral(new PcsResponse(headers, utf8(Bundles.TCB_BODY))))
          .isInstanceOf(MalformedException.class)
          .hasMessageContaining("several");
    }
  }

  @Test
  void anAnswerWithoutAChainIsRefused() {
    for (Map<String, List<String>> headers :
        List.<Map<String, List<String>>>of(
            Map.of(),
            Map.of("TCB-Info-Issuer-Chain", List.of()),
            Map.of("TCB-Info", List.of("x")))) {
      assertThatThrownBy(() -> collateral(new PcsResponse(headers, utf8(Bundles.TCB_BODY))))
          .isInstanceOf(MalformedException.class)
          .hasMessageContaining("none");
    }
  }

  @Test
  void theBodyIsEverythingBehindTheFirstEmptyLine() throws MalformedException {
    PcsResponse response = PcsResponse.parse(utf8("HTTP/2 200 \nA: b : c\na:d\n\n\r\n\r\nbody\n"));
    assertThat(response.body()).isEqualTo(utf8("\r\n\r\nbody\n"));
    assertThat(response.headers()).isEqualTo(Map.of("a", List.of("b : c", "d")));
    assertThat(PcsResponse.parse(utf8("HTTP/1.0 200\r\n\r\n")).body()).isEqualTo(Bytes.empty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "\n\n",
        "HTTP/1.1 200 OK",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n",
        "HTTP/1.1 404 Not Found\r\n\r\n",
        "HTTP/1.1 2000\r\n\r\n",
        "HTTP/1.1  200\r\n\r\n",
        "{\"tcbInfo\":{}}\n\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA : b\r\n\r\n"
      })
  void anythingElseIsNoAnswer(String text) {
    assertThatThrownBy(() -> PcsResponse.parse(utf8(text))).isInstanceOf(MalformedException.class);
  }

  @Test
  void aHeadWithoutEndIsNotReadForever() {
    Bytes endless = utf8("HTTP/1.1 200 OK\n" + "A: b\n".repeat(60_000) + "\n");
    assertThatThrownBy(() -> PcsResponse.parse(endless)).isInstanceOf(MalformedException.class);
  }
}
