package io.github.cvmattestation.vtpm.contract;

import java.util.function.Function;

/** What of a response is deterministic, as text. */
final class Expected {
  static final Function<Reply, String> NOTHING = r -> "";
  static final Function<Reply, String> EVERYTHING = r -> Reply.hex(r.parameters());

  /** TPMS_TIME_INFO: not time and clock, but the counters and whether the clock is safe. */
  static final Function<Reply, String> CLOCK =
      r -> {
        r.raw(16);
        return "resets %d restarts %d safe %d".formatted(r.u32(), r.u32(), r.u8());
      };

  private Expected() {}

  /** Kinds of handles, and registers; of the rest the profile decides. */
  static Function<Reply, String> capability(int capability, int property) {
    return r -> Reply.hex(r.parameters());
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
