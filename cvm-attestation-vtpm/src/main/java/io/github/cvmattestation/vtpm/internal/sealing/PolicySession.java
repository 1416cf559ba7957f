package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.PolicyKey;

/** A policy session, in which a policy is satisfied step by step and then used once. */
public final class PolicySession implements AutoCloseable {
  private final SealingTpm tpm;
  private final Session session;

  PolicySession(SealingTpm tpm, Session session) {
    this.tpm = tpm;
    this.session = session;
  }

  /** The registers as they are now. */
  public void pcr(PcrSelection pcrs) {
    tpm.policyPcr(session.handle(), pcrs);
  }

  /**
   * That {@code key}'s owner signed.
   *
   * @param approved a policy digest
   * @param signature a TPMT_SIGNATURE over SHA-256({@code approved} ‖ {@code policyRef})
   * @return a TPMT_TK_VERIFIED
   */
  public Bytes verify(PolicyKey key, Bytes approved, Bytes policyRef, Bytes signature) {
    try (LoadedObject loaded = tpm.loadExternal(key.publicArea())) {
      return tpm.verifySignature(loaded, Digests.sha256(approved, policyRef), signature);
    }
  }

  /**
   * That {@code key}'s owner approved the policy so far.
   *
   * @param approved the policy digest that was signed; must be the session's
   * @param ticket of {@link #verify}
   */
  public void authorize(PolicyKey key, Bytes approved, Bytes policyRef, Bytes ticket) {
    tpm.policyAuthorize(session.handle(), approved, policyRef, key.name(), ticket);
  }

  /** That the caller knows the object's authorisation value; see Part 3, section 23.17. */
  public void authValue(byte[] authValue) {
    tpm.policyAuthValue(session.handle());
    session.useAuthValue(authValue);
  }

  /** What is sealed in {@code object}; the caller clears it. */
  public byte[] unseal(LoadedObject object) {
    return tpm.unseal(object, session);
  }

  /**
   * RSA-OAEP with an empty label; the caller clears what comes out.
   *
   * @param hash the TPM_ALG_ID of OAEP's hash and of its mask generation
   */
  public byte[] rsaDecrypt(LoadedObject key, Bytes ciphertext, int hash) {
    return tpm.rsaDecrypt(key, session, ciphertext, hash);
  }

  @Override
  public void close() {
    session.close();
  }
}
