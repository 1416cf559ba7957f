package io.github.cvmattestation.vtpm.contract;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/** Where the two may differ, each with the reason; short, or it hides what it should show. */
final class Exceptions {
  private static final int CREATE_PRIMARY = 0x131;
  private static final int POLICY_COMMAND_CODE = 0x16C;
  private static final int START_AUTH_SESSION = 0x176;
  private static final int NV_DEFINE_SPACE = 0x12A;

  /**
   * @param name what differs
   * @param ends the two TPMs are in different states afterwards: the sequence is over
   */
  record Rule(String name, boolean ends, BiPredicate<Exchange, Exchange> applies) {}

  private static final List<Rule> RULES =
      List.of(
          // TPMI_ST_COMMAND_TAG: TPM_RC_BAD_TAG (Part 2, section 9; Part 3, section 5.2). swtpm
          // says
          // TPM_RC_VALUE, because it looks for any TPM_ST first.
          new Rule(
              "no command tag",
              false,
              (swtpm, software) ->
                  !isTag(swtpm.command()) && is(swtpm, 0x084) && is(software, 0x01E)),
          // TPMT_TK_*: TPM_RC_TAG (Part 2, section 10.7). As before: swtpm says TPM_RC_VALUE of a
          // tag
          // that is no TPM_ST at all.
          new Rule(
              "no ticket tag",
              false,
              (swtpm, software) ->
                  (swtpm.code() & 0xFF) == 0xC4 && software.code() == swtpm.code() + 0x13),
          // swtpm gives up where its library does: a message not below the modulus (TPM_RC_VALUE,
          // Part 3,
          // sections 14.2 and 14.3), or an object without its private part
          // (TPM_RC_AUTH_UNAVAILABLE,
          // Part 1, section 19.4).
          new Rule(
              "swtpm fails",
              true,
              (swtpm, software) ->
                  is(swtpm, 0x101) && (is(software, 0x084) || is(software, 0x12F))),
          // TPM_CAP_PCRS: always the full allocation (Part 3, section 30.2); swtpm gives none if
          // none is
          // asked for.
          new Rule(
              "registers without a count",
              false,
              (swtpm, software) ->
                  swtpm.label().startsWith("GetCapability(5")
                      && swtpm.comparable().startsWith("0100000005")),
          // Which commands and ciphers there are is the profile's choice: TPM2_PolicyCommandCode
          // refuses a
          // command that the TPM does not have; swtpm has Camellia (0x0026) for sessions.
          new Rule(
              "commands and ciphers of the profile",
              true,
              (swtpm, software) ->
                  swtpm.ok()
                      && (code(swtpm.command()) == POLICY_COMMAND_CODE && is(software, 0x1E4)
                          || code(swtpm.command()) == START_AUTH_SESSION && is(software, 0x4D6))),
          // swtpm has P-224 (0x0002) and other curves, and goes on to whatever is wrong next;
          // SoftwareTpm refuses them (TPM_RC_CURVE).
          new Rule(
              "curves of the profile",
              true,
              (swtpm, software) -> is(software, 0x2E6) && namesAnotherCurve(swtpm.command())),
          // swtpm has triple DES (0x0003) and Camellia (0x0026) for objects, and looks at the key's
          // size next (TPM_RC_VALUE); SoftwareTpm refuses the algorithm (TPM_RC_SYMMETRIC).
          new Rule(
              "ciphers of the profile",
              false,
              (swtpm, software) -> is(swtpm, 0x2C4) && is(software, 0x2D6)),
          // The keys of the protected storage work in CFB mode (Part 1, Protected Storage); swtpm
          // takes
          // other modes for a storage key too.
          new Rule(
              "modes of storage keys",
              true,
              (swtpm, software) ->
                  code(swtpm.command()) == CREATE_PRIMARY && swtpm.ok() && is(software, 0x2D6)),
          // Which types of index there are is the profile's choice: swtpm has counters, bits,
          // extended
          // and PIN indices (TPM_NT), SoftwareTpm ordinary ones.
          new Rule(
              "types of NV index",
              true,
              (swtpm, software) ->
                  code(swtpm.command()) == NV_DEFINE_SPACE
                      && hasNvType(swtpm.command())
                      && is(software, 0x2C2)),
          // How much NV there is, and how large an index may be, is the implementation's choice:
          // swtpm
          // ends at 2048 bytes each, SoftwareTpm at 4096, as Azure's vTPM does.
          new Rule(
              "NV space",
              true,
              (swtpm, software) ->
                  code(swtpm.command()) == NV_DEFINE_SPACE
                      && (is(swtpm, 0x14B) || is(swtpm, 0x2D5))
                      && software.ok()),
          // swtpm's profile gives PCR 20-22 a policy of their own (the empty one); a PC Client TPM
          // has
          // none, and then a policy session cannot authorise (TPM_RC_AUTH_UNAVAILABLE).
          new Rule(
              "registers with policies",
              false,
              (swtpm, software) ->
                  isPolicyRegister(swtpm.command()) && is(software, 0x12F) && !swtpm.ok()));

  private Exceptions() {}

  static Optional<Rule> allowing(Exchange swtpm, Exchange software) {
    return RULES.stream().filter(rule -> rule.applies().test(swtpm, software)).findFirst();
  }

  private static boolean is(Exchange exchange, int code) {
    return exchange.code() == code;
  }

  private static int code(byte[] command) {
    return ByteBuffer.wrap(command).getInt(6);
  }

  /** A TPMS_ECC_PARMS with P-192, P-224, P-521 or another, and without a KDF. */
  private static boolean namesAnotherCurve(byte[] command) {
    return HexFormat.of().formatHex(command).matches(".*00(01|02|05|10|11|20)0010.*");
  }

  /** TPM_NT in the attributes (bits 7 to 4): the public area ends with policy and size. */
  private static boolean hasNvType(byte[] command) {
    return HexFormat.of().formatHex(command).matches(".*01[0-9a-f]{6}00(04|0b|0c|0d).{6}[^0].*");
  }

  private static boolean isTag(byte[] command) {
    int tag = ByteBuffer.wrap(command).getShort() & 0xFFFF;
    return tag == 0x8001 || tag == 0x8002;
  }

  private static boolean isPolicyRegister(byte[] command) {
    if (command.length < 14) {
      return false;
    }
    int handle = ByteBuffer.wrap(command).getInt(10);
    return handle >= 20 && handle <= 22;
  }
}
