package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.vtpm.internal.CommandCode;
import io.github.cvmattestation.vtpm.internal.SessionState;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.List;

/**
 * An HMAC or policy session; closing flushes it. Made by {@link TpmSessionBuilder}.
 *
 * <p>The policy commands change this session's policyDigest in the TPM. A use of the session clears
 * it again, so a policy is executed anew for every command that it authorises.
 */
public final class TpmSession implements AutoCloseable {
  private static final int MAX_DIGEST = 64;

  private final Tpm tpm;
  private final SessionState state;

  TpmSession(Tpm tpm, SessionState state) {
    this.tpm = tpm;
    this.state = state;
  }

  SessionState state() {
    return state;
  }

  /** The session's handle. */
  public TpmHandle handle() {
    return TpmHandle.permanent(state.handle());
  }

  /** TPM2_PolicyPCR with an empty pcrDigest: the registers as they are (Part 3, section 23.7). */
  public TpmSession policyPcr(TpmlPcrSelection pcrs) {
    return policyPcr(Bytes.empty(), pcrs);
  }

  /**
   * TPM2_PolicyPCR.
   *
   * @param pcrDigest what the registers must hash to, or empty
   */
  public TpmSession policyPcr(Bytes pcrDigest, TpmlPcrSelection pcrs) {
    TpmWriter out = new TpmWriter().sized(pcrDigest);
    Wire.write(out, pcrs);
    return policy(CommandCode.POLICY_PCR, out);
  }

  /**
   * TPM2_PolicyAuthorize (Part 3, section 23.16).
   *
   * @param approvedPolicy the digest that was signed, which must be the session's present one
   * @param keyName the Name of the key that signed
   * @param checkTicket from {@link TpmKeys#verifySignature}
   */
  public TpmSession policyAuthorize(
      Bytes approvedPolicy, Bytes policyRef, Bytes keyName, TpmtTicket checkTicket) {
    TpmWriter out = new TpmWriter().sized(approvedPolicy).sized(policyRef).sized(keyName);
    checkTicket.write(out);
    return policy(CommandCode.POLICY_AUTHORIZE, out);
  }

  /** TPM2_PolicyAuthValue: the object's authorisation value is wanted too (Part 3, 23.17). */
  public TpmSession policyAuthValue() {
    policy(CommandCode.POLICY_AUTH_VALUE, new TpmWriter());
    state.requireAuthValue();
    return this;
  }

  /**
   * TPM2_PolicyOR (Part 3, section 23.6).
   *
   * @param pHashList two to eight digests, one of which is the session's present one
   */
  public TpmSession policyOr(List<Bytes> pHashList) {
    if (pHashList.size() < 2 || pHashList.size() > 8) {
      throw new IllegalArgumentException("TPM2_PolicyOR takes 2 to 8 digests");
    }
    TpmWriter out = new TpmWriter().u32(pHashList.size());
    pHashList.forEach(out::sized);
    return policy(CommandCode.POLICY_OR, out);
  }

  /**
   * TPM2_PolicySecret without a time limit (Part 3, section 23.4).
   *
   * @param authorised whose authorisation value is shown
   */
  public TpmSession policySecret(TpmHandle authorised, TpmAuth auth, Bytes policyRef) {
    // nonceTPM, cpHashA, policyRef and expiration.
    TpmWriter out =
        new TpmWriter().sized(state.nonceTpm()).sized(Bytes.empty()).sized(policyRef).u32(0);
    return tpm.run(
        CommandCode.POLICY_SECRET,
        List.of(authorised, handle()),
        List.of(auth),
        out,
        (none, in) -> {
          in.sized16("timeout", MAX_DIGEST);
          TpmtTicket.read(in, TpmtTicket.AUTH_SECRET);
          return this;
        });
  }

  /** TPM2_PolicyGetDigest (Part 3, section 23.20). */
  public Bytes policyGetDigest() {
    return tpm.run(
        CommandCode.POLICY_GET_DIGEST,
        List.of(handle()),
        List.of(),
        new TpmWriter(),
        (none, in) -> in.sized16("policyDigest", MAX_DIGEST));
  }

  private TpmSession policy(CommandCode command, TpmWriter parameters) {
    return tpm.run(command, List.of(handle()), List.of(), parameters, (none, in) -> this);
  }

  @Override
  public void close() {
    if (state.alive()) {
      state.end();
      tpm.channel().flush(state.handle());
    }
  }
}
