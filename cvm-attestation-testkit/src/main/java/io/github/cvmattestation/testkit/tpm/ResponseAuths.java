package io.github.cvmattestation.testkit.tpm;

/** A response's parameters, encrypted if a session asked for it, and its authorisation area. */
final class ResponseAuths {
  private final byte[] parameters;
  private final byte[] area;

  ResponseAuths(byte[] parameters, byte[] area) {
    this.parameters = parameters.clone();
    this.area = area.clone();
  }

  byte[] parameters() {
    return parameters.clone();
  }

  byte[] area() {
    return area.clone();
  }
}
