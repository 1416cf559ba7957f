package io.github.cvmattestation.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.azure.AzureAttestation;
import io.github.cvmattestation.azure.AzureCvmVerifier;
import io.github.cvmattestation.azure.AzurePolicy;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpPolicy;
import io.github.cvmattestation.testkit.CrlSpec;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SimulatedCvmBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's code does what the README says, and is the README's code. */
class VerifyEvidenceTest {
  private static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");
  private static final Nonce NONCE = new Nonce(Bytes.ofHex("00112233445566778899aabbccddeeff"));

  private final SimulatedCvmBuilder machine = SimulatedCvm.builder().at(AT).seed("readme");

  @Test
  void theWantedMachineIsAdmitted() {
    SimulatedCvm wanted = machine.build();
    assertThat(admit(wanted, NONCE))
        .map(AzureAttestation::firmwareMeasurement)
        .hasValueSatisfying(measurement -> assertThat(measurement.size()).isEqualTo(48));
  }

  @Test
  void aReplayIsNotAdmitted() {
    assertThat(admit(machine.build(), new Nonce(Bytes.zeros(16)))).isEmpty();
  }

  @Test
  void aMachineThatTheHostMayDebugIsNotAdmitted() {
    assertThat(admit(machine.debug().build(), NONCE)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"VerifyEvidence", "WhatBooted", "ReleaseAKey"})
  void theReadmeQuotesThisVeryCode(String example) throws IOException {
    Path here = Path.of("").toAbsolutePath();
    Path examples = here.resolve("src/main/java/io/github/cvmattestation/examples");
    List<String> source = Files.readAllLines(examples.resolve(example + ".java"));
    int from = indexOf(source, "// tag::readme[]");
    int to = indexOf(source, "// end::readme[]");
    String quoted =
        source.subList(from + 1, to).stream()
            .map(line -> line.replaceFirst("^ {4}", ""))
            .collect(Collectors.joining("\n"));
    assertThat(quoted.lines()).hasSizeLessThanOrEqualTo(8);
    assertThat(Files.readString(here.resolve("../../README.md"))).contains(quoted);
  }

  private static int indexOf(List<String> lines, String marker) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().equals(marker)) {
        return i;
      }
    }
    throw new AssertionError(marker + " is missing");
  }

  private static Optional<AzureAttestation> admit(SimulatedCvm machine, Nonce nonce) {
    AppraisalPolicy policy =
        AppraisalPolicy.of(
            SnpPolicy.builder()
                .requireProductLines(Set.of(ProductLine.GENOA))
                .ignoreTcb()
                .ignoreMeasurement()
                .ignoreReportData()
                .ignoreHostData()
                .ignoreIdBlock()
                .ignoreChip()
                .build(),
            AzurePolicy.builder().ignoreVmUniqueId().ignorePcrs().build());
    AzureCvmVerifier verifier =
        AzureCvmVerifier.builder().trustAnchors(machine.trustAnchors()).build();
    return new VerifyEvidence(verifier, policy)
        .admit(
            machine.attest(NONCE).content(),
            nonce,
            machine.pki().chainPem(machine.line()),
            machine.pki().crl(CrlSpec.of(machine.line())),
            AT);
  }
}
