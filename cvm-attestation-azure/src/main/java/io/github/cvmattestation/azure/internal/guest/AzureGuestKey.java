package io.github.cvmattestation.azure.internal.guest;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.azure.AzureFinding;
import io.github.cvmattestation.vtpm.EphemeralKey;
import io.github.cvmattestation.vtpm.Opening;

/** A key of the vTPM that works while the registers hold what they held when it was made. */
final class AzureGuestKey implements GuestKey {
  private final EphemeralKey key;
  private final PublicKeyInfo.Rsa publicKey;
  private final Evidence evidence;
  private final Evidence statement;

  AzureGuestKey(
      EphemeralKey key, PublicKeyInfo.Rsa publicKey, Evidence evidence, Evidence statement) {
    this.key = key;
    this.publicKey = publicKey;
    this.evidence = evidence;
    this.statement = statement;
  }

  @Override
  public PublicKeyInfo.Rsa publicKey() {
    return publicKey;
  }

  @Override
  public Evidence evidence() {
    return evidence;
  }

  @Override
  public Evidence statement() {
    return statement;
  }

  @Override
  public Decryption decrypt(Bytes ciphertext, RsaPadding padding) {
    Opening opening = key.decrypt(ciphertext, padding);
    if (opening instanceof Opening.Opened opened) {
      return new Decryption.Decrypted(opened.secret());
    }
    Opening.Refused refused = (Opening.Refused) opening;
    return new Decryption.Refused(
        Finding.of(
            AzureFinding.GUEST_KEY,
            "what was encrypted to this key, in the state in which it was made",
            refused.message()));
  }

  @Override
  public void close() {
    key.close();
  }
}
