package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.azure.internal.policy.PolicyJudge;
import io.github.cvmattestation.azure.internal.policy.PolicyText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells what a release policy forgets to ask: before it is uploaded, and again of what the vault
 * gives back. The weakest way in which the policy can hold is what counts, in every branch and
 * every {@code anyOf}. A demand counts only where it is an {@code equals} at the exact path and of
 * the type that the token has.
 *
 * <p>Without findings a policy keeps the key from machines that others can look into. Whose
 * machines get it is another question: name VMs or measurements for that.
 */
public final class ReleasePolicyLinter {
  private final Optional<Set<String>> accepted;

  private ReleasePolicyLinter(Optional<Set<String>> accepted) {
    this.accepted = accepted;
  }

  /**
   * A linter that accepts these authorities and no others.
   *
   * @param authorities at least one issuer; compared whole, but for one slash at the end
   */
  public static ReleasePolicyLinter accepting(String... authorities) {
    Set<String> accepted = new LinkedHashSet<>();
    for (String authority : authorities) {
      accepted.add(PolicyText.withoutSlash(authority));
    }
    if (accepted.isEmpty()) {
      throw new AttestationException.Configuration(
          "a linter that accepts no authority", "name one, or call allowAnyAuthority()");
    }
    return new ReleasePolicyLinter(Optional.of(accepted));
  }

  /** A linter that accepts anybody with an https URL: an attacker's own issuer among them. */
  public static ReleasePolicyLinter allowAnyAuthority() {
    return new ReleasePolicyLinter(Optional.empty());
  }

  /** Everything that is wrong with {@code policy}, in the order of its branches. */
  public List<Finding> lint(ReleasePolicy policy) {
    return PolicyJudge.findings(policy, accepted);
  }

  /** The same of a policy's JSON; what is no policy is one finding. */
  public List<Finding> lint(Bytes json) {
    try {
      return lint(ReleasePolicy.parse(json));
    } catch (MalformedException e) {
      return List.of(e.toFinding(ReleasePolicyFinding.POLICY_FORM));
    }
  }

  /**
   * Compares a policy with what the vault says it has. White space, and a slash at the end of an
   * authority, make no difference; anything else does, order included.
   *
   * @param readBack the policy's JSON as the vault returned it, out of its base64url
   */
  public List<Finding> requireUnchanged(ReleasePolicy uploaded, Bytes readBack) {
    String found;
    try {
      found = ReleasePolicy.parse(readBack).hash();
    } catch (MalformedException e) {
      found = "no release policy";
    }
    return found.equals(uploaded.hash())
        ? List.of()
        : List.of(Finding.of(ReleasePolicyFinding.POLICY_DRIFT, uploaded.hash(), found));
  }

  /**
   * Compares whether a policy may be replaced with what was wanted. An immutable policy that names
   * a regional issuer has no way out but another key.
   *
   * @param wanted whether the policy was to be immutable
   * @param found what the vault says
   */
  public List<Finding> requireImmutable(boolean wanted, boolean found) {
    return !wanted || found
        ? List.of()
        : List.of(Finding.of(ReleasePolicyFinding.POLICY_MUTABLE, "immutable", "mutable"));
  }
}
