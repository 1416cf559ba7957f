package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.testkit.RsaSigningKey;
import io.github.cvmattestation.testkit.TokenWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code cvm inspect} tells of tokens and of release policies. */
class InspectTokenTest {
  private static final String ISSUER = "https://contoso.weu.attest.azure.net";
  private static final RsaSigningKey SIGNER = RsaSigningKey.of(2048, "inspect signer");
  private static final RsaSigningKey GUEST = RsaSigningKey.of(2048, "inspect guest");

  @TempDir private Path folder;

  private static TokenWriter token() {
    return TokenWriter.of(ISSUER, "key-1", Instant.parse("2026-06-01T00:00:00Z"))
        .azureGuest("sevsnpvm", "6e6f6e6365", GUEST);
  }

  private Ran inspect(String content, String format) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), content);
    return Ran.cvm("inspect", file.toString(), "--output", format);
  }

  private Json.Obj fields(String content, String kind) throws IOException, MalformedException {
    Json.Obj json = inspect(content, "json").json();
    assertThat(json.require("kind").asString()).isEqualTo(kind);
    assertThat(json.require("verified").asBoolean()).isFalse();
    return json.require("fields").asObject();
  }

  @Test
  void aTokenTellsWhoSignedWhenAndWhatAndThatNobodyCheckedIt()
      throws IOException, MalformedException {
    String token = token().claim("x-negative", "-1").sign(SIGNER);
    Json.Obj fields = fields(token + "\n", "a token, JWT");
    Json.Obj header = fields.require("header").asObject();
    assertThat(header.require("alg").asString()).isEqualTo("RS256");
    assertThat(header.require("kid").asString()).isEqualTo("key-1");
    assertThat(header.require("typ").asString()).isEqualTo("JWT");
    assertThat(header.require("alsoNamed").asArray(9).get(0).asString()).isEqualTo("jku");
    assertThat(fields.require("kind").asString()).isEqualTo("azurevm, isolated by sevsnpvm");
    assertThat(fields.require("issuer").asString()).isEqualTo(ISSUER);
    assertThat(fields.require("issuedAt").asString()).isEqualTo("2026-06-01T00:00:00Z");
    assertThat(fields.require("notBefore").asString()).isEqualTo("2026-06-01T00:00:00Z");
    assertThat(fields.require("expiresAt").asString()).isEqualTo("2026-06-01T08:00:00Z");
    assertThat(fields.require("signature").asString()).isEqualTo("256 bytes, NOT CHECKED");
    Json.Obj claims = fields.require("claims").asObject();
    assertThat(claims.require("secureboot").asBoolean()).isTrue();
    assertThat(claims.require("x-negative").asString()).isEqualTo("-1");

    Ran text = inspect(token, "text");
    assertThat(text.code()).isEqualTo(Cvm.OK);
    assertThat(text.out())
        .startsWith("--- NOT VERIFIED")
        .containsSubsequence("a token, JWT", "alg  ", "RS256", "issuer", "claims", "secureboot")
        .containsPattern("x-ms-compliance-status +azure-compliant-cvm");
  }

  @Test
  void aTokenIsACredentialAndNoPartOfItIsPrinted() throws IOException {
    String token = token().sign(SIGNER);
    for (String damaged : List.of(token, token + "!", token.substring(0, 40), token + ".AA")) {
      for (String format : List.of("text", "json")) {
        Ran ran = inspect(damaged, format);
        for (String part : token.split("\\.")) {
          assertThat(ran.out() + ran.err()).doesNotContain(part.substring(0, 30));
        }
      }
    }
  }

  /** Claims may say anything; a terminal must not obey. {@link Ran} sees to control characters. */
  @Test
  void whatATokenClaimsIsWrittenOut() throws IOException {
    String token = token().claim("x\\u001b[2J", "\"\\u202e\\u001b\"").sign(SIGNER);
    assertThat(inspect(token, "text").out()).contains("\\u001b[2J", "\\u202e\\u001b");
    assertThat(inspect(token, "json").code()).isEqualTo(Cvm.OK);
  }

  @Test
  void aTokenOfSomethingElseSaysSo() throws IOException, MalformedException {
    String token = TokenWriter.of(ISSUER, "k", Instant.EPOCH).claim("exp", "1e400").sign(SIGNER);
    Json.Obj fields = fields(token, "a token, JWT");
    assertThat(fields.require("kind").asString()).isEqualTo("no attestation of Azure's");
    assertThat(fields.get("expiresAt")).isEmpty();
  }

  @Test
  void damagedTokensAreRefusedInOneLineWithTheReason() throws IOException {
    String token = token().sign(SIGNER);
    String twice = token().addClaim("secureboot", "false").sign(SIGNER);
    String array = token().signRaw("[1]", SIGNER);
    String deep = token().signRaw("{\"a\":" + "[".repeat(9999), SIGNER);
    String behind = token().signRaw("{} {}", SIGNER);
    String huge = token().claimText("x", "y".repeat(1 << 16)).sign(SIGNER);
    assertRefused(twice, "token.claims: a JSON object that names nothing twice");
    assertRefused(array, "token.claims");
    assertRefused(deep, "token.claims");
    assertRefused(behind, "token.claims");
    assertRefused(huge, "at most 65536 characters");
    assertRefused(token + "=", "base64url and dots");
    assertRefused(token + ".", "three parts expected, 4 of them found");
    assertRefused(token.substring(0, 40), "three parts expected, 1 of them found");
    assertRefused(token.replace(".", ".A"), "token.claims");
    assertRefused("eyJ9.e30.AA", "token.header");
    assertRefused("e30.e30.AB", "token.signature: canonical base64url");
  }

  private void assertRefused(String token, String reason) throws IOException {
    Ran ran = inspect(token, "text");
    assertThat(ran.code()).as(reason).isEqualTo(Cvm.REFUSED);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).hasLineCount(1).contains("looks like a token, JWT, but ", reason);
  }

  private static String policy(String conditions) {
    return "{\"version\":\"1.0.0\",\"anyOf\":[{\"authority\":\""
        + ISSUER
        + "\","
        + conditions
        + "}]}";
  }

  @Test
  void aReleasePolicyShowsBranchesConditionsAndHints() throws IOException, MalformedException {
    String policy =
        policy(
            "\"allOf\":[{\"claim\":\"secureboot\",\"equals\":true},"
                + "{\"anyOf\":[{\"claim\":\"a\",\"exists\":false},{\"claim\":\"a\",\"less\":3}]}]");
    Json.Obj fields = fields(policy, "a release policy, JSON");
    Json.Obj branch = fields.require("anyOf").asArray(9).get(0).asObject();
    assertThat(branch.require("authority").asString()).isEqualTo(ISSUER);
    List<Json> all = branch.require("allOf").asArray(9);
    assertThat(all.get(0).asString()).isEqualTo("the claim secureboot is true");
    assertThat(all.get(1).asObject().require("anyOf").asArray(9).get(1).asString())
        .isEqualTo("the claim a is a number below 3");
    Json.Obj lint = fields.require("lint").asObject();
    assertThat(lint.require("meaning").asString()).contains("no verdict");
    Json.Obj first = lint.require("findings").asArray(99).get(0).asObject();
    assertThat(first.require("code").asString()).isEqualTo("POLICY_TYPE");
    assertThat(first.names()).containsExactly("code", "expected", "actual", "clause");

    Ran text = inspect(policy, "text");
    assertThat(text.code()).isEqualTo(Cvm.OK);
    assertThat(text.out())
        .startsWith("--- NOT VERIFIED")
        .containsSubsequence(
            "a release policy, JSON",
            "authority",
            "the claim secureboot is true",
            "no verdict",
            "POLICY_TYPE");
  }

  @Test
  void aCompletePolicyHasNoHints() throws IOException, MalformedException {
    String built = Ran.cvm("policy", "build", "--authority", ISSUER, "--tee", "both").out();
    Json.Obj lint = fields(built, "a release policy, JSON").require("lint").asObject();
    assertThat(lint.require("findings").asArray(9)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"anyOf\":[]}",
        "{\"version\":\"1.0.0\",\"anyOf\":[]}",
        "{\"version\":\"1.0.0\",\"anyOf\":[{\"allOf\":[{\"claim\":\"a\",\"equals\":1}]}]}",
        "{\"version\":\"1.0.0\",\"anyOf\":[{\"authority\":\"https://a\",\"allOf\":[]}]}",
        "{\"version\":\"1.0.0\",\"anyOf\":[",
      })
  void damagedReleasePoliciesAreRefusedInOneLine(String content) throws IOException {
    Ran ran = inspect(content, "text");
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).hasLineCount(1).contains("looks like a release policy, JSON, but ");
  }
}
