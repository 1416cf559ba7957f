package io.github.cvmattestation.vtpm;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** TPM_RC (TPM 2.0 Part 2, section 6.6.3, Table 16): pure data. */
final class ResponseCodeTable {
  private static final String GENERAL =
      "see TPM 2.0 Part 3 for what this command demands of its arguments";

  /**
   * One code.
   *
   * @param base without the number of a handle, parameter or session
   */
  record Row(int base, String name, String meaning, String remedy) {}

  private static final List<Row> ROWS =
      List.of(
          row(
              0x100,
              "INITIALIZE",
              "the TPM was not started",
              "start the TPM (TPM2_Startup): firmware does so at boot, an emulator has to be told"),
          row(
              0x101,
              "FAILURE",
              "the TPM is in failure mode",
              "restart the TPM; an emulator cannot write its state directory"),
          row(0x103, "SEQUENCE", "a sequence handle is used improperly", GENERAL),
          row(0x10B, "PRIVATE", "private", GENERAL),
          row(0x119, "HMAC", "hmac", GENERAL),
          row(
              0x120,
              "DISABLED",
              "the command is disabled",
              "the command or its hierarchy is disabled on this machine"),
          row(0x121, "EXCLUSIVE", "an audit sequence wanted to be exclusive", GENERAL),
          row(
              0x124,
              "AUTH_TYPE",
              "the authorisation handle is not of a type for this command",
              GENERAL),
          row(0x125, "AUTH_MISSING", "the command needs an authorisation session", GENERAL),
          row(0x126, "POLICY", "a policy failed in a computation, or the object has none", GENERAL),
          row(0x127, "PCR", "a PCR check failed", GENERAL),
          row(
              0x128,
              "PCR_CHANGED",
              "PCRs changed since they were checked",
              "read the PCRs again and start a new policy session"),
          row(0x12D, "UPGRADE", "the TPM is in field-upgrade mode", GENERAL),
          row(0x12E, "TOO_MANY_CONTEXTS", "the context ID counter is at its maximum", GENERAL),
          row(
              0x12F,
              "AUTH_UNAVAILABLE",
              "the authorisation value or policy is not available",
              GENERAL),
          row(0x130, "REBOOT", "a restart is needed first", "restart the machine"),
          row(0x131, "UNBALANCED", "hash and key sizes do not match", GENERAL),
          row(0x142, "COMMAND_SIZE", "the command's size does not match its content", GENERAL),
          row(
              0x143,
              "COMMAND_CODE",
              "the command is not supported",
              "this TPM, or the resource manager before it, does not have the command"),
          row(0x144, "AUTHSIZE", "the authorisation area has a wrong size", GENERAL),
          row(0x145, "AUTH_CONTEXT", "a session was given to a command that takes none", GENERAL),
          row(0x146, "NV_RANGE", "offset and size leave the NV index", GENERAL),
          row(0x147, "NV_SIZE", "the NV data is larger than may be", GENERAL),
          row(0x148, "NV_LOCKED", "the NV index is locked", "the lock is released by a restart"),
          row(
              0x149,
              "NV_AUTHORIZATION",
              "this authorisation does not open the NV index",
              "read with the handle that the index's attributes allow"),
          row(
              0x14A,
              "NV_UNINITIALIZED",
              "the NV index was never written",
              "write the index first, or wait until the firmware has"),
          row(
              0x14B,
              "NV_SPACE",
              "no NV space is left",
              "undefine an index that is no longer needed"),
          row(
              0x14C,
              "NV_DEFINED",
              "the NV index is defined already",
              "the index belongs to somebody: adopt it if it is yours, or choose another"),
          row(0x150, "BAD_CONTEXT", "a saved context is not valid", GENERAL),
          row(0x151, "CPHASH", "the command's parameters are not those of the policy", GENERAL),
          row(0x152, "PARENT", "the parent handle is none", GENERAL),
          row(0x153, "NEEDS_TEST", "a self-test is needed first", "let the TPM test itself"),
          row(0x154, "NO_RESULT", "an error inside the TPM", GENERAL),
          row(0x155, "SENSITIVE", "the sensitive area did not decrypt", GENERAL),
          row(0x081, "ASYMMETRIC", "the asymmetric algorithm is not supported", GENERAL),
          row(0x082, "ATTRIBUTES", "inconsistent attributes", GENERAL),
          row(0x083, "HASH", "the hash algorithm is not supported", GENERAL),
          row(0x084, "VALUE", "a value is out of range", GENERAL),
          row(
              0x085,
              "HIERARCHY",
              "the hierarchy is not enabled or not the right one",
              "the hierarchy is disabled or has an authorisation of its own; use another one"),
          row(0x087, "KEY_SIZE", "the key size is not supported", GENERAL),
          row(0x088, "MGF", "the mask generation function is not supported", GENERAL),
          row(0x089, "MODE", "the mode is not supported", GENERAL),
          row(0x08A, "TYPE", "the type is not the right one", GENERAL),
          row(
              0x08B,
              "HANDLE",
              "there is nothing at this handle",
              "check that the NV index or the persistent key exists on this machine"),
          row(0x08C, "KDF", "the key derivation is not supported", GENERAL),
          row(0x08D, "RANGE", "a value is out of its range", GENERAL),
          row(
              0x08E,
              "AUTH_FAIL",
              "the authorisation failed, and counts against the lockout",
              "give the right authorisation value; further wrong ones lock the TPM"),
          row(0x08F, "NONCE", "a nonce is invalid", GENERAL),
          row(0x090, "PP", "physical presence is needed", GENERAL),
          row(0x092, "SCHEME", "the scheme is not supported or does not fit", GENERAL),
          row(0x095, "SIZE", "a structure has a wrong size", GENERAL),
          row(0x096, "SYMMETRIC", "the symmetric algorithm is not supported", GENERAL),
          row(0x097, "TAG", "a structure has a wrong tag", GENERAL),
          row(0x098, "SELECTOR", "a union selector is wrong", GENERAL),
          row(0x09A, "INSUFFICIENT", "there are too few bytes for a structure", GENERAL),
          row(0x09B, "SIGNATURE", "the signature is not valid", GENERAL),
          row(0x09C, "KEY", "key fields are not compatible with their use", GENERAL),
          row(
              0x09D,
              "POLICY_FAIL",
              "a policy check failed",
              "the state is not what the policy wants: compare PCR values, and start a new policy session for every use"),
          row(
              0x09F,
              "INTEGRITY",
              "the integrity check failed",
              "the blob was changed or made by another TPM or under another parent"),
          row(0x0A0, "TICKET", "the ticket is not valid", GENERAL),
          row(0x0A1, "RESERVED_BITS", "reserved bits are set", GENERAL),
          row(
              0x0A2,
              "BAD_AUTH",
              "the authorisation failed, without counting",
              "give the right authorisation value; with an empty one, the owner or the endorsement hierarchy is not open"),
          row(0x0A3, "EXPIRED", "the policy has expired", "start a new policy session"),
          row(0x0A4, "POLICY_CC", "the policy is for another command", GENERAL),
          row(0x0A5, "BINDING", "public and sensitive parts do not belong together", GENERAL),
          row(0x0A6, "CURVE", "the curve is not supported", GENERAL),
          row(0x0A7, "ECC_POINT", "the point is not on the curve", GENERAL),
          row(0x901, "CONTEXT_GAP", "the gap between context counts is too large", GENERAL),
          row(
              0x902,
              "OBJECT_MEMORY",
              "no memory for another object",
              "close loaded objects, or use /dev/tpmrm0, which swaps them"),
          row(
              0x903,
              "SESSION_MEMORY",
              "no memory for another session",
              "close sessions, or use /dev/tpmrm0, which swaps them"),
          row(0x904, "MEMORY", "out of memory", GENERAL),
          row(0x905, "SESSION_HANDLES", "no session handle is left", "close sessions"),
          row(0x906, "OBJECT_HANDLES", "no object handle is left", "close loaded objects"),
          row(0x907, "LOCALITY", "not at this locality", "the command is for another locality"),
          row(0x908, "YIELDED", "the TPM gave way and did not finish", GENERAL),
          row(0x909, "CANCELED", "the command was cancelled", GENERAL),
          row(0x90A, "TESTING", "the TPM is testing itself", GENERAL),
          row(0x910, "REFERENCE_H0", "handle 1 is not loaded", GENERAL),
          row(0x911, "REFERENCE_H1", "handle 2 is not loaded", GENERAL),
          row(0x912, "REFERENCE_H2", "handle 3 is not loaded", GENERAL),
          row(0x913, "REFERENCE_H3", "handle 4 is not loaded", GENERAL),
          row(0x914, "REFERENCE_H4", "handle 5 is not loaded", GENERAL),
          row(0x915, "REFERENCE_H5", "handle 6 is not loaded", GENERAL),
          row(0x916, "REFERENCE_H6", "handle 7 is not loaded", GENERAL),
          row(0x918, "REFERENCE_S0", "session 1 is not loaded", GENERAL),
          row(0x919, "REFERENCE_S1", "session 2 is not loaded", GENERAL),
          row(0x91A, "REFERENCE_S2", "session 3 is not loaded", GENERAL),
          row(0x91B, "REFERENCE_S3", "session 4 is not loaded", GENERAL),
          row(0x91C, "REFERENCE_S4", "session 5 is not loaded", GENERAL),
          row(0x91D, "REFERENCE_S5", "session 6 is not loaded", GENERAL),
          row(0x91E, "REFERENCE_S6", "session 7 is not loaded", GENERAL),
          row(0x920, "NV_RATE", "NV is written too often", GENERAL),
          row(
              0x921,
              "LOCKOUT",
              "too many wrong authorisations: the TPM is locked",
              "wait for the recovery time of the dictionary-attack protection, then try the right value once"),
          row(0x922, "RETRY", "the TPM could not start the command", GENERAL),
          row(0x923, "NV_UNAVAILABLE", "NV memory is not accessible now", GENERAL));

  private static final Map<Integer, Row> BY_BASE =
      ROWS.stream().collect(Collectors.toUnmodifiableMap(Row::base, Function.identity()));

  private ResponseCodeTable() {}

  static Optional<Row> find(int base) {
    return Optional.ofNullable(BY_BASE.get(base));
  }

  static List<Row> rows() {
    return ROWS;
  }

  private static Row row(int base, String name, String meaning, String remedy) {
    return new Row(base, "TPM_RC_" + name, meaning, remedy);
  }
}
