package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Scripts for {@link ScriptedTpm}: what a TPM answers, and what none does. */
final class TpmScripts {
  static final Bytes ONE = Bytes.of((byte) 1);
  static final Bytes DIGEST = AttestWriter.filled(32, 0x44);
  static final long SRK = 0x81000001L;
  static final long INDEX = 0x01500000L;
  static final int OWNERREAD = 1 << 17;
  static final Bytes SIGNATURE =
      new Octets().u16(0x14).u16(0x0B).sized(AttestWriter.filled(256, 0x33)).toBytes();
  static final Bytes NOTHING = piece(new Octets());

  private TpmScripts() {}

  /** One piece of a script. */
  static Bytes piece(Octets parameters) {
    return new Octets().sized(parameters.toBytes()).toBytes();
  }

  /** A piece that the Name of its first TPM2B follows. */
  static Bytes named(Octets parameters) {
    Bytes octets = parameters.toBytes();
    return new Octets().u16(ScriptedTpm.NAMED | octets.size()).raw(octets).toBytes();
  }

  /** A piece that is a whole response. */
  static Bytes response(Octets whole) {
    Bytes octets = whole.toBytes();
    return new Octets().u16(ScriptedTpm.RAW | octets.size()).raw(octets).toBytes();
  }

  static Bytes error(int code) {
    return response(new Octets().u16(0x8001).u32(10).u32(code));
  }

  /** TPM2_NV_ReadPublic of the index that the operations use. */
  static Bytes nvPublic(int more, int dataSize) {
    Octets area = new Octets().u32(INDEX).u16(0x0B).u32(OWNERREAD | more).u16(0).u16(dataSize);
    return named(new Octets().sized(area.toBytes()));
  }

  /** No bank has a register: a command that extends them all extends nothing. */
  static Bytes noBanks() {
    Bytes none = AttestWriter.list(AttestWriter.entry(0x0B));
    return piece(new Octets().u8(0).u32(5).raw(none)).concat(NOTHING);
  }

  /** TPM_PT_NV_BUFFER_MAX is 1, and then sixteen times {@code each}. */
  static Bytes onePerCommand(Bytes each) {
    Bytes script = piece(new Octets().u8(0).u32(6).u32(1).u32(0x12C).u32(1));
    for (int i = 0; i < 16; i++) {
      script = script.concat(each);
    }
    return script;
  }

  /** A key on P-256 with the coordinate of a larger curve. */
  static Bytes longPoint() {
    Bytes wide = AttestWriter.filled(66, 0x7F);
    return StorageKeys.ecc(0x0B, StorageKeys.STORAGE, Bytes.empty(), 128, 3, wide, wide);
  }

  /** As if the command had made what was there before. */
  static Bytes persistent(Bytes rest) {
    return piece(new Octets().u32(SRK).sized(rest));
  }

  static Bytes banks() {
    return AttestWriter.list(AttestWriter.entry(0x0B, Fixtures.upTo(24)));
  }

  static Bytes registers(int first) {
    int[] indices = IntStream.range(first, first + 8).toArray();
    Octets out =
        new Octets().u32(1).raw(AttestWriter.list(AttestWriter.entry(0x0B, indices))).u32(8);
    Arrays.stream(indices).forEach(index -> out.sized(DIGEST));
    return piece(out);
  }

  static Octets creation(Octets out) {
    return out.sized(ONE).sized(DIGEST).raw(ticket(0x8021));
  }

  static Bytes ticket(int tag) {
    return new Octets().u16(tag).u32(0x40000001L).sized(DIGEST).toBytes();
  }

  static Bytes attest(AttestWriter attest) {
    return piece(new Octets().sized(attest.write()).raw(SIGNATURE));
  }
}
