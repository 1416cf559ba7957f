package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.EnumSet;
import java.util.Set;

/**
 * TPMS_NV_PUBLIC of an ordinary index (TPM 2.0 Part 2, section 13.5); counters and the like are
 * refused.
 *
 * @param nvIndex the handle, 0x01000000 to 0x01FFFFFF
 * @param nameAlg the hash of the Name
 * @param attributes what may be done with it
 * @param authPolicy empty, or a digest
 * @param dataSize in bytes
 */
public record TpmsNvPublic(
    long nvIndex,
    HashAlgorithm nameAlg,
    Set<NvAttribute> attributes,
    Bytes authPolicy,
    int dataSize) {
  private static final int MAX = 4 + 2 + 4 + 2 + 64 + 2;
  private static final long FIRST = 0x01000000L;
  private static final long LAST = 0x01FFFFFFL;

  public TpmsNvPublic {
    attributes = Set.copyOf(attributes);
    if (nvIndex < FIRST || nvIndex > LAST || dataSize < 0 || dataSize > 0xFFFF) {
      throw new IllegalArgumentException(
          "not an NV index: 0x%08x of %d bytes".formatted(nvIndex, dataSize));
    }
  }

  /** TPM2B_NV_PUBLIC. */
  static TpmsNvPublic read(ByteReader outer) throws MalformedException {
    ByteReader in = ByteReader.bigEndian("TPMS_NV_PUBLIC", outer.sized16("nvPublic", MAX));
    long index = in.u32("nvIndex");
    if (index < FIRST || index > LAST) {
      throw in.malformed("nvIndex", "an NV handle", "0x%08x".formatted(index));
    }
    HashAlgorithm nameAlg = AlgorithmIds.readHash(in, "nameAlg");
    long bits = in.u32("attributes");
    Set<NvAttribute> attributes = NvAttribute.of(bits);
    if (NvAttribute.bits(attributes) != bits) {
      throw in.malformed("attributes", "an ordinary index, reserved bits zero", "others");
    }
    TpmsNvPublic area =
        new TpmsNvPublic(
            index, nameAlg, attributes, in.sized16("authPolicy", 64), in.u16("dataSize"));
    in.end();
    return area;
  }

  /** The TPMS_NV_PUBLIC. It has one encoding, so writing it is repeating what was received. */
  Bytes encoded() {
    return Bytes.of(
        new TpmWriter()
            .u32(nvIndex)
            .u16(nameAlg.id())
            .u32(NvAttribute.bits(attributes))
            .sized(authPolicy)
            .u16(dataSize)
            .take());
  }

  /** The handle with its Name, which is another once the index was written. */
  public TpmHandle handle() {
    Bytes algorithm = Bytes.of((byte) (nameAlg.id() >> 8), (byte) nameAlg.id());
    return new TpmHandle(nvIndex, algorithm.concat(Digests.digest(nameAlg.jcaName(), encoded())));
  }

  /** Whether {@code attribute} is set. */
  public boolean has(NvAttribute attribute) {
    return attributes.contains(attribute);
  }

  /** The same index before it was ever written. */
  TpmsNvPublic asDefined() {
    Set<NvAttribute> defined = EnumSet.noneOf(NvAttribute.class);
    defined.addAll(attributes);
    defined.remove(NvAttribute.WRITTEN);
    return new TpmsNvPublic(nvIndex, nameAlg, defined, authPolicy, dataSize);
  }
}
