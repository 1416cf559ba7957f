package io.github.cvmattestation.examples;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.eventlog.BootClaims;
import io.github.cvmattestation.attestation.eventlog.BootState;
import io.github.cvmattestation.vtpm.BootLog;
import java.util.Optional;

/** From a verified machine and its event log to a decision about what booted. */
public final class WhatBooted {
  private final AppraisalPolicy policy;

  /**
   * What the service wants.
   *
   * @param policy with a {@code BootPolicy} among its rules
   */
  public WhatBooted(AppraisalPolicy policy) {
    this.policy = policy;
  }

  /**
   * What the machine booted, if all of it is wanted.
   *
   * @param evidence the verdict about the machine's evidence
   * @param log its event log, which need not be trusted
   */
  public Optional<BootState> admit(Verification evidence, Bytes log) {
    // tag::readme[]
    if (evidence instanceof Verification.Verified machine // its PCRs are signed and fresh
        && BootLog.verify(machine, log, HashAlgorithm.SHA256)
            instanceof Verification.Verified booted // and the log adds up to them
        && policy.appraise(booted) instanceof AttestationResult.Affirmed affirmed) {
      return affirmed.claims().get(BootClaims.class).map(BootClaims::state);
    }
    return Optional.empty();
    // end::readme[]
  }
}
