package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.vtpm.Opening;
import io.github.cvmattestation.vtpm.Opening.Reason;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.PcrUse;
import io.github.cvmattestation.vtpm.PolicyApproval;
import io.github.cvmattestation.vtpm.PolicyKey;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.TpmTransport;
import io.github.cvmattestation.vtpm.TpmtPublic;
import io.github.cvmattestation.vtpm.UnsealedSecret;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The steps that release sealed data, in the order of its policy: approval, registers, PIN. The
 * same for files of ours and for tokens of systemd.
 *
 * @param parentName the parent's expected Name, where it is recorded
 * @param approved whose approval it takes, if any
 * @param pcrs registers that the policy names literally, if any
 * @param recorded what they held, where that is recorded
 * @param authValue the object's authorisation value, if the policy asks for it
 */
public record Unsealing(
    StorageParent parent,
    Optional<Bytes> parentName,
    Bytes privateArea,
    TpmtPublic publicArea,
    Optional<Approved> approved,
    Optional<PcrSelection> pcrs,
    Optional<PcrBank> recorded,
    Optional<byte[]> authValue) {
  /** TPM_RC_PCR_CHANGED (TPM 2.0 Part 2, section 6.6.3). */
  private static final int PCR_CHANGED = 0x128;

  /**
   * Whose approval it takes, and those that there are.
   *
   * @param key the public half of the key that approves
   * @param policyRef what approvals must be for
   * @param approvals of which one must be for {@code policyRef} and fit the registers
   */
  public record Approved(PolicyKey key, Bytes policyRef, List<PolicyApproval> approvals) {
    public Approved {
      approvals = List.copyOf(approvals);
    }
  }

  /** A step that came out wrong, on its way to {@link #open}. */
  private static final class Stopped extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Opening.Refused why;

    Stopped(Reason reason, List<Integer> registers, String message) {
      super(message, null, false, false);
      this.why = new Opening.Refused(reason, registers, message);
    }
  }

  /** Asks. Two transient objects are loaded at a time at most, and one session. */
  public Opening open(TpmTransport transport) {
    SealingTpm tpm = new SealingTpm(transport);
    try (LoadedObject parentKey = tpm.parent(parent)) {
      if (parentName.isPresent() && !parentName.get().equals(parentKey.name())) {
        throw new Stopped(
            Reason.ANOTHER_TPM,
            List.of(),
            "another TPM sealed this, or this one has been cleared since; restore the secret from"
                + " where else you keep it");
      }
      try (PolicySession session = tpm.startPolicy(parentKey)) {
        if (approved.isPresent()) {
          approve(tpm, session, approved.get());
        }
        pcrs.ifPresent(session::pcr);
        authValue.ifPresent(session::authValue);
        try (LoadedObject object = load(tpm, parentKey)) {
          return new Opening.Opened(new UnsealedSecret(unseal(tpm, session, object)));
        }
      }
    } catch (Stopped e) {
      return e.why;
    }
  }

  private LoadedObject load(SealingTpm tpm, LoadedObject parentKey) throws Stopped {
    try {
      return tpm.load(parentKey, new SealingTpm.SealedObject(privateArea, publicArea));
    } catch (TpmRefusal e) {
      if (!e.blamesParameter()) {
        throw e;
      }
      throw new Stopped(
          Reason.DAMAGED,
          List.of(),
          "the TPM does not recognise the sealed data: it is damaged, altered, or another TPM's;"
              + " restore it from where else you keep it");
    }
  }

  private static void approve(SealingTpm tpm, PolicySession session, Approved approved)
      throws Stopped {
    PolicyApproval approval = choose(tpm, approved);
    session.pcr(selection(approval.values()));
    Bytes digest = approval.approvedPolicy();
    Bytes ticket;
    try {
      ticket = session.verify(approved.key(), digest, approved.policyRef(), approval.signature());
    } catch (TpmRefusal e) {
      if (!e.blamesParameter()) {
        throw e;
      }
      throw new Stopped(
          Reason.APPROVAL_FORGED,
          List.of(),
          "the approval is not signed by the secret's key; get one from the key's owner");
    }
    try {
      session.authorize(approved.key(), digest, approved.policyRef(), ticket);
    } catch (TpmRefusal e) {
      if (e.error() != TpmRefusal.Error.VALUE) {
        throw e;
      }
      // The approval fitted what was read, so the session saw something else.
      throw changed();
    }
  }

  /** The approval that fits, or an account of how the nearest one does not. */
  private static PolicyApproval choose(SealingTpm tpm, Approved approved) throws Stopped {
    List<PolicyApproval> candidates =
        approved.approvals().stream()
            .filter(a -> a.policyRef().equals(approved.policyRef()))
            .toList();
    if (candidates.isEmpty()) {
      throw new Stopped(
          Reason.NO_APPROVAL,
          List.of(),
          approved.approvals().isEmpty()
              ? "the secret opens with an approval of its key's owner, and there is none"
              : "the approvals are for another purpose or another epoch than the secret");
    }
    Comparator<PolicyApproval> byDifference =
        Comparator.comparingInt(a -> tpm.differing(a.values()).size());
    PolicyApproval nearest = candidates.stream().min(byDifference).orElseThrow();
    List<Integer> differing = tpm.differing(nearest.values());
    if (!differing.isEmpty()) {
      throw new Stopped(
          Reason.REGISTERS_DIFFER,
          differing,
          PcrUse.names(differing)
              + (differing.size() == 1 ? " differs" : " differ")
              + " from what is approved; boot what was approved, or get an approval for what runs");
    }
    return nearest;
  }

  private byte[] unseal(SealingTpm tpm, PolicySession session, LoadedObject object) throws Stopped {
    try {
      return session.unseal(object);
    } catch (TpmRefusal e) {
      if (e.code() == PCR_CHANGED) {
        throw changed();
      }
      if (e.code() == TpmRefusal.LOCKOUT) {
        throw new Stopped(
            Reason.LOCKED_OUT,
            List.of(),
            "after too many wrong PINs the TPM takes none, not the right one either; wait, or reset"
                + " the lockout with tpm2_dictionarylockout -c");
      }
      boolean wrongAuth =
          e.error() == TpmRefusal.Error.AUTH_FAIL || e.error() == TpmRefusal.Error.BAD_AUTH;
      if (wrongAuth && authValue.isPresent()) {
        throw new Stopped(
            Reason.PIN_WRONG, List.of(), "the PIN is wrong; the TPM counts wrong ones");
      }
      if (e.error() == TpmRefusal.Error.POLICY_FAIL) {
        throw policyFailed(tpm);
      }
      throw e;
    }
  }

  /** The TPM says only that the policy fails; which register is to blame, the record tells. */
  private Stopped policyFailed(SealingTpm tpm) {
    List<Integer> differing = recorded.isPresent() ? tpm.differing(recorded.get()) : List.of();
    if (!differing.isEmpty()) {
      return new Stopped(
          Reason.REGISTERS_DIFFER,
          differing,
          PcrUse.names(differing)
              + (differing.size() == 1 ? " differs" : " differ")
              + " from what it was when the secret was sealed; boot what ran then, or restore the"
              + " secret and seal it again");
    }
    if (recorded.isEmpty() && pcrs.isPresent()) {
      List<Integer> named = pcrs.get().indices();
      return new Stopped(
          Reason.REGISTERS_DIFFER,
          List.of(),
          (named.size() == 1 ? "" : "one or more of ")
              + PcrUse.names(named)
              + " in the "
              + pcrs.get().hash().bankName()
              + " bank "
              + (named.size() == 1 ? "differs" : "differ")
              + " from what it was at enrolment; boot what ran then, or enrol again");
    }
    return new Stopped(
        Reason.POLICY_FAILED,
        List.of(),
        "the TPM says that the policy is not satisfied, though registers are as they should be");
  }

  private static Stopped changed() {
    return new Stopped(
        Reason.REGISTERS_CHANGED,
        List.of(),
        "a register was extended while the policy was being satisfied; try again");
  }

  private static PcrSelection selection(PcrBank values) {
    return PcrSelection.of(values.algorithm(), values.values().keySet());
  }
}
