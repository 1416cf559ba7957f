package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real evidence through the command. */
class VectorsTest {
  private static final Path VECTORS =
      Path.of(System.getProperty("cvm.vectors", "../../../shared/vectors"));

  @TempDir private Path folder;

  /** A case of the manifest that the command verifies. */
  record Case(String id, String kind, Json.Obj json) {
    @Override
    public String toString() {
      return id;
    }

    List<String> args() throws MalformedException {
      List<String> args = new ArrayList<>();
      boolean azure = kind.equals("azure-evidence");
      args.addAll(List.of("verify", azure ? "azure" : "snp"));
      Json.Obj files = json.require("files").asObject();
      for (String name : files.names()) {
        boolean main = name.equals("report") || name.equals("evidence");
        args.add(main ? "--" + name : "--certs");
        args.add(VECTORS.resolve(files.require(name).asString()).toString());
      }
      Optional<Json> nonce = json.get("nonceHex");
      if (nonce.isPresent()) {
        args.addAll(List.of("--nonce", nonce.get().asString()));
      }
      args.addAll(List.of("--output", "json"));
      return args;
    }

    List<String> argsAtItsTime() throws MalformedException {
      List<String> args = args();
      args.addAll(List.of("--at", json.require("at").asString()));
      return args;
    }

    Optional<Json> expected(String name) throws MalformedException {
      return json.require("expect").asObject().get(name);
    }
  }

  static Stream<Case> cases() throws IOException, MalformedException {
    Path manifest = VECTORS.resolve("manifest.json");
    assumeTrue(Files.exists(manifest), "no real evidence in " + VECTORS);
    Bytes text = Bytes.of(Files.readAllBytes(manifest));
    List<Case> cases = new ArrayList<>();
    for (Json item :
        StrictJson.parse("manifest", text, 1 << 20).asObject().require("cases").asArray(1000)) {
      Json.Obj json = item.asObject();
      String kind = json.require("kind").asString();
      Case one = new Case(json.require("id").asString(), kind, json);
      boolean ours = kind.equals("snp-report") || kind.equals("azure-evidence");
      if (ours && one.expected("verification").isPresent()) {
        cases.add(one);
      }
    }
    assertThat(cases).hasSizeGreaterThanOrEqualTo(8);
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void realEvidenceVerifies(Case real) throws MalformedException {
    List<String> args = real.argsAtItsTime();
    args.add("--no-policy");
    Ran ran = Ran.cvm(args);
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.err()).isEmpty();
    Json.Obj json = ran.json();
    assertThat(json.require("verification").asString()).isEqualTo("verified");
    assertThat(json.require("appraisal").asString()).isEqualTo("skipped");
    Json.Obj snp = json.require("claims").asObject().require("snp").asObject();
    for (String name : List.of("product", "reportVersion", "signingKey", "vmpl")) {
      Optional<Json> expected = real.expected(name);
      if (expected.isPresent()) {
        assertThat(Ran.plain(snp.require(name))).isEqualTo(Ran.plain(expected.get()));
      }
    }
    assertThat(ran.codes("warnings")).contains("SNP_REVOCATION_UNKNOWN");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theDefaultPolicyRefusesWhatIsDangerousWhoeverOwnsIt(Case real) throws MalformedException {
    Ran ran = Ran.cvm(real.argsAtItsTime());
    List<String> findings = ran.codes("findings");
    boolean debug = real.expected("defaultPolicy").isPresent();
    boolean provisional =
        ran.json()
            .require("claims")
            .asObject()
            .require("snp")
            .asObject()
            .require("provisionalFirmware")
            .asBoolean();
    assertThat(provisional || real.expected("provisionalFirmware").isEmpty()).isTrue();
    assertThat(findings.contains("SNP_DEBUG")).isEqualTo(debug);
    assertThat(findings.contains("SNP_PROVISIONAL")).isEqualTo(provisional);
    assertThat(ran.code()).isEqualTo(findings.isEmpty() ? Cvm.OK : Cvm.REFUSED);
    assertThat(findings.isEmpty()).isEqualTo(!debug && !provisional);
    assertThat(ran.err()).contains("default policy").hasLineCount(1);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void realEvidenceIsRefutedOutsideItsDates(Case real) throws MalformedException {
    List<String> args = real.args();
    args.addAll(List.of("--at", "2000-01-01T00:00:00Z"));
    assertThat(Ran.cvm(args).codes("findings")).containsExactly("CERT_DATES");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void realEvidenceIsRefutedWithoutTheListThatWasRequired(Case real) throws MalformedException {
    List<String> args = real.argsAtItsTime();
    args.add("--require-crl");
    Ran ran = Ran.cvm(args);
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.codes("findings")).containsExactly("SNP_REVOCATION_UNKNOWN");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aDamagedRevocationListIsRefuted(Case real) throws IOException, MalformedException {
    List<String> args = real.argsAtItsTime();
    args.addAll(List.of("--crl", Files.writeString(folder.resolve("crl"), "garbage").toString()));
    Ran ran = Ran.cvm(args);
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.codes("findings")).containsExactly("CRL_FORMAT");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anotherNonceIsRefuted(Case real) throws MalformedException {
    List<String> args = real.argsAtItsTime();
    int at = args.indexOf("--nonce");
    if (at >= 0) {
      args.set(at + 1, "00".repeat(32));
    } else {
      args.addAll(List.of("--nonce", "11".repeat(32)));
    }
    Ran ran = Ran.cvm(args);
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.codes("findings")).containsExactly("NONCE_MISMATCH");
  }

  @Test
  void reportDataIsComparedAsAWhole() throws IOException, MalformedException {
    Case report = cases().filter(one -> one.id().equals("snp/milan-v2-debug")).findFirst().get();
    List<String> args = report.argsAtItsTime();
    args.add("--no-policy");
    Ran unasked = Ran.cvm(args);
    assertThat(unasked.codes("warnings")).contains("FRESHNESS_NOT_CHECKED");
    String data =
        unasked
            .json()
            .require("claims")
            .asObject()
            .require("snp")
            .asObject()
            .require("reportData")
            .asString();

    args.addAll(List.of("--report-data", data));
    Ran asked = Ran.cvm(args);
    assertThat(asked.code()).isEqualTo(Cvm.OK);
    assertThat(asked.codes("warnings")).doesNotContain("FRESHNESS_NOT_CHECKED");

    String tail = data.substring(0, 127) + (data.endsWith("0") ? "1" : "0");
    args.set(args.size() - 1, tail);
    assertThat(Ran.cvm(args).codes("findings")).containsExactly("NONCE_MISMATCH");
  }

  @Test
  void aReplayIsAcceptedOnlyWhereItIsAllowedByName() throws IOException, MalformedException {
    Case evidence = cases().filter(one -> one.id().equals("azure/snp-milan-v1")).findFirst().get();
    List<String> args = evidence.argsAtItsTime();
    int nonce = args.indexOf("--nonce");
    args.subList(nonce, nonce + 2).clear();
    assertThat(Ran.cvm(args).code()).isEqualTo(Cvm.USAGE);
    args.add("--allow-replay");
    Ran replayed = Ran.cvm(args);
    assertThat(replayed.code()).isEqualTo(Cvm.OK);
    assertThat(replayed.codes("warnings")).contains("FRESHNESS_NOT_CHECKED");
  }

  @Test
  void userDataIsComparedWithZerosBehindIt() throws IOException, MalformedException {
    Case evidence = cases().filter(one -> one.id().equals("azure/snp-genoa-v0")).findFirst().get();
    List<String> args = evidence.argsAtItsTime();
    args.addAll(List.of("--user-data", "00"));
    Ran asked = Ran.cvm(args);
    assertThat(asked.code()).isEqualTo(Cvm.OK);
    assertThat(asked.out()).contains("azure.user-data").doesNotContain("AZURE_USER_DATA");
    args.set(args.size() - 1, "01");
    assertThat(Ran.cvm(args).codes("findings")).containsExactly("NONCE_MISMATCH");
  }

  @Test
  void aPolicyFileDecides() throws IOException, MalformedException {
    Case evidence = cases().filter(one -> one.id().equals("azure/snp-genoa-v0")).findFirst().get();
    String snp =
        "\"snp\": {\"productLines\": [\"Genoa\"], \"tcb\": \"ignore\", \"measurement\": \"ignore\","
            + " \"reportData\": \"ignore\", \"hostData\": \"ignore\", \"idBlock\": \"ignore\","
            + " \"chip\": \"ignore\"}";
    String azure =
        "\"azure\": {\"vmUniqueIds\": \"ignore\", \"pcrs\": {\"sha256\": {\"0\": [\"%s\"]}}}";
    Path policy = folder.resolve("policy.json");
    List<String> args = evidence.argsAtItsTime();
    args.addAll(List.of("--policy", policy.toString()));

    String right = "afd689d0bb1c5f36f023fbaf574135f555a28a10c1f6b938d2a25e70c7783338";
    Files.writeString(policy, "{" + snp + ", " + azure.formatted(right) + "}");
    Ran affirmed = Ran.cvm(args);
    assertThat(affirmed.code()).isEqualTo(Cvm.OK);
    assertThat(affirmed.err()).isEmpty();
    assertThat(affirmed.json().require("appraisal").asString()).isEqualTo("affirmed");

    Files.writeString(policy, "{" + snp + ", " + azure.formatted("00".repeat(32)) + "}");
    assertThat(Ran.cvm(args).codes("findings")).containsExactly("AZURE_PCR");

    Files.writeString(policy, "{" + snp + "}");
    assertThat(Ran.cvm(args).codes("findings")).containsExactly("POLICY_SILENT", "POLICY_SILENT");
  }
}
