package io.github.cvmattestation.vtpm.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Draws commands that start sessions and build policies in them. */
abstract class PolicyUser extends KeyUser {
  private final List<byte[]> policies = new ArrayList<>();

  PolicyUser(Subject tpm, long seed) {
    super(tpm, seed);
  }

  /** An NV index, mostly one that is defined. */
  abstract int index();

  Exchange startSession() {
    if (sessions.size() >= 2 && chance(700)) {
      return flush(sessions.get(random.nextInt(sessions.size())).handle);
    }
    int type = pick(RawSession.HMAC, RawSession.POLICY, RawSession.POLICY, RawSession.TRIAL);
    int bind = chance(300) ? anyEntity() : NULL;
    byte[] bindName = bind == NULL ? new byte[0] : name(bind);
    byte[] caller = bytes(pick(16, 16, 32, 20, 15));
    int tpmKey = decrypters.isEmpty() || chance(500) ? NULL : decrypter();
    byte[] salt = tpmKey == NULL ? new byte[0] : bytes(32);
    byte[] hidden = tpmKey == NULL ? salt : Templates.encrypt(salt, "SECRET\0", random);
    Wire params = new Wire().sized(caller).sized(hidden).u8(type);
    params = chance(950) ? params.u16(6).u16(128).u16(0x43) : params.u16(0x10);
    params.u16(Templates.SHA256);
    byte[] bindAuth = auth(bind);
    return plain(
        "StartAuthSession(%d%s)".formatted(type, tpmKey == NULL ? "" : " salted"),
        0x176,
        new int[] {tpmKey, bind},
        params,
        r -> {
          byte[] nonce = r.sized();
          byte[] key =
              bind == NULL && tpmKey == NULL
                  ? new byte[0]
                  : RawSession.kdfa(Wire.concat(bindAuth, salt), "ATH", nonce, caller, 256);
          sessions.add(new RawSession(r.handle(), type, key, bindName, caller, nonce));
          return "%08x %d".formatted(r.handle(), nonce.length);
        });
  }

  Exchange inPolicy(Supplier<Exchange> command) {
    boolean open = sessions.stream().anyMatch(s -> s.type != RawSession.HMAC);
    return open || chance(150) ? command.get() : startSession();
  }

  /** A session for policies; sometimes of the wrong kind, sometimes none. */
  private int policySession() {
    List<RawSession> fit =
        sessions.stream().filter(s -> s.type != RawSession.HMAC || chance(50)).toList();
    return fit.isEmpty()
        ? pick(0x03000000, 0x02000000)
        : pick(fit.toArray(RawSession[]::new)).handle;
  }

  private void eachSession(int handle, Consumer<RawSession> action) {
    sessions.stream().filter(s -> s.handle == handle).forEach(action);
  }

  Exchange policyPcr() {
    byte[] digest = chance(800) ? new byte[0] : bytes(pick(32, 20));
    return plain(
        "PolicyPCR",
        0x17F,
        new int[] {policySession()},
        new Wire().sized(digest).all(selection()),
        Expected.NOTHING);
  }

  Exchange policySecret() {
    int session = policySession();
    int entity = pick(OWNER, PLATFORM, ENDORSEMENT, NULL, LOCKOUT, random.nextInt(24), index());
    Wire params = new Wire().sized(new byte[0]).sized(new byte[0]).sized(bytes(pick(0, 0, 8, 33)));
    params.u32(pick(0, 0, -10, 10));
    return authorized(
        "PolicySecret",
        0x151,
        new int[] {entity, session},
        params,
        r -> {
          r.sized();
          return Expected.ticket(r);
        });
  }

  Exchange policyOr() {
    Wire params = new Wire();
    int count = pick(2, 2, 3, 8, 1, 9);
    params.u32(count);
    int own = random.nextInt(count);
    for (int i = 0; i < count; i++) {
      boolean known = i == own && !policies.isEmpty();
      params.sized(known ? policies.get(random.nextInt(policies.size())) : bytes(pick(32, 20)));
    }
    return plain("PolicyOR", 0x171, new int[] {policySession()}, params, Expected.NOTHING);
  }

  Exchange policySimple() {
    int session = policySession();
    int code = pick(0x16B, 0x18C, 0x180);
    return plain(
        "Policy(%x)".formatted(code),
        code,
        new int[] {session},
        new Wire(),
        r -> {
          eachSession(
              session,
              s -> {
                s.authValue = code == 0x16B;
                s.password = code == 0x18C;
                s.foreign &= code != 0x180;
              });
          return "";
        });
  }

  Exchange policyCommandCode() {
    return plain(
        "PolicyCommandCode",
        0x16C,
        new int[] {policySession()},
        new Wire().u32(pick(0x15E, 0x158, 0x14E, 0x137, 0x148, 0x1FF, 0x17E)),
        Expected.NOTHING);
  }

  Exchange policyGetDigest() {
    return plain(
        "PolicyGetDigest",
        0x189,
        new int[] {policySession()},
        new Wire(),
        r -> {
          byte[] digest = r.sized();
          policies.add(digest);
          return Reply.hex(digest);
        });
  }

  @Override
  byte[] policy() {
    return policies.isEmpty() || chance(300)
        ? new byte[32]
        : policies.get(random.nextInt(policies.size()));
  }
}
