package io.github.cvmattestation.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.eventlog.BootFinding;
import io.github.cvmattestation.attestation.eventlog.BootState;
import io.github.cvmattestation.attestation.eventlog.EventLog;
import io.github.cvmattestation.attestation.eventlog.ImaLog;
import io.github.cvmattestation.attestation.eventlog.ImaReplay;
import io.github.cvmattestation.attestation.eventlog.LogFinding;
import io.github.cvmattestation.attestation.eventlog.RegisterBank;
import io.github.cvmattestation.attestation.eventlog.Replay;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What replaying a log has shown.
 *
 * @param replay equal, different, computed or refused
 * @param banks what the log adds up to
 * @param mismatches numbers of the registers that differ, ascending
 * @param findings why not
 * @param warnings what holds, but a reader must know
 * @param boot what booted, if the log adds up to every register
 * @param ima what the kernel measured, if that was asked for and holds
 */
record ReplayOutcome(
    String replay,
    List<RegisterBank> banks,
    List<Integer> mismatches,
    List<Finding> findings,
    List<Finding> warnings,
    Optional<BootState> boot,
    Optional<ImaReplay.Matched> ima) {

  private static final String EQUAL = "equal";
  private static final String DIFFERENT = "different";
  private static final String REFUSED = "refused";

  /** Replays {@code log} for each of {@code expected}. */
  static ReplayOutcome compare(Bytes log, List<RegisterBank> expected, List<Finding> warnings) {
    List<RegisterBank> banks = new ArrayList<>();
    TreeSet<Integer> mismatches = new TreeSet<>();
    List<Finding> findings = new ArrayList<>();
    List<BootState> boots = new ArrayList<>();
    for (RegisterBank bank : expected) {
      ReplayOutcome one = of(EventLog.replay(log, bank));
      if (one.replay.equals(REFUSED)) {
        return one;
      }
      banks.addAll(one.banks);
      mismatches.addAll(one.mismatches);
      findings.addAll(one.findings);
      one.boot.ifPresent(boots::add);
    }
    Optional<BootState> boot =
        findings.isEmpty() ? boots.stream().reduce(ReplayOutcome::stronger) : Optional.empty();
    List<Finding> remarks = new ArrayList<>(warnings);
    boot.ifPresent(state -> remarks.addAll(remarks(state)));
    return new ReplayOutcome(
        findings.isEmpty() ? EQUAL : DIFFERENT,
        banks,
        List.copyOf(mismatches),
        findings,
        remarks,
        boot,
        Optional.empty());
  }

  /** Replays an IMA log for each of {@code expected}, all of which have PCR 10. */
  static ReplayOutcome compareIma(Bytes log, List<RegisterBank> expected) {
    List<ImaReplay.Matched> matched = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    for (RegisterBank bank : expected) {
      ImaReplay replay = ImaLog.replay(log, bank);
      findings.addAll(replay.findings());
      if (replay instanceof ImaReplay.Matched one) {
        matched.add(one);
      }
    }
    boolean different =
        findings.stream().allMatch(finding -> finding.code() == LogFinding.IMA_REPLAY);
    if (!findings.isEmpty()) {
      return new ReplayOutcome(
          different ? DIFFERENT : REFUSED,
          List.of(),
          different ? List.of(ImaFields.REGISTER) : List.of(),
          findings,
          List.of(),
          Optional.empty(),
          Optional.empty());
    }
    ImaReplay.Matched strongest =
        matched.stream()
            .reduce((one, other) -> one.registers().algorithm().isWeak() ? other : one)
            .orElseThrow();
    return new ReplayOutcome(
        EQUAL,
        List.of(),
        List.of(),
        List.of(),
        ImaFields.remarks(strongest),
        Optional.empty(),
        Optional.of(strongest));
  }

  /** Of two logs of one machine: neither is believed unless both are. */
  ReplayOutcome and(ReplayOutcome other) {
    boolean equal = findings.isEmpty() && other.findings.isEmpty();
    boolean refused = replay.equals(REFUSED) || other.replay.equals(REFUSED);
    return new ReplayOutcome(
        equal ? EQUAL : refused ? REFUSED : DIFFERENT,
        both(banks, other.banks),
        both(mismatches, other.mismatches).stream().distinct().sorted().toList(),
        both(findings, other.findings),
        both(warnings, other.warnings).stream().distinct().toList(),
        equal ? boot.or(() -> other.boot) : Optional.empty(),
        equal ? ima.or(() -> other.ima) : Optional.empty());
  }

  private static <T> List<T> both(List<T> first, List<T> then) {
    return Stream.concat(first.stream(), then.stream()).toList();
  }

  private static BootState stronger(BootState one, BootState other) {
    return one.registers().algorithm().isWeak() ? other : one;
  }

  private static List<Finding> remarks(BootState boot) {
    List<Finding> remarks = new ArrayList<>(boot.findings());
    if (boot.registers().algorithm().isWeak()) {
      remarks.add(
          Finding.of(
              BootFinding.BOOT_BANK,
              "a bank without known collisions",
              boot.registers().algorithm().bankName()));
    }
    return remarks;
  }

  static ReplayOutcome of(Replay replay) {
    if (replay instanceof Replay.Equal equal) {
      return new ReplayOutcome(
          EQUAL,
          List.of(equal.registers()),
          List.of(),
          List.of(),
          List.of(),
          Optional.of(BootState.of(equal)),
          Optional.empty());
    } else if (replay instanceof Replay.Different different) {
      List<Integer> mismatches =
          different.mismatches().stream().map(Replay.Mismatch::register).toList();
      return new ReplayOutcome(
          DIFFERENT,
          List.of(different.replayed()),
          mismatches,
          different.findings(),
          List.of(),
          Optional.empty(),
          Optional.empty());
    } else if (replay instanceof Replay.Computed computed) {
      return new ReplayOutcome(
          "computed",
          computed.banks(),
          List.of(),
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty());
    }
    return refused(replay.findings().get(0));
  }

  static ReplayOutcome refused(Finding finding) {
    return new ReplayOutcome(
        REFUSED,
        List.of(),
        List.of(),
        List.of(finding),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  int exitCode() {
    return findings.isEmpty() ? Cvm.OK : Cvm.REFUSED;
  }

  void print(boolean json, Console console) {
    if (json) {
      console.out().println(ClaimJson.document(this::write));
      return;
    }
    console.line(headline());
    VerdictText.findings("Reasons", findings, console);
    VerdictText.findings("Warnings", warnings, console);
    bootClaims()
        .ifPresent(
            claims -> {
              console.line("");
              console.line("What booted, if the registers are the machine's");
              ClaimText.print(claims, "  ", console::line);
            });
    ima.ifPresent(matched -> ImaFields.print(matched, console));
    for (RegisterBank bank : banks) {
      console.line("");
      console.line("What the log adds up to, " + bank.algorithm().bankName());
      for (Map.Entry<Integer, Bytes> value : bank.values().entrySet()) {
        console.line(
            "  " + ClaimText.padded(bank.kind().label(value.getKey()), 7) + value.getValue().hex());
      }
    }
  }

  private Optional<ClaimValue.Group> bootClaims() {
    return boot.map(state -> state.claims().toGroup());
  }

  private String headline() {
    return switch (replay) {
      case EQUAL -> "EQUAL: the log adds up to the registers";
      case DIFFERENT -> "DIFFERENT: this is not the log of these registers";
      case "computed" -> "COMPUTED: compared with nothing, so nothing in the log is proven";
      default -> "REFUSED: this proves nothing";
    };
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("replay", replay);
    json.writeObjectFieldStart("pcrs");
    for (RegisterBank bank : banks) {
      json.writeObjectFieldStart(bank.algorithm().bankName());
      for (Map.Entry<Integer, Bytes> value : bank.values().entrySet()) {
        json.writeStringField(value.getKey().toString(), value.getValue().hex());
      }
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeArrayFieldStart("mismatches");
    for (int register : mismatches) {
      json.writeNumber(register);
    }
    json.writeEndArray();
    Optional<ClaimValue.Group> claims = bootClaims();
    if (claims.isPresent()) {
      json.writeFieldName("boot");
      ClaimJson.write(claims.get(), json);
    }
    if (ima.isPresent()) {
      json.writeFieldName("ima");
      ClaimJson.write(ImaFields.of(ima.get()), json);
    }
    VerdictJson.findings("findings", findings, json);
    VerdictJson.findings("warnings", warnings, json);
    json.writeEndObject();
  }
}
