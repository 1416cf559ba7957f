package io.github.cvmattestation.vtpm.luks;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PolicyDigest;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import io.github.cvmattestation.vtpm.TpmCreated;
import io.github.cvmattestation.vtpm.TpmObject;
import io.github.cvmattestation.vtpm.TpmSession;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import io.github.cvmattestation.vtpm.internal.sealing.Templates;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;

/**
 * A new secret in the TPM, and the token by which systemd and {@link Luks2Header} find it: of the
 * form that systemd wrote before version 254, which later ones still open.
 *
 * <p>Nothing here touches the disk. Add the passphrase to it ({@code cryptsetup luksAddKey}), then
 * the token for the key slot that it got ({@code cryptsetup token import}).
 */
public final class Tpm2Enrolment implements AutoCloseable {
  private static final int SECRET = 32;

  private final PcrBank values;
  private final Bytes blob;
  private final Bytes policy;
  private final SecretBytes passphrase;

  private Tpm2Enrolment(PcrBank values, Bytes blob, Bytes policy, SecretBytes passphrase) {
    this.values = values;
    this.blob = blob;
    this.policy = policy;
    this.passphrase = passphrase;
  }

  /**
   * Seals a new random secret.
   *
   * @param values what registers must hold for it to come out
   * @throws AttestationException.Device if the TPM cannot be asked or refuses
   */
  public static Tpm2Enrolment create(Tpm tpm, PcrBank values) {
    if (values.values().isEmpty() || values.algorithm().isWeak()) {
      throw new AttestationException.Configuration(
          "no register, or of a SHA-1 bank, protects nothing", "name registers of another bank");
    }
    Bytes policy = PolicyDigest.empty(HashAlgorithm.SHA256).pcr(values).value();
    byte[] secret = new byte[SECRET];
    new SecureRandom().nextBytes(secret);
    try (TpmObject parent = Templates.parent(tpm, new StorageParent.LegacyEccPrimary());
        TpmSession session = tpm.session().salted(parent).encrypting().hmac()) {
      // As systemd seals: without noDA, with or without a PIN.
      TpmCreated object =
          tpm.keys()
              .create(
                  parent,
                  TpmAuth.session(session),
                  Templates.sealed(policy, true),
                  new byte[0],
                  secret);
      Bytes blob =
          Bytes.of(
              new TpmWriter().sized(object.outPrivate()).sized(object.outPublic().raw()).take());
      byte[] text = Base64.getEncoder().encode(secret);
      return new Tpm2Enrolment(values, blob, policy, new SecretBytes(text));
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /** The passphrase, 44 characters of base64 in ASCII; cleared by {@link #close}. */
  public SecretBytes passphrase() {
    return passphrase;
  }

  /**
   * The token, JSON for {@code cryptsetup token import}. Not secret.
   *
   * @param keyslot the slot that the passphrase got
   */
  public String tokenJson(int keyslot) {
    String pcrs =
        values.values().keySet().stream().map(String::valueOf).collect(Collectors.joining(","));
    return """
        {"type":"systemd-tpm2","keyslots":["%d"],"tpm2-blob":"%s","tpm2-pcrs":[%s],\
        "tpm2-pcr-bank":"%s","tpm2-primary-alg":"ecc","tpm2-policy-hash":"%s","tpm2-pin":false}
        """
        .formatted(
            keyslot,
            Base64.getEncoder().encodeToString(blob.toArray()),
            pcrs,
            values.algorithm().bankName(),
            policy.hex());
  }

  @Override
  public void close() {
    passphrase.close();
  }
}
