package io.github.cvmattestation.testkit.tpm;

/** TPM_HANDLE: their types and the permanent ones (Part 2, sections 7.2 and 7.4). */
final class Handles {
  static final int TYPE_PCR = 0x00;
  static final int TYPE_NV = 0x01;
  static final int TYPE_HMAC_SESSION = 0x02;
  static final int TYPE_POLICY_SESSION = 0x03;
  static final int TYPE_PERMANENT = 0x40;
  static final int TYPE_TRANSIENT = 0x80;
  static final int TYPE_PERSISTENT = 0x81;

  static final int OWNER = 0x40000001;
  static final int NULL = 0x40000007;
  static final int PASSWORD = 0x40000009;
  static final int LOCKOUT = 0x4000000A;
  static final int ENDORSEMENT = 0x4000000B;
  static final int PLATFORM = 0x4000000C;
  static final int PLATFORM_NV = 0x4000000D;

  /** TPM_RH_AUTH_00 to _FF: vendors' own, of which there are none here. */
  static final int VENDOR_AUTH_FIRST = 0x40000010;

  static final int VENDOR_AUTH_LAST = 0x4000010F;

  /** The first persistent handle of the platform; those below are the owner's. */
  static final int PLATFORM_PERSISTENT = 0x81800000;

  private Handles() {}

  static int type(int handle) {
    return handle >>> 24;
  }

  static byte[] bytes(int handle) {
    return new TpmWriter().u32(handle).array();
  }
}
