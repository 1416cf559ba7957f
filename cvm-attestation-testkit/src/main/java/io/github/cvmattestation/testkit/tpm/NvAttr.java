package io.github.cvmattestation.testkit.tpm;

/** TPMA_NV (Part 2, section 13.4). */
final class NvAttr {
  static final int PP_WRITE = 1;
  static final int OWNER_WRITE = 1 << 1;
  static final int AUTH_WRITE = 1 << 2;
  static final int POLICY_WRITE = 1 << 3;

  /** TPM_NT: 0 for an ordinary index; counters, bits, extends and PINs are others. */
  static final int TYPE = 0xF0;

  static final int RESERVED = 0x300 | 0x1F0_0000;
  static final int POLICY_DELETE = 1 << 10;
  static final int WRITE_LOCKED = 1 << 11;
  static final int WRITE_ALL = 1 << 12;
  static final int WRITE_DEFINE = 1 << 13;
  static final int WRITE_ST_CLEAR = 1 << 14;
  static final int GLOBAL_LOCK = 1 << 15;
  static final int PP_READ = 1 << 16;
  static final int OWNER_READ = 1 << 17;
  static final int AUTH_READ = 1 << 18;
  static final int POLICY_READ = 1 << 19;
  static final int NO_DA = 1 << 25;
  static final int ORDERLY = 1 << 26;
  static final int CLEAR_ST_CLEAR = 1 << 27;
  static final int READ_LOCKED = 1 << 28;
  static final int WRITTEN = 1 << 29;
  static final int PLATFORM_CREATE = 1 << 30;
  static final int READ_ST_CLEAR = 1 << 31;

  static final int READERS = PP_READ | OWNER_READ | AUTH_READ | POLICY_READ;
  static final int WRITERS = PP_WRITE | OWNER_WRITE | AUTH_WRITE | POLICY_WRITE;

  private NvAttr() {}
}
