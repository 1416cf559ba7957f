package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.eventlog.BootClaims;
import io.github.cvmattestation.attestation.eventlog.BootState;
import io.github.cvmattestation.attestation.eventlog.Replay;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Takes a machine's event log into its verdict, so that a policy can judge what booted: a {@code
 * BootPolicy} beside the rules about everything else.
 */
public final class BootLog {
  /** What makes the log's story the machine's. */
  private enum BootCheck implements Check {
    LOG;

    @Override
    public String id() {
      return "boot.log";
    }

    @Override
    public String statement() {
      return "the event log adds up to the quoted PCRs";
    }
  }

  private BootLog() {}

  /**
   * Replays a log against the registers that this very verdict proves.
   *
   * @param verified with {@link VerifiedPcrs} among its claims, and without {@link BootClaims}
   * @param log the firmware's log, such as {@code binary_bios_measurements} of Linux
   * @param bank the bank to compare
   * @return verified, with {@link BootClaims} behind the claims and the checks that there were;
   *     refuted with the replay's first finding if the log does not add up, and with CLAIMS_ABSENT
   *     if no registers are proven
   * @throws IllegalArgumentException if there are {@link BootClaims} already
   */
  public static Verification verify(Verification.Verified verified, Bytes log, HashAlgorithm bank) {
    Ledger ledger = new Ledger();
    verified.checks().forEach(ledger::passed);
    verified.notes().forEach(ledger::note);
    Optional<VerifiedPcrs> pcrs = verified.claims().get(VerifiedPcrs.class);
    if (pcrs.isEmpty()) {
      return ledger.refuted(
          Finding.of(CoreFinding.CLAIMS_ABSENT, "proven claims about " + VerifiedPcrs.ID, "none"));
    }
    Replay replay = pcrs.get().replay(log, bank);
    if (!(replay instanceof Replay.Equal equal)) {
      return ledger.refuted(replay.findings().get(0));
    }
    ledger.passed(BootCheck.LOG);
    Stream<Claims> all =
        Stream.concat(verified.claims().groups().stream(), Stream.of(BootState.of(equal).claims()));
    return ledger.verified(ClaimSet.of(all.toArray(Claims[]::new)));
  }
}
