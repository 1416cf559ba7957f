package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.Map;

/**
 * TCB_VERSION: the security patch levels of a platform's firmware, 8 bytes whose layout depends on
 * the product line (AMD 56860, section 2.2, tables 3 and 4).
 *
 * <p>A TCB is a vector, and vectors are only partly ordered: neither of two need be at least the
 * other. That is why this type is not {@link Comparable}.
 */
public sealed interface TcbVersion {
  /** 8 bytes. */
  int SIZE = 8;

  /** Patch levels, 0 to 255, by component, in the order of the bytes. */
  Map<String, Integer> components();

  /** The line whose layout this is: {@code true} for Turin's. */
  boolean isTurin();

  /** Reads 8 bytes in the layout of {@code line}; reserved bytes must be zero. */
  static TcbVersion parse(ProductLine line, Bytes raw) throws MalformedException {
    ByteReader in = ByteReader.littleEndian("TCB_VERSION", raw);
    TcbVersion tcb = line == ProductLine.TURIN ? Turin.read(in) : PreTurin.read(in);
    in.end();
    return tcb;
  }

  /** Whether every component is at least that of {@code floor}, which has the same layout. */
  default boolean isAtLeast(TcbVersion floor) {
    return isTurin() == floor.isTurin()
        && floor.components().entrySet().stream()
            .allMatch(least -> components().getOrDefault(least.getKey(), -1) >= least.getValue());
  }

  /**
   * Whether every component is that of {@code other}, in the same layout. What {@code equals} says;
   * but linking a record's {@code equals} takes 10 ms at each start of a short-lived program.
   */
  boolean isSameAs(TcbVersion other);

  /** The components as claims. */
  default ClaimValue.Group toGroup() {
    ClaimValue.Builder group = ClaimValue.Group.builder();
    components().forEach((name, level) -> group.put(name, level.longValue()));
    return group.build();
  }

  /** The layout of Milan and Genoa (table 3). */
  record PreTurin(int bootLoader, int tee, int snp, int microcode) implements TcbVersion {
    static PreTurin read(ByteReader in) throws MalformedException {
      int bootLoader = in.u8("BOOT_LOADER");
      int tee = in.u8("TEE");
      in.reserved(4);
      return new PreTurin(bootLoader, tee, in.u8("SNP"), in.u8("MICROCODE"));
    }

    @Override
    public boolean isTurin() {
      return false;
    }

    @Override
    public boolean isSameAs(TcbVersion other) {
      return other instanceof PreTurin that
          && bootLoader == that.bootLoader
          && tee == that.tee
          && snp == that.snp
          && microcode == that.microcode;
    }

    @Override
    public Map<String, Integer> components() {
      return Components.of(
          "bootLoader", bootLoader, "tee", tee, "snp", snp, "microcode", microcode);
    }
  }

  /** The layout of Turin (table 4). */
  record Turin(int fmc, int bootLoader, int tee, int snp, int microcode) implements TcbVersion {
    static Turin read(ByteReader in) throws MalformedException {
      int fmc = in.u8("FMC");
      int bootLoader = in.u8("BOOT_LOADER");
      int tee = in.u8("TEE");
      int snp = in.u8("SNP");
      in.reserved(3);
      return new Turin(fmc, bootLoader, tee, snp, in.u8("MICROCODE"));
    }

    @Override
    public boolean isTurin() {
      return true;
    }

    @Override
    public boolean isSameAs(TcbVersion other) {
      return other instanceof Turin that
          && fmc == that.fmc
          && bootLoader == that.bootLoader
          && tee == that.tee
          && snp == that.snp
          && microcode == that.microcode;
    }

    @Override
    public Map<String, Integer> components() {
      return Components.of(
          "fmc", fmc, "bootLoader", bootLoader, "tee", tee, "snp", snp, "microcode", microcode);
    }
  }
}
