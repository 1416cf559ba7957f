package io.github.cvmattestation.testkit.tpm;

/** TPMA_OBJECT (Part 2, section 8.3). */
final class Attr {
  static final int FIXED_TPM = 1 << 1;
  static final int ST_CLEAR = 1 << 2;
  static final int FIXED_PARENT = 1 << 4;
  static final int SENSITIVE_DATA_ORIGIN = 1 << 5;
  static final int USER_WITH_AUTH = 1 << 6;
  static final int ADMIN_WITH_POLICY = 1 << 7;
  static final int NO_DA = 1 << 10;
  static final int ENCRYPTED_DUPLICATION = 1 << 11;
  static final int RESTRICTED = 1 << 16;
  static final int DECRYPT = 1 << 17;
  static final int SIGN = 1 << 18;
  static final int X509_SIGN = 1 << 19;

  static final int DEFINED =
      FIXED_TPM
          | ST_CLEAR
          | FIXED_PARENT
          | SENSITIVE_DATA_ORIGIN
          | USER_WITH_AUTH
          | ADMIN_WITH_POLICY
          | NO_DA
          | ENCRYPTED_DUPLICATION
          | RESTRICTED
          | DECRYPT
          | SIGN
          | X509_SIGN;

  private Attr() {}
}
