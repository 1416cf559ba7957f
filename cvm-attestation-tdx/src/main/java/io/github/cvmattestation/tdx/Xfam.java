package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;

/**
 * XFAM: which extended processor features the TD may use, in the bits of XCR0 and IA32_XSS (Intel
 * TDX Module Base Architecture, XFAM).
 *
 * @param raw the 64 bits as signed
 */
public record Xfam(long raw) {
  /** The size in bytes. */
  public static final int SIZE = 8;

  /** XFAM_FIXED1: the bits that are one in every TD, x87 and SSE. */
  public static final long FIXED_ONES = 0x3;

  /** XFAM_FIXED0: the bits that may be one at all; the TDX module fixes the others to zero. */
  public static final long POSSIBLE_ONES = 0x0006DBE7;

  private static final long AVX512 = 0x7L << 5;
  private static final long CET = 0x3L << 11;
  private static final long AMX = 0x3L << 17;

  /** Bit 2: AVX. */
  public boolean avx() {
    return any(1L << 2);
  }

  /** Bits 5 to 7: AVX-512. */
  public boolean avx512() {
    return any(AVX512);
  }

  /** Bit 8: processor trace. */
  public boolean processorTrace() {
    return any(1L << 8);
  }

  /** Bit 9: protection keys for user pages. */
  public boolean pku() {
    return any(1L << 9);
  }

  /** Bits 11 and 12: control-flow enforcement. */
  public boolean cet() {
    return any(CET);
  }

  /** Bit 14: user interrupts. */
  public boolean userInterrupts() {
    return any(1L << 14);
  }

  /** Bit 15: last branch records. */
  public boolean lastBranchRecords() {
    return any(1L << 15);
  }

  /** Bits 17 and 18: AMX. */
  public boolean amx() {
    return any(AMX);
  }

  /** Whether every bit of {@link #FIXED_ONES} is one and no other than the possible ones is. */
  public boolean fixedBitsHold() {
    return (raw & FIXED_ONES) == FIXED_ONES && unknownBits() == 0;
  }

  /** The bits that are set although the TDX module, as published, fixes them to zero. */
  public long unknownBits() {
    return raw & ~POSSIBLE_ONES;
  }

  /** The 8 bytes as they stand in a quote, little-endian. */
  public Bytes bytes() {
    return TdAttributes.littleEndian(raw);
  }

  /** The bits as claims. */
  public ClaimValue.Group toGroup() {
    return ClaimValue.Group.builder()
        .put("raw", bytes())
        .put("fixedBitsHold", fixedBitsHold())
        .put("avx", avx())
        .put("avx512", avx512())
        .put("processorTrace", processorTrace())
        .put("pku", pku())
        .put("cet", cet())
        .put("userInterrupts", userInterrupts())
        .put("lastBranchRecords", lastBranchRecords())
        .put("amx", amx())
        .build();
  }

  private boolean any(long bits) {
    return (raw & bits) != 0;
  }
}
