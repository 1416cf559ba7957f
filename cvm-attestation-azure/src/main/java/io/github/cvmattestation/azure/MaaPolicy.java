package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.azure.MaaRule.Action;
import io.github.cvmattestation.azure.internal.policy.MaaText;
import io.github.cvmattestation.azure.internal.policy.ReleasePolicyJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * What an Azure Attestation provider appraises by, as the text that its administration takes (Azure
 * Attestation policy, versions 1.0 to 1.2).
 */
public final class MaaPolicy {
  private final Version version;
  private final String text;

  private MaaPolicy(Version version, String text) {
    this.version = version;
    this.text = text;
  }

  /** Versions of the grammar. */
  public enum Version {
    /** Authorization and issuance rules. */
    V1_0("1.0"),
    /** Configuration rules besides. */
    V1_1("1.1"),
    /** Absent claims and functions besides. */
    V1_2("1.2");

    private final String number;

    Version(String number) {
      this.number = number;
    }

    /** The number in the policy. */
    public String number() {
      return number;
    }
  }

  /** A policy to be stated. */
  public static Builder builder() {
    return new Builder();
  }

  /** The version of its grammar: the least that has all that the rules use. */
  public Version version() {
    return version;
  }

  /** The policy in ASCII, as it is uploaded. */
  public String text() {
    return text;
  }

  /** The text as the service hashes and uploads it: base64url without padding. */
  public String encoded() {
    return encoded(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The hash that tokens carry in {@code x-ms-policy-hash}: SHA-256 of {@link #encoded}, in
   * base64url without padding.
   */
  public String policyHash() {
    return policyHash(Bytes.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * The same of any policy's text.
   *
   * @param text as it was uploaded, to the byte
   */
  public static String policyHash(Bytes text) {
    return ReleasePolicyJson.hash(
        Bytes.of(encoded(text.toArray()).getBytes(StandardCharsets.US_ASCII)));
  }

  private static String encoded(byte[] text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text);
  }

  /** States an {@link MaaPolicy}; rules keep their order. */
  public static final class Builder {
    private static final int MAX_PCR_MASK = 0xFFFFFF;

    private final List<MaaRule> configuration = new ArrayList<>();
    private final List<MaaRule> authorization = new ArrayList<>();
    private final List<MaaRule> issuance = new ArrayList<>();

    private Builder() {}

    /** Whether the attestation key's certificate must be valid; without this it must. */
    public Builder requireValidAikCert(boolean required) {
      return configure("require_valid_aik_cert", MaaValue.of(required));
    }

    /**
     * Which PCRs must be in the quote and be replayed; without this all.
     *
     * @param mask bit n stands for PCR n, 0 to 23
     */
    public Builder requiredPcrMask(int mask) {
      if (mask < 0 || mask > MAX_PCR_MASK) {
        throw new AttestationException.Configuration(
            "a PCR mask beyond PCR 23", "set bits 0 to 23 alone");
      }
      return configure("required_pcr_mask", MaaValue.of(mask));
    }

    /** Sets a property of the policy engine, such as {@code x-ms-sgx-tcbidentifier}. */
    public Builder configure(String property, MaaValue value) {
      configuration.add(MaaRule.issueProperty(property, value));
      return this;
    }

    /** Adds a rule that decides whether there is a token at all: permit, deny or add. */
    public Builder authorize(MaaRule rule) {
      requireAction(rule, Action.PERMIT, Action.DENY, Action.ADD);
      authorization.add(rule);
      return this;
    }

    /** Adds a rule about the token: issue, add or issueproperty. */
    public Builder issue(MaaRule rule) {
      requireAction(rule, Action.ISSUE, Action.ADD, Action.ISSUE_PROPERTY);
      issuance.add(rule);
      return this;
    }

    /** How long tokens are valid. */
    public Builder reportValidityInMinutes(int minutes) {
      if (minutes <= 0) {
        throw new AttestationException.Configuration(
            "tokens that are never valid", "give at least one minute");
      }
      return issue(
          MaaRule.issueProperty("report_validity_in_minutes", MaaValue.of((long) minutes)));
    }

    /** Whether tokens leave out the signer's certificates. */
    public Builder omitX5c(boolean omit) {
      return issue(MaaRule.issueProperty("omit_x5c", MaaValue.of(omit)));
    }

    /**
     * The policy.
     *
     * @throws AttestationException.Configuration if no rule permits anything
     */
    public MaaPolicy build() {
      if (authorization.stream().noneMatch(rule -> rule.action() == Action.PERMIT)) {
        throw new AttestationException.Configuration(
            "a policy that permits nobody", "authorize(MaaRule.permit(…))");
      }
      boolean functions =
          MaaText.needsVersion2(configuration)
              || MaaText.needsVersion2(authorization)
              || MaaText.needsVersion2(issuance);
      Version version =
          functions ? Version.V1_2 : configuration.isEmpty() ? Version.V1_0 : Version.V1_1;
      StringBuilder text = new StringBuilder("version=" + version.number() + ";\n");
      if (!configuration.isEmpty()) {
        MaaText.section("configurationrules", configuration, text);
      }
      MaaText.section("authorizationrules", authorization, text);
      MaaText.section("issuancerules", issuance, text);
      return new MaaPolicy(version, text.toString());
    }

    private static void requireAction(MaaRule rule, Action... allowed) {
      if (!List.of(allowed).contains(rule.action())) {
        throw new AttestationException.Configuration(
            rule.action().word() + " in a section that has no such rules",
            "permit and deny belong to authorization, issue and issueproperty to issuance");
      }
    }
  }
}
