package io.github.cvmattestation.attestation;

/**
 * "I could not ask": a missing device, a failing service, a configuration that makes no sense. Bad
 * evidence is never an exception; it is {@link Verification.Refuted} or {@link
 * AttestationResult.Rejected}.
 */
public abstract sealed class AttestationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

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
}
