package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.vtpm.internal.CommandCode;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.List;

/**
 * What the policyDigest of a session becomes, computed without a TPM: the authPolicy of an object
 * that is to be made, or the one that a relying party expects (TPM 2.0 Part 1, section 19.7; Part
 * 3, section 23). Immutable; each step gives another.
 *
 * @param algorithm of the session: the nameAlg of the object that it authorises
 * @param value the digest
 */
public record PolicyDigest(HashAlgorithm algorithm, Bytes value) {
  /** TPM2_PolicyOR takes two branches at least (Part 3, section 23.6). */
  private static final int MIN_BRANCHES = 2;

  /** The most branches: TPML_DIGEST (Part 2, section 10.9.4). */
  private static final int MAX_BRANCHES = 8;

  public PolicyDigest {
    if (value.size() != algorithm.digestSize()) {
      throw new IllegalArgumentException("no %s digest: %s".formatted(algorithm.bankName(), value));
    }
  }

  /** Before the first step: zeros. */
  public static PolicyDigest empty(HashAlgorithm algorithm) {
    return new PolicyDigest(algorithm, Bytes.zeros(algorithm.digestSize()));
  }

  /**
   * After TPM2_PolicyPCR (Part 3, section 23.7), where registers hold {@code values}.
   *
   * @param values of one bank; registers are hashed in ascending order, whatever order a caller has
   * @throws IllegalArgumentException if there is none: a policy about nothing holds always
   */
  public PolicyDigest pcr(PcrBank values) {
    if (values.values().isEmpty()) {
      throw new IllegalArgumentException("a policy about no register");
    }
    Bytes registers =
        Digests.digest(algorithm.jcaName(), values.values().values().toArray(Bytes[]::new));
    TpmWriter step = step(value, CommandCode.POLICY_PCR).u32(1);
    step.u16(values.algorithm().id()).u8(3);
    for (int octet = 0; octet < 3; octet++) {
      int bits = 0;
      for (int bit = 0; bit < 8; bit++) {
        bits |= values.value(8 * octet + bit).isPresent() ? 1 << bit : 0;
      }
      step.u8(bits);
    }
    return after(step.raw(registers));
  }

  /**
   * After TPM2_PolicyAuthorize (Part 3, section 23.16): begins anew, for whatever came before was
   * approved by the key's owner.
   *
   * @param keyName the Name of the key that signs approvals
   * @param policyRef what the approvals are about; may be empty
   */
  public PolicyDigest authorize(Bytes keyName, Bytes policyRef) {
    TpmWriter step = step(empty(algorithm).value, CommandCode.POLICY_AUTHORIZE);
    return after(step.raw(keyName)).withReference(policyRef);
  }

  /** After TPM2_PolicySecret (Part 3, section 23.4). */
  public PolicyDigest secret(Bytes entityName, Bytes policyRef) {
    return after(step(value, CommandCode.POLICY_SECRET).raw(entityName)).withReference(policyRef);
  }

  /** After TPM2_PolicyAuthValue (Part 3, section 23.17). */
  public PolicyDigest authValue() {
    return after(step(value, CommandCode.POLICY_AUTH_VALUE));
  }

  /**
   * After TPM2_PolicyOR (Part 3, section 23.6): one of these holds.
   *
   * @param branches 2 to 8, all of one algorithm
   */
  public static PolicyDigest or(List<PolicyDigest> branches) {
    if (branches.size() < MIN_BRANCHES || branches.size() > MAX_BRANCHES) {
      throw new IllegalArgumentException("TPM2_PolicyOR takes 2 to 8 branches");
    }
    HashAlgorithm algorithm = branches.get(0).algorithm;
    TpmWriter step = step(empty(algorithm).value, CommandCode.POLICY_OR);
    for (PolicyDigest branch : branches) {
      if (branch.algorithm != algorithm) {
        throw new IllegalArgumentException("branches of different algorithms");
      }
      step.raw(branch.value);
    }
    return empty(algorithm).after(step);
  }

  /** What the owner of an approving key signs: this policy, for {@code policyRef}. */
  public Bytes approval(Bytes policyRef) {
    return value.concat(policyRef);
  }

  private static TpmWriter step(Bytes before, CommandCode command) {
    return new TpmWriter().raw(before).u32(command.code());
  }

  private PolicyDigest after(TpmWriter step) {
    return new PolicyDigest(
        algorithm, Digests.digest(algorithm.jcaName(), Bytes.of(step.toArray())));
  }

  private PolicyDigest withReference(Bytes policyRef) {
    return new PolicyDigest(algorithm, Digests.digest(algorithm.jcaName(), value, policyRef));
  }
}
