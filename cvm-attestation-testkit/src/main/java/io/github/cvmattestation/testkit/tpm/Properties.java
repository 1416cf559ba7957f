package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.testkit.tpm.CapabilityCommands.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What this TPM says of itself (Part 2, sections 6.13 and 6.14). */
final class Properties {
  private static final int FIXED = 0x100;
  private static final int VARIABLE = 0x200;
  private static final int ASYMMETRIC = 1;
  private static final int SYMMETRIC = 1 << 1;
  private static final int HASH = 1 << 2;
  private static final int OBJECT = 1 << 3;
  private static final int SIGNING = 1 << 8;
  private static final int ENCRYPTING = 1 << 9;
  private static final int METHOD = 1 << 10;

  private Properties() {}

  /** TPMA_ALGORITHM of each algorithm. */
  static List<Entry> algorithms() {
    List<Entry> list = new ArrayList<>();
    list.add(new Entry(Alg.RSA, ASYMMETRIC | OBJECT));
    list.add(new Entry(Alg.HMAC, HASH | SIGNING));
    list.add(new Entry(Alg.AES, SYMMETRIC));
    list.add(new Entry(Alg.MGF1, HASH | METHOD));
    list.add(new Entry(Alg.KEYEDHASH, HASH | OBJECT | SIGNING | ENCRYPTING));
    for (HashAlgorithm hash : HashAlgorithm.values()) {
      list.add(new Entry(hash.id(), HASH));
    }
    list.add(new Entry(Alg.RSASSA, ASYMMETRIC | SIGNING));
    list.add(new Entry(Alg.RSAES, ASYMMETRIC | ENCRYPTING));
    list.add(new Entry(Alg.RSAPSS, ASYMMETRIC | SIGNING));
    list.add(new Entry(Alg.OAEP, ASYMMETRIC | ENCRYPTING));
    list.add(new Entry(Alg.ECDSA, ASYMMETRIC | SIGNING));
    list.add(new Entry(Alg.ECDH, ASYMMETRIC | METHOD));
    list.add(new Entry(Alg.KDF1_SP800_56A, HASH | METHOD));
    list.add(new Entry(Alg.KDF1_SP800_108, HASH | METHOD));
    list.add(new Entry(Alg.ECC, ASYMMETRIC | OBJECT));
    list.add(new Entry(Alg.CFB, SYMMETRIC | ENCRYPTING));
    return list;
  }

  /** The properties of one group, fixed or variable: a list does not run on into the next one. */
  static List<Entry> group(int property, TpmState tpm, CommandTable table) {
    List<Entry> list = new ArrayList<>();
    if (property >>> 8 <= FIXED >>> 8) {
      fixed(list, tpm, table);
    } else {
      variable(list, tpm);
    }
    return list;
  }

  private static void fixed(List<Entry> list, TpmState tpm, CommandTable table) {
    int commands = table.all().size();
    int[] values = {
      0x322E3000, // TPM_PT_FAMILY_INDICATOR "2.0"
      0, // LEVEL
      159, // REVISION
      75, // DAY_OF_YEAR
      2021, // YEAR
      0x43564D20, // MANUFACTURER "CVM "
      0x534F4654, // VENDOR_STRING_1 "SOFT"
      0x57415245, // VENDOR_STRING_2 "WARE"
      0,
      0,
      1, // VENDOR_TPM_TYPE
      (int) (tpm.firmwareVersion() >>> 32),
      (int) tpm.firmwareVersion(),
      1024, // INPUT_BUFFER
      ObjectStore.TRANSIENT_PLACES,
      ObjectStore.PERSISTENT_PLACES,
      SessionStore.LOADED_PLACES,
      SessionStore.ACTIVE_PLACES,
      PcrBanks.COUNT,
      3 // PCR_SELECT_MIN
    };
    addAll(list, FIXED, values);
    list.add(new Entry(FIXED + 20, 0xFFFF)); // CONTEXT_GAP_MAX
    int[] more = {
      0, // NV_COUNTERS_MAX
      NvStore.MAX_INDEX_SIZE,
      6, // MEMORY: objects in RAM are shared
      0x1000, // CLOCK_UPDATE
      HashAlgorithm.SHA256.id(), // CONTEXT_HASH
      Alg.AES, // CONTEXT_SYM
      256, // CONTEXT_SYM_SIZE
      0xFF, // ORDERLY_COUNT
      Executor.MAX_SIZE, // MAX_COMMAND_SIZE
      Executor.MAX_SIZE, // MAX_RESPONSE_SIZE
      PublicArea.MAX_DIGEST,
      0xA84, // MAX_OBJECT_CONTEXT
      0x194, // MAX_SESSION_CONTEXT
      0x322E3000, // PS_FAMILY_INDICATOR
      0,
      159,
      75,
      2021,
      128, // SPLIT_MAX
      commands, // TOTAL_COMMANDS
      commands, // LIBRARY_COMMANDS
      0, // VENDOR_COMMANDS
      NvStore.MAX_BUFFER,
      0 // MODES
    };
    addAll(list, FIXED + 22, more);
  }

  private static void variable(List<Entry> list, TpmState tpm) {
    int sessions = tpm.sessions().activeCount();
    int[] values = {
      permanent(tpm),
      startupClear(tpm),
      tpm.nv().handles().size(), // HR_NV_INDEX
      tpm.sessions().loadedCount(),
      SessionStore.LOADED_PLACES - tpm.sessions().loadedCount(),
      sessions,
      SessionStore.ACTIVE_PLACES - sessions,
      ObjectStore.TRANSIENT_PLACES - tpm.objects().transientCount(),
      tpm.objects().persistentCount(),
      ObjectStore.PERSISTENT_PLACES - tpm.objects().persistentCount(),
      0, // NV_COUNTERS
      0, // NV_COUNTERS_AVAIL
      0, // ALGORITHM_SET
      EccCurve.values().length, // LOADED_CURVES
      tpm.attack().failedTries(), // LOCKOUT_COUNTER
      DictionaryAttack.MAX_TRIES,
      DictionaryAttack.RECOVERY_SECONDS,
      DictionaryAttack.RECOVERY_SECONDS,
      0, // NV_WRITE_RECOVERY
      0,
      0
    };
    addAll(list, VARIABLE, values);
  }

  private static void addAll(List<Entry> list, int first, int[] values) {
    for (int i = 0; i < values.length; i++) {
      list.add(new Entry(first + i, values[i]));
    }
  }

  /** TPMA_PERMANENT (Part 2, section 8.6). */
  private static int permanent(TpmState tpm) {
    int bits = 1 << 10; // tpmGeneratedEPS
    bits |= hasAuth(tpm, Handles.OWNER) ? 1 : 0;
    bits |= hasAuth(tpm, Handles.ENDORSEMENT) ? 1 << 1 : 0;
    bits |= hasAuth(tpm, Handles.LOCKOUT) ? 1 << 2 : 0;
    bits |= tpm.isClearDisabled() ? 1 << 8 : 0;
    return bits | (tpm.attack().isLockedOut() ? 1 << 9 : 0);
  }

  private static boolean hasAuth(TpmState tpm, int handle) {
    return tpm.requireHierarchy(handle).auth().length != 0;
  }

  /** TPMA_STARTUP_CLEAR (Part 2, section 8.7). */
  private static int startupClear(TpmState tpm) {
    int bits = tpm.requireHierarchy(Handles.PLATFORM).isEnabled() ? 1 : 0;
    bits |= tpm.requireHierarchy(Handles.OWNER).isEnabled() ? 1 << 1 : 0;
    bits |= tpm.requireHierarchy(Handles.ENDORSEMENT).isEnabled() ? 1 << 2 : 0;
    bits |= tpm.isPlatformNvEnabled() ? 1 << 3 : 0;
    return bits | (tpm.wasOrderly() ? 1 << 31 : 0);
  }

  /** Whoever can have a policy of its own. */
  static List<Entry> policies() {
    return Stream.of(Handles.OWNER, Handles.LOCKOUT, Handles.ENDORSEMENT, Handles.PLATFORM)
        .map(handle -> new Entry(handle, 0))
        .toList();
  }

  /** TPM_PT_PCR (Part 2, section 6.14): bit i for PCR i. */
  static List<Entry> registers() {
    List<Entry> list = new ArrayList<>();
    list.add(new Entry(0, 0x00_FFFF)); // SAVE
    for (int locality = 0; locality <= 4; locality++) {
      list.add(new Entry(1 + 2 * locality, PcrBanks.extendMask(locality)));
      list.add(new Entry(2 + 2 * locality, PcrBanks.resetMask(locality)));
    }
    list.add(new Entry(0x11, 0xE1_0000)); // NO_INCREMENT
    list.add(new Entry(0x12, 0x7E_0000)); // DRTM_RESET
    list.add(new Entry(0x13, 0)); // POLICY: no register has an authorisation of its own
    list.add(new Entry(0x14, 0)); // AUTH
    return list;
  }
}
