package io.github.cvmattestation.vtpm.luks;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.vtpm.Opening;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.PcrUse;
import io.github.cvmattestation.vtpm.PolicyApproval;
import io.github.cvmattestation.vtpm.PolicyKey;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmtPublic;
import io.github.cvmattestation.vtpm.internal.sealing.Unsealing;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  /**
   * Asks the TPM for the passphrase of {@link #keyslots}.
   *
   * @param signatures what the key's owner has signed, where {@link #signed} asks for it: the
   *     content of {@code tpm2-pcr-signature.json}
   * @return the passphrase as it is typed: 44 characters of base64, in ASCII
   * @throws AttestationException.Device if the TPM cannot be asked
   */
  public Opening passphrase(Tpm tpm, PcrSignatures signatures) {
    Optional<Unsealing.Approved> approved = Optional.empty();
    if (signed.isPresent()) {
      PolicyKey key = signed.get().key();
      PcrBank now =
          tpm.pcrs().read(signed.get().pcrs().hash(), Set.copyOf(signed.get().pcrs().indices()));
      Optional<PolicyApproval> approval = signatures.approval(key, now);
      if (approval.isEmpty()) {
        List<Integer> indices = signed.get().pcrs().indices();
        return new Opening.Refused(
            Opening.Reason.NO_APPROVAL,
            List.of(),
            "nobody has signed for what is in "
                + PcrUse.names(indices)
                + " with the token's key; give the tpm2-pcr-signature.json of what runs");
      }
      approved = Optional.of(new Unsealing.Approved(key, Bytes.empty(), List.of(approval.get())));
    }
    Unsealing unsealing =
        new Unsealing(
            parent,
            parentName,
            privateArea,
            Optional.empty(),
            publicArea,
            approved,
            pcrs,
            Optional.empty(),
            Optional.empty());
    Opening opening = unsealing.open(tpm);
    if (!(opening instanceof Opening.Opened opened)) {
      return opening;
    }
    // systemd takes the base64 of the secret for the passphrase: cryptsetup wants text.
    try (SecretBytes secret = opened.secret()) {
      byte[] text = Base64.getEncoder().encode(secret.octets());
      return new Opening.Opened(new SecretBytes(text));
    }
  }
}
