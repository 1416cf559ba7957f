package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.LogWriter.ZEROS;
import static io.github.cvmattestation.attestation.eventlog.LogWriter.ascii;
import static io.github.cvmattestation.attestation.eventlog.Replays.different;
import static io.github.cvmattestation.attestation.eventlog.Replays.equal;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a log may lack that PCR 5 has, and nothing else (L13). */
class UnloggedExitTest {
  private static final Bytes EXIT = ascii("Exit Boot Services Invocation");
  private static final Bytes SUCCESS = ascii("Exit Boot Services Returned with Success");
  private static final Bytes FAILURE = ascii("Exit Boot Services Returned with Failure");

  private static LogWriter sha256() {
    return LogWriter.withAlgorithms(Alg.SHA256);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"Success", "Failure", "Failure Success"})
  void anUnloggedExitIsAcceptedOnlyIfAsked(String outcomes) {
    LogWriter logged = sha256().measured(5, LogWriter.SEPARATOR, ZEROS);
    LogWriter measured =
        sha256().measured(5, LogWriter.SEPARATOR, ZEROS).measured(5, LogWriter.EFI_ACTION, EXIT);
    for (String outcome : outcomes.split(" ")) {
      measured.measured(5, LogWriter.EFI_ACTION, outcome.equals("Success") ? SUCCESS : FAILURE);
    }
    RegisterBank pcrs = measured.pcrs(Alg.SHA256, 0, 5);
    different(EventLog.replay(logged.log(), pcrs));
    Replay.Equal replay = equal(EventLog.replayAllowingUnloggedExit(logged.log(), pcrs));
    assertThat(replay.events()).hasSize(2);
    assertThat(replay.events().get(1).data()).hasValue(EXIT);
    assertThat(replay.lateEvents()).hasSize(outcomes.split(" ").length);
    equal(EventLog.replayAllowingUnloggedExit(measured.log(), pcrs));
  }

  @Test
  void anUnloggedExitExcusesNothingElse() {
    LogWriter logged = sha256().measured(5, LogWriter.SEPARATOR, ZEROS);
    LogWriter more =
        sha256()
            .measured(4, LogWriter.IPL, "x")
            .measured(5, LogWriter.SEPARATOR, ZEROS)
            .measured(5, LogWriter.EFI_ACTION, EXIT)
            .measured(5, LogWriter.EFI_ACTION, SUCCESS);
    different(EventLog.replayAllowingUnloggedExit(logged.log(), more.pcrs(Alg.SHA256, 4, 5)));
    LogWriter invoked =
        sha256().measured(5, LogWriter.SEPARATOR, ZEROS).measured(5, LogWriter.EFI_ACTION, EXIT);
    different(EventLog.replayAllowingUnloggedExit(invoked.log(), more.pcrs(Alg.SHA256, 5)));
    different(EventLog.replayAllowingUnloggedExit(logged.log(), invoked.pcrs(Alg.SHA256, 5)));
    LogWriter td = LogWriter.ccel().measured(1, LogWriter.IPL, "x");
    different(EventLog.replayAllowingUnloggedExit(td.log(), LogWriter.ccel().rtmrs()));
  }

  /** However many events there are: the exit comes behind the last of them. */
  @ParameterizedTest(name = "{0} events")
  @ValueSource(ints = {127, 128, 129, 256})
  void anUnloggedExitComesAfterEveryEvent(int events) {
    LogWriter logged = sha256();
    LogWriter measured = sha256();
    for (int i = 0; i < events; i++) {
      logged.measured(5, LogWriter.IPL, "event");
      measured.measured(5, LogWriter.IPL, "event");
    }
    measured.measured(5, LogWriter.EFI_ACTION, EXIT).measured(5, LogWriter.EFI_ACTION, SUCCESS);
    RegisterBank pcrs = measured.pcrs(Alg.SHA256, 5);
    assertThat(equal(EventLog.replayAllowingUnloggedExit(logged.log(), pcrs)).events())
        .hasSize(events + 1);
  }

  @Test
  void anExitThatIsLoggedIsNotContinued() {
    LogWriter logged = sha256().measured(5, LogWriter.EFI_ACTION, EXIT);
    LogWriter again =
        sha256()
            .measured(5, LogWriter.EFI_ACTION, EXIT)
            .measured(5, LogWriter.EFI_ACTION, EXIT)
            .measured(5, LogWriter.EFI_ACTION, SUCCESS);
    different(EventLog.replayAllowingUnloggedExit(logged.log(), again.pcrs(Alg.SHA256, 5)));
  }

  /** An operating system may measure the same text for itself. */
  @Test
  void theTextOfAnExitInAnotherRegisterIsNotTheExit() {
    LogWriter logged = sha256().measured(12, LogWriter.IPL, EXIT);
    LogWriter measured =
        sha256()
            .measured(12, LogWriter.IPL, EXIT)
            .measured(5, LogWriter.EFI_ACTION, EXIT)
            .measured(5, LogWriter.EFI_ACTION, SUCCESS);
    equal(EventLog.replayAllowingUnloggedExit(logged.log(), measured.pcrs(Alg.SHA256, 5, 12)));
  }
}
