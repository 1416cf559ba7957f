package io.github.cvmattestation.vtpm.contract;

import java.util.Set;
import java.util.function.Function;

/** What of a response is deterministic, as text. */
final class Expected {
  private static final int TPM_PROPERTIES = 6;
  private static final int PCR_PROPERTIES = 7;

  /**
   * TPM_PT_PCR_POLICY and _AUTH: which registers have an authorisation is the platform's choice.
   */
  private static final int PCR_POLICY = 0x13;

  static final Function<Reply, String> NOTHING = r -> "";
  static final Function<Reply, String> EVERYTHING = r -> Reply.hex(r.parameters());

  /** TPMS_TIME_INFO: not time and clock, but the counters and whether the clock is safe. */
  static final Function<Reply, String> CLOCK =
      r -> {
        r.raw(16);
        return "resets %d restarts %d safe %d".formatted(r.u32(), r.u32(), r.u8());
      };

  private Expected() {}

  /**
   * Properties that are the same for every TPM in this state; the others are about the profile:
   * sizes, numbers of commands, makers and versions.
   */
  private static final Set<Integer> COMPARED =
      Set.of(0x100, 0x101, 0x112, 0x113, 0x114, 0x201, 0x202, 0x203, 0x205, 0x20E);

  /**
   * Handles, banks and registers as they are; of properties those that the profile does not decide.
   */
  static Function<Reply, String> capability(int capability) {
    return r -> {
      if (capability == PCR_PROPERTIES) {
        return Reply.hex(registers(r));
      }
      if (capability != TPM_PROPERTIES) {
        return Reply.hex(r.parameters());
      }
      r.u8();
      StringBuilder text = new StringBuilder("%x".formatted(r.u32()));
      int count = r.u32();
      for (int i = 0; i < count; i++) {
        int property = r.u32();
        int value = r.u32();
        if (COMPARED.contains(property)) {
          text.append(" %x=%x".formatted(property, value));
        }
      }
      return text.toString();
    };
  }

  private static byte[] registers(Reply r) {
    byte[] list = r.raw(9);
    while (r.hasMore()) {
      byte[] tag = r.raw(4);
      byte[] selection = r.raw(1 + r.peek());
      boolean compared = tag[3] < PCR_POLICY;
      list = Wire.concat(list, tag, compared ? selection : new byte[0]);
    }
    return list;
  }

  /** A ticket's tag and hierarchy: the rest is a secret's. */
  static String ticket(Reply r) {
    String text = "ticket %04x %08x".formatted(r.u16(), r.u32());
    return text + (r.sized().length == 0 ? " empty" : "");
  }

  /** A public area without what a TPM's secrets decide: unique. */
  static String publicArea(byte[] area) {
    Reply r = Reply.inside(area);
    int type = r.u16();
    StringBuilder text = new StringBuilder("%04x %04x %08x ".formatted(type, r.u16(), r.u32()));
    text.append(Reply.hex(r.sized())).append(' ');
    byte[] rest = r.rest();
    int unique = type == Templates.ECC ? 68 : type == Templates.RSA ? 258 : 34;
    int shown = Math.max(0, rest.length - unique);
    return text.append(Reply.hex(java.util.Arrays.copyOf(rest, shown)))
        .append(rest.length)
        .toString();
  }

  /** TPMS_CREATION_DATA without the parent's names. */
  static String creationData(byte[] data) {
    Reply r = Reply.inside(data);
    StringBuilder text = new StringBuilder("created ");
    int count = r.u32();
    for (int i = 0; i < count; i++) {
      text.append("%04x".formatted(r.u16())).append(Reply.hex(r.raw(r.u8())));
    }
    text.append(' ').append(Reply.hex(r.sized()));
    text.append(" %02x %04x ".formatted(r.u8(), r.u16()));
    text.append(r.sized().length).append(' ').append(r.sized().length);
    return text.append(' ').append(Reply.hex(r.rest())).toString();
  }

  /** TPMS_ATTEST: type, extra data, safe; of a quote the selection and digest too. */
  static String attest(byte[] attest) {
    Reply r = Reply.inside(attest);
    StringBuilder text = new StringBuilder("%08x ".formatted(r.u32()));
    int type = r.u16();
    text.append("%04x signer %d ".formatted(type, r.sized().length));
    text.append(Reply.hex(r.sized()));
    r.raw(16);
    text.append(" safe ").append(r.u8()).append(' ');
    r.raw(8);
    byte[] attested = r.rest();
    return text.append(type == 0x8018 ? Reply.hex(attested) : "" + attested.length).toString();
  }

  /** TPMT_SIGNATURE: algorithms. */
  static String signature(Reply r) {
    int algorithm = r.u16();
    return algorithm == Templates.NULL ? "unsigned" : "%04x %04x".formatted(algorithm, r.u16());
  }
}
