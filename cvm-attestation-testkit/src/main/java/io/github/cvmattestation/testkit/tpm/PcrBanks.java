package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The PCR banks: 24 registers each, with the attributes of a PC Client TPM (PC Client Platform TPM
 * Profile 1.05, section 4.6).
 */
final class PcrBanks {
  static final int COUNT = 24;

  /** The registers whose changes count: all but the debug ones, 21 and 22. */
  private static final int COUNTED = 20;

  /** 17 to 20. */
  private static final int COUNTED_DRTM = 4;

  private static final int DEBUG = 16;
  private static final int FIRST_DRTM = 17;
  private static final int LAST_DRTM = 22;
  private static final int APPLICATION = 23;

  private final Map<HashAlgorithm, byte[][]> banks = new EnumMap<>(HashAlgorithm.class);
  private long updateCounter;

  PcrBanks(Set<HashAlgorithm> algorithms) {
    for (HashAlgorithm algorithm : algorithms) {
      banks.put(algorithm, new byte[COUNT][algorithm.digestSize()]);
    }
  }

  /** Startup(CLEAR): zeros, ones in 17 to 22, and the locality in PCR 0 (Part 3, section 9.3). */
  void reset(int startupLocality, boolean restart) {
    for (byte[][] bank : banks.values()) {
      for (int i = 0; i < COUNT; i++) {
        boolean drtm = i >= FIRST_DRTM && i <= LAST_DRTM;
        Arrays.fill(bank[i], (byte) (drtm ? 0xFF : 0));
      }
      bank[0][bank[0].length - 1] = (byte) startupLocality;
    }
    // Each register that counts was changed by this once; a TPM Restart goes on counting.
    updateCounter = (restart ? updateCounter : 0) + COUNTED;
  }

  /** Startup(STATE): the registers that are not kept start as on a reset. */
  void resume() {
    for (byte[][] bank : banks.values()) {
      for (int i = DEBUG; i < COUNT; i++) {
        boolean drtm = i >= FIRST_DRTM && i <= LAST_DRTM;
        Arrays.fill(bank[i], (byte) (drtm ? 0xFF : 0));
      }
    }
    updateCounter += COUNTED_DRTM;
  }

  boolean has(HashAlgorithm algorithm) {
    return banks.containsKey(algorithm);
  }

  Set<HashAlgorithm> algorithms() {
    return banks.keySet();
  }

  byte @Nullable [] read(HashAlgorithm algorithm, int pcr) {
    byte[][] bank = banks.get(algorithm);
    return bank == null ? null : bank[pcr].clone();
  }

  /** Extends one bank; a bank that is not there is passed over, as Part 3, section 22.2, says. */
  void extend(HashAlgorithm algorithm, int pcr, byte[] digest) {
    byte[][] bank = banks.get(algorithm);
    if (bank != null) {
      bank[pcr] = Crypto.hash(algorithm, bank[pcr], digest);
    }
  }

  /** A value that no extend leads to. */
  void replace(HashAlgorithm algorithm, int pcr, byte[] value) {
    byte[][] bank = banks.get(algorithm);
    if (bank == null || value.length != algorithm.digestSize()) {
      throw new IllegalArgumentException("no such PCR value");
    }
    bank[pcr] = value.clone();
  }

  void clear(int pcr) {
    for (byte[][] bank : banks.values()) {
      Arrays.fill(bank[pcr], (byte) 0);
    }
  }

  /** Counts a change, but for the registers that everybody may reset. */
  void changed(int pcr) {
    if (pcr != DEBUG && pcr != APPLICATION && pcr != 21 && pcr != LAST_DRTM) {
      updateCounter++;
    }
  }

  /** TPM2_Clear: policies that looked at registers before are void (Part 3, section 24.6.1). */
  void cleared() {
    updateCounter++;
  }

  long updateCounter() {
    return updateCounter;
  }

  /** Whether TPM2_Shutdown(STATE) saves the register. */
  static boolean isSaved(int pcr) {
    return pcr >= 0 && pcr < DEBUG;
  }

  static boolean mayExtend(int pcr, int locality) {
    return has(extendMask(locality), pcr);
  }

  static boolean mayReset(int pcr, int locality) {
    return has(resetMask(locality), pcr);
  }

  private static boolean has(int mask, int pcr) {
    return (mask >>> pcr & 1) != 0;
  }

  /** The registers that a locality may extend, bit i for PCR i. */
  static int extendMask(int locality) {
    int always = 0x81_FFFF;
    return switch (locality) {
      case 1 -> always | 1 << 20;
      case 2 -> always | 0x7E_0000;
      case 3 -> always | 0x1E_0000;
      case 4 -> always | 0x06_0000;
      default -> always;
    };
  }

  /** The registers that a locality may reset. */
  static int resetMask(int locality) {
    return switch (locality) {
      case 2 -> 0xF1_0000;
      case 4 -> 0x7E_0000;
      default -> 0x81_0000;
    };
  }
}
