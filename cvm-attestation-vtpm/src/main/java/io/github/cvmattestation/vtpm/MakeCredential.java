package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.Arrays;

/**
 * What TPM2_MakeCredential computes, without a TPM (TPM 2.0 Part 1, section 24; Part 3, section
 * 12.6): a challenge that only the TPM with a certain endorsement key can answer, and only if the
 * named object is in it too.
 *
 * @param credentialBlob the contents of the TPM2B_ID_OBJECT for TPM2_ActivateCredential
 * @param secret the contents of its TPM2B_ENCRYPTED_SECRET
 */
public record MakeCredential(Bytes credentialBlob, Bytes secret) {
  /**
   * Makes the challenge.
   *
   * @param endorsementKey believed to be that of a genuine TPM, for reasons of the caller's
   * @param name of the object that has to be in the same TPM: an attestation key's {@link
   *     TpmtPublic#name()}
   * @param credential what TPM2_ActivateCredential is to give back: secret, drawn at random, not
   *     empty and no longer than a digest of the endorsement key's nameAlg. The caller clears it
   * @throws AttestationException.Configuration if the key cannot protect it, or it has another size
   */
  public static MakeCredential of(TpmtPublic endorsementKey, Bytes name, byte[] credential) {
    int most = endorsementKey.nameAlg().digestSize();
    if (credential.length == 0 || credential.length > most) {
      throw new AttestationException.Configuration(
          "a credential of %d bytes".formatted(credential.length),
          "draw one of 1 to %d bytes".formatted(most));
    }
    TpmWriter plain = new TpmWriter().sized(credential);
    byte[] identity = plain.take();
    try {
      OuterWrap wrap = OuterWrap.of(endorsementKey, SharedSecret.Purpose.IDENTITY, name, identity);
      return new MakeCredential(wrap.wrapped(), wrap.encryptedSeed());
    } finally {
      Arrays.fill(identity, (byte) 0);
    }
  }
}
