package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AttestationException;
import java.util.ArrayList;
import java.util.List;

/** What {@code cvm doctor} has found, in the order in which it looked. */
final class Health {
  /** How a thing is. */
  enum Status {
    OK("ok"),
    /** Well today, and a problem soon. */
    WARNING("warning"),
    PROBLEM("problem"),
    /** A problem as well, but of the way there: nobody answered. */
    UNREACHABLE("problem"),
    NOT_ASKED("not asked");

    private final String label;

    Status(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /**
   * One thing.
   *
   * @param id a stable name
   * @param what how it is
   * @param next what to do; empty if nothing
   */
  record Line(String id, Status status, String what, String next) {}

  private final List<Line> lines = new ArrayList<>();

  void ok(String id, String what) {
    lines.add(new Line(id, Status.OK, what, ""));
  }

  void warning(String id, String what, String next) {
    lines.add(new Line(id, Status.WARNING, what, next));
  }

  void problem(String id, String what, String next) {
    lines.add(new Line(id, Status.PROBLEM, what, next));
  }

  void unreachable(String id, String what, String next) {
    lines.add(new Line(id, Status.UNREACHABLE, what, next));
  }

  /** Nobody can tell as long as something else is wrong, or not named. */
  void notAsked(String id, String why) {
    lines.add(new Line(id, Status.NOT_ASKED, why, ""));
  }

  /** A problem, or nobody who answers: with what the exception says. */
  void failed(String id, Status status, AttestationException e) {
    String message = String.valueOf(e.getMessage());
    String remedy = "; " + e.remedy();
    String what =
        message.endsWith(remedy)
            ? message.substring(0, message.length() - remedy.length())
            : message;
    lines.add(new Line(id, status, what, e.remedy()));
  }

  List<Line> lines() {
    return List.copyOf(lines);
  }

  /** 0 all is well, 1 something is to be fixed, 3 nobody answered. */
  int exitCode() {
    if (!has(Status.OK) && !has(Status.WARNING) && !has(Status.PROBLEM)) {
      return Cvm.COULD_NOT_ASK;
    }
    return has(Status.PROBLEM) || has(Status.UNREACHABLE) ? Cvm.REFUSED : Cvm.OK;
  }

  private boolean has(Status status) {
    return lines.stream().anyMatch(line -> line.status() == status);
  }
}
