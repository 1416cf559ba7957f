package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.ReleaseCondition.allOf;
import static io.github.cvmattestation.azure.ReleaseCondition.equal;
import static io.github.cvmattestation.azure.ReleasePolicies.AUTHORITY;
import static io.github.cvmattestation.azure.ReleasePolicies.SNP;
import static io.github.cvmattestation.azure.ReleasePolicies.TDX;
import static io.github.cvmattestation.azure.ReleasePolicies.bytes;
import static io.github.cvmattestation.azure.ReleasePolicies.parse;
import static io.github.cvmattestation.azure.ReleasePolicies.policy;
import static io.github.cvmattestation.azure.ReleasePolicies.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.azure.ReleaseCondition.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReleasePolicyTest {
  private static final String GUID = "2DEDC52A-6832-46CE-9910-E8C9980BF5A7";

  @Test
  void theStrictBranchesAskForExactlyThis() {
    assertThat(text(ReleasePolicy.anyOf(GuestBranch.forSnp(AUTHORITY).build()).canonicalJson()))
        .isEqualTo(policy(SNP).replace("\n", ""));
    assertThat(text(ReleasePolicy.anyOf(GuestBranch.forTdx(AUTHORITY).build()).canonicalJson()))
        .isEqualTo(policy(TDX).replace("\n", ""));
  }

  @Test
  void aVmIsNamedInBothLetterCasesAndAMeasurementInLowerCase() {
    Bytes digest = Bytes.ofHex("AB".repeat(48));
    String vm = "{\"claim\":\"x-ms-azurevm-vmid\",\"equals\":\"%s\"}";
    String snp =
        text(
            ReleasePolicy.anyOf(
                    GuestBranch.forSnp(AUTHORITY)
                        .vmUniqueId(GUID)
                        .launchMeasurement(digest)
                        .build())
                .canonicalJson());
    assertThat(snp)
        .endsWith(
            ",{\"anyOf\":["
                + vm.formatted(GUID)
                + ","
                + vm.formatted(GUID.toLowerCase(java.util.Locale.ROOT))
                + "]},{\"claim\":\"x-ms-isolation-tee.x-ms-sevsnpvm-launchmeasurement\",\"equals\":\""
                + "ab".repeat(48)
                + "\"}]}]}");
    String tdx =
        text(
            ReleasePolicy.anyOf(
                    GuestBranch.forTdx(AUTHORITY)
                        .launchMeasurement(digest, Bytes.zeros(48))
                        .build())
                .canonicalJson());
    assertThat(tdx)
        .endsWith(
            ",{\"anyOf\":[{\"claim\":\"x-ms-isolation-tee.tdx_mrtd\",\"equals\":\""
                + "ab".repeat(48)
                + "\"},{\"claim\":\"x-ms-isolation-tee.tdx_mrtd\",\"equals\":\""
                + "00".repeat(48)
                + "\"}]}]}]}");
  }

  @Test
  void senselessBranchesAreRefused() {
    for (Runnable senseless :
        List.<Runnable>of(
            () -> GuestBranch.forSnp("http://contoso.weu.attest.azure.net"),
            () -> GuestBranch.forSnp("contoso.weu.attest.azure.net"),
            () -> GuestBranch.forTdx("https://user@contoso.weu.attest.azure.net"),
            () -> GuestBranch.forTdx(""),
            () -> GuestBranch.forSnp(AUTHORITY).vmUniqueId("me"),
            () ->
                GuestBranch.forSnp(AUTHORITY)
                    .vmUniqueId("0".repeat(8) + "-0000-0000-0000-" + "0".repeat(12)),
            () -> GuestBranch.forSnp(AUTHORITY).launchMeasurement(Bytes.zeros(32)),
            () -> ReleasePolicy.anyOf(),
            () -> ReleaseCondition.allOf(),
            () -> ReleaseCondition.anyOf(),
            () -> equal("", 1),
            () -> equal("a..b", 1),
            () -> equal(".a", 1),
            () -> equal("a.", 1),
            () -> equal("a\nb", 1),
            () -> equal("a", "\u0000"),
            () -> equal("a", "\ud800"),
            () -> equal("a", "\udc00"),
            () -> equal("a", "x".repeat(4097)),
            () -> equal("x".repeat(513), 1),
            () -> new ReleaseCondition.Clause("a", ReleaseCondition.Operator.LESS, Value.of("1")),
            () ->
                new ReleaseCondition.Clause(
                    "a", ReleaseCondition.Operator.EXISTS, Value.of("true")),
            () -> ReleasePolicy.Branch.allOf("", equal("a", 1)),
            () -> ReleasePolicy.Branch.allOf("/", equal("a", 1)),
            () -> ReleasePolicy.Branch.allOf(AUTHORITY + "\u001b[31m", equal("a", 1)),
            () -> ReleasePolicy.Branch.allOf("x".repeat(2049), equal("a", 1)),
            () -> ReleasePolicy.Branch.allOf(AUTHORITY + "//", equal("a", 1)))) {
      assertThatThrownBy(senseless::run).isInstanceOf(AttestationException.Configuration.class);
    }
  }

  @Test
  void conditionsLieAtMostEightDeep() {
    ReleaseCondition deep = equal("a", 1);
    for (int i = 0; i < ReleaseCondition.MAX_DEPTH; i++) {
      deep = allOf(deep);
    }
    ReleaseCondition.Group deepest = (ReleaseCondition.Group) deep;
    ReleasePolicy policy = ReleasePolicy.anyOf(new ReleasePolicy.Branch(AUTHORITY, deepest));
    String json = text(policy.canonicalJson());
    assertThat(parse(json)).isEqualTo(policy);
    assertThatThrownBy(() -> allOf(deepest)).isInstanceOf(AttestationException.Configuration.class);
    String deeper =
        json.replace(
            "{\"claim\":\"a\",\"equals\":1}", "{\"allOf\":[{\"claim\":\"a\",\"equals\":1}]}");
    assertThatThrownBy(() -> ReleasePolicy.parse(bytes(deeper)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("at most 8 groups");
  }

  @Test
  void conditionsAreCountedInAllBranchesTogether() {
    // Each branch is a group and its members.
    List<ReleaseCondition> half = Collections.nCopies(255, equal("a", 1));
    ReleasePolicy.Branch branch =
        new ReleasePolicy.Branch(AUTHORITY, new ReleaseCondition.AnyOf(half));
    ReleasePolicy most = ReleasePolicy.anyOf(branch, branch);
    assertThat(parse(text(most.canonicalJson()))).isEqualTo(most);
    List<ReleaseCondition> more = new ArrayList<>(half);
    more.add(equal("a", 1));
    ReleasePolicy.Branch greater =
        new ReleasePolicy.Branch(AUTHORITY, new ReleaseCondition.AnyOf(more));
    assertThatThrownBy(() -> ReleasePolicy.anyOf(branch, greater))
        .isInstanceOf(AttestationException.Configuration.class);
    String json = text(most.canonicalJson());
    String one = "{\"claim\":\"a\",\"equals\":1}";
    assertThatThrownBy(
            () -> ReleasePolicy.parse(bytes(json.replaceFirst("\\Q" + one, one + "," + one))))
        .isInstanceOf(MalformedException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"version\":\"1.0.0\"}",
        "{\"version\":\"1.0.0\",\"anyOf\":[]}",
        "{\"version\":\"1.0.0\",\"anyOf\":{}}",
        "{\"version\":\"1.0.0\",\"allOf\":[{\"authority\":\"a\",\"allOf\":[{\"claim\":\"a\",\"equals\":1}]}]}",
        "{\"anyOf\":[{\"authority\":\"a\",\"allOf\":[{\"claim\":\"a\",\"equals\":1}]}]}",
        "{\"version\":\"0.2\",\"anyOf\":[{\"authority\":\"a\",\"allOf\":[{\"claim\":\"a\",\"equals\":1}]}]}",
        "{\"version\":1,\"anyOf\":[{\"authority\":\"a\",\"allOf\":[{\"claim\":\"a\",\"equals\":1}]}]}",
        "{\"version\":\"1.0.0\",\"version\":\"1.0.0\",\"anyOf\":[{\"authority\":\"a\",\"allOf\":[{\"claim\":\"a\",\"equals\":1}]}]}",
        "{\"version\":\"1.0.0\",\"anyOf\":[{\"authority\":\"a\",\"allOf\":[{\"claim\":\"a\",\"equals\":1}]}],\"x\":1}",
        "{\"version\":\"1.0.0\",\"anyOf\":[{\"authority\":\"a\"}]}",
        "{\"version\":\"1.0.0\",\"anyOf\":[{\"authority\":\"\",\"allOf\":[{\"claim\":\"a\",\"equals\":1}]}]}",
        "{\"version\":\"1.0.0\",\"anyOf\":[{\"authority\":1,\"allOf\":[{\"claim\":\"a\",\"equals\":1}]}]}",
        "{\"version\":\"1.0.0\",\"anyOf\":[{\"authority\":\"a\",\"allOf\":[{\"claim\":\"a\",\"equals\":1}],\"anyOf\":[{\"claim\":\"a\",\"equals\":1}]}]}",
        "{\"version\":\"1.0.0\",\"anyOf\":[{\"authority\":\"a\",\"anyof\":[{\"claim\":\"a\",\"equals\":1}]}]}",
        "{\"version\":\"1.0.0\",\"anyOf\":[{\"authority\":\"a\",\"allOf\":[{\"claim\":\"a\",\"equals\":1}],\"x\":1}]}",
      })
  void whatIsNoPolicyIsMalformed(String json) {
    assertThatThrownBy(() -> ReleasePolicy.parse(bytes(json)))
        .isInstanceOf(MalformedException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "[]",
        "{}",
        "{\"claim\":\"a\"}",
        "{\"equals\":1}",
        "{\"claim\":1,\"equals\":1}",
        "{\"claim\":\"\",\"equals\":1}",
        "{\"claim\":\"a..b\",\"equals\":1}",
        "{\"claim\":\"a\",\"equals\":null}",
        "{\"claim\":\"a\",\"equals\":[1]}",
        "{\"claim\":\"a\",\"equals\":{}}",
        "{\"claim\":\"a\",\"equals\":1.5}",
        "{\"claim\":\"a\",\"equals\":9223372036854775808}",
        "{\"claim\":\"a\",\"equals\":1,\"notEquals\":2}",
        "{\"claim\":\"a\",\"Equals\":1}",
        "{\"claim\":\"a\",\"like\":\"x\"}",
        "{\"claim\":\"a\",\"condition\":\"equals\",\"value\":1}",
        "{\"claim\":\"a\",\"less\":\"1\"}",
        "{\"claim\":\"a\",\"greaterOrEquals\":true}",
        "{\"claim\":\"a\",\"exists\":\"true\"}",
        "{\"claim\":\"a\",\"exists\":1}",
        "{\"claim\":\"a\",\"allOf\":[{\"claim\":\"a\",\"equals\":1}]}",
        "{\"allOf\":[]}",
        "{\"anyOf\":[]}",
        "{\"allOf\":[{\"claim\":\"a\",\"equals\":1}],\"anyOf\":[{\"claim\":\"a\",\"equals\":1}]}",
        "{\"not\":{\"claim\":\"a\",\"equals\":1}}",
        "{\"allOf\":[{\"claim\":\"a\",\"equals\":1}],\"not\":1}",
        "{\"anyOf\":[{\"claim\":\"a\",\"equals\":1}],\"version\":\"1.0.0\"}",
      })
  void whatIsNoConditionIsMalformed(String condition) {
    assertThatThrownBy(() -> ReleasePolicy.parse(bytes(policy(condition))))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void aGreatPolicyIsRefusedBeforeItIsRead() {
    assertThatThrownBy(() -> ReleasePolicy.parse(Bytes.zeros(ReleasePolicy.MAX_SIZE + 1)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("at most 65536 bytes");
  }

  @Test
  void messagesDoNotRepeatThePolicy() {
    MalformedException e =
        catchThrowableOfType(
            MalformedException.class,
            () -> ReleasePolicy.parse(bytes(policy("{\"claim\":\"a\",\"evil\\u001b[31m\":1}"))));
    assertThat(e.problem()).doesNotContain("evil");
  }

  @Test
  void theHashHasOneValueForAllWritings() {
    ReleasePolicy policy = parse(policy("{\"claim\":\"a\",\"equals\":1}"));
    ReleasePolicy spaced =
        parse(
            "\n{ \"anyOf\": [ {\"allOf\": [ {\"equals\": 1, \"claim\": \"\\u0061\"} ], \"authority\": \""
                + AUTHORITY
                + "/\"} ], \"version\": \"1.0.0\" }");
    assertThat(spaced).isEqualTo(policy);
    // SHA-256 by coreutils, of the canonical text
    assertThat(policy.hash())
        .isEqualTo(spaced.hash())
        .isEqualTo("kMsefpGKYkZod-BD7cUovZO0SUJPBH2yWkfgkql_kRs");
  }
}
