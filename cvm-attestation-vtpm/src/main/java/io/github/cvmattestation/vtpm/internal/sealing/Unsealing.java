package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.vtpm.Opening;
import io.github.cvmattestation.vtpm.Opening.Reason;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.PcrUse;
import io.github.cvmattestation.vtpm.PolicyApproval;
import io.github.cvmattestation.vtpm.PolicyKey;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import io.github.cvmattestation.vtpm.TpmException;
import io.github.cvmattestation.vtpm.TpmHandle;
import io.github.cvmattestation.vtpm.TpmObject;
import io.github.cvmattestation.vtpm.TpmPcrs;
import io.github.cvmattestation.vtpm.TpmSession;
import io.github.cvmattestation.vtpm.TpmlPcrSelection;
import io.github.cvmattestation.vtpm.TpmtPublic;
import io.github.cvmattestation.vtpm.TpmtTicket;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The steps that release sealed data, in the order of its policy: approval, registers, PIN. The
 * same for files of ours and for tokens of systemd.
 *
 * @param parentName the parent's expected Name, where it is recorded
 * @param inSymSeed of a duplicate, which is imported first
 * @param approved whose approval it takes, if any
 * @param pcrs registers that the policy names literally, if any
 * @param recorded what they held, where that is recorded
 * @param authValue the object's authorisation value, if the policy asks for it
 */
public record Unsealing(
    StorageParent parent,
    Optional<Bytes> parentName,
    Bytes privateArea,
    Optional<Bytes> inSymSeed,
    TpmtPublic publicArea,
    Optional<Approved> approved,
    Optional<PcrSelection> pcrs,
    Optional<PcrBank> recorded,
    Optional<byte[]> authValue) {
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
  public Opening open(Tpm tpm) {
    try (TpmObject parentKey = Templates.parent(tpm, parent)) {
      if (parentName.isPresent() && !parentName.get().equals(parentKey.name())) {
        throw new Stopped(
            Reason.ANOTHER_TPM,
            List.of(),
            "another TPM sealed this, or this one has been cleared since; restore the secret from"
                + " where else you keep it");
      }
      try (TpmSession session = tpm.session().salted(parentKey).encrypting().policy()) {
        if (approved.isPresent()) {
          approve(tpm, session, approved.get());
        }
        pcrs.ifPresent(named -> session.policyPcr(new TpmlPcrSelection(List.of(named))));
        if (authValue.isPresent()) {
          session.policyAuthValue();
        }
        try (TpmObject object = load(tpm, parentKey)) {
          return new Opening.Opened(new SecretBytes(unseal(tpm, session, object)));
        }
      }
    } catch (Stopped e) {
      return e.why;
    }
  }

  private TpmObject load(Tpm tpm, TpmObject parentKey) throws Stopped {
    try {
      Bytes inPrivate =
          inSymSeed.isPresent()
              ? tpm.keys()
                  .importObject(
                      parentKey, TpmAuth.empty(), publicArea, privateArea, inSymSeed.get())
              : privateArea;
      return tpm.keys().load(parentKey, TpmAuth.empty(), inPrivate, publicArea);
    } catch (TpmException e) {
      if (Refusals.isLockout(e)) {
        throw lockedOut();
      }
      boolean data = inSymSeed.isPresent() ? Refusals.isWrongData(e) : Refusals.blamesParameter(e);
      if (!data) {
        throw e;
      }
      throw new Stopped(
          Reason.DAMAGED,
          List.of(),
          "the TPM does not recognise the sealed data: it is damaged, altered, or another TPM's;"
              + " restore it from where else you keep it");
    }
  }

  private static void approve(Tpm tpm, TpmSession session, Approved approved) throws Stopped {
    PolicyApproval approval = choose(tpm, approved);
    PcrBank values = approval.values();
    session.policyPcr(TpmPcrs.select(values.algorithm(), values.values().keySet()));
    TpmtTicket ticket = verify(tpm, approved, approval);
    try {
      session.policyAuthorize(
          approval.approvedPolicy(), approved.policyRef(), approved.key().name(), ticket);
    } catch (TpmException e) {
      if (!Refusals.blamesParameter(e)) {
        throw e;
      }
      // The approval fitted what was read, so the session saw something else.
      throw changed();
    }
  }

  /** The TPM's ticket that the approval is signed, for exactly what the policy asks for. */
  private static TpmtTicket verify(Tpm tpm, Approved approved, PolicyApproval approval)
      throws Stopped {
    Bytes signed = Digests.sha256(approval.approvedPolicy(), approved.policyRef());
    try (TpmObject key = tpm.keys().loadExternal(approved.key().publicArea(), TpmHandle.OWNER)) {
      return tpm.keys().verifySignature(key, signed, approval.signature());
    } catch (TpmException e) {
      if (!Refusals.blamesParameter(e)) {
        throw e;
      }
      throw new Stopped(
          Reason.APPROVAL_FORGED,
          List.of(),
          "the approval is not signed by the secret's key; get one from the key's owner");
    }
  }

  /** The approval that fits, or an account of how the nearest one does not. */
  private static PolicyApproval choose(Tpm tpm, Approved approved) throws Stopped {
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
        Comparator.comparingInt(a -> Refusals.differing(tpm, a.values()).size());
    PolicyApproval nearest = candidates.stream().min(byDifference).orElseThrow();
    List<Integer> differing = Refusals.differing(tpm, nearest.values());
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

  private byte[] unseal(Tpm tpm, TpmSession session, TpmObject object) throws Stopped {
    try {
      return tpm.keys().unseal(object, TpmAuth.session(session, authValue.orElse(new byte[0])));
    } catch (TpmException e) {
      if (Refusals.isChange(e)) {
        throw changed();
      }
      if (Refusals.isLockout(e)) {
        throw lockedOut();
      }
      if (Refusals.isWrongAuth(e) && authValue.isPresent()) {
        throw new Stopped(
            Reason.PIN_WRONG, List.of(), "the PIN is wrong; the TPM counts wrong ones");
      }
      if (Refusals.isPolicyFailure(e)) {
        throw policyFailed(tpm);
      }
      throw e;
    }
  }

  /** The TPM says only that the policy fails; which register is to blame, the record tells. */
  private Stopped policyFailed(Tpm tpm) {
    List<Integer> differing =
        recorded.isPresent() ? Refusals.differing(tpm, recorded.get()) : List.of();
    if (!differing.isEmpty()) {
      return new Stopped(
          Reason.REGISTERS_DIFFER,
          differing,
          PcrUse.names(differing)
              + (differing.size() == 1
                  ? " differs from what it was"
                  : " differ from what they were")
              + " when the secret was sealed; boot what ran then, or restore the"
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
              + (named.size() == 1 ? "differs from what it was" : "differ from what they were")
              + " at enrolment; boot what ran then, or enrol again");
    }
    return new Stopped(
        Reason.POLICY_FAILED,
        List.of(),
        "the TPM says that the policy is not satisfied, though registers are as they should be");
  }

  private static Stopped lockedOut() {
    return new Stopped(
        Reason.LOCKED_OUT,
        List.of(),
        "after too many wrong guesses the TPM takes none, right ones neither; wait, or reset the"
            + " lockout with tpm2_dictionarylockout -c");
  }

  private static Stopped changed() {
    return new Stopped(
        Reason.REGISTERS_CHANGED,
        List.of(),
        "a register was extended while the policy was being satisfied; try again");
  }
}
