package io.github.cvmattestation.testkit.tpm;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All that a TPM remembers, and what a power cycle does to it (Part 1, section 12.2). */
final class TpmState {
  static final int STARTUP_CLEAR = 0;
  static final int STARTUP_STATE = 1;

  private final Drbg random;
  private final Hierarchy owner;
  private final Hierarchy endorsement;
  private final Hierarchy platform;
  private final Hierarchy none;
  private final Hierarchy lockout;
  private final ObjectStore objects = new ObjectStore();
  private final SessionStore sessions = new SessionStore();
  private final NvStore nv = new NvStore();
  private final PcrBanks pcrs;
  private final TpmClock clock;
  private final DictionaryAttack attack = new DictionaryAttack();
  private final long firmwareVersion;
  private int locality;
  private int startupLocality;
  private boolean started;
  private boolean platformNvEnabled = true;
  private boolean clearDisabled;
  private @Nullable Integer shutdown = STARTUP_CLEAR;
  private long contextSequence;
  private boolean orderly;

  TpmState(String seed, Set<HashAlgorithm> banks, long firmwareVersion, InstantSource clockSource) {
    byte[] label = seed.getBytes(UTF_8);
    Drbg manufacture = new Drbg("cvm-attestation testkit TPM ".getBytes(UTF_8), label);
    random = new Drbg("random".getBytes(UTF_8), manufacture.next(64));
    owner = new Hierarchy(Handles.OWNER, "owner", manufacture);
    endorsement = new Hierarchy(Handles.ENDORSEMENT, "endorsement", manufacture);
    platform = new Hierarchy(Handles.PLATFORM, "platform", manufacture);
    none = new Hierarchy(Handles.NULL, "null", manufacture);
    lockout = new Hierarchy(Handles.LOCKOUT, "lockout", manufacture);
    pcrs = new PcrBanks(banks);
    clock = new TpmClock(clockSource);
    this.firmwareVersion = firmwareVersion;
  }

  /** _TPM_Init: nothing works but TPM2_Startup. */
  void powerCycle() {
    started = false;
    objects.flushTransient();
    sessions.flushLoaded();
  }

  /** TPM2_Startup (Part 3, section 9.3): reset, restart or resume. */
  void startup(int type) {
    boolean stateSaved = shutdown != null && shutdown == STARTUP_STATE;
    orderly = shutdown != null;
    if (type == STARTUP_STATE) {
      pcrs.resume();
    } else {
      startupLocality = locality == 3 ? 3 : 0;
      pcrs.reset(startupLocality, stateSaved);
      nv.startupClear(orderly);
      for (Hierarchy hierarchy : new Hierarchy[] {owner, endorsement, platform}) {
        hierarchy.setEnabled(true);
      }
      platformNvEnabled = true;
      platform.setAuth(new byte[0]);
      platform.setPolicy(null, new byte[0]);
    }
    if (!stateSaved) {
      // A TPM Reset: what was made in the null hierarchy is gone, and no saved context loads.
      none.reseed(random);
      none.setAuth(new byte[0]);
      sessions.flushAll();
      contextSequence = 0;
    }
    clock.startup(!stateSaved, orderly);
    attack.startup(orderly);
    shutdown = null;
    started = true;
  }

  boolean mayResume() {
    return shutdown != null && shutdown == STARTUP_STATE;
  }

  void shutdown(int type) {
    shutdown = type;
  }

  /** Something changed that a shutdown had recorded: the shutdown no longer counts. */
  void changed() {
    shutdown = null;
  }

  @Nullable Hierarchy hierarchy(int handle) {
    return switch (handle) {
      case Handles.OWNER -> owner;
      case Handles.ENDORSEMENT -> endorsement;
      case Handles.PLATFORM -> platform;
      case Handles.NULL -> none;
      case Handles.LOCKOUT -> lockout;
      default -> null;
    };
  }

  Hierarchy requireHierarchy(int handle) {
    Hierarchy hierarchy = hierarchy(handle);
    if (hierarchy == null) {
      throw TpmError.of(Rc.VALUE);
    }
    return hierarchy;
  }

  /** TPM2_Clear (Part 3, section 24.6): the owner's and the endorsement hierarchy begin anew. */
  void clear() {
    owner.reseed(random);
    endorsement.reproof(random);
    for (Hierarchy hierarchy : new Hierarchy[] {owner, endorsement}) {
      objects.flush(hierarchy.handle(), true);
      hierarchy.setAuth(new byte[0]);
      hierarchy.setPolicy(null, new byte[0]);
      hierarchy.setEnabled(true);
    }
    lockout.setAuth(new byte[0]);
    lockout.setPolicy(null, new byte[0]);
    nv.removeOwners();
    attack.reset();
    clock.clear();
    pcrs.cleared();
    changed();
  }

  Drbg random() {
    return random;
  }

  ObjectStore objects() {
    return objects;
  }

  SessionStore sessions() {
    return sessions;
  }

  NvStore nv() {
    return nv;
  }

  PcrBanks pcrs() {
    return pcrs;
  }

  TpmClock clock() {
    return clock;
  }

  DictionaryAttack attack() {
    return attack;
  }

  Hierarchy owner() {
    return owner;
  }

  Hierarchy lockout() {
    return lockout;
  }

  Hierarchy none() {
    return none;
  }

  long firmwareVersion() {
    return firmwareVersion;
  }

  int locality() {
    return locality;
  }

  void setLocality(int value) {
    locality = value;
  }

  int startupLocality() {
    return startupLocality;
  }

  boolean isStarted() {
    return started;
  }

  boolean isPlatformNvEnabled() {
    return platformNvEnabled;
  }

  void setPlatformNvEnabled(boolean value) {
    platformNvEnabled = value;
  }

  boolean isClearDisabled() {
    return clearDisabled;
  }

  void setClearDisabled(boolean value) {
    clearDisabled = value;
  }

  /** Whether the last startup followed an orderly shutdown. */
  boolean wasOrderly() {
    return orderly;
  }

  long nextContextSequence() {
    return ++contextSequence;
  }
}
