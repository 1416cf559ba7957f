package io.github.cvmattestation.snp;

import java.util.function.Predicate;

/** What a relying party may want a guest's own POLICY to demand (AMD 56860, section 4.3). */
public enum GuestPolicyDemand {
  /** Not to run with simultaneous multithreading. */
  NO_SMT(policy -> !policy.smtAllowed()),
  /** To run on one socket only. */
  SINGLE_SOCKET(GuestPolicy::singleSocketRequired),
  /** AES-256-XTS memory encryption. */
  AES_256_XTS(GuestPolicy::aes256XtsRequired),
  /** RAPL off. */
  RAPL_DISABLED(GuestPolicy::raplDisabledRequired),
  /** Ciphertext hiding. */
  CIPHERTEXT_HIDING(GuestPolicy::ciphertextHidingRequired),
  /** No page swap or move by the host. */
  PAGE_SWAP_DISABLED(GuestPolicy::pageSwapDisabled);

  private final Predicate<GuestPolicy> holds;

  GuestPolicyDemand(Predicate<GuestPolicy> holds) {
    this.holds = holds;
  }

  boolean holds(GuestPolicy policy) {
    return holds.test(policy);
  }
}
