package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.ReleasePolicies.AUTHORITY;
import static io.github.cvmattestation.azure.ReleasePolicies.SNP;
import static io.github.cvmattestation.azure.ReleasePolicies.TDX;
import static io.github.cvmattestation.azure.ReleasePolicies.branch;
import static io.github.cvmattestation.azure.ReleasePolicies.bytes;
import static io.github.cvmattestation.azure.ReleasePolicies.codes;
import static io.github.cvmattestation.azure.ReleasePolicies.parse;
import static io.github.cvmattestation.azure.ReleasePolicies.policy;
import static io.github.cvmattestation.azure.ReleasePolicies.without;
import static io.github.cvmattestation.azure.ReleasePolicyFinding.POLICY_AUTHORITY;
import static io.github.cvmattestation.azure.ReleasePolicyFinding.POLICY_COMPLIANCE;
import static io.github.cvmattestation.azure.ReleasePolicyFinding.POLICY_DRIFT;
import static io.github.cvmattestation.azure.ReleasePolicyFinding.POLICY_FORM;
import static io.github.cvmattestation.azure.ReleasePolicyFinding.POLICY_MUTABLE;
import static io.github.cvmattestation.azure.ReleasePolicyFinding.POLICY_TYPE;
import static io.github.cvmattestation.azure.ReleasePolicyFinding.POLICY_WEAK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases 84 to 90: what a policy forgets is found in its weakest branch. */
class ReleasePolicyLinterTest {
  private static final String TYPE = "x-ms-isolation-tee.x-ms-attestation-type";
  private static final String COMPLIANCE = "x-ms-isolation-tee.x-ms-compliance-status";
  private static final ReleasePolicyLinter LINTER = ReleasePolicyLinter.accepting(AUTHORITY);

  private static final String PLATFORM =
      """
      {"claim":"x-ms-attestation-type","equals":"sevsnpvm"},
      {"claim":"x-ms-compliance-status","equals":"azure-compliant-cvm"},
      {"claim":"x-ms-runtime.vm-configuration.secure-boot","equals":true},
      {"claim":"x-ms-sevsnpvm-is-debuggable","equals":false},
      {"claim":"x-ms-sevsnpvm-vmpl","equals":0}""";

  private static List<Finding> lint(String allOf) {
    return LINTER.lint(bytes(policy(allOf)));
  }

  @Test
  void nothingIsWrongWithACompletePolicy() {
    assertThat(lint(SNP)).isEmpty();
    assertThat(lint(TDX)).isEmpty();
    assertThat(lint(PLATFORM)).isEmpty();
    String both =
        "{\"version\":\"1.0.0\",\"anyOf\":["
            + branch(AUTHORITY, SNP)
            + ","
            + branch(AUTHORITY + "/", TDX)
            + "]}";
    assertThat(LINTER.lint(bytes(both))).isEmpty();
  }

  /** Case 84. */
  @Test
  void aBranchThatNamesNoHardwareIsFound() {
    assertThat(codes(lint(without(SNP, TYPE)))).containsExactly(POLICY_TYPE);
    assertThat(codes(lint(SNP.replace("\"sevsnpvm\"", "\"sgx\"")))).contains(POLICY_TYPE);
    // What every guest's token says of itself names no hardware.
    String guest = "{\"claim\":\"x-ms-attestation-type\",\"equals\":\"azurevm\"},";
    assertThat(codes(lint(guest + without(SNP, TYPE)))).containsExactly(POLICY_TYPE);
  }

  /** Case 85. */
  @Test
  void aBranchThatDoesNotAskForComplianceIsFound() {
    assertThat(codes(lint(without(SNP, COMPLIANCE)))).containsExactly(POLICY_COMPLIANCE);
    // Containers have a status of their own.
    String container = SNP.replace("azure-compliant-cvm", "azure-compliant-uvm");
    assertThat(codes(lint(container))).containsExactly(POLICY_COMPLIANCE);
  }

  /** Case 86. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "secureboot",
        "x-ms-azurevm-bootdebug-enabled",
        "x-ms-azurevm-kerneldebug-enabled",
        "x-ms-azurevm-hypervisordebug-enabled",
        "x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable",
        "x-ms-isolation-tee.x-ms-sevsnpvm-vmpl"
      })
  void aBranchThatLeavesOutAConditionIsWeak(String claim) {
    assertThat(lint(without(SNP, claim)))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo(POLICY_WEAK);
              assertThat(finding.expected()).startsWith("anyOf[0]: " + claim + " equals ");
              assertThat(finding.actual()).isEqualTo("nothing of that claim");
            });
  }

  /** Case 86, for TDX. */
  @Test
  void aTdThatMayBeDebuggedIsWeak() {
    String claim = "x-ms-isolation-tee.tdx_td_attributes_debug";
    assertThat(codes(lint(without(TDX, claim)))).containsExactly(POLICY_WEAK);
    assertThat(
            codes(lint(TDX.replace(claim + "\",\"equals\":false", claim + "\",\"equals\":true"))))
        .containsExactly(POLICY_WEAK);
  }

  @ParameterizedTest(name = "secureboot {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "\"equals\":\"true\" | equals \"true\"",
        "\"equals\":1 | equals 1",
        "\"equals\":false | equals false",
        "\"notEquals\":false | notEquals false",
        "\"exists\":true | exists true"
      })
  void whatOnlyLooksLikeTheDemandIsNoDemand(String comparison, String shown) {
    List<Finding> findings =
        lint(SNP.replace("\"secureboot\",\"equals\":true", "\"secureboot\"," + comparison));
    assertThat(codes(findings)).containsExactly(POLICY_WEAK);
    assertThat(findings.get(0).actual()).isEqualTo("secureboot " + shown);
  }

  @Test
  void aClaimUnderWhatTheGuestChoosesDoesNotCount() {
    String nested = SNP.replace("\"secureboot\"", "\"x-ms-runtime.client-payload.secureboot\"");
    assertThat(codes(lint(nested))).containsExactly(POLICY_WEAK);
  }

  @Test
  void claimsOfTwoShapesDoNotAddUp() {
    String mixed = SNP.replace("x-ms-isolation-tee.x-ms-sevsnpvm", "x-ms-sevsnpvm");
    assertThat(codes(lint(mixed))).containsExactly(POLICY_WEAK, POLICY_WEAK);
  }

  @Test
  void theWeakestBranchIsThePolicy() {
    String json =
        "{\"version\":\"1.0.0\",\"anyOf\":["
            + branch(AUTHORITY, SNP)
            + ","
            + branch(AUTHORITY, without(SNP, "secureboot"))
            + "]}";
    assertThat(LINTER.lint(bytes(json)))
        .singleElement()
        .satisfies(finding -> assertThat(finding.expected()).startsWith("anyOf[1]: secureboot"));
  }

  @Test
  void theWeakestWayThroughNestedConditionsIsFoundAndNamed() {
    String choice =
        "{\"anyOf\":[{\"claim\":\"secureboot\",\"equals\":true},"
            + "{\"claim\":\"x-ms-azurevm-vmid\",\"equals\":\"mine\"}]}";
    List<Finding> findings = lint(without(SNP, "secureboot") + "," + choice);
    assertThat(codes(findings)).containsExactly(POLICY_WEAK);
    assertThat(findings.get(0).actual())
        .isEqualTo("nothing of that claim, where anyOf[0].allOf[7].anyOf[1] holds");
    String json =
        "{\"version\":\"1.0.0\",\"anyOf\":[{\"authority\":\""
            + AUTHORITY
            + "\",\"anyOf\":["
            + SNP
            + "]}]}";
    assertThat(codes(LINTER.lint(bytes(json))))
        .contains(POLICY_TYPE, POLICY_COMPLIANCE, POLICY_WEAK);
  }

  @Test
  void bothKindsOfHardwareMayShareABranchWhereEachIsAskedInFull() {
    String common =
        without(
            without(without(SNP, TYPE), "x-ms-isolation-tee.x-ms-sevsnpvm-vmpl"),
            "x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable");
    String snp =
        "{\"allOf\":[{\"claim\":\""
            + TYPE
            + "\",\"equals\":\"sevsnpvm\"},"
            + "{\"claim\":\"x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable\",\"equals\":false},"
            + "{\"claim\":\"x-ms-isolation-tee.x-ms-sevsnpvm-vmpl\",\"equals\":0}]}";
    String tdx =
        "{\"allOf\":[{\"claim\":\""
            + TYPE
            + "\",\"equals\":\"tdxvm\"},"
            + "{\"claim\":\"x-ms-isolation-tee.tdx_td_attributes_debug\",\"equals\":false}]}";
    assertThat(lint(common + ",{\"anyOf\":[" + snp + "," + tdx + "]}")).isEmpty();
    String weak = tdx.replace("false", "true");
    assertThat(codes(lint(common + ",{\"anyOf\":[" + snp + "," + weak + "]}")))
        .containsExactly(POLICY_WEAK);
  }

  @Test
  void listsOfManyVmsAndMeasurementsAreNotTooMuchToJudge() {
    assertThat(lint(SNP + "," + oneOf("x-ms-azurevm-vmid") + "," + oneOf("measurement"))).isEmpty();
  }

  private static String oneOf(String claim) {
    return IntStream.range(0, 200)
        .mapToObj(i -> "{\"claim\":\"" + claim + "\",\"equals\":\"" + i + "\"}")
        .collect(Collectors.joining(",", "{\"anyOf\":[", "]}"));
  }

  @Test
  void aPolicyThatNobodyCanJudgeIsWeakAndCostsNothing() {
    String choice =
        "{\"anyOf\":[{\"claim\":\"secureboot\",\"equals\":true},{\"claim\":\"secureboot\",\"equals\":false}]}";
    String many = String.join(",", java.util.Collections.nCopies(11, choice));
    assertThat(codes(lint(SNP + "," + String.join(",", java.util.Collections.nCopies(10, choice)))))
        .isEmpty();
    assertThat(codes(lint(SNP + "," + many))).containsExactly(POLICY_WEAK);
    assertThat(
            codes(lint(SNP + "," + String.join(",", java.util.Collections.nCopies(100, choice)))))
        .containsExactly(POLICY_WEAK);
  }

  /** Case 87. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://contoso.weu.attest.azure.net",
        "https://contoso.weu.attest.azure.net.evil.example",
        "https://evil.example/contoso.weu.attest.azure.net",
        "https://contoso.weu.attest.azure.net@evil.example",
        "https://CONTOSO.weu.attest.azure.net",
        "https://contoso.weu.attest.azure.net:443",
        "https://contoso.weu.attest.azure.net?x",
        "contoso.weu.attest.azure.net",
        "https:",
        "no url"
      })
  void anAuthorityThatIsNotListedIsFound(String authority) {
    String json = "{\"version\":\"1.0.0\",\"anyOf\":[" + branch(authority, SNP) + "]}";
    assertThat(codes(LINTER.lint(bytes(json)))).containsExactly(POLICY_AUTHORITY);
  }

  /** Case 87. */
  @Test
  void anAbsentAuthorityIsFound() {
    String json = "{\"version\":\"1.0.0\",\"anyOf\":[{\"allOf\":[" + SNP + "]}]}";
    assertThat(codes(LINTER.lint(bytes(json)))).containsExactly(POLICY_AUTHORITY);
  }

  @Test
  void everyBranchHasAnAuthorityOfItsOwn() {
    String json =
        "{\"version\":\"1.0.0\",\"anyOf\":["
            + branch(AUTHORITY, SNP)
            + ","
            + branch("https://evil.example", SNP)
            + "]}";
    assertThat(LINTER.lint(bytes(json)))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo(POLICY_AUTHORITY);
              assertThat(finding.expected()).startsWith("anyOf[1].authority");
            });
  }

  @Test
  void withoutAListAnyAuthorityPassesButNotWithoutHttps() {
    ReleasePolicyLinter any = ReleasePolicyLinter.allowAnyAuthority();
    String json = "{\"version\":\"1.0.0\",\"anyOf\":[" + branch("https://evil.example", SNP) + "]}";
    assertThat(any.lint(bytes(json))).isEmpty();
    for (String other :
        List.of("http://evil.example", "no url", "https:", "https://a?x", "https://u@a")) {
      assertThat(codes(any.lint(bytes(json.replace("https://evil.example", other)))))
          .as(other)
          .containsExactly(POLICY_AUTHORITY);
    }
    assertThatThrownBy(ReleasePolicyLinter::accepting)
        .isInstanceOf(AttestationException.Configuration.class);
  }

  /** Case 89. */
  @Test
  void aMutablePolicyIsFoundWhereImmutabilityWasRequested() {
    assertThat(codes(LINTER.requireImmutable(true, false))).containsExactly(POLICY_MUTABLE);
    assertThat(LINTER.requireImmutable(true, true)).isEmpty();
    assertThat(LINTER.requireImmutable(false, false)).isEmpty();
    assertThat(LINTER.requireImmutable(false, true)).isEmpty();
  }

  /** Case 90. */
  @Test
  void whatTheVaultReturnsIsWhatWasUploaded() {
    ReleasePolicy uploaded = parse(policy(SNP));
    Bytes same = bytes(policy(SNP).replace(AUTHORITY, AUTHORITY + "/").replace(",", " ,\n"));
    assertThat(LINTER.requireUnchanged(uploaded, same)).isEmpty();
    for (String other :
        List.of(
            policy(TDX),
            policy(without(SNP, "secureboot")),
            policy(SNP).replace("\"equals\":true", "\"equals\":\"true\""),
            policy(SNP).replace(AUTHORITY, "https://evil.example"),
            policy(SNP + ",{\"claim\":\"a\",\"equals\":1}"),
            "{}",
            "")) {
      assertThat(codes(LINTER.requireUnchanged(uploaded, bytes(other))))
          .containsExactly(POLICY_DRIFT);
    }
  }

  @Test
  void whatIsNoPolicyIsFoundAndNotThrown() {
    assertThat(codes(LINTER.lint(bytes("{}")))).containsExactly(POLICY_FORM);
    assertThat(codes(lint("{\"claim\":\"a\",\"equals\":[]}"))).containsExactly(POLICY_FORM);
  }

  @Test
  void theSampleThatAsksForTypeAndComplianceAloneIsWeak() {
    String sample =
        "{\"claim\":\""
            + TYPE
            + "\",\"equals\":\"sevsnpvm\"},"
            + "{\"claim\":\""
            + COMPLIANCE
            + "\",\"equals\":\"azure-compliant-cvm\"}";
    // As a guest's token it would lack six demands, as the platform's the type itself.
    assertThat(codes(lint(sample)))
        .containsExactly(
            POLICY_WEAK, POLICY_WEAK, POLICY_WEAK, POLICY_WEAK, POLICY_WEAK, POLICY_WEAK);
  }
}
