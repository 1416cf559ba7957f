package io.github.cvmattestation.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReferenceValues;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.eventlog.BootFinding;
import io.github.cvmattestation.attestation.eventlog.LogFinding;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.azure.AzureCheck;
import io.github.cvmattestation.azure.AzureCvmVerifier;
import io.github.cvmattestation.azure.AzureFinding;
import io.github.cvmattestation.azure.MaaCheck;
import io.github.cvmattestation.azure.MaaFinding;
import io.github.cvmattestation.azure.ReleaseFinding;
import io.github.cvmattestation.azure.ReleasePolicyFinding;
import io.github.cvmattestation.snp.GuestPolicyDemand;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpCheck;
import io.github.cvmattestation.snp.SnpFinding;
import io.github.cvmattestation.tdx.ConfigurationDemand;
import io.github.cvmattestation.tdx.TcbStatus;
import io.github.cvmattestation.tdx.TdxCheck;
import io.github.cvmattestation.tdx.TdxFinding;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.vtpm.BootLog;
import io.github.cvmattestation.vtpm.TpmCheck;
import io.github.cvmattestation.vtpm.TpmFinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents against the code: what they name exists, and what exists is named. */
class DocsTest {
  static final Path ROOT = Path.of("").toAbsolutePath().resolve("../..").normalize();
  private static final Path DOCS = ROOT.resolve("docs");
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  /** A row of a table of finding codes: code, meaning, what it leads to, clause. */
  private static final Pattern CODE_ROW =
      Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| .+ \\| .+ \\| (.+) \\|$");

  private static final Pattern CHECK_ID =
      Pattern.compile("\\[((?:snp|tdx|azure|vtpm|boot|maa)\\.[a-z-]+)]");
  private static final Pattern RELEASE_CODE = Pattern.compile("\\[(SKR_[A-Z_]+)]");
  private static final Pattern JSON_BLOCK = Pattern.compile("(?s)```json\\n(.*?)```");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)(?:#[^)]*)?\\)");

  @Test
  void everyFindingCodeIsInTheTableOnceWithItsClause() throws IOException {
    List<String> documented =
        matches(CODE_ROW, read("docs/finding-codes.md"))
            .map(row -> row.group(1) + " " + row.group(2))
            .toList();
    List<String> existing = findingCodes().map(code -> code.name() + " " + code.clause()).toList();
    assertThat(documented).containsExactlyElementsOf(existing);
  }

  static Stream<FindingCode> findingCodes() {
    return Stream.of(
            CoreFinding.values(),
            LogFinding.values(),
            BootFinding.values(),
            SnpFinding.values(),
            TdxFinding.values(),
            TpmFinding.values(),
            AzureFinding.values(),
            ReleasePolicyFinding.values(),
            MaaFinding.values(),
            ReleaseFinding.values())
        .flatMap(Arrays::<FindingCode>stream);
  }

  @Test
  void everyCheckIsInTheDrawingOfTrust() throws IOException {
    List<String> drawn =
        matches(CHECK_ID, read("docs/trust-chains.txt")).map(found -> found.group(1)).toList();
    SimulatedCvm vm = SimulatedCvm.builder().at(NOW).build();
    // Of boot logs no list is public: what a verdict about one has run.
    Verification booted = BootLog.verify(verified(vm), vm.eventLog(), HashAlgorithm.SHA256);
    List<String> existing =
        Stream.concat(
                Stream.of(
                        SnpCheck.values(),
                        TdxCheck.values(),
                        AzureCheck.values(),
                        TpmCheck.values(),
                        MaaCheck.values())
                    .flatMap(Arrays::<Check>stream),
                booted.checks().stream())
            .map(Check::id)
            .toList();
    assertThat(existing).contains("boot.log");
    assertThat(drawn).containsAll(existing);
    assertThat(existing).containsAll(drawn);
  }

  @Test
  void everythingThatStopsAReleasedKeyIsInTheDrawingOfTrust() throws IOException {
    List<String> drawn =
        matches(RELEASE_CODE, read("docs/trust-chains.txt")).map(found -> found.group(1)).toList();
    List<String> existing =
        Stream.of(CoreFinding.values(), ReleaseFinding.values())
            .flatMap(Arrays::stream)
            .map(code -> ((FindingCode) code).name())
            .filter(name -> name.startsWith("SKR_"))
            .toList();
    assertThat(Set.copyOf(drawn)).hasSize(11).containsExactlyInAnyOrderElementsOf(existing);
  }

  @Test
  void everyPolicyInTheDocumentsIsReadAsItStands() throws IOException {
    List<Bytes> policies = new ArrayList<>(policies("docs/policy.md"));
    assertThat(policies).hasSizeGreaterThanOrEqualTo(5);
    policies.addAll(policies("README.md"));
    for (Bytes policy : policies) {
      assertThatCode(() -> policy(policy)).doesNotThrowAnyException();
    }
  }

  /** What a newcomer copies first must work, and must not let in what it does not name. */
  @Test
  void theFirstPolicyAffirmsAHealthyVmAndRejectsADebugGuest() throws IOException {
    AppraisalPolicy first = policy(policies("docs/policy.md").get(0));
    assertThat(appraised(first, SimulatedCvm.builder().at(NOW).build()))
        .isInstanceOf(AttestationResult.Affirmed.class);
    assertThat(appraised(first, SimulatedCvm.builder().at(NOW).debug().build()).findings())
        .extracting(finding -> finding.code().name())
        .containsExactly("SNP_DEBUG");
  }

  @Test
  void theFirstPolicyForTdxDoesAsWell() throws IOException {
    AppraisalPolicy first = policy(policies("docs/policy.md").get(1));
    assertThat(appraised(first, SimulatedCvm.builder().tdx().at(NOW).build()))
        .isInstanceOf(AttestationResult.Affirmed.class);
    assertThat(appraised(first, SimulatedCvm.builder().tdx().at(NOW).debug().build()).findings())
        .extracting(finding -> finding.code().name())
        .containsExactly("TDX_DEBUG");
  }

  @Test
  void theCompletePolicyComparesEveryValueThatItNames() throws IOException {
    AttestationResult result =
        appraised(
            policy(policies("docs/policy.md").get(2)), SimulatedCvm.builder().at(NOW).build());
    assertThat(result.findings())
        .extracting(finding -> finding.code().name())
        .contains("SNP_MEASUREMENT", "VM_IDENTITY", "AZURE_PCR");
  }

  @Test
  void thePolicyFormatNamesEveryDemandProductLineAndStatus() throws IOException {
    String text = read("docs/policy.md");
    for (GuestPolicyDemand demand : GuestPolicyDemand.values()) {
      assertThat(text).contains("`" + camelCase(demand.name()) + "`");
    }
    for (ProductLine line : ProductLine.values()) {
      assertThat(text).contains("\"" + line.label() + "\"");
    }
    for (ConfigurationDemand demand : ConfigurationDemand.values()) {
      assertThat(text).contains("\"" + camelCase(demand.name()) + "\"");
    }
    for (TcbStatus status : TcbStatus.values()) {
      assertThat(text).contains("\"" + status.label() + "\"");
    }
  }

  @Test
  void everyLinkBetweenDocumentsLeadsSomewhere() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path document : documents()) {
      matches(LINK, Files.readString(document))
          .map(found -> found.group(1))
          .filter(target -> !target.contains("://"))
          .filter(target -> !Files.exists(document.resolveSibling(target)))
          .forEach(target -> dead.add(ROOT.relativize(document) + " -> " + target));
    }
    assertThat(dead).isEmpty();
  }

  private static AttestationResult appraised(AppraisalPolicy policy, SimulatedCvm vm) {
    return policy.appraise(verified(vm));
  }

  private static Verification.Verified verified(SimulatedCvm vm) {
    Nonce nonce = Nonce.random();
    Verification verification =
        AzureCvmVerifier.builder()
            .trustAnchors(vm.trustAnchors())
            .build()
            .verify(vm.attest(nonce), vm.endorsements(), nonce, NOW);
    assertThat(verification).isInstanceOf(Verification.Verified.class);
    return (Verification.Verified) verification;
  }

  private static AppraisalPolicy policy(Bytes json) {
    return AppraisalPolicy.fromReferenceValues(ReferenceValues.parse(json));
  }

  private static List<Bytes> policies(String document) throws IOException {
    return matches(JSON_BLOCK, read(document))
        .map(block -> Bytes.of(block.group(1).getBytes(UTF_8)))
        .toList();
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> below = Files.walk(DOCS)) {
      return Stream.concat(top, below).filter(file -> file.toString().endsWith(".md")).toList();
    }
  }

  private static String read(String document) throws IOException {
    return Files.readString(ROOT.resolve(document));
  }

  private static Stream<MatchResult> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results();
  }

  /** {@code noSmt} for NO_SMT. */
  private static String camelCase(String constant) {
    StringBuilder camel = new StringBuilder();
    for (String word : constant.split("_", -1)) {
      String lower = word.toLowerCase(Locale.ROOT);
      camel.append(
          camel.isEmpty() ? lower : Character.toUpperCase(lower.charAt(0)) + lower.substring(1));
    }
    return camel.toString();
  }
}
