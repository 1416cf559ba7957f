package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Release policies on the command line. */
class PolicyCommandTest {
  private static final String AUTHORITY = "https://contoso.weu.attest.azure.net";
  private static final String GUID = "2dedc52a-6832-46ce-9910-e8c9980bf5a7";

  /** As the documentation of confidential VMs has it: type and compliance alone. */
  private static final String SAMPLE =
      "{\"version\":\"1.0.0\",\"anyOf\":[{\"authority\":\""
          + AUTHORITY
          + "\",\"allOf\":["
          + "{\"claim\":\"x-ms-isolation-tee.x-ms-attestation-type\",\"equals\":\"sevsnpvm\"},"
          + "{\"claim\":\"x-ms-isolation-tee.x-ms-compliance-status\",\"equals\":\"azure-compliant-cvm\"}]}]}";

  private static final String CLAIMS =
      "{\"iss\":\""
          + AUTHORITY
          + "\",\"x-ms-isolation-tee\":{\"x-ms-attestation-type\":\"tdxvm\","
          + "\"x-ms-compliance-status\":\"azure-compliant-cvm\"}}";

  @TempDir private Path folder;

  private String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  private static Ran policy(String... words) {
    List<String> args = new ArrayList<>(List.of("policy"));
    args.addAll(List.of(words));
    return Ran.cvm(args);
  }

  @ParameterizedTest
  @ValueSource(strings = {"snp", "tdx", "both"})
  void whatIsBuiltIsCleanForItsAuthorityAlone(String tee) throws IOException, MalformedException {
    Ran built = policy("build", "--authority", AUTHORITY + "/", "--tee", tee, "--vm", GUID);
    assertThat(built.code()).isEqualTo(Cvm.OK);
    assertThat(built.err()).isEmpty();
    String file = file("release.json", built.out());
    Ran clean = policy("lint", file, "--authority", AUTHORITY);
    assertThat(clean.code()).isEqualTo(Cvm.OK);
    assertThat(clean.out()).startsWith("CLEAN");
    assertThat(clean.err()).isEmpty();
    Ran other =
        policy(
            "lint", file, "--authority", "https://other.weu.attest.azure.net", "--output", "json");
    assertThat(other.code()).isEqualTo(Cvm.REFUSED);
    assertThat(other.codes("findings")).isNotEmpty().containsOnly("POLICY_AUTHORITY");
  }

  @Test
  void whoGetsTheKeyOfAnUnboundPolicyIsSaid() {
    Ran built = policy("build", "--authority", AUTHORITY, "--tee", "snp");
    assertThat(built.code()).isEqualTo(Cvm.OK);
    assertThat(built.err())
        .isEqualTo("cvm: anybody's VM of that kind gets the key; name yours with --vm\n");
    Ran bound =
        policy("build", "--authority", AUTHORITY, "--tee", "tdx", "--measurement", "ab".repeat(48));
    assertThat(bound.err()).isEmpty();
    assertThat(bound.out()).contains("tdx_mrtd").contains("ab".repeat(48));
  }

  @Test
  void severalAuthoritiesAndVmsAreAllNamed() {
    String other = "https://other.neu.attest.azure.net";
    Ran built =
        policy(
            "build",
            "--authority",
            AUTHORITY,
            "--authority",
            other,
            "--tee",
            "snp",
            "--vm",
            GUID,
            "--vm",
            "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9");
    assertThat(built.out())
        .contains("\"" + AUTHORITY + "\"", "\"" + other + "\"", GUID, "0a1b2c3d-4e5f");
  }

  @Test
  void theSampleOfTheDocumentationIsWeak() throws IOException, MalformedException {
    String file = file("sample.json", SAMPLE);
    Ran text = policy("lint", file);
    assertThat(text.code()).isEqualTo(Cvm.REFUSED);
    assertThat(text.out()).startsWith("WEAK").contains("POLICY_WEAK", "secureboot equals true");
    assertThat(text.err()).contains("any authority was accepted");
    Ran json = policy("lint", file, "--output", "json");
    assertThat(json.code()).isEqualTo(Cvm.REFUSED);
    assertThat(json.json().require("lint").asString()).isEqualTo("weak");
    assertThat(json.codes("findings")).hasSize(6).containsOnly("POLICY_WEAK");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "not json", "{\"version\":\"1.0.0\",\"anyOf\":[]}"})
  void whatIsNoPolicyIsRefusedInOneLine(String content) throws IOException, MalformedException {
    String file = file("policy.json", content);
    assertThat(policy("lint", file, "--output", "json").codes("findings"))
        .containsExactly("POLICY_FORM");
    Ran lint = policy("lint", file);
    assertThat(lint.code()).isEqualTo(Cvm.REFUSED);
    assertThat(lint.out()).startsWith("MALFORMED: the file is no release policy");
    assertThat(lint.err()).isEmpty();
    String claims = file("claims.json", CLAIMS);
    for (Ran ran : List.of(policy("explain", file), policy("test", file, "--claims", claims))) {
      assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).hasLineCount(1).startsWith("cvm: no release policy: ");
    }
  }

  @Test
  void aPolicyIsExplainedInSentences() throws IOException, MalformedException {
    String nested =
        SAMPLE.replace(
            "]}]}",
            ",{\"anyOf\":[{\"claim\":\"a\",\"exists\":false},{\"claim\":\"a\",\"greater\":2},"
                + "{\"claim\":\"a\",\"notEquals\":\"true\"},{\"claim\":\"b\\u202e\",\"equals\":true}]}]}]}");
    String file = file("policy.json", nested);
    Ran ran = policy("explain", file);
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.out())
        .startsWith(
            """
            The key is released to a token:
            - issued by https://contoso.weu.attest.azure.net, and all of this holds:
              - the claim x-ms-isolation-tee.x-ms-attestation-type is the text "sevsnpvm"
              - the claim x-ms-isolation-tee.x-ms-compliance-status is the text "azure-compliant-cvm"
              - at least one of this holds:
                - the claim a is not there
                - the claim a is a number above 2
                - the claim a is there, and is not the text "true"
                - the claim b\\u202e is true
            """);
    Json.Obj json = policy("explain", file, "--output", "json").json();
    assertThat(json.require("sentences").asArray(100)).hasSize(9);
    assertThat(ran.out()).contains(json.require("hash").asString());
  }

  @Test
  void theClauseThatFailsIsNamedForClaimsAndForATokenAlike()
      throws IOException, MalformedException {
    String file = file("policy.json", SAMPLE);
    String token =
        "e30."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(CLAIMS.getBytes(StandardCharsets.UTF_8))
            + ".AA\n";
    for (String claims : List.of(file("claims.json", CLAIMS), file("token.jwt", token))) {
      Ran text = policy("test", file, "--claims", claims);
      assertThat(text.code()).isEqualTo(Cvm.REFUSED);
      assertThat(text.out())
          .startsWith("--- NOT VERIFIED")
          .contains(
              """
              REFUSED: the policy keeps the key

                anyOf[0].allOf[0]
                  claim     x-ms-isolation-tee.x-ms-attestation-type
                  expected  equals "sevsnpvm"
                  found     "tdxvm"
              """);
      Json.Obj json = policy("test", file, "--claims", claims, "--output", "json").json();
      assertThat(json.require("policy").asString()).isEqualTo("refused");
      assertThat(json.require("verified").asBoolean()).isFalse();
      assertThat(json.require("failures").asArray(10)).hasSize(1);
    }
    String tdx = file("tdx.json", SAMPLE.replace("sevsnpvm", "tdxvm"));
    Ran released = policy("test", tdx, "--claims", file("token.jwt", token));
    assertThat(released.code()).isEqualTo(Cvm.OK);
    assertThat(released.out()).contains("NOT VERIFIED", "RELEASED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "a.b", "e30.!.AA", "a.e30.c.d", "e30.W10.AA"})
  void whatIsNoClaimsIsRefusedInOneLine(String claims) throws IOException {
    Ran ran = policy("test", file("policy.json", SAMPLE), "--claims", file("claims", claims));
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).hasLineCount(1).startsWith("cvm: no claims: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "build --tee snp | --authority",
        "build --authority https://a | --tee",
        "build --authority https://a --tee sgx | --tee is snp, tdx or both",
        "build --authority http://a --tee snp | no https",
        "build --authority https://a --tee snp --vm me | vmUniqueId",
        "build --authority https://a --tee snp --measurement 00 | 48 bytes",
        "build --authority https://a --tee snp --measurement xy | hexadecimal",
        "build --authority https://a --tee both --measurement 00 | one kind of hardware",
        "lint | FILE",
        "lint missing --authority http://a | --authority is https://HOST",
        "lint missing --authority a | --authority is https://HOST",
        "lint missing --output yaml | --output is text or json",
        "explain | FILE",
        "test missing | --claims",
        "tset | Unmatched argument"
      })
  void wrongUsageIsExitCodeTwo(String line, String message) {
    Ran ran = policy(line.strip().split(" "));
    assertThat(ran.code()).isEqualTo(Cvm.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains(message.strip());
  }

  @Test
  void aMissingFileIsNoVerdict() throws IOException {
    String missing = folder.resolve("missing").toString();
    for (Ran ran :
        List.of(
            policy("lint", missing),
            policy("explain", missing),
            policy("test", missing, "--claims", missing),
            policy("test", file("policy.json", SAMPLE), "--claims", missing))) {
      assertThat(ran.code()).isEqualTo(Cvm.COULD_NOT_ASK);
      assertThat(ran.out()).isEmpty();
    }
  }
}
