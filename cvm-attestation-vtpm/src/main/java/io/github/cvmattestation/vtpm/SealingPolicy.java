package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.Optional;
import java.util.Set;

/**
 * When a secret opens: while registers hold certain values, or those that a key's owner approves;
 * or both. There is no policy that asks for neither.
 *
 * @param authority whose approval it takes, if any
 * @param pcrs what registers must hold whatever is approved, if any
 */
public record SealingPolicy(Optional<Authority> authority, Optional<PcrBank> pcrs) {
  /**
   * Whose approval opens a secret.
   *
   * @param key the public half of the key that approves
   * @param scope what it approves
   */
  public record Authority(PolicyKey key, ApprovalScope scope) {}

  public SealingPolicy {
    if (authority.isEmpty() && pcrs.isEmpty()) {
      throw new AttestationException.Configuration(
          "a secret without a policy opens for everybody", "name registers or a key");
    }
    if (pcrs.isPresent() && (pcrs.get().values().isEmpty() || pcrs.get().algorithm().isWeak())) {
      throw new AttestationException.Configuration(
          "no register, or of a SHA-1 bank, protects nothing", "name registers of another bank");
    }
  }

  /**
   * While registers hold exactly these values: what they hold now, or what they will hold after the
   * boot that you predict.
   */
  public static SealingPolicy pcrs(PcrBank values) {
    return new SealingPolicy(Optional.empty(), Optional.of(values));
  }

  /** While registers hold what they hold now. */
  public static SealingPolicy currentPcrs(Tpm tpm, PcrSelection pcrs) {
    return pcrs(tpm.pcrs().read(pcrs.hash(), Set.copyOf(pcrs.indices())));
  }

  /** Whenever {@code key}'s owner has approved what registers hold. */
  public static SealingPolicy approvedBy(PolicyKey key, ApprovalScope scope) {
    return new SealingPolicy(Optional.of(new Authority(key, scope)), Optional.empty());
  }

  /** This, and registers that must hold these values whatever is approved. */
  public SealingPolicy andPcrs(PcrBank values) {
    return new SealingPolicy(authority, Optional.of(values));
  }

  /** The policy's digest: approval, then registers, then the PIN, as systemd orders them. */
  PolicyDigest digest(boolean hasPin) {
    PolicyDigest digest = PolicyDigest.empty(HashAlgorithm.SHA256);
    if (authority.isPresent()) {
      Authority approving = authority.get();
      digest = digest.authorize(approving.key().name(), approving.scope().policyRef());
    }
    if (pcrs.isPresent()) {
      digest = digest.pcr(pcrs.get());
    }
    return hasPin ? digest.authValue() : digest;
  }
}
