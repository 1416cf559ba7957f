package io.github.cvmattestation.azure.internal.guest;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import io.github.cvmattestation.vtpm.TpmObject;
import io.github.cvmattestation.vtpm.TpmPcrs;
import io.github.cvmattestation.vtpm.TpmSigned;
import io.github.cvmattestation.vtpm.TpmsAttest;
import io.github.cvmattestation.vtpm.TpmtSignature;
import java.util.Set;

/**
 * A quote of the SHA-256 bank and the values that it covers. Registers may be extended between
 * quoting and reading, so both are repeated until they agree.
 *
 * @param attest TPMS_ATTEST
 * @param signature the bare RSA signature
 * @param values of the registers that were quoted
 */
record GuestQuote(Bytes attest, Bytes signature, PcrBank values) {
  /** The most qualifying data that an Azure vTPM takes, in bytes. */
  static final int MAX_NONCE = 50;

  private static final int TRIES = 5;

  /** Quotes {@code indices} for {@code nonce}. */
  static GuestQuote take(Tpm tpm, TpmObject ak, Nonce nonce, Set<Integer> indices) {
    if (nonce.value().size() > MAX_NONCE) {
      throw new AttestationException.Configuration(
          "an Azure vTPM quotes a nonce of at most " + MAX_NONCE + " bytes",
          "draw one of 32 bytes");
    }
    for (int attempt = 0; attempt < TRIES; attempt++) {
      TpmSigned signed =
          tpm.attestation()
              .quote(
                  ak,
                  TpmAuth.empty(),
                  nonce.value(),
                  TpmPcrs.select(HashAlgorithm.SHA256, indices));
      PcrBank values = tpm.pcrs().read(HashAlgorithm.SHA256, indices);
      if (covers(signed.attest(), values)) {
        return new GuestQuote(signed.attest(), bare(signed), values);
      }
    }
    throw new AttestationException.Device(
        "PCRs change all the time: no quote agrees with them in " + TRIES + " tries",
        "find the program that extends PCRs, or try later");
  }

  /** The bare RSA signature of what an RSASSA key of SHA-256 signed. */
  static Bytes bare(TpmSigned signed) {
    try {
      if (TpmtSignature.parse(signed.signature()) instanceof TpmtSignature.Rsa rsa) {
        return rsa.sig();
      }
    } catch (MalformedException e) {
      // Said below.
    }
    throw new AttestationException.Device(
        "the key at 0x81000003 does not sign with RSA", "this is no vTPM of Azure's");
  }

  private static boolean covers(Bytes attest, PcrBank values) {
    try {
      return TpmsAttest.parse(attest).attested() instanceof TpmsAttest.QuoteInfo info
          && info.pcrDigest()
              .equals(Digests.sha256(values.values().values().toArray(Bytes[]::new)));
    } catch (MalformedException e) {
      throw new AttestationException.Device(
          "the vTPM's quote is malformed: " + e.problem(), "report this, with the host's version");
    }
  }
}
