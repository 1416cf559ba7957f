package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The file of a {@link SealedSecret}; {@link SealedSecret#parse} describes it. */
final class SealedSecretFormat {
  private static final String NAME = "sealed secret";
  private static final Bytes MAGIC = Bytes.of("CVMSEAL".getBytes(StandardCharsets.US_ASCII));
  private static final int VERSION = 1;
  private static final int REGISTERS = 1;
  private static final int APPROVAL = 2;
  private static final int PIN = 4;
  private static final int FROM_AFAR = 8;
  private static final int ECC_PRIMARY = 1;
  private static final int RSA_PRIMARY = 2;
  private static final int PERSISTENT = 3;
  private static final int MAX_NAME = 66;
  private static final int MAX_AREA = 1024;
  private static final int MAX_KEY = 2048;
  private static final int PURPOSE = 16;

  private SealedSecretFormat() {}

  static Bytes write(SealedSecret secret) {
    Optional<PcrBank> pcrs = secret.policy().pcrs();
    Optional<SealingPolicy.Authority> authority = secret.policy().authority();
    TpmWriter out = new TpmWriter().raw(MAGIC).u8(VERSION);
    out.u8(
        (pcrs.isPresent() ? REGISTERS : 0)
            | (authority.isPresent() ? APPROVAL : 0)
            | (secret.hasPin() ? PIN : 0)
            | (secret.inSymSeed().isPresent() ? FROM_AFAR : 0));
    if (secret.parent() instanceof StorageParent.Persistent persistent) {
      out.u8(PERSISTENT).u32(persistent.handle());
    } else {
      out.u8(secret.parent() instanceof StorageParent.RsaPrimary ? RSA_PRIMARY : ECC_PRIMARY);
    }
    out.sized(secret.parentName());
    pcrs.ifPresent(values -> PcrValues.write(out, values));
    authority.ifPresent(
        a ->
            out.sized(a.key().key().der())
                .raw(a.scope().purposeHash())
                .u32(a.scope().epoch() >>> 32)
                .u32(a.scope().epoch() & 0xFFFF_FFFFL));
    out.sized(secret.publicArea().raw()).sized(secret.privateArea());
    secret.inSymSeed().ifPresent(out::sized);
    return Bytes.of(out.toArray());
  }

  static SealedSecret read(Bytes encoded) throws MalformedException {
    if (encoded.size() > SealedSecret.MAX_SIZE) {
      throw new MalformedException(
          NAME, "at most " + SealedSecret.MAX_SIZE + " bytes", encoded.size() + " bytes");
    }
    ByteReader in = ByteReader.bigEndian(NAME, encoded);
    if (!in.bytes("magic", MAGIC.size()).equals(MAGIC)) {
      throw in.malformed("magic", "CVMSEAL", "another");
    }
    int version = in.u8("version");
    if (version != VERSION) {
      throw in.malformed("version", String.valueOf(VERSION), String.valueOf(version));
    }
    int kinds = in.u8("policy");
    if ((kinds & ~(REGISTERS | APPROVAL | PIN | FROM_AFAR)) != 0
        || (kinds & (REGISTERS | APPROVAL)) == 0) {
      throw in.malformed("policy", "registers or approval", String.valueOf(kinds));
    }
    StorageParent parent = parent(in);
    Bytes parentName = in.sized16("parentName", MAX_NAME);
    Optional<PcrBank> pcrs =
        (kinds & REGISTERS) != 0 ? Optional.of(PcrValues.read(in)) : Optional.empty();
    Optional<SealingPolicy.Authority> authority =
        (kinds & APPROVAL) != 0 ? Optional.of(authority(in)) : Optional.empty();
    TpmtPublic publicArea = TpmtPublic.parse(in.sized16("TPM2B_PUBLIC", MAX_AREA));
    Bytes privateArea = in.sized16("TPM2B_PRIVATE", MAX_AREA);
    Optional<Bytes> inSymSeed =
        (kinds & FROM_AFAR) != 0
            ? Optional.of(in.sized16("TPM2B_ENCRYPTED_SECRET", MAX_AREA))
            : Optional.empty();
    in.end();
    SealingPolicy policy = new SealingPolicy(authority, pcrs);
    boolean hasPin = (kinds & PIN) != 0;
    if (!SealedSecret.fits(publicArea, policy, hasPin, inSymSeed.isPresent())) {
      throw in.malformed("TPM2B_PUBLIC", "data sealed under the policy that is stated", "other");
    }
    return new SealedSecret(parent, parentName, policy, hasPin, privateArea, inSymSeed, publicArea);
  }

  private static StorageParent parent(ByteReader in) throws MalformedException {
    int kind = in.u8("parent");
    return switch (kind) {
      case ECC_PRIMARY -> new StorageParent.EccPrimary();
      case RSA_PRIMARY -> new StorageParent.RsaPrimary();
      case PERSISTENT -> {
        long handle = in.u32("parent.handle");
        if (!StorageParent.Persistent.isOwners(handle)) {
          throw in.malformed("parent.handle", "the owner's persistent object", "another");
        }
        yield new StorageParent.Persistent((int) handle);
      }
      default -> throw in.malformed("parent", "1, 2 or 3", String.valueOf(kind));
    };
  }

  private static SealingPolicy.Authority authority(ByteReader in) throws MalformedException {
    PublicKeyInfo key = PublicKeyInfo.parse(in.sized16("key", MAX_KEY));
    Bytes purpose = in.bytes("purpose", PURPOSE);
    long epoch = in.u64("epoch");
    if (epoch < 0) {
      throw in.malformed("epoch", "at most 2^63 - 1", "more");
    }
    return new SealingPolicy.Authority(PolicyKey.of(key), new ApprovalScope(purpose, epoch));
  }
}
