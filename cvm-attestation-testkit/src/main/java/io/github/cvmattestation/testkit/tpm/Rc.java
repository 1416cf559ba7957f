package io.github.cvmattestation.testkit.tpm;

/** TPM_RC: response codes (Part 2, section 6.6.3). */
final class Rc {
  static final int SUCCESS = 0;
  static final int BAD_TAG = 0x01E;

  // Format 0: they blame nothing in particular.
  static final int INITIALIZE = 0x100;
  static final int FAILURE = 0x101;
  static final int DISABLED = 0x120;
  static final int EXCLUSIVE = 0x121;
  static final int AUTH_TYPE = 0x124;
  static final int AUTH_MISSING = 0x125;
  static final int PCR_CHANGED = 0x128;
  static final int AUTH_UNAVAILABLE = 0x12F;
  static final int COMMAND_SIZE = 0x142;
  static final int COMMAND_CODE = 0x143;
  static final int AUTH_CONTEXT = 0x145;
  static final int NV_RANGE = 0x146;
  static final int NV_LOCKED = 0x148;
  static final int NV_AUTHORIZATION = 0x149;
  static final int NV_UNINITIALIZED = 0x14A;
  static final int NV_SPACE = 0x14B;
  static final int NV_DEFINED = 0x14C;
  static final int CPHASH = 0x151;

  // Format 1: a handle, a parameter or a session is added.
  static final int FORMAT_1 = 0x080;
  static final int ATTRIBUTES = 0x082;
  static final int HASH = 0x083;
  static final int VALUE = 0x084;
  static final int HIERARCHY = 0x085;
  static final int KEY_SIZE = 0x087;
  static final int MODE = 0x089;
  static final int TYPE = 0x08A;
  static final int HANDLE = 0x08B;
  static final int KDF = 0x08C;
  static final int RANGE = 0x08D;
  static final int AUTH_FAIL = 0x08E;
  static final int NONCE = 0x08F;
  static final int SCHEME = 0x092;
  static final int SIZE = 0x095;
  static final int SYMMETRIC = 0x096;
  static final int TAG = 0x097;
  static final int INSUFFICIENT = 0x09A;
  static final int SIGNATURE = 0x09B;
  static final int KEY = 0x09C;
  static final int POLICY_FAIL = 0x09D;
  static final int INTEGRITY = 0x09F;
  static final int TICKET = 0x0A0;
  static final int RESERVED_BITS = 0x0A1;
  static final int BAD_AUTH = 0x0A2;
  static final int EXPIRED = 0x0A3;
  static final int POLICY_CC = 0x0A4;
  static final int BINDING = 0x0A5;
  static final int CURVE = 0x0A6;
  static final int ECC_POINT = 0x0A7;

  // Warnings.
  static final int OBJECT_MEMORY = 0x902;
  static final int SESSION_MEMORY = 0x903;
  static final int SESSION_HANDLES = 0x905;
  static final int LOCALITY = 0x907;
  static final int REFERENCE_H0 = 0x910;
  static final int REFERENCE_S0 = 0x918;
  static final int LOCKOUT = 0x921;

  private static final int PARAMETER = 0x040;
  private static final int SESSION = 0x800;

  private Rc() {}

  /** {@code code} blaming parameter {@code number}, from 1. */
  static int parameter(int code, int number) {
    return isFormat1(code) ? code | PARAMETER | number << 8 : code;
  }

  /** {@code code} blaming handle {@code number}, from 1. */
  static int handle(int code, int number) {
    return isFormat1(code) ? code | number << 8 : code;
  }

  /** {@code code} blaming session {@code number}, from 1. */
  static int session(int code, int number) {
    return isFormat1(code) ? code | SESSION | number << 8 : code;
  }

  private static boolean isFormat1(int code) {
    return (code & FORMAT_1) != 0;
  }
}
