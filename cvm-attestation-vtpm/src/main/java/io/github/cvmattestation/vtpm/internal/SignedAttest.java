package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.Ecdsa;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.vtpm.AttestationKey;
import io.github.cvmattestation.vtpm.TpmCheck;
import io.github.cvmattestation.vtpm.TpmFinding;
import io.github.cvmattestation.vtpm.TpmQuote;
import io.github.cvmattestation.vtpm.TpmsAttest;
import io.github.cvmattestation.vtpm.TpmtSignature;

/**
 * The first steps of whatever a TPM attests: who signed it, over the bytes as received, and that
 * the TPM composed it. What it says is for those who come after.
 */
final class SignedAttest {
  /** The most that a TPM returns (PC client response buffer), so nothing longer is looked at. */
  private static final int MAX_SIZE = 4096;

  private SignedAttest() {}

  /** The structure, once the attestation key's signature over it holds. */
  static TpmsAttest verify(
      Bytes attest, Bytes signature, TpmQuote.SignatureForm form, AttestationKey key, Ledger ledger)
      throws RefutedException {
    Bytes plain = requireScheme(signature, form, key);
    ledger.passed(TpmCheck.SCHEME);
    Bytes signed = requireSignature(attest, plain, key);
    ledger.passed(TpmCheck.SIGNATURE);
    requireMagic(signed);
    ledger.passed(TpmCheck.MAGIC);
    return parse(signed);
  }

  /** The signature in the form that keys verify, once its scheme is known to be the key's. */
  private static Bytes requireScheme(
      Bytes signature, TpmQuote.SignatureForm form, AttestationKey key) throws RefutedException {
    requireSize("the signature", signature);
    return switch (form) {
      case BARE_RSA -> {
        if (key.scheme().kind() == SignatureScheme.Kind.ECDSA) {
          throw refuse(TpmFinding.TPM_SCHEME, key.scheme().name(), "a bare RSA signature");
        }
        yield signature;
      }
      case TPMT_SIGNATURE -> requireScheme(parseSignature(signature), key);
    };
  }

  private static Bytes requireScheme(TpmtSignature signature, AttestationKey key)
      throws RefutedException {
    if (signature.hash().isWeak()) {
      throw refuse(TpmFinding.TPM_WEAK, "SHA-256 or stronger", signature.hash().jcaName());
    }
    SignatureScheme scheme = key.scheme();
    if (signature.kind() != scheme.kind() || !signature.hash().jcaName().equals(scheme.digest())) {
      throw refuse(
          TpmFinding.TPM_SCHEME,
          scheme.name(),
          signature.kind() + " with " + signature.hash().jcaName());
    }
    if (signature instanceof TpmtSignature.Rsa rsa) {
      return rsa.sig();
    }
    // ECDSA on both sides now, and an AttestationKey has a scheme that fits its key.
    return pointSignature((TpmtSignature.Ecdsa) signature, ((PublicKeyInfo.Ec) key.info()).curve());
  }

  private static Bytes pointSignature(TpmtSignature.Ecdsa signature, Curve curve)
      throws RefutedException {
    Bytes r = signature.r();
    Bytes s = signature.s();
    if (r.size() > curve.fieldBytes() || s.size() > curve.fieldBytes()) {
      throw refuse(TpmFinding.TPM_SIGNATURE, "r and s no longer than the order", "longer");
    }
    return Ecdsa.p1363(curve, r, s)
        .orElseThrow(() -> refuse(TpmFinding.TPM_SIGNATURE, "r and s from 1 to n − 1", "others"));
  }

  private static Bytes requireSignature(Bytes attest, Bytes signature, AttestationKey key)
      throws RefutedException {
    requireSize("TPMS_ATTEST", attest);
    if (!key.signed(attest, signature)) {
      throw refuse(
          TpmFinding.TPM_SIGNATURE, "the attestation key's signature", "one that does not hold");
    }
    return attest;
  }

  /**
   * A restricted key also signs what the guest composed (TPM2_Hash, TPM2_Sign), down to a lookalike
   * of a quote: only the magic number is withheld from such input (TPM 2.0 Part 3, section 20.2).
   */
  private static void requireMagic(Bytes signed) throws RefutedException {
    if (!TpmsAttest.isTpmGenerated(signed)) {
      Bytes found = signed.slice(0, Math.min(4, signed.size()));
      throw refuse(TpmFinding.TPM_MAGIC, "ff544347 (TPM_GENERATED_VALUE)", found.hex());
    }
  }

  private static TpmsAttest parse(Bytes signed) throws RefutedException {
    try {
      return TpmsAttest.parse(signed);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(TpmFinding.TPM_MALFORMED));
    }
  }

  private static TpmtSignature parseSignature(Bytes signature) throws RefutedException {
    try {
      return TpmtSignature.parse(signature);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(TpmFinding.TPM_MALFORMED));
    }
  }

  /** Exactly equal: neither a prefix nor a padded nonce is the nonce. */
  static void requireNonce(TpmsAttest attest, Nonce nonce) throws RefutedException {
    Bytes extraData = attest.extraData();
    if (!extraData.equals(nonce.value())) {
      throw new RefutedException(Finding.of(CoreFinding.NONCE_MISMATCH, nonce.value(), extraData));
    }
  }

  private static void requireSize(String what, Bytes value) throws RefutedException {
    if (value.size() > MAX_SIZE) {
      throw refuse(
          TpmFinding.TPM_MALFORMED,
          what + " of at most " + MAX_SIZE + " bytes",
          value.size() + " bytes");
    }
  }

  static RefutedException refuse(FindingCode code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
