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
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The steps that turn a {@link CertifiedKey} into a {@link VerifiedKey}. They can only run in this
 * order: each consumes what the last one proved.
 */
public final class KeyVerification {
  private static final int KEY_BITS = 2048;
  private static final int MAX_AREA = 1024;

  private final VerifiedPcrs pcrs;
  private final HashAlgorithm bank;
  private final SortedSet<Integer> registers;
  private final Optional<Nonce> nonce;

  /**
   * What is expected of a key.
   *
   * @param registers of the policy; whether the quote covers them is for {@link #verify} to say
   * @param nonce nothing where the qualifying data has to be empty
   * @throws AttestationException.Configuration if no register is named, one that no TPM has, or a
   *     bank of SHA-1
   */
  public KeyVerification(
      VerifiedPcrs pcrs, HashAlgorithm bank, Set<Integer> registers, Optional<Nonce> nonce) {
    this.pcrs = pcrs;
    this.bank = bank;
    this.registers = new TreeSet<>(registers);
    this.nonce = nonce;
    if (this.registers.isEmpty()
        || this.registers.first() < 0
        || this.registers.last() >= PcrBank.REGISTERS
        || bank.isWeak()) {
      throw new AttestationException.Configuration(
          "no policy is about %s:%s".formatted(bank.bankName(), this.registers),
          "name registers of a bank of SHA-256 or stronger, as the key's maker did");
    }
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
    requireSigner(attest);
    ledger.passed(TpmCheck.KEY_SIGNER);
    TpmtPublic area = requireName(key.publicArea(), info);
    ledger.passed(TpmCheck.KEY_NAME);
    requireAttributes(area);
    ledger.passed(TpmCheck.KEY_ATTRIBUTES);
    PublicKeyInfo.Rsa publicKey = requireParameters(area);
    ledger.passed(TpmCheck.KEY_PARAMETERS);
    PcrBank policyPcrs = requirePolicy(area);
    ledger.passed(TpmCheck.KEY_POLICY);
    requireNonce(attest);
    if (nonce.isPresent()) {
      ledger.passed(TpmCheck.KEY_NONCE);
    }
    return new ProvenKey(area, publicKey, attest.extraData(), policyPcrs);
  }

  /**
   * A Qualified Name is a hash over the key's Name and all above it, so that two attestation keys
   * have two: the registers of one machine say nothing about a key in another.
   */
  private void requireSigner(TpmsAttest attest) throws RefutedException {
    if (!attest.qualifiedSigner().equals(pcrs.qualifiedSigner())) {
      throw new RefutedException(
          Finding.of(TpmFinding.KEY_SIGNER, pcrs.qualifiedSigner(), attest.qualifiedSigner()));
    }
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
          "RSA-%d, exponent %d, scheme %s, symmetric %s"
              .formatted(
                  rsa.keyBits(),
                  rsa.effectiveExponent(),
                  rsa.scheme().isPresent() ? "set" : "none",
                  rsa.symmetric().isPresent() ? "set" : "none"));
    }
    try {
      return PublicKeyInfo.rsa(new BigInteger(1, rsa.modulus().toArray()));
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(TpmFinding.KEY_PARAMETERS));
    }
  }

  /** What the registers were proven to hold is what the policy demands. */
  private PcrBank requirePolicy(TpmtPublic area) throws RefutedException {
    PcrBank proven = provenRegisters();
    Bytes policy = PolicyDigest.empty(area.nameAlg()).pcr(proven).value();
    if (!policy.equals(area.authPolicy())) {
      throw new RefutedException(Finding.of(TpmFinding.KEY_POLICY, policy, area.authPolicy()));
    }
    return proven;
  }

  /** The guest chooses what is quoted, so that a missing register is its doing. */
  private PcrBank provenRegisters() throws RefutedException {
    Map<Integer, Bytes> values = new TreeMap<>();
    for (int register : registers) {
      Optional<Bytes> value = pcrs.pcr(bank, register);
      if (value.isEmpty()) {
        throw refuse(
            TpmFinding.KEY_POLICY,
            "a quote of %s:%s".formatted(bank.bankName(), registers),
            "a quote without " + register);
      }
      values.put(register, value.get());
    }
    try {
      return PcrBank.of(bank, values);
    } catch (MalformedException e) {
      throw new IllegalStateException("proven registers are no registers", e);
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
}
