package io.github.cvmattestation.vtpm.contract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Draws commands about NV indices. */
abstract class NvUser extends PolicyUser {
  final List<Integer> indices = new ArrayList<>();
  private final Map<Integer, Integer> nvAttributes = new HashMap<>();

  NvUser(Subject tpm, long seed) {
    super(tpm, seed);
  }

  @Override
  int index() {
    return indices.isEmpty() || chance(60)
        ? 0x01000000 + random.nextInt(16)
        : indices.get(random.nextInt(indices.size()));
  }

  Exchange nvDefine() {
    int index = pick(0x01000000, 0x01400000, 0x01800000, 0x01C00000) + random.nextInt(4);
    int attributes = pick(0x20002, 0x40004, 0x60006, 0x2060006, 0x60006, 0x80008, 0x42060004);
    attributes |= chance(80) ? pick(0x1000, 0x800, 0x80000000, 0x4000000, 0x8000000) : 0;
    attributes ^= chance(50) ? 1 << random.nextInt(32) : 0;
    // Ordinary indices alone: others (counter, bits, extend, pin) are not every TPM's.
    attributes &= chance(980) ? ~0xF0 : -1;
    // TPMA_NV_POLICY_DELETE: such an index would be there in all sequences that follow.
    attributes &= ~0x400;
    int hierarchy = chance(900) ? OWNER : pick(PLATFORM, PLATFORM, ENDORSEMENT, NULL);
    if (hierarchy == PLATFORM) {
      attributes |= chance(800) ? 0x40000000 : 0;
    } else if (chance(900)) {
      attributes &= ~0x40000000;
    }
    int defined = attributes;
    byte[] auth = bytes(chance(950) ? pick(0, 0, 4, 32) : 33);
    byte[] policy = (attributes & 0x80008) != 0 && chance(800) ? policy() : new byte[0];
    Wire area =
        new Wire()
            .u32(index)
            .u16(chance(900) ? Templates.SHA256 : pick(Templates.SHA1, Templates.SHA384, 0x10, 0))
            .firm(attributes)
            .sized(policy)
            .u16(pick(0, 8, 32, 100, 8, chance(200) ? 1500 : 8));
    return authorized(
        "NV_DefineSpace",
        0x12A,
        new int[] {hierarchy},
        new Wire().sized(auth).sized(area),
        r -> {
          if (!indices.contains(index)) {
            indices.add(index);
          }
          auths.put(index, trimmed(auth));
          nvAttributes.put(index, defined);
          return "";
        });
  }

  Exchange nvUndefine() {
    int index = index();
    return authorized(
        "NV_UndefineSpace",
        0x122,
        new int[] {chance(800) ? OWNER : pick(PLATFORM, ENDORSEMENT), index},
        new Wire(),
        r -> {
          indices.remove((Integer) index);
          auths.remove(index);
          return "";
        });
  }

  Exchange nvReadPublic() {
    if (indices.isEmpty() && chance(850)) {
      return nvDefine();
    }
    return plain("NV_ReadPublic", 0x169, new int[] {index()}, new Wire(), Expected.EVERYTHING);
  }

  private int nvAuth(int index) {
    int attributes = nvAttributes.getOrDefault(index, 0);
    int fit = (attributes & 0x20002) != 0 && chance(500) ? OWNER : index;
    return chance(900)
        ? (attributes & 0xC000C) == 0 ? OWNER : fit
        : pick(OWNER, index, PLATFORM, index(), ENDORSEMENT);
  }

  Exchange nvWrite() {
    if (indices.isEmpty() && chance(850)) {
      return nvDefine();
    }
    int index = index();
    int size = chance(850) ? 1 + random.nextInt(8) : pick(0, 1, 8, 32, 100, 1024, 1025);
    Wire params = new Wire().sized(bytes(size)).u16(chance(850) ? 0 : pick(0, 0, 0, 1, 24, 2048));
    return authorized(
        "NV_Write", 0x137, new int[] {nvAuth(index), index}, params, Expected.NOTHING);
  }

  Exchange nvRead() {
    if (indices.isEmpty() && chance(850)) {
      return nvDefine();
    }
    int index = index();
    int size = chance(850) ? 1 + random.nextInt(8) : pick(0, 1, 8, 8, 32, 1024, 1025);
    Wire params = new Wire().u16(size).u16(chance(850) ? 0 : pick(0, 0, 0, 1, 24, 2048));
    return authorized(
        "NV_Read", 0x14E, new int[] {nvAuth(index), index}, params, Expected.EVERYTHING);
  }

  static byte[] trimmed(byte[] auth) {
    int size = auth.length;
    while (size > 0 && auth[size - 1] == 0) {
      size--;
    }
    return Arrays.copyOf(auth, size);
  }
}
