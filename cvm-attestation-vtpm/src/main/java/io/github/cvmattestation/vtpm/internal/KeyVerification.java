package io.github.cvmattestation.vtpm.internal;

import static io.github.cvmattestation.vtpm.internal.SignedAttest.refuse;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.vtpm.AttestationKey;
import io.github.cvmattestation.vtpm.CertifiedKey;
import io.github.cvmattestation.vtpm.ObjectAttribute;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PolicyDigest;
import io.github.cvmattestation.vtpm.TpmCheck;
import io.github.cvmattestation.vtpm.TpmFinding;
import io.github.cvmattestation.vtpm.TpmsAttest;
import io.github.cvmattestation.vtpm.TpmtPublic;
import io.github.cvmattestation.vtpm.VerifiedKey;
import io.github.cvmattestation.vtpm.VerifiedPcrs;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The steps that turn a {@link CertifiedKey} into a {@link VerifiedKey}. They can only run in this
 * order: each consumes what the last one proved.
 */
public final class KeyVerification {
  private static final int KEY_BITS = 2048;
  private static final int MAX_AREA = 1024;

  private final PcrBank expected;
  private final Optional<Nonce> nonce;

  /**
   * What is expected of a key.
   *
   * @param registers of the policy, which a quote has proven
   * @param nonce nothing where the qualifying data has to be empty
   * @throws AttestationException.Configuration if no register is named, or one that is not proven
   */
  public KeyVerification(
      VerifiedPcrs pcrs, HashAlgorithm bank, Set<Integer> registers, Optional<Nonce> nonce) {
    Map<Integer, Bytes> values = new TreeMap<>();
    for (int register : registers) {
      values.put(
          register,
          pcrs.pcr(bank, register)
              .orElseThrow(() -> unproven(bank.bankName() + ":" + register + " was not quoted")));
    }
    if (values.isEmpty()) {
      throw unproven("a policy about no register");
    }
    try {
      expected = PcrBank.of(bank, values);
    } catch (MalformedException e) {
      throw new IllegalStateException("proven registers are no registers", e);
    }
    this.nonce = nonce;
  }

  /**
   * Verifies {@code key}, entering each check that holds into {@code ledger}.
   *
   * @param attestationKey trusted already: why, is the caller's business
   * @throws RefutedException with the first finding; {@code ledger} then holds the checks before it
   */
  public VerifiedKey verify(CertifiedKey key, AttestationKey attestationKey, Ledger ledger)
      throws RefutedException {
    TpmsAttest attest =
        SignedAttest.verify(key.attest(), key.signature(), key.form(), attestationKey, ledger);
    TpmsAttest.CertifyInfo info =
        attest
            .certify()
            .orElseThrow(() -> refuse(TpmFinding.TPM_TYPE, "CERTIFY", attest.type().name()));
    ledger.passed(TpmCheck.KEY_TYPE);
    TpmtPublic area = requireName(key.publicArea(), info);
    ledger.passed(TpmCheck.KEY_NAME);
    requireAttributes(area);
    ledger.passed(TpmCheck.KEY_ATTRIBUTES);
    PublicKeyInfo.Rsa publicKey = requireParameters(area);
    ledger.passed(TpmCheck.KEY_PARAMETERS);
    requirePolicy(area);
    ledger.passed(TpmCheck.KEY_POLICY);
    requireNonce(attest);
    if (nonce.isPresent()) {
      ledger.passed(TpmCheck.KEY_NONCE);
    }
    return new ProvenKey(area, publicKey, attest.extraData(), expected);
  }

  /** The Name covers every byte of the public area: what is read below is what was certified. */
  private static TpmtPublic requireName(Bytes raw, TpmsAttest.CertifyInfo info)
      throws RefutedException {
    if (raw.size() > MAX_AREA) {
      throw refuse(
          TpmFinding.TPM_MALFORMED,
          "a public area of at most " + MAX_AREA + " bytes",
          raw.size() + " bytes");
    }
    TpmtPublic area;
    try {
      area = TpmtPublic.parse(raw);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(TpmFinding.TPM_MALFORMED));
    }
    if (area.nameAlg().isWeak()) {
      throw refuse(TpmFinding.TPM_WEAK, "SHA-256 or stronger", area.nameAlg().jcaName());
    }
    if (!area.name().equals(info.name())) {
      throw new RefutedException(Finding.of(TpmFinding.KEY_NAME, info.name(), area.name()));
    }
    return area;
  }

  /**
   * userWithAuth would let the empty password in past the policy. An adminWithPolicy key could not
   * have been certified without its policy, which changes nothing here. A restricted key decrypts
   * only what the TPM itself composed, so that no secret can be sent to it.
   */
  private static void requireAttributes(TpmtPublic area) throws RefutedException {
    boolean made =
        area.has(
            ObjectAttribute.FIXED_TPM,
            ObjectAttribute.FIXED_PARENT,
            ObjectAttribute.SENSITIVE_DATA_ORIGIN,
            ObjectAttribute.DECRYPT);
    if (!made
        || area.has(ObjectAttribute.USER_WITH_AUTH)
        || area.has(ObjectAttribute.RESTRICTED)
        || area.has(ObjectAttribute.SIGN)) {
      throw refuse(
          TpmFinding.KEY_ATTRIBUTES,
          "fixedTPM, fixedParent, sensitiveDataOrigin and decrypt; not userWithAuth, restricted or"
              + " sign",
          area.objectAttributes().stream().sorted().toList().toString());
    }
  }

  private static PublicKeyInfo.Rsa requireParameters(TpmtPublic area) throws RefutedException {
    String expected = "RSA-2048, exponent 65537, no scheme of its own";
    if (!(area.parameters() instanceof TpmtPublic.Rsa rsa)) {
      throw refuse(TpmFinding.KEY_PARAMETERS, expected, "another type");
    }
    if (rsa.keyBits() != KEY_BITS
        || rsa.effectiveExponent() != PublicKeyInfo.F4.longValueExact()
        || rsa.scheme().isPresent()
        || rsa.symmetric().isPresent()) {
      throw refuse(
          TpmFinding.KEY_PARAMETERS,
          expected,
          "RSA-%d, exponent %d, another scheme".formatted(rsa.keyBits(), rsa.effectiveExponent()));
    }
    try {
      return PublicKeyInfo.rsa(new BigInteger(1, rsa.modulus().toArray()));
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(TpmFinding.KEY_PARAMETERS));
    }
  }

  private void requirePolicy(TpmtPublic area) throws RefutedException {
    Bytes policy = PolicyDigest.empty(area.nameAlg()).pcr(expected).value();
    if (!policy.equals(area.authPolicy())) {
      throw new RefutedException(Finding.of(TpmFinding.KEY_POLICY, policy, area.authPolicy()));
    }
  }

  private void requireNonce(TpmsAttest attest) throws RefutedException {
    if (nonce.isPresent()) {
      SignedAttest.requireNonce(attest, nonce.get());
    } else if (!attest.extraData().isEmpty()) {
      throw new RefutedException(
          Finding.of(CoreFinding.NONCE_MISMATCH, Bytes.empty(), attest.extraData()));
    }
  }

  private static AttestationException.Configuration unproven(String problem) {
    return new AttestationException.Configuration(
        problem, "name registers that the quote covers, as the key's maker did");
  }
}
