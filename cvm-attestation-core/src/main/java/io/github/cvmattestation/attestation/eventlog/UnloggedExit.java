package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.Digests;
import java.util.List;

/** What firmware may have measured into PCR 5 and left out of its log (TCG PFP §10.4.4). */
final class UnloggedExit {
  private static final int REGISTER = 5;

  private static final List<List<Bytes>> CONTINUATIONS =
      List.of(
          List.of(ActionTexts.EXIT_INVOKED, ActionTexts.EXIT_SUCCEEDED),
          List.of(ActionTexts.EXIT_INVOKED, ActionTexts.EXIT_FAILED),
          List.of(ActionTexts.EXIT_INVOKED, ActionTexts.EXIT_FAILED, ActionTexts.EXIT_SUCCEEDED));

  private UnloggedExit() {}

  /** The log with an exit at its end, where that may be all that it lacks; else nothing. */
  static List<ParsedLog> continuations(ParsedLog log, Replay.Different different) {
    boolean onlyPcr5 =
        different.replayed().kind() == RegisterKind.PCR
            && different.mismatches().stream().allMatch(m -> m.register() == REGISTER);
    Bytes exit = digest(log, ActionTexts.EXIT_INVOKED);
    if (!onlyPcr5 || has(log, exit)) {
      return List.of();
    }
    return CONTINUATIONS.stream().map(texts -> continued(log, texts)).toList();
  }

  private static boolean has(ParsedLog log, Bytes digest) {
    for (int event = 0; event < log.size(); event++) {
      if (log.register(event) == REGISTER && log.digest(event).equals(digest)) {
        return true;
      }
    }
    return false;
  }

  private static ParsedLog continued(ParsedLog log, List<Bytes> texts) {
    ParsedLog longer = log;
    for (Bytes text : texts) {
      longer = longer.with(REGISTER, EventType.EV_EFI_ACTION.id(), digest(log, text), text);
    }
    return longer;
  }

  private static Bytes digest(ParsedLog log, Bytes text) {
    return Digests.digest(log.algorithm().jcaName(), text);
  }
}
