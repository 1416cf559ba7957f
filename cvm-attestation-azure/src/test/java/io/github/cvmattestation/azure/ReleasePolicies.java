package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Release policies as people write them. */
final class ReleasePolicies {
  static final String AUTHORITY = "https://contoso.weu.attest.azure.net";

  /** What {@link GuestBranch} makes for SEV-SNP, written by hand. */
  static final String SNP =
      """
      {"claim":"x-ms-isolation-tee.x-ms-attestation-type","equals":"sevsnpvm"},
      {"claim":"x-ms-isolation-tee.x-ms-compliance-status","equals":"azure-compliant-cvm"},
      {"claim":"secureboot","equals":true},
      {"claim":"x-ms-azurevm-bootdebug-enabled","equals":false},
      {"claim":"x-ms-azurevm-kerneldebug-enabled","equals":false},
      {"claim":"x-ms-azurevm-hypervisordebug-enabled","equals":false},
      {"claim":"x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable","equals":false},
      {"claim":"x-ms-isolation-tee.x-ms-sevsnpvm-vmpl","equals":0}""";

  /** The same for TDX. */
  static final String TDX =
      """
      {"claim":"x-ms-isolation-tee.x-ms-attestation-type","equals":"tdxvm"},
      {"claim":"x-ms-isolation-tee.x-ms-compliance-status","equals":"azure-compliant-cvm"},
      {"claim":"secureboot","equals":true},
      {"claim":"x-ms-azurevm-bootdebug-enabled","equals":false},
      {"claim":"x-ms-azurevm-kerneldebug-enabled","equals":false},
      {"claim":"x-ms-azurevm-hypervisordebug-enabled","equals":false},
      {"claim":"x-ms-isolation-tee.tdx_td_attributes_debug","equals":false}""";

  private ReleasePolicies() {}

  static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  static String text(Bytes bytes) {
    return new String(bytes.toArray(), StandardCharsets.UTF_8);
  }

  /** A policy of one branch of {@link #AUTHORITY}. */
  static String policy(String allOf) {
    return "{\"version\":\"1.0.0\",\"anyOf\":[" + branch(AUTHORITY, allOf) + "]}";
  }

  static String branch(String authority, String allOf) {
    return "{\"authority\":\"" + authority + "\",\"allOf\":[" + allOf + "]}";
  }

  static String without(String conditions, String claim) {
    List<String> kept =
        conditions
            .lines()
            .map(line -> line.endsWith(",") ? line.substring(0, line.length() - 1) : line)
            .filter(line -> !line.contains("\"" + claim + "\""))
            .toList();
    return String.join(",\n", kept);
  }

  static ReleasePolicy parse(String json) {
    try {
      return ReleasePolicy.parse(bytes(json));
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  static List<FindingCode> codes(List<Finding> findings) {
    return findings.stream().map(Finding::code).toList();
  }
}
