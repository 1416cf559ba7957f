package io.github.cvmattestation.testkit.tpm;

/** TPMS_ECC_POINT (Part 2, section 11.2.5.2): coordinates as they are on the wire. */
final class EccPoint {
  /** MAX_ECC_KEY_BYTES. */
  static final int MAX_COORDINATE = 80;

  private final byte[] x;
  private final byte[] y;

  EccPoint(byte[] x, byte[] y) {
    this.x = x.clone();
    this.y = y.clone();
  }

  static EccPoint read(TpmReader in) {
    return new EccPoint(in.sized(MAX_COORDINATE), in.sized(MAX_COORDINATE));
  }

  void write(TpmWriter out) {
    out.sized(x).sized(y);
  }

  byte[] x() {
    return x.clone();
  }

  byte[] y() {
    return y.clone();
  }
}
