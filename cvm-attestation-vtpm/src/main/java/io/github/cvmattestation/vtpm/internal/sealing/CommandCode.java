package io.github.cvmattestation.vtpm.internal.sealing;

/** TPM_CC, those that sealing needs (TPM 2.0 Part 2, section 6.5.2), named as Part 3 does. */
enum CommandCode {
  CREATE_PRIMARY(0x131, "TPM2_CreatePrimary"),
  CERTIFY(0x148, "TPM2_Certify"),
  CREATE(0x153, "TPM2_Create"),
  IMPORT(0x156, "TPM2_Import"),
  LOAD(0x157, "TPM2_Load"),
  RSA_DECRYPT(0x159, "TPM2_RSA_Decrypt"),
  UNSEAL(0x15E, "TPM2_Unseal"),
  FLUSH_CONTEXT(0x165, "TPM2_FlushContext"),
  LOAD_EXTERNAL(0x167, "TPM2_LoadExternal"),
  POLICY_AUTHORIZE(0x16A, "TPM2_PolicyAuthorize"),
  POLICY_AUTH_VALUE(0x16B, "TPM2_PolicyAuthValue"),
  READ_PUBLIC(0x173, "TPM2_ReadPublic"),
  START_AUTH_SESSION(0x176, "TPM2_StartAuthSession"),
  VERIFY_SIGNATURE(0x177, "TPM2_VerifySignature"),
  PCR_READ(0x17E, "TPM2_PCR_Read"),
  POLICY_PCR(0x17F, "TPM2_PolicyPCR");

  private final int code;
  private final String commandName;

  CommandCode(int code, String commandName) {
    this.code = code;
    this.commandName = commandName;
  }

  int code() {
    return code;
  }

  String commandName() {
    return commandName;
  }
}
