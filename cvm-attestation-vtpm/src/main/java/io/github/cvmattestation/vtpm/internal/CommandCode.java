package io.github.cvmattestation.vtpm.internal;

/**
 * TPM_CC, the commands that this SDK sends and no others (TPM 2.0 Part 2, section 6.5.2; the shape
 * of each from Part 3). What is not here cannot be sent: no command changes a hierarchy's
 * authorisation, clears the TPM or takes a hierarchy away.
 *
 * <p>ReadPublic and NV_ReadPublic return a TPM2B too, but are never encrypted: what they return is
 * public, and the Name that an HMAC needs is what they are asked for.
 */
public enum CommandCode {
  /** TPM2_Startup. */
  STARTUP("TPM2_Startup", 0x144, 0, 0, ""),
  /** TPM2_GetCapability. */
  GET_CAPABILITY("TPM2_GetCapability", 0x17A, 0, 0, ""),
  /** TPM2_GetRandom. */
  GET_RANDOM("TPM2_GetRandom", 0x17B, 0, 0, "r"),
  /** TPM2_ReadPublic. */
  READ_PUBLIC("TPM2_ReadPublic", 0x173, 1, 0, ""),
  /** TPM2_FlushContext. */
  FLUSH_CONTEXT("TPM2_FlushContext", 0x165, 0, 0, ""),
  /** TPM2_EvictControl. */
  EVICT_CONTROL("TPM2_EvictControl", 0x120, 2, 1, ""),
  /** TPM2_CreatePrimary. */
  CREATE_PRIMARY("TPM2_CreatePrimary", 0x131, 1, 1, "ocr"),
  /** TPM2_Create. */
  CREATE("TPM2_Create", 0x153, 1, 1, "cr"),
  /** TPM2_Load. */
  LOAD("TPM2_Load", 0x157, 1, 1, "ocr"),
  /** TPM2_LoadExternal. */
  LOAD_EXTERNAL("TPM2_LoadExternal", 0x167, 0, 0, "ocr"),
  /** TPM2_Import. */
  IMPORT("TPM2_Import", 0x156, 1, 1, "cr"),
  /** TPM2_NV_ReadPublic. */
  NV_READ_PUBLIC("TPM2_NV_ReadPublic", 0x169, 1, 0, ""),
  /** TPM2_NV_Read. */
  NV_READ("TPM2_NV_Read", 0x14E, 2, 1, "r"),
  /** TPM2_NV_Write. */
  NV_WRITE("TPM2_NV_Write", 0x137, 2, 1, "c"),
  /** TPM2_NV_DefineSpace. */
  NV_DEFINE_SPACE("TPM2_NV_DefineSpace", 0x12A, 1, 1, "c"),
  /** TPM2_NV_UndefineSpace. */
  NV_UNDEFINE_SPACE("TPM2_NV_UndefineSpace", 0x122, 2, 1, ""),
  /** TPM2_PCR_Read. */
  PCR_READ("TPM2_PCR_Read", 0x17E, 0, 0, ""),
  /** TPM2_PCR_Extend. */
  PCR_EXTEND("TPM2_PCR_Extend", 0x182, 1, 1, ""),
  /** TPM2_PCR_Reset. */
  PCR_RESET("TPM2_PCR_Reset", 0x13D, 1, 1, ""),
  /** TPM2_Quote. */
  QUOTE("TPM2_Quote", 0x158, 1, 1, "cr"),
  /** TPM2_Certify. */
  CERTIFY("TPM2_Certify", 0x148, 2, 2, "cr"),
  /** TPM2_CertifyCreation. */
  CERTIFY_CREATION("TPM2_CertifyCreation", 0x14A, 2, 1, "cr"),
  /** TPM2_StartAuthSession. */
  START_AUTH_SESSION("TPM2_StartAuthSession", 0x176, 2, 0, "scr"),
  /** TPM2_PolicyPCR. */
  POLICY_PCR("TPM2_PolicyPCR", 0x17F, 1, 0, "c"),
  /** TPM2_PolicyAuthorize. */
  POLICY_AUTHORIZE("TPM2_PolicyAuthorize", 0x16A, 1, 0, "c"),
  /** TPM2_PolicySecret. */
  POLICY_SECRET("TPM2_PolicySecret", 0x151, 2, 1, "cr"),
  /** TPM2_PolicyGetDigest. */
  POLICY_GET_DIGEST("TPM2_PolicyGetDigest", 0x189, 1, 0, "r"),
  /** TPM2_PolicyOR. */
  POLICY_OR("TPM2_PolicyOR", 0x171, 1, 0, ""),
  /** TPM2_PolicyAuthValue. */
  POLICY_AUTH_VALUE("TPM2_PolicyAuthValue", 0x16B, 1, 0, ""),
  /** TPM2_VerifySignature. */
  VERIFY_SIGNATURE("TPM2_VerifySignature", 0x177, 1, 0, "c"),
  /** TPM2_Unseal. */
  UNSEAL("TPM2_Unseal", 0x15E, 1, 1, "r"),
  /** TPM2_RSA_Decrypt. */
  RSA_DECRYPT("TPM2_RSA_Decrypt", 0x159, 1, 1, "cr"),
  /** TPM2_ActivateCredential. */
  ACTIVATE_CREDENTIAL("TPM2_ActivateCredential", 0x147, 2, 2, "cr"),
  /** TPM2_ReadClock. */
  READ_CLOCK("TPM2_ReadClock", 0x181, 0, 0, ""),
  /** TPM2_Sign. */
  SIGN("TPM2_Sign", 0x15D, 1, 1, "c");

  private static final int HMAC_SESSION = 0x02;
  private static final int POLICY_SESSION = 0x03;
  private static final int TRANSIENT = 0x80;

  private final String specName;
  private final int code;
  private final int handles;
  private final int authorised;
  private final String shape;

  /**
   * @param shape o, s: the response begins with the handle of an object or a session; c: the first
   *     parameter of the command is a TPM2B and may be encrypted; r: likewise of the response
   */
  CommandCode(String specName, int code, int handles, int authorised, String shape) {
    this.specName = specName;
    this.code = code;
    this.handles = handles;
    this.authorised = authorised;
    this.shape = shape;
  }

  /** The name in Part 3. */
  public String specName() {
    return specName;
  }

  /** The TPM_CC. */
  public int code() {
    return code;
  }

  int handles() {
    return handles;
  }

  int authorised() {
    return authorised;
  }

  boolean returnsHandle() {
    return shape.contains("o") || shape.contains("s");
  }

  /**
   * Whether a new handle of the command's is of that type (Part 2, section 7.2); 0 if it has none.
   */
  boolean mayReturn(long handle) {
    int type = (int) (handle >>> 24);
    return shape.contains("o")
        ? type == TRANSIENT
        : shape.contains("s") ? type == HMAC_SESSION || type == POLICY_SESSION : handle == 0;
  }

  boolean commandEncryptable() {
    return shape.contains("c");
  }

  boolean responseEncryptable() {
    return shape.contains("r");
  }
}
