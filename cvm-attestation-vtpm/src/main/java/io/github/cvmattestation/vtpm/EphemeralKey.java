package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.vtpm.internal.sealing.LoadedObject;
import io.github.cvmattestation.vtpm.internal.sealing.PolicyHash;
import io.github.cvmattestation.vtpm.internal.sealing.PolicySession;
import io.github.cvmattestation.vtpm.internal.sealing.SealingTpm;
import io.github.cvmattestation.vtpm.internal.sealing.Templates;
import io.github.cvmattestation.vtpm.internal.sealing.TpmRefusal;
import java.util.List;
import java.util.Optional;

/**
 * A decryption key that lives in the TPM alone and works only while registers hold what they held
 * when it was made: what a key service releases secrets to.
 *
 * <p>RSA-2048, made with TPM2_CreatePrimary from the hierarchy's seed, attributes 0x00020432
 * (fixedTPM, fixedParent, sensitiveDataOrigin, noDA, decrypt; userWithAuth clear, so that nothing
 * but the policy lets it be used), symmetric and scheme NULL, exponent field 0, empty unique: the
 * template of Azure's guest attestation. In the null hierarchy it is another key after each
 * restart; in the owner hierarchy the same one, as long as the registers hold the same.
 */
public final class EphemeralKey implements AutoCloseable {
  private static final int MODULUS = 256;

  private final SealingTpm tpm;
  private final LoadedObject key;
  private final PcrBank values;

  private EphemeralKey(SealingTpm tpm, LoadedObject key, PcrBank values) {
    this.tpm = tpm;
    this.key = key;
    this.values = values;
  }

  /** Where the key comes from. */
  public enum Hierarchy {
    /** Gone with the next restart. */
    NULL(SealingTpm.NULL),
    /** Made again whenever the registers hold the same. */
    OWNER(SealingTpm.OWNER);

    private final int handle;

    Hierarchy(int handle) {
      this.handle = handle;
    }
  }

  /**
   * Makes the key under what registers hold now.
   *
   * @param pcrs also the key's creation PCRs
   * @throws AttestationException.Device if the TPM cannot be asked or refuses
   */
  public static EphemeralKey create(
      TpmTransport transport, Hierarchy hierarchy, PcrSelection pcrs) {
    if (pcrs.indices().isEmpty() || pcrs.hash().isWeak()) {
      throw new AttestationException.Configuration(
          "no register, or of a SHA-1 bank, protects nothing", "name registers of another bank");
    }
    SealingTpm tpm = new SealingTpm(transport);
    PcrBank values = tpm.readPcrs(pcrs);
    byte[] template = Templates.ephemeral(PolicyHash.pcr(PolicyHash.START, values));
    return new EphemeralKey(
        tpm, tpm.createPrimary(hierarchy.handle, template, Optional.of(pcrs)), values);
  }

  /** The public area, whose policy is that of {@link #values}. */
  public TpmtPublic publicArea() {
    return key.publicArea();
  }

  /** The registers and what they must hold. A claim of the TPM's; a quote proves it. */
  public PcrBank values() {
    return values;
  }

  /**
   * What TPM2_Certify says of the key. Whoever relies on it verifies it, the key's attributes and
   * its policy.
   *
   * @param attest TPMS_ATTEST, as it was signed
   * @param signature TPMT_SIGNATURE
   */
  public record Certificate(Bytes attest, Bytes signature) {}

  /**
   * Has an attestation key certify this one, with that key's own scheme.
   *
   * @param attestationKey the key's handle, such as 0x81000003; it needs no password
   * @param qualifyingData the verifier's nonce, at most 50 bytes on Azure. Azure's own service
   *     wants it empty, and takes freshness from elsewhere
   */
  public Certificate certify(int attestationKey, Bytes qualifyingData) {
    SealingTpm.Certified certified = tpm.certify(key, attestationKey, qualifyingData);
    return new Certificate(certified.attest(), certified.signature());
  }

  /**
   * RSA-OAEP with an empty label, in the TPM.
   *
   * @param ciphertext 256 bytes
   * @param hash of OAEP and of its mask generation: as the sender says, SHA-1 for Key Vault's
   *     {@code CKM_RSA_AES_KEY_WRAP}
   * @return the plaintext, or which registers have changed since the key was made
   */
  public Opening decrypt(Bytes ciphertext, HashAlgorithm hash) {
    if (ciphertext.size() != MODULUS) {
      throw new AttestationException.Configuration(
          "a ciphertext of RSA-2048 has 256 bytes", "hand over what was encrypted to this key");
    }
    try (PolicySession session = tpm.startPolicy(key)) {
      session.pcr(PcrSelection.of(values.algorithm(), values.values().keySet()));
      return new Opening.Opened(new UnsealedSecret(session.rsaDecrypt(key, ciphertext, hash.id())));
    } catch (TpmRefusal e) {
      if (e.error() == TpmRefusal.Error.POLICY_FAIL) {
        List<Integer> differing = tpm.differing(values);
        return new Opening.Refused(
            Opening.Reason.REGISTERS_DIFFER,
            differing,
            PcrUse.names(differing)
                + " changed since the key was made; make another, and have it certified");
      }
      if (e.blamesParameter()) {
        return new Opening.Refused(
            Opening.Reason.DAMAGED,
            List.of(),
            "it is not encrypted to this key, or with another hash; look at what the sender says");
      }
      throw e;
    }
  }

  @Override
  public void close() {
    key.close();
  }
}
