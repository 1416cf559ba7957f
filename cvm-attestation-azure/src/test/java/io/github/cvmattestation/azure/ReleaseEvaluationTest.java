package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.ReleaseCondition.equal;
import static io.github.cvmattestation.azure.ReleasePolicies.AUTHORITY;
import static io.github.cvmattestation.azure.ReleasePolicies.SNP;
import static io.github.cvmattestation.azure.ReleasePolicies.bytes;
import static io.github.cvmattestation.azure.ReleasePolicies.parse;
import static io.github.cvmattestation.azure.ReleasePolicies.policy;
import static io.github.cvmattestation.azure.ReleasePolicies.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Key Vault's semantics, and the reason for a refusal. */
class ReleaseEvaluationTest {
  private static ReleaseEvaluation evaluate(String policy, String claims) {
    try {
      return parse(policy).evaluate(bytes(claims));
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  private static String claims(String members) {
    return "{\"iss\":\"" + AUTHORITY + "\"" + (members.isEmpty() ? "" : "," + members) + "}";
  }

  private static boolean holds(String condition, String members) {
    return evaluate(policy(condition), claims(members)).isReleased();
  }

  @Test
  void aRealTokenSatisfiesTheStrictBranchForItsHardware() throws MalformedException {
    Bytes real = Vectors.read("azure/maa-azureguest-claims/claims.json");
    String issuer = "https://sharedeus.eus.test.attest.azure.net";
    String vm = "2dedc52a-6832-46ce-9910-e8c9980bf5a7";
    Bytes measurement =
        Bytes.ofHex(
            "fe353d3026450365d599293bf0ed9b97defc3976602750dff3e087d88b9bbde05031b356f8d9296b8b138ae6000d0370");
    ReleasePolicy snp =
        ReleasePolicy.anyOf(
            GuestBranch.forSnp(issuer).vmUniqueId(vm).launchMeasurement(measurement).build());
    assertThat(snp.evaluate(real).failures()).isEmpty();
    ReleasePolicy tdx = ReleasePolicy.anyOf(GuestBranch.forTdx(issuer).build());
    assertThat(tdx.evaluate(real).failures())
        .extracting(ReleaseEvaluation.Failure::toString)
        .containsExactly(
            "anyOf[0].allOf[0]: x-ms-isolation-tee.x-ms-attestation-type equals \"tdxvm\" expected,"
                + " \"sevsnpvm\" found",
            "anyOf[0].allOf[6]: x-ms-isolation-tee.tdx_td_attributes_debug equals false expected,"
                + " no such claim found");
    for (String damage :
        List.of(
            "\"secureboot\": true|\"secureboot\": false",
            "\"x-ms-sevsnpvm-is-debuggable\": false|\"x-ms-sevsnpvm-is-debuggable\": true",
            "\"x-ms-sevsnpvm-vmpl\": 0|\"x-ms-sevsnpvm-vmpl\": 1",
            "azure-compliant-cvm|azure-compliant-uvm",
            "kerneldebug-enabled\": false|kerneldebug-enabled\": true")) {
      String[] change = damage.split("\\|");
      String other = text(real).replace(change[0], change[1]);
      assertThat(snp.evaluate(bytes(other)).failures()).hasSize(1);
    }
  }

  @ParameterizedTest(name = "{0} of {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"equals\":true | \"a\":true | true",
        "\"equals\":true | \"a\":false | false",
        "\"equals\":true | \"a\":\"true\" | false",
        "\"equals\":\"true\" | \"a\":true | false",
        "\"equals\":\"true\" | \"a\":\"true\" | true",
        "\"equals\":\"True\" | \"a\":\"true\" | false",
        "\"equals\":1 | \"a\":true | false",
        "\"equals\":1 | \"a\":1 | true",
        "\"equals\":1 | \"a\":\"1\" | false",
        "\"equals\":\"1\" | \"a\":1 | false",
        "\"equals\":1 | \"b\":1 | false",
        "\"equals\":1 | \"a\":[1] | false",
        "\"equals\":1 | \"a\":{\"a\":1} | false",
        "\"equals\":\"\" | \"a\":null | false",
        "\"equals\":9223372036854775807 | \"a\":9223372036854775807 | true",
        "\"equals\":-1 | \"a\":18446744073709551615 | false",
        "\"notEquals\":1 | \"a\":2 | true",
        "\"notEquals\":1 | \"a\":1 | false",
        "\"notEquals\":1 | \"a\":\"1\" | true",
        "\"notEquals\":1 | \"b\":2 | false",
        "\"notEquals\":1 | \"a\":[] | false",
        "\"notEquals\":1 | \"a\":{} | false",
        "\"notEquals\":1 | \"a\":null | false",
        "\"less\":2 | \"a\":1 | true",
        "\"less\":2 | \"a\":2 | false",
        "\"less\":2 | \"a\":\"1\" | false",
        "\"less\":2 | \"a\":false | false",
        "\"less\":2 | \"b\":1 | false",
        "\"lessOrEquals\":2 | \"a\":2 | true",
        "\"lessOrEquals\":2 | \"a\":3 | false",
        "\"greater\":2 | \"a\":3 | true",
        "\"greater\":2 | \"a\":2 | false",
        "\"greater\":2 | \"a\":18446744073709551615 | true",
        "\"greaterOrEquals\":2 | \"a\":2 | true",
        "\"greaterOrEquals\":2 | \"a\":1 | false",
        "\"greaterOrEquals\":2 | \"a\":true | false",
        "\"exists\":true | \"a\":0 | true",
        "\"exists\":true | \"a\":\"\" | true",
        "\"exists\":true | \"b\":1 | false",
        "\"exists\":true | \"a\":{} | false",
        "\"exists\":true | \"a\":[1] | false",
        "\"exists\":true | \"a\":null | false",
        "\"exists\":false | \"b\":1 | true",
        "\"exists\":false | \"a\":1 | false",
        "\"exists\":false | \"a\":{} | false",
        "\"exists\":false | \"a\":null | false"
      })
  void aClauseHoldsForThisAloneAndTypesAreNeverTurnedIntoOneAnother(
      String comparison, String claims, boolean expected) {
    assertThat(holds("{\"claim\":\"a\"," + comparison + "}", claims)).isEqualTo(expected);
  }

  @Test
  void dotsLeadThroughObjectsAlone() {
    String condition = "{\"claim\":\"a.b\",\"equals\":1}";
    assertThat(holds(condition, "\"a\":{\"b\":1}")).isTrue();
    assertThat(holds(condition, "\"a.b\":1")).isFalse();
    assertThat(holds(condition, "\"a\":[{\"b\":1}]")).isFalse();
    assertThat(holds(condition, "\"a\":\"b\"")).isFalse();
    assertThat(holds("{\"claim\":\"a.0\",\"equals\":1}", "\"a\":[1]")).isFalse();
    assertThat(holds(condition, "\"x\":{\"a\":{\"b\":1}}")).isFalse();
  }

  @Test
  void anotherIssuersTokenIsRefusedWhateverItClaims() {
    String policy = policy("{\"claim\":\"a\",\"exists\":false}");
    for (String issuer :
        List.of(
            "\"https://evil.example\"",
            "\"" + AUTHORITY + "//\"",
            "\"" + AUTHORITY + "/x\"",
            "\"" + AUTHORITY.toUpperCase(java.util.Locale.ROOT) + "\"",
            "[\"" + AUTHORITY + "\"]",
            "null")) {
      ReleaseEvaluation evaluation = evaluate(policy, "{\"iss\":" + issuer + "}");
      assertThat(evaluation.failures())
          .singleElement()
          .satisfies(failure -> assertThat(failure.path()).isEqualTo("anyOf[0].authority"));
    }
    assertThat(evaluate(policy, "{}").failures()).hasSize(1);
    assertThat(evaluate(policy, "{\"iss\":\"" + AUTHORITY + "/\"}").isReleased()).isTrue();
    assertThat(evaluate(policy.replace(AUTHORITY, AUTHORITY + "/"), claims("")).isReleased())
        .isTrue();
  }

  @Test
  void everyClauseThatFailsIsNamedWithItsPlace() {
    String nested =
        "{\"anyOf\":[{\"claim\":\"b\",\"greater\":5},{\"allOf\":[{\"claim\":\"c.d\",\"exists\":true}]}]}";
    ReleaseEvaluation evaluation =
        evaluate(
            policy(
                "{\"claim\":\"a\",\"equals\":true}," + nested + ",{\"claim\":\"e\",\"equals\":1}"),
            claims("\"a\":\"true\",\"b\":5,\"c\":[],\"e\":1"));
    assertThat(evaluation.failures())
        .containsExactly(
            new ReleaseEvaluation.Failure("anyOf[0].allOf[0]", "a", "equals true", "\"true\""),
            new ReleaseEvaluation.Failure("anyOf[0].allOf[1].anyOf[0]", "b", "greater 5", "5"),
            new ReleaseEvaluation.Failure(
                "anyOf[0].allOf[1].anyOf[1].allOf[0]", "c.d", "exists true", "no such claim"));
  }

  @Test
  void whatAnAnyOfCanDoWithoutIsNoReason() {
    String either = "{\"anyOf\":[{\"claim\":\"a\",\"equals\":1},{\"claim\":\"a\",\"equals\":2}]}";
    ReleaseEvaluation evaluation =
        evaluate(policy(either + ",{\"claim\":\"b\",\"equals\":1}"), claims("\"a\":2"));
    assertThat(evaluation.failures())
        .extracting(ReleaseEvaluation.Failure::path)
        .containsExactly("anyOf[0].allOf[1]");
  }

  @Test
  void oneBranchIsEnough() {
    ReleasePolicy policy =
        ReleasePolicy.anyOf(
            ReleasePolicy.Branch.allOf(AUTHORITY, equal("a", 1), equal("b", 2)),
            ReleasePolicy.Branch.anyOf(AUTHORITY, equal("a", 2), equal("b", 3)));
    String json = text(policy.canonicalJson());
    assertThat(evaluate(json, claims("\"a\":1,\"b\":2")).isReleased()).isTrue();
    assertThat(evaluate(json, claims("\"a\":9,\"b\":3")).isReleased()).isTrue();
    assertThat(evaluate(json, claims("\"a\":1,\"b\":9")).failures()).hasSize(3);
  }

  @Test
  void whatAStrangerClaimsIsShownInFewHarmlessCharacters() {
    String policy = policy("{\"claim\":\"a\",\"equals\":1}");
    String hostile = "\\u001b[31m\\r\\n\\u202e\\\"" + "x".repeat(1000);
    String actual =
        evaluate(policy, claims("\"a\":\"" + hostile + "\"")).failures().get(0).actual();
    assertThat(actual).hasSizeLessThan(140).startsWith("\"?[31m????xxx").endsWith("…\"");
    assertThat(evaluate(policy, claims("\"a\":{\"secret\":1}")).failures().get(0).actual())
        .isEqualTo("an object");
    assertThat(evaluate(policy, claims("\"a\":[\"secret\"]")).failures().get(0).actual())
        .isEqualTo("an array");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "1",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1.5}",
        "{} {}",
        "eyJhbGciOiJub25lIn0.e30."
      })
  void claimsThatAreNoStrictJsonObjectAreMalformed(String claims) {
    assertThatThrownBy(() -> parse(policy(SNP)).evaluate(bytes(claims)))
        .isInstanceOf(MalformedException.class);
  }
}
