package io.github.cvmattestation.vtpm.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Draws commands of every kind; those about registers and the TPM itself are its own. */
final class RandomUser extends NvUser {
  private final List<Supplier<Exchange>> draws = new ArrayList<>();
  private static final Wire STARTUP = new Wire().u16(0x8001).u32(12).u32(0x144).u16(0);
  private final int aboutObjects;

  RandomUser(Subject tpm, long seed) {
    super(tpm, seed);
    objectDraws(this::add);
    aboutObjects = draws.size();
    add(5, this::getCapability);
    add(1, this::getRandom);
    add(4, this::pcrRead);
    add(5, this::pcrExtend);
    add(2, this::pcrEvent);
    add(2, this::pcrReset);
    add(7, this::startSession);
    add(4, () -> inPolicy(this::policyPcr));
    add(3, () -> inPolicy(this::policySecret));
    add(2, () -> inPolicy(this::policyOr));
    add(4, () -> inPolicy(this::policySimple));
    add(2, () -> inPolicy(this::policyCommandCode));
    add(5, () -> inPolicy(this::policyGetDigest));
    add(6, this::nvDefine);
    add(2, this::nvUndefine);
    add(4, this::nvReadPublic);
    add(8, this::nvWrite);
    add(7, this::nvRead);
    add(2, this::changeAuth);
    add(1, this::control);
    add(1, this::clear);
    add(2, this::simple);
    add(1, this::powerCycle);
    add(1, this::locality);
    add(1, this::garbage);
  }

  private void add(int weight, Supplier<Exchange> draw) {
    for (int i = 0; i < weight; i++) {
      draws.add(draw);
    }
  }

  /** The next command; what it does is drawn. */
  Exchange next() {
    int draw = random.nextInt(draws.size());
    boolean needsObject = draw < aboutObjects;
    if (needsObject && objects.size() < 2 && chance(600)) {
      return chance(700) ? createPrimary() : loadExternal();
    }
    if (needsObject && objects.size() >= 3 && chance(150)) {
      return flush(objects.get(random.nextInt(objects.size())));
    }
    return draws.get(draw).get();
  }

  /** Puts the TPM into the state in which every sequence begins, with commands that must work. */
  void reset() {
    tpm.powerCycle();
    tpm.locality(0);
    must("startup", STARTUP);
    if (wasOrderly()) {
      // A TPM Restart goes on with counters of the state that was saved; a TPM Reset does not.
      tpm.powerCycle();
      must("startup", STARTUP);
    }
    must("clearControl", platform(0x127, PLATFORM, 0, new Wire().u8(0)));
    must("clear", platform(0x126, PLATFORM, 0, new Wire()));
    for (int handle : handles(0x01000000)) {
      must("undefine", platform(0x122, PLATFORM, handle, new Wire()));
    }
    for (int handle : handles(0x81000000)) {
      must("evict", platform(0x120, PLATFORM, handle, new Wire().u32(handle)));
    }
  }

  /** TPMA_STARTUP_CLEAR.orderly (Part 2, section 8.7). */
  private boolean wasOrderly() {
    Wire query = new Wire().u16(0x8001).u32(22).u32(0x17A).u32(6).u32(0x201).u32(1);
    byte[] response = tpm.transmit(query.bytes());
    return response[response.length - 4] < 0;
  }

  private static Wire platform(int code, int auth, int handle, Wire params) {
    Wire body = new Wire().u32(auth);
    if (handle != 0) {
      body.u32(handle);
    }
    body.u32(9).u32(RS_PW).sized(new byte[0]).u8(0).sized(new byte[0]).all(params);
    return new Wire().u16(0x8002).u32(10 + body.bytes().length).u32(code).all(body);
  }

  private List<Integer> handles(int first) {
    byte[] response =
        tpm.transmit(new Wire().u16(0x8001).u32(22).u32(0x17A).u32(1).u32(first).u32(64).bytes());
    Reply reply = Reply.of(response, false);
    List<Integer> list = new ArrayList<>();
    if (reply.code() == 0) {
      reply.u8();
      reply.u32();
      int count = reply.u32();
      for (int i = 0; i < count; i++) {
        list.add(reply.u32());
      }
    }
    return list;
  }

  private void must(String what, Wire command) {
    Reply reply = Reply.of(tpm.transmit(command.bytes()), false);
    if (reply.code() != 0) {
      throw new AssertionError("%s answers %03x".formatted(what, reply.code()));
    }
  }

  private Exchange getCapability() {
    int[][] queries = {
      {1, 0x80000000},
      {1, 0x81000000},
      {1, 0x02000000},
      {1, 0x03000000},
      {1, 0x01000000},
      {1, 0x40000000},
      {1, 0},
      {5, 0},
      {6, 0x100 + random.nextInt(0x30)},
      {6, 0x200 + random.nextInt(0x15)},
      {7, random.nextInt(0x13)},
      {1, 0x90000000},
      {11, 0},
      {1, 0x81000000 + random.nextInt(16)}
    };
    int[] query = pick(queries);
    Wire params = new Wire().u32(query[0]).u32(query[1]).u32(pick(0, 1, 2, 3, 16, 64, 254));
    return plain(
        "GetCapability(%x,%x)".formatted(query[0], query[1]),
        0x17A,
        new int[0],
        params,
        Expected.capability(query[0]));
  }

  private Exchange getRandom() {
    return plain(
        "GetRandom",
        0x17B,
        new int[0],
        new Wire().u16(pick(0, 1, 20, 32, 64, 300)),
        r -> "" + r.sized().length);
  }

  private Exchange pcrRead() {
    return plain("PCR_Read", 0x17E, new int[0], selection(), r -> Reply.hex(r.parameters()));
  }

  private Exchange pcrExtend() {
    Wire digests = new Wire();
    int count = chance(900) ? 1 + random.nextInt(3) : pick(0, 4);
    digests.u32(count);
    for (int i = 0; i < count; i++) {
      int hash = pick(Templates.SHA1, Templates.SHA256, Templates.SHA384);
      digests.u16(hash).raw(bytes(hash == 4 ? 20 : hash == 0xB ? 32 : 48));
    }
    return authorized("PCR_Extend", 0x182, new int[] {pcr()}, digests, Expected.NOTHING);
  }

  private Exchange pcrEvent() {
    Wire data = new Wire().sized(bytes(pick(0, 1, 100, 1024, 1025)));
    return authorized("PCR_Event", 0x13C, new int[] {pcr()}, data, Expected.EVERYTHING);
  }

  private Exchange pcrReset() {
    return authorized(
        "PCR_Reset", 0x13D, new int[] {pick(16, 23, 20, 0)}, new Wire(), Expected.NOTHING);
  }

  private int pcr() {
    return chance(900) ? random.nextInt(24) : pick(24, 0x40000007, -1);
  }

  private Exchange changeAuth() {
    int handle = pick(OWNER, ENDORSEMENT, PLATFORM, LOCKOUT, NULL);
    byte[] auth = bytes(pick(0, 4, 20, 33, 65));
    return authorized(
        "HierarchyChangeAuth",
        0x129,
        new int[] {handle},
        new Wire().sized(auth),
        r -> {
          auths.put(handle, trimmed(auth));
          return "";
        });
  }

  private Exchange control() {
    int handle = pick(OWNER, ENDORSEMENT, PLATFORM, NULL);
    int enable = pick(OWNER, ENDORSEMENT, PLATFORM, 0x4000000D, NULL);
    return authorized(
        "HierarchyControl",
        0x121,
        new int[] {handle},
        new Wire().u32(enable).u8(pick(0, 1, 1, 2)),
        r -> {
          objects.removeIf(h -> name(h).length == 0);
          return "";
        });
  }

  private Exchange clear() {
    if (chance(500)) {
      return authorized(
          "ClearControl",
          0x127,
          new int[] {pick(LOCKOUT, PLATFORM)},
          new Wire().u8(pick(0, 1, 2)),
          Expected.NOTHING);
    }
    return authorized(
        "Clear",
        0x126,
        new int[] {pick(LOCKOUT, PLATFORM, OWNER)},
        new Wire(),
        r -> {
          auths.keySet().removeAll(List.of(OWNER, ENDORSEMENT, LOCKOUT));
          objects.removeIf(h -> name(h).length == 0);
          indices.removeIf(h -> name(h).length == 0);
          return "";
        });
  }

  private Exchange simple() {
    return switch (random.nextInt(8)) {
      case 0 ->
          plain("Startup", 0x144, new int[0], new Wire().u16(pick(0, 1, 2)), Expected.NOTHING);
      case 1 ->
          plain("Shutdown", 0x145, new int[0], new Wire().u16(pick(0, 1, 2)), Expected.NOTHING);
      case 2 ->
          plain("SelfTest", 0x143, new int[0], new Wire().u8(pick(0, 1, 2)), Expected.NOTHING);
      case 3 ->
          plain(
              "StirRandom",
              0x146,
              new int[0],
              new Wire().sized(bytes(pick(0, 8, 128, 129))),
              Expected.NOTHING);
      case 4 -> plain("ReadClock", 0x181, new int[0], new Wire(), Expected.CLOCK);
      case 5 ->
          authorized(
              "DictionaryAttackLockReset",
              0x139,
              new int[] {pick(LOCKOUT, OWNER)},
              new Wire(),
              Expected.NOTHING);
      case 6 ->
          plain(
              "TestParms",
              0x18A,
              new int[0],
              pick(
                  new Wire().u16(1).u16(0x10).u16(0x10).u16(pick(2048, 1000)).u32(0),
                  new Wire().u16(0x23).u16(0x10).u16(0x10).u16(pick(3, 4, 99)).u16(0x10),
                  new Wire().u16(8).u16(0x10)),
              Expected.NOTHING);
      default -> plain("GetTestResult", 0x17C, new int[0], new Wire(), r -> "");
    };
  }

  private Exchange powerCycle() {
    int shutdown = pick(-1, 0, 1);
    if (shutdown >= 0) {
      tpm.transmit(new Wire().u16(0x8001).u32(12).u32(0x145).u16(shutdown).bytes());
    }
    tpm.powerCycle();
    sessions.clear();
    objects.clear();
    Wire startup = new Wire().u16(shutdown == 1 && chance(700) ? 1 : 0);
    damagePerMille = 0;
    Exchange done = plain("Startup after power", 0x144, new int[0], startup, Expected.NOTHING);
    damagePerMille = DAMAGE;
    if (startup.bytes()[1] == 0) {
      auths.remove(PLATFORM);
    }
    return done;
  }

  private Exchange locality() {
    tpm.locality(random.nextInt(5));
    return pcrRead();
  }

  private Exchange garbage() {
    byte[] command = bytes(10 + random.nextInt(60));
    if (chance(700)) {
      byte[] header =
          new Wire()
              .u16(pick(0x8001, 0x8002, 0xC4, 0))
              .u32(command.length)
              .u32(pick(0x17A, 0x17E, 0x144, 0x153, 0x14E, 0x176, 0x167))
              .bytes();
      System.arraycopy(header, 0, command, 0, header.length);
    } else if (command[0] == 0) {
      command[0] = 1;
    }
    byte[] response = tpm.transmit(command);
    int code = java.nio.ByteBuffer.wrap(response).getInt(6);
    return new Exchange("garbage", command, response, code, "");
  }
}
