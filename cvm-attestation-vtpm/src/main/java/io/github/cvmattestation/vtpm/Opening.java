package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.SecretBytes;
import java.util.List;

/** What came of asking a TPM for a sealed secret: the secret, or why not. */
public sealed interface Opening extends AutoCloseable {
  /** Why a secret stays sealed. */
  enum Reason {
    /** Registers do not hold what the policy demands. */
    REGISTERS_DIFFER,
    /** A register was extended while the policy was being satisfied: try again. */
    REGISTERS_CHANGED,
    /** None of the approvals is for this secret, in this epoch. */
    NO_APPROVAL,
    /** An approval's signature does not verify under the secret's key. */
    APPROVAL_FORGED,
    /** The secret belongs to an epoch that has passed. */
    EPOCH_PASSED,
    /** The secret has a PIN, and none was given. */
    PIN_MISSING,
    /** The PIN is wrong, and the TPM has counted it. */
    PIN_WRONG,
    /** Too many wrong PINs or passwords: for a while the TPM takes none, right ones neither. */
    LOCKED_OUT,
    /** Another TPM sealed it, or this one was reset. */
    ANOTHER_TPM,
    /** The TPM does not recognise what it is to open: damaged, altered or another TPM's. */
    DAMAGED,
    /** The policy is not satisfied, though the registers hold what they should. */
    POLICY_FAILED
  }

  /** The TPM released it. */
  record Opened(SecretBytes secret) implements Opening {
    @Override
    public void close() {
      secret.close();
    }
  }

  /**
   * The TPM, or a check before it was asked, said no.
   *
   * @param registers those that differ, ascending; empty unless {@link Reason#REGISTERS_DIFFER},
   *     and there also if it is not recorded what they held
   * @param message for people: what is the matter, and what to do
   */
  record Refused(Reason reason, List<Integer> registers, String message) implements Opening {
    public Refused {
      registers = List.copyOf(registers);
    }

    @Override
    public void close() {}
  }

  @Override
  void close();
}
