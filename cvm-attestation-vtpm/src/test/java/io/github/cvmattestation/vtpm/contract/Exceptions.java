package io.github.cvmattestation.vtpm.contract;

/** Where the two may differ, each with the reason. */
final class Exceptions {
  private Exceptions() {}

  static boolean allow(Exchange swtpm, Exchange software) {
    return false;
  }
}
