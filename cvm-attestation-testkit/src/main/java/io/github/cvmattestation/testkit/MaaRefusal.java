package io.github.cvmattestation.testkit;

/** What a fake attestation service answers with 400. */
final class MaaRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;

  /**
   * @param code in the error document; this service's own word, not Microsoft's
   */
  MaaRefusal(String code) {
    super(code);
    this.code = code;
  }

  String code() {
    return code;
  }

  /** Refuses unless something holds. */
  static void unless(boolean holds, String code) throws MaaRefusal {
    if (!holds) {
      throw new MaaRefusal(code);
    }
  }
}
