package io.github.cvmattestation.vtpm.luks;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.PolicyKey;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.TpmtPublic;
import java.util.Optional;
import java.util.SortedSet;

/**
 * A token that {@code systemd-cryptenroll --tpm2-device=…} wrote (systemd 250 and later): a secret
 * of 32 bytes, sealed in the TPM, whose base64 is the passphrase of {@code keyslots}.
 *
 * @param id the token's number in the header
 * @param keyslots the numbers of the key slots that the passphrase opens
 * @param privateArea the content of TPM2B_PRIVATE: encrypted, for this TPM alone
 * @param publicArea of the sealed object; its {@code authPolicy} is the recorded policy
 * @param pcrs registers that must hold what they held at enrolment, if any
 * @param signed registers that must hold what the key's owner has signed, if any
 * @param parent the storage key under which the secret was sealed
 * @param parentName its Name at enrolment, where it is recorded (systemd 254 and later)
 */
public record SystemdTpm2Token(
    int id,
    SortedSet<Integer> keyslots,
    Bytes privateArea,
    TpmtPublic publicArea,
    Optional<PcrSelection> pcrs,
    Optional<SignedPcrs> signed,
    StorageParent parent,
    Optional<Bytes> parentName)
    implements Tpm2Token {
  /** The {@code type} of such a token. */
  public static final String TYPE = "systemd-tpm2";

  /**
   * A policy that a key's owner may renew, as {@code systemd-measure sign} does.
   *
   * @param key whose signature approves register values
   * @param pcrs the registers
   */
  public record SignedPcrs(PolicyKey key, PcrSelection pcrs) {}
}
