package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.vtpm.internal.ProvenPcrs;
import java.util.List;
import java.util.Optional;

/**
 * What a verified quote proves. Only quote verification makes one, and it holds nothing that the
 * TPM did not sign: a register that was not quoted is absent, not zero.
 */
public sealed interface VerifiedPcrs extends Claims permits ProvenPcrs {
  /** The id of this group of claims. */
  String ID = "vtpm";

  /** What the quote was made for: the qualifying data, equal to the verifier's nonce. */
  Bytes nonce();

  /** The quoted registers, one bank for each algorithm, in the order in which the TPM has them. */
  List<PcrBank> banks();

  /**
   * The TPM's clock at the time of the quote. {@code safe == false} refutes nothing here: whether
   * the clock must be certain is for a policy to say, such as {@link TpmClockPolicy}.
   */
  TpmsClockInfo clockInfo();

  /** The TPM's firmware version: vendor-specific, unsigned 64 bits. */
  long firmwareVersion();

  /** The Qualified Name of the key that signed, as the TPM stated it. */
  Bytes qualifiedSigner();

  /** The value of register {@code index} of a bank, if the quote covers it. */
  default Optional<Bytes> pcr(HashAlgorithm bank, int index) {
    return banks().stream()
        .filter(quoted -> quoted.algorithm() == bank)
        .findFirst()
        .flatMap(quoted -> quoted.value(index));
  }

  @Override
  default String id() {
    return ID;
  }
}
