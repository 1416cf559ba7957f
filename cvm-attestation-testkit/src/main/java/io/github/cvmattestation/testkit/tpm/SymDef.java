package io.github.cvmattestation.testkit.tpm;

/**
 * TPMT_SYM_DEF and TPMT_SYM_DEF_OBJECT (Part 2, sections 11.1.6 and 11.1.7): AES, or nothing.
 *
 * @param algorithm TPM_ALG_AES or TPM_ALG_NULL
 * @param bits of the key; 0 for none
 * @param mode TPM_ALG_CFB or another mode; TPM_ALG_NULL for none
 */
record SymDef(int algorithm, int bits, int mode) {
  static final SymDef NONE = new SymDef(Alg.NULL, 0, Alg.NULL);

  /** TPMT_SYM_DEF_OBJECT+. */
  static SymDef read(TpmReader in) {
    int algorithm = in.u16();
    if (algorithm == Alg.NULL) {
      return NONE;
    }
    if (algorithm != Alg.AES) {
      throw in.error(Rc.SYMMETRIC);
    }
    int bits = in.u16();
    if (bits != 128 && bits != 256) {
      throw in.error(Rc.VALUE);
    }
    int mode = in.u16();
    if (mode != Alg.NULL && (mode < Alg.CTR || mode > Alg.ECB)) {
      throw in.error(Rc.MODE);
    }
    return new SymDef(algorithm, bits, mode);
  }

  void write(TpmWriter out) {
    out.u16(algorithm);
    if (!isNone()) {
      out.u16(bits).u16(mode);
    }
  }

  boolean isNone() {
    return algorithm == Alg.NULL;
  }
}
