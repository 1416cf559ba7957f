package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.MaaCondition.claim;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.azure.MaaCondition.Issuer;
import io.github.cvmattestation.azure.MaaCondition.Operator;
import io.github.cvmattestation.azure.MaaValue.Function;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of attestation policies: nothing that a caller gives ends up outside its place. */
class MaaPolicyTest {
  @Test
  void theLeastPolicyPermitsEverybody() {
    MaaPolicy policy = MaaPolicy.builder().authorize(MaaRule.permit()).build();
    assertThat(policy.version()).isEqualTo(MaaPolicy.Version.V1_0);
    assertThat(policy.text())
        .isEqualTo(
            """
            version=1.0;
            authorizationrules
            {
              => permit();
            };
            issuancerules
            {
            };
            """);
  }

  @Test
  void conditionsAndActionsAreWrittenInOrder() {
    MaaPolicy policy =
        MaaPolicy.builder()
            .authorize(
                MaaRule.deny(
                    claim("x-ms-sevsnpvm-is-debuggable")
                        .is(Operator.EQUAL, MaaValue.of(true))
                        .from(Issuer.ATTESTATION_SERVICE)))
            .authorize(
                MaaRule.permit(
                    claim("x-ms-sevsnpvm-guestsvn").is(Operator.GREATER_OR_EQUAL, MaaValue.of(3)),
                    claim("x-ms-sevsnpvm-hostdata").is(Operator.NOT_EQUAL, MaaValue.of("00"))))
            .issue(
                MaaRule.issue("tee", MaaValue.ofClaim("c"), claim("x-ms-attestation-type").as("c")))
            .reportValidityInMinutes(60)
            .omitX5c(true)
            .build();
    assertThat(policy.text())
        .isEqualTo(
            """
            version=1.0;
            authorizationrules
            {
              [type=="x-ms-sevsnpvm-is-debuggable", value==true, issuer=="AttestationService"] => deny();
              [type=="x-ms-sevsnpvm-guestsvn", value>=3] && [type=="x-ms-sevsnpvm-hostdata", value!="00"] => permit();
            };
            issuancerules
            {
              c:[type=="x-ms-attestation-type"] => issue(type="tee", value=c.value);
              => issueproperty(type="report_validity_in_minutes", value=60);
              => issueproperty(type="omit_x5c", value=true);
            };
            """);
  }

  @Test
  void configurationNeedsVersion11() {
    MaaPolicy policy =
        MaaPolicy.builder()
            .requireValidAikCert(false)
            .requiredPcrMask(0xFF)
            .authorize(MaaRule.permit())
            .build();
    assertThat(policy.version()).isEqualTo(MaaPolicy.Version.V1_1);
    assertThat(policy.text())
        .startsWith(
            """
            version=1.1;
            configurationrules
            {
              => issueproperty(type="require_valid_aik_cert", value=false);
              => issueproperty(type="required_pcr_mask", value=255);
            };
            authorizationrules
            """);
  }

  @Test
  void functionsAndAbsenceNeedVersion12() {
    String query = "Events[?EventTypeString == 'EV_EFI_VARIABLE_DRIVER_CONFIG']";
    MaaPolicy functions =
        MaaPolicy.builder()
            .authorize(MaaRule.permit())
            .issue(
                MaaRule.add(
                    "variables",
                    MaaValue.call(
                        Function.JSON_TO_CLAIM_VALUE,
                        MaaValue.call(
                            Function.JMES_PATH, MaaValue.ofClaim("c"), MaaValue.of(query))),
                    claim("events").from(Issuer.ATTESTATION_SERVICE).as("c")))
            .build();
    assertThat(functions.version()).isEqualTo(MaaPolicy.Version.V1_2);
    assertThat(functions.text())
        .startsWith("version=1.2;\n")
        .contains(
            "  c:[type==\"events\", issuer==\"AttestationService\"] => add(type=\"variables\","
                + " value=JsonToClaimValue(JmesPath(c.value, \""
                + query
                + "\")));\n");
    MaaPolicy absence =
        MaaPolicy.builder()
            .authorize(MaaRule.permit(claim("a").from(Issuer.ATTESTATION_POLICY).not()))
            .build();
    assertThat(absence.text())
        .startsWith("version=1.2;\n")
        .contains("  ![type==\"a\", issuer==\"AttestationPolicy\"] => permit();\n");
  }

  /** The service's own way: the digest is of the base64url, not of the text. */
  @Test
  void theHashIsOfTheEncodedText() {
    MaaPolicy policy = MaaPolicy.builder().authorize(MaaRule.permit()).build();
    // by coreutils and openssl, of the text above
    assertThat(policy.encoded())
        .isEqualTo(
            "dmVyc2lvbj0xLjA7CmF1dGhvcml6YXRpb25ydWxlcwp7CiAgPT4gcGVybWl0KCk7Cn07Cmlzc3VhbmNlcnVsZXMKewp9Owo");
    assertThat(policy.policyHash()).isEqualTo("QBxmUMnBr0BhftUV-fGS08o6LTKY9gBs60HDPOFnjPg");
    assertThat(MaaPolicy.policyHash(ReleasePolicies.bytes(policy.text())))
        .isEqualTo("QBxmUMnBr0BhftUV-fGS08o6LTKY9gBs60HDPOFnjPg");
  }

  @Test
  void aQuotationMarkStaysInItsString() {
    String hostile = "x\"] => permit(); [type==\"y";
    MaaPolicy policy =
        MaaPolicy.builder()
            .authorize(MaaRule.permit(claim("a").is(Operator.EQUAL, MaaValue.of(hostile))))
            .build();
    assertThat(policy.text())
        .contains("  [type==\"a\", value==\"x\\\"] => permit(); [type==\\\"y\"] => permit();\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\nb", "a\u0000", "a\u001f", "a\u007f", "a\\", "\\\"", "é", "\u2028", "\ud800"})
  void whatCouldBeReadInTwoWaysIsRefused(String text) {
    assertThatThrownBy(() -> MaaValue.of(text))
        .isInstanceOf(AttestationException.Configuration.class);
    assertThatThrownBy(() -> claim(text)).isInstanceOf(AttestationException.Configuration.class);
    assertThatThrownBy(() -> MaaRule.issue(text, MaaValue.of(1)))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  @Test
  void everyOtherCharacterOfAsciiIsTakenAndNoMoreThan8192() {
    assertThat(MaaValue.of(" ~".repeat(4096))).isNotNull();
    String more = "~".repeat(8193);
    assertThatThrownBy(() -> MaaValue.of(more))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  @Test
  void senselessRulesAreRefused() {
    MaaPolicy.Builder policy = MaaPolicy.builder();
    for (Runnable senseless :
        List.<Runnable>of(
            () -> MaaPolicy.builder().build(),
            () -> MaaPolicy.builder().authorize(MaaRule.deny()).build(),
            () -> policy.authorize(MaaRule.issue("a", MaaValue.of(1))),
            () -> policy.authorize(MaaRule.issueProperty("a", MaaValue.of(1))),
            () -> policy.issue(MaaRule.permit()),
            () -> policy.issue(MaaRule.deny()),
            () -> policy.requiredPcrMask(0x1000000),
            () -> policy.requiredPcrMask(-1),
            () -> policy.reportValidityInMinutes(0),
            () -> MaaRule.issue("a", MaaValue.ofClaim("c")),
            () -> MaaRule.issue("a", MaaValue.ofClaim("c"), claim("a").as("d")),
            () ->
                MaaRule.issue(
                    "a", MaaValue.call(Function.NEGATE_BOOL, MaaValue.ofClaim("c")), claim("a")),
            () -> MaaRule.permit(claim("a").is(Operator.EQUAL, MaaValue.ofClaim("a")).as("a")),
            () -> MaaRule.permit(claim("a").as("c"), claim("b").as("c")),
            () -> claim("a").as("c").not(),
            () -> claim("a").as("c d"),
            () -> claim("a").as(""),
            () -> claim("a").is(Operator.LESS, MaaValue.of("1")),
            () -> claim("a").is(Operator.GREATER_OR_EQUAL, MaaValue.of(true)),
            () ->
                claim("a")
                    .is(Operator.EQUAL, MaaValue.call(Function.NEGATE_BOOL, MaaValue.of(true))),
            () -> MaaValue.call(Function.JMES_PATH, MaaValue.of("{}")),
            () -> MaaValue.call(Function.NEGATE_BOOL))) {
      assertThatThrownBy(senseless::run).isInstanceOf(AttestationException.Configuration.class);
    }
  }
}
