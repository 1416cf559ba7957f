package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.vtpm.internal.sealing.Refusals;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

  private final Tpm tpm;
  private final TpmObject key;
  private final PcrBank values;

  private EphemeralKey(Tpm tpm, TpmObject key, PcrBank values) {
    this.tpm = tpm;
    this.key = key;
    this.values = values;
  }

  /** Where the key comes from. */
  public enum Hierarchy {
    /** Gone with the next restart. */
    NULL(TpmHandle.NULL),
    /** Made again whenever the registers hold the same. */
    OWNER(TpmHandle.OWNER);

    private final TpmHandle handle;

    Hierarchy(TpmHandle handle) {
      this.handle = handle;
    }
  }

  /**
   * Makes the key under what registers hold now.
   *
   * @throws AttestationException.Device if the TPM cannot be asked or refuses
   */
  public static EphemeralKey create(Tpm tpm, Hierarchy hierarchy, PcrSelection pcrs) {
    if (pcrs.indices().isEmpty() || pcrs.hash().isWeak()) {
      throw new AttestationException.Configuration(
          "no register, or of a SHA-1 bank, protects nothing", "name registers of another bank");
    }
    PcrBank values = tpm.pcrs().read(pcrs.hash(), Set.copyOf(pcrs.indices()));
    TpmTemplate template =
        TpmTemplate.ephemeralRsa(PolicyDigest.empty(HashAlgorithm.SHA256).pcr(values).value());
    return new EphemeralKey(
        tpm, tpm.keys().createPrimary(hierarchy.handle, TpmAuth.empty(), template), values);
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
   * Has an attestation key certify this one, with that key's own scheme (TPM2_Certify). Whoever
   * relies on it verifies it, the key's attributes and its policy.
   *
   * <p>This key takes the empty password here, though nothing else lets it be used: certifying is
   * the administrator's, whom the policy does not bind while adminWithPolicy is clear.
   *
   * @param attestationKey a signing key without a password, such as 0x81000003 on Azure
   * @param qualifyingData the verifier's nonce, at most 50 bytes on Azure. Azure's own service
   *     wants it empty, and takes freshness from elsewhere
   */
  public TpmSigned certify(TpmObject attestationKey, Bytes qualifyingData) {
    return tpm.attestation()
        .certify(key, TpmAuth.empty(), attestationKey, TpmAuth.empty(), qualifyingData);
  }

  /**
   * Decrypts in the TPM (TPM2_RSA_Decrypt; Part 3, section 14.3).
   *
   * @param ciphertext 256 bytes
   * @param padding as the sender says: OAEP with SHA-1 for Key Vault's {@code
   *     CKM_RSA_AES_KEY_WRAP}, PKCS #1 v1.5 for what Azure's attestation service seals
   * @return the plaintext, or which registers have changed since the key was made
   */
  public Opening decrypt(Bytes ciphertext, RsaPadding padding) {
    if (ciphertext.size() != MODULUS) {
      throw new AttestationException.Configuration(
          "a ciphertext of RSA-2048 has 256 bytes", "hand over what was encrypted to this key");
    }
    Optional<TpmtPublic.Scheme> scheme = Optional.of(scheme(padding));
    try (TpmSession session = tpm.session().salted(key).encrypting().policy()) {
      session.policyPcr(TpmPcrs.select(values.algorithm(), values.values().keySet()));
      TpmAuth auth = TpmAuth.session(session);
      return new Opening.Opened(
          new SecretBytes(tpm.keys().rsaDecrypt(key, auth, ciphertext, scheme, Bytes.empty())));
    } catch (TpmException e) {
      if (Refusals.isPolicyFailure(e)) {
        List<Integer> differing = Refusals.differing(tpm, values);
        return new Opening.Refused(
            Opening.Reason.REGISTERS_DIFFER,
            differing,
            PcrUse.names(differing)
                + " changed since the key was made; make another, and have it certified");
      }
      if (Refusals.isWrongData(e)) {
        return new Opening.Refused(
            Opening.Reason.DAMAGED,
            List.of(),
            "it is not encrypted to this key, or padded otherwise; look at what the sender says");
      }
      throw e;
    }
  }

  private static TpmtPublic.Scheme scheme(RsaPadding padding) {
    return switch (padding) {
      case RSAES_PKCS1 -> new TpmtPublic.Scheme(AlgorithmIds.RSAES, Optional.empty());
      case OAEP_SHA1 -> oaep(HashAlgorithm.SHA1);
      case OAEP_SHA256 -> oaep(HashAlgorithm.SHA256);
      case OAEP_SHA384 -> oaep(HashAlgorithm.SHA384);
    };
  }

  private static TpmtPublic.Scheme oaep(HashAlgorithm hash) {
    return new TpmtPublic.Scheme(AlgorithmIds.OAEP, Optional.of(hash));
  }

  @Override
  public void close() {
    key.close();
  }
}
