package io.github.cvmattestation.attestation;

import java.util.List;

/**
 * "I could not ask": a missing device, a failing service, a configuration that makes no sense. Bad
 * evidence is never an exception; it is {@link Verification.Refuted} or {@link
 * AttestationResult.Rejected}.
 */
public abstract sealed class AttestationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** As long as a UUID, with room. */
  private static final int MAX_CODE = 64;

  private final String remedy;

  private AttestationException(String problem, String remedy) {
    super(problem + "; " + remedy);
    this.remedy = remedy;
  }

  /** What to do next. */
  public String remedy() {
    return remedy;
  }

  /** A policy, trust anchor or option that cannot mean what its author wanted. */
  public static final class Configuration extends AttestationException {
    private static final long serialVersionUID = 1L;

    /**
     * @param problem what is wrong, and where
     * @param remedy what to do next
     */
    public Configuration(String problem, String remedy) {
      super(problem, remedy);
    }
  }

  /**
   * A device that is missing, may not be opened, breaks off, or answers what its specification does
   * not allow.
   */
  public static non-sealed class Device extends AttestationException {
    private static final long serialVersionUID = 1L;

    /**
     * @param problem which device, and what it did
     * @param remedy what to do next
     */
    public Device(String problem, String remedy) {
      super(problem, remedy);
    }
  }

  /**
   * The answer is no. Only the methods of {@link CvmAttestation} throw it that hand out a thing and
   * not a verdict; each has a twin that returns the no as a value.
   */
  public static final class Denied extends AttestationException {
    private static final long serialVersionUID = 1L;

    private final Room room;
    private final transient List<Finding> findings;

    /**
     * @param room where it ended
     * @param findings why, at least one
     */
    Denied(Room room, List<Finding> findings) {
      super(room + ": " + findings.get(0), "compare what was expected with what was found");
      this.room = room;
      this.findings = List.copyOf(findings);
    }

    /** Where it ended. */
    public Room room() {
      return room;
    }

    /** Why; empty if this exception was serialised. */
    public List<Finding> findings() {
      return findings == null ? List.of() : findings;
    }
  }

  /**
   * A service that could not be reached, broke off, or answered what it should not. What it said is
   * not repeated but for a status, a request id and a code that are letters, digits and dashes.
   */
  public static final class Service extends AttestationException {
    private static final long serialVersionUID = 1L;

    private final String service;
    private final Failure failure;
    private final int status;
    private final String requestId;
    private final String serviceCode;

    /** What went wrong. The names are stable. */
    public enum Failure {
      /** No connection, or one that broke before an answer. */
      UNREACHABLE,
      /** Time ran out. */
      DEADLINE,
      /** Asked to wait again and again until time ran out (HTTP 429). */
      ENDPOINT_THROTTLED,
      /** It sends elsewhere (HTTP 3xx), where nobody goes. */
      HTTP_REDIRECT,
      /** A status that is no success and not worth another try. */
      HTTP_STATUS,
      /** More than is read of such an answer. */
      INPUT_LIMIT,
      /** The answer ends before its declared end. */
      TRUNCATED,
      /** The answer is not what the protocol says it is. */
      ANSWER_MALFORMED
    }

    /**
     * @param service which one, such as {@code IMDS}
     * @param failure what went wrong
     * @param status the HTTP status, or 0 where there was none
     * @param requestId by which the service's operator finds the request; what is not letters,
     *     digits and dashes is left out
     * @param serviceCode the service's own code for the error; the same holds for it
     * @param remedy what to do next
     */
    public Service(
        String service,
        Failure failure,
        int status,
        String requestId,
        String serviceCode,
        String remedy) {
      super(
          problem(service, failure, status, sanitised(requestId), sanitised(serviceCode)), remedy);
      this.service = service;
      this.failure = failure;
      this.status = status;
      this.requestId = sanitised(requestId);
      this.serviceCode = sanitised(serviceCode);
    }

    /** Which one, such as {@code IMDS}. */
    public String service() {
      return service;
    }

    /** What went wrong. */
    public Failure failure() {
      return failure;
    }

    /** The HTTP status, or 0 where there was none. */
    public int status() {
      return status;
    }

    /** By which the service's operator finds the request; empty where there is none. */
    public String requestId() {
      return requestId;
    }

    /** The service's own code for the error; empty where there is none. */
    public String serviceCode() {
      return serviceCode;
    }

    private static String problem(
        String service, Failure failure, int status, String requestId, String serviceCode) {
      StringBuilder problem = new StringBuilder(service).append(": ").append(failure);
      if (status != 0) {
        problem.append(", HTTP ").append(status);
      }
      if (!serviceCode.isEmpty()) {
        problem.append(", code ").append(serviceCode);
      }
      if (!requestId.isEmpty()) {
        problem.append(", request ").append(requestId);
      }
      return problem.toString();
    }

    /** A stranger's text must not forge lines of a log. */
    private static String sanitised(String text) {
      StringBuilder kept = new StringBuilder();
      for (int i = 0; i < text.length() && kept.length() < MAX_CODE; i++) {
        char c = text.charAt(i);
        boolean plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        if (plain) {
          kept.append(c);
        }
      }
      return kept.toString();
    }
  }
}
