package io.github.cvmattestation.testkit.tpm;

/** TPMT_SENSITIVE (Part 2, section 12.3.2.4): what of an object must not leave in the clear. */
final class Sensitive {
  static final int MAX_DATA = 128;
  private static final int MAX_RSA_PRIVATE = 384 / 2 * 5;
  private static final int MAX_ECC_PRIVATE = 66;

  private final int type;
  private final byte[] authValue;
  private final byte[] seedValue;
  private final byte[] secret;

  Sensitive(int type, byte[] authValue, byte[] seedValue, byte[] secret) {
    this.type = type;
    this.authValue = authValue.clone();
    this.seedValue = seedValue.clone();
    this.secret = secret.clone();
  }

  static Sensitive read(TpmReader in) {
    int type = in.u16();
    int max =
        switch (type) {
          case Alg.RSA -> MAX_RSA_PRIVATE;
          case Alg.ECC -> MAX_ECC_PRIVATE;
          case Alg.KEYEDHASH -> MAX_DATA;
          default -> throw in.error(Rc.TYPE);
        };
    return new Sensitive(
        type, in.sized(PublicArea.MAX_DIGEST), in.sized(PublicArea.MAX_DIGEST), in.sized(max));
  }

  byte[] bytes() {
    return new TpmWriter().u16(type).sized(authValue).sized(seedValue).sized(secret).array();
  }

  Sensitive withAuth(byte[] value) {
    return new Sensitive(type, value, seedValue, secret);
  }

  int type() {
    return type;
  }

  byte[] authValue() {
    return authValue.clone();
  }

  byte[] seedValue() {
    return seedValue.clone();
  }

  /** The private key, the symmetric key or the data. */
  byte[] secret() {
    return secret.clone();
  }
}
