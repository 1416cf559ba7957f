package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;

/** Ordinary NV indices (Part 3, section 31). */
final class NvCommands {
  private NvCommands() {}

  static void defineSpace(Call call) {
    byte[] auth = Crypto.trimmed(call.parameter().sized(PublicArea.MAX_DIGEST));
    NvIndex index = readPublic(call.parameter());
    call.in().end();
    checkPublic(call, index, auth);
    boolean platform = call.handle(1) == Handles.PLATFORM;
    if (index.has(NvAttr.PLATFORM_CREATE) != platform) {
      throw TpmError.handle(Rc.ATTRIBUTES, 1);
    }
    if (index.has(NvAttr.POLICY_DELETE)) {
      // TPM2_NV_UndefineSpaceSpecial is not there: such an index could never be deleted.
      throw TpmError.parameter(Rc.ATTRIBUTES, 2);
    }
    if (index.size() > NvStore.MAX_BUFFER && index.has(NvAttr.WRITE_ALL)) {
      throw TpmError.parameter(Rc.SIZE, 2);
    }
    index.setAuth(auth);
    call.tpm().nv().define(index);
    call.tpm().changed();
  }

  private static NvIndex readPublic(TpmReader in) {
    int end = in.open();
    int handle = HandleKind.NV_INDEX.read(in);
    HashAlgorithm hash = Alg.readHash(in);
    int attributes = in.u32();
    if ((attributes & NvAttr.RESERVED) != 0) {
      throw in.error(Rc.RESERVED_BITS);
    }
    byte[] policy = in.sized(PublicArea.MAX_DIGEST);
    int size = in.u16();
    if (size > NvStore.MAX_INDEX_SIZE) {
      throw in.error(Rc.SIZE);
    }
    in.close(end);
    return new NvIndex(handle, hash, attributes, policy, size);
  }

  private static void checkPublic(Call call, NvIndex index, byte[] auth) {
    int digestSize = index.nameAlg().digestSize();
    if (index.authPolicy().length != 0 && index.authPolicy().length != digestSize) {
      throw TpmError.parameter(Rc.SIZE, 2);
    }
    if (auth.length > digestSize) {
      throw TpmError.parameter(Rc.SIZE, 1);
    }
    if (call.handle(1) == Handles.PLATFORM && !call.tpm().isPlatformNvEnabled()) {
      throw TpmError.handle(Rc.HIERARCHY, 1);
    }
    // Counters, bit fields, extended and PIN indices are not there.
    if (index.hasAny(NvAttr.TYPE)
        || index.hasAny(NvAttr.WRITTEN | NvAttr.READ_LOCKED | NvAttr.WRITE_LOCKED)
        || index.has(NvAttr.CLEAR_ST_CLEAR | NvAttr.WRITE_DEFINE)
        || !index.hasAny(NvAttr.READERS)
        || !index.hasAny(NvAttr.WRITERS)) {
      throw TpmError.parameter(Rc.ATTRIBUTES, 2);
    }
  }

  static void undefineSpace(Call call) {
    call.in().end();
    NvIndex index = call.tpm().nv().get(call.handle(2));
    if (call.handle(1) == Handles.OWNER && index.has(NvAttr.PLATFORM_CREATE)) {
      throw TpmError.of(Rc.NV_AUTHORIZATION);
    }
    call.tpm().nv().undefine(index.handle());
    call.tpm().changed();
  }

  static void readPublic(Call call) {
    call.in().end();
    NvIndex index = call.tpm().nv().get(call.handle(1));
    call.out().sized(index.publicBytes()).sized(index.name());
  }

  static void read(Call call) {
    int size = call.parameter().u16();
    int offset = call.parameter().u16();
    call.in().end();
    NvIndex index = call.tpm().nv().get(call.handle(2));
    if (index.has(NvAttr.READ_LOCKED)) {
      throw TpmError.of(Rc.NV_LOCKED);
    }
    requireAccess(call, index, NvAttr.OWNER_READ, NvAttr.PP_READ);
    if (!index.has(NvAttr.WRITTEN)) {
      throw TpmError.of(Rc.NV_UNINITIALIZED);
    }
    if (size > NvStore.MAX_BUFFER) {
      throw TpmError.parameter(Rc.VALUE, 1);
    }
    if (offset > index.size()) {
      throw TpmError.parameter(Rc.VALUE, 2);
    }
    if (size > index.size() - offset) {
      throw TpmError.of(Rc.NV_RANGE);
    }
    call.out().sized(index.read(offset, size));
  }

  static void write(Call call) {
    byte[] data = call.parameter().sized(NvStore.MAX_BUFFER);
    int offset = call.parameter().u16();
    call.in().end();
    NvIndex index = call.tpm().nv().get(call.handle(2));
    if (index.has(NvAttr.WRITE_LOCKED)) {
      throw TpmError.of(Rc.NV_LOCKED);
    }
    requireAccess(call, index, NvAttr.OWNER_WRITE, NvAttr.PP_WRITE);
    if (offset > index.size()) {
      throw TpmError.parameter(Rc.VALUE, 2);
    }
    if (data.length > index.size() - offset
        || (index.has(NvAttr.WRITE_ALL) && data.length < index.size())) {
      throw TpmError.of(Rc.NV_RANGE);
    }
    index.write(offset, data);
    call.tpm().changed();
  }

  /** Who authorised must be one whom the index admits (Part 3, section 31.1). */
  private static void requireAccess(Call call, NvIndex index, int owner, int platform) {
    boolean allowed =
        switch (call.handle(1)) {
          case Handles.OWNER -> index.has(owner);
          case Handles.PLATFORM -> index.has(platform);
          default -> call.handle(1) == call.handle(2);
        };
    if (!allowed) {
      throw TpmError.of(Rc.NV_AUTHORIZATION);
    }
  }
}
