package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.eventlog.EventLog;
import io.github.cvmattestation.attestation.eventlog.RegisterBank;
import io.github.cvmattestation.attestation.eventlog.Replay;
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
   * the clock must be certain is for a policy to say, such as {@link ClockPolicy}.
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

  /**
   * Replays the log that the machine keeps of its measurements, and compares it with the quoted
   * registers of one bank. A quoted register of which the log has no event must hold its initial
   * value. Events of registers that were not quoted do not come out.
   *
   * @param log the firmware's log, such as {@code binary_bios_measurements} of Linux
   * @param bank the bank to compare; without a quoted register of it the log is refused
   * @return as {@link EventLog#replay(Bytes, RegisterBank)}
   */
  default Replay replay(Bytes log, HashAlgorithm bank) {
    List<RegisterBank> quoted = banks().stream().flatMap(b -> b.registers().stream()).toList();
    return EventLog.replay(log, quoted, bank);
  }

  @Override
  default String id() {
    return ID;
  }
}
