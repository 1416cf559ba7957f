package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.azure.internal.policy.ClaimsReader;
import io.github.cvmattestation.azure.internal.policy.PolicyText;
import io.github.cvmattestation.azure.internal.policy.ReleaseEvaluator;
import io.github.cvmattestation.azure.internal.policy.ReleasePolicyJson;
import java.util.List;

/**
 * Which tokens Azure Key Vault, or a Managed HSM, releases a key for (secure key release policy
 * grammar, version 1.0.0). Any branch that holds is enough, so a policy is as strong as its weakest
 * one: {@link ReleasePolicyLinter} finds it.
 *
 * <p>{@link GuestBranch} makes branches that ask for everything that matters of an Azure
 * confidential VM; {@link Branch} those that ask for anything else.
 *
 * @param branches at least one; at most {@value #MAX_CONDITIONS} conditions in all of them
 */
public record ReleasePolicy(List<Branch> branches) {
  /** The most bytes that are read of a policy's JSON. */
  public static final int MAX_SIZE = 1 << 16;

  /** The most conditions that a policy may have, groups among them. */
  public static final int MAX_CONDITIONS = 512;

  /** The most bytes that are read of a token's claims: 1 MiB. */
  public static final int MAX_CLAIMS_SIZE = 1 << 20;

  /** Refuses a policy of no branches, and one beyond the bounds. */
  public ReleasePolicy {
    branches = List.copyOf(branches);
    if (branches.isEmpty()) {
      throw new AttestationException.Configuration(
          "a release policy of no branches", "name at least one authority");
    }
    if (branches.stream().mapToInt(b -> PolicyText.count(b.conditions())).sum() > MAX_CONDITIONS) {
      throw new AttestationException.Configuration(
          "a release policy of more than " + MAX_CONDITIONS + " conditions", "say less");
    }
  }

  /**
   * What one authority must have said.
   *
   * @param authority the token's issuer, a URL; one slash at its end is left out
   * @param conditions what its token must say
   */
  public record Branch(String authority, ReleaseCondition.Group conditions) {
    /** Refuses an authority that is no text for a URL; whether it is to be trusted is not asked. */
    public Branch {
      authority = PolicyText.withoutSlash(authority);
      PolicyText.requireAuthority(authority);
    }

    /** A branch whose conditions must all hold. */
    public static Branch allOf(String authority, ReleaseCondition... conditions) {
      return new Branch(authority, ReleaseCondition.allOf(conditions));
    }

    /** A branch of whose conditions one is enough. */
    public static Branch anyOf(String authority, ReleaseCondition... conditions) {
      return new Branch(authority, ReleaseCondition.anyOf(conditions));
    }
  }

  /** A policy of these branches, any of which is enough. */
  public static ReleasePolicy anyOf(Branch... branches) {
    return new ReleasePolicy(List.of(branches));
  }

  /**
   * Reads a policy, as its author wrote it or as the vault returned it.
   *
   * @param json strict JSON with no member but those of the grammar, at most {@value #MAX_SIZE}
   *     bytes; numbers are integers of 64 bits
   * @throws MalformedException for anything else; its finding is {@link
   *     ReleasePolicyFinding#POLICY_AUTHORITY} where a branch names no authority, and otherwise
   *     what the caller says, mostly {@link ReleasePolicyFinding#POLICY_FORM}
   */
  public static ReleasePolicy parse(Bytes json) throws MalformedException {
    return ReleasePolicyJson.read(json);
  }

  /**
   * The policy in one writing only: members in the order of the grammar, conditions in the order of
   * the policy, no white space, UTF-8. {@link #parse} reads it back to an equal policy.
   */
  public Bytes canonicalJson() {
    return ReleasePolicyJson.write(this);
  }

  /** SHA-256 of {@link #canonicalJson}, in base64url without padding. */
  public String hash() {
    return ReleasePolicyJson.hash(canonicalJson());
  }

  /**
   * What the vault would say to a token with these claims, by the published grammar: to tell why a
   * key was refused. It says nothing about the token's signature, time or key, which the vault
   * checks as well.
   *
   * @param claims the token's payload, JSON, at most {@value #MAX_CLAIMS_SIZE} bytes
   * @throws MalformedException if it is no JSON object
   */
  public ReleaseEvaluation evaluate(Bytes claims) throws MalformedException {
    return ReleaseEvaluator.evaluate(this, ClaimsReader.read(claims));
  }
}
