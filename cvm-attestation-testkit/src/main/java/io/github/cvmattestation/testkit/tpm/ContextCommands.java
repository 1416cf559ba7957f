package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Saved contexts: encrypted, authenticated, and of no use after a TPM Reset (Part 1, section 30).
 */
final class ContextCommands {
  private static final HashAlgorithm HASH = HashAlgorithm.SHA256;
  private static final int MAX_CONTEXT = 4096;
  private static final int KEY_SIZE = 32;
  private static final int BLOCK = 16;

  private ContextCommands() {}

  static void save(Call call) {
    call.in().end();
    TpmState tpm = call.tpm();
    int handle = call.handle(1);
    long sequence = tpm.nextContextSequence();
    if (HandleKind.isSession(handle)) {
      Session session = call.session(1);
      tpm.sessions().save(session, sequence);
      write(call, sequence, handle, Handles.NULL, new byte[0]);
      return;
    }
    TpmObject object = call.object(1);
    int savedHandle = Handles.TYPE_TRANSIENT << 24 | (object.isStClear() ? 2 : 0);
    write(call, sequence, savedHandle, object.hierarchy(), content(object));
  }

  private static byte[] content(TpmObject object) {
    Sensitive sensitive = object.sensitive();
    return new TpmWriter()
        .u8(object.isExternal() ? 1 : 0)
        .u8(object.isStClear() ? 1 : 0)
        .sized(object.publicArea().bytes())
        .sized(object.qualifiedName())
        .sized(sensitive == null ? new byte[0] : sensitive.bytes())
        .array();
  }

  /** TPMS_CONTEXT (Part 2, section 14.5). */
  private static void write(Call call, long sequence, int handle, int hierarchy, byte[] content) {
    byte[] head = new TpmWriter().u64(sequence).u32(handle).u32(hierarchy).array();
    byte[] hidden = cipher(call.tpm(), head, content, true);
    byte[] integrity = integrity(call.tpm(), hierarchy, head, hidden);
    call.out().raw(head).sized(new TpmWriter().sized(integrity).sized(hidden).array());
  }

  static void load(Call call) {
    TpmReader in = call.parameter();
    byte[] head = in.raw(16);
    TpmReader headReader = new TpmReader(head);
    long sequence = headReader.u64();
    int handle = headReader.u32();
    int hierarchy = headReader.u32();
    if (!HandleKind.CONTEXT.accepts(handle) || !HandleKind.HIERARCHY.accepts(hierarchy)) {
      throw in.error(Rc.VALUE);
    }
    byte[] blob = in.sized(MAX_CONTEXT);
    in.end();
    TpmState tpm = call.tpm();
    TpmReader blobReader = new TpmReader(blob);
    byte[] integrity;
    byte[] hidden;
    try {
      integrity = blobReader.sized(HASH.digestSize());
      hidden = blobReader.sized(MAX_CONTEXT);
      blobReader.end();
    } catch (TpmError e) {
      throw TpmError.parameter(Rc.SIZE, 1);
    }
    if (!Crypto.same(integrity, integrity(tpm, hierarchy, head, hidden))) {
      throw TpmError.parameter(Rc.INTEGRITY, 1);
    }
    if (HandleKind.isSession(handle)) {
      if (!tpm.sessions().load(handle, sequence)) {
        throw TpmError.parameter(Rc.HANDLE, 1);
      }
      call.respondWith(handle);
      return;
    }
    if (!tpm.requireHierarchy(hierarchy).isEnabled()) {
      throw TpmError.parameter(Rc.HIERARCHY, 1);
    }
    TpmObject object = object(cipher(tpm, head, hidden, false), hierarchy);
    call.respondWith(tpm.objects().add(object));
  }

  private static TpmObject object(byte[] content, int hierarchy) {
    TpmReader in = new TpmReader(content);
    boolean external = in.u8() == 1;
    boolean stClear = in.u8() == 1;
    PublicArea area = PublicArea.read(new TpmReader(in.sized(MAX_CONTEXT)));
    byte[] qualifiedName = in.sized(MAX_CONTEXT);
    byte[] secret = in.sized(MAX_CONTEXT);
    @Nullable Sensitive sensitive =
        secret.length == 0 ? null : Sensitive.read(new TpmReader(secret));
    return new TpmObject(area, sensitive, qualifiedName, hierarchy, external, stClear);
  }

  /** The null proof is in the key: it changes on every TPM Reset, and with it all contexts end. */
  private static byte[] cipher(TpmState tpm, byte[] head, byte[] data, boolean encrypt) {
    byte[] proof = tpm.none().proof();
    byte[] derived = Crypto.kdfa(HASH, proof, "CONTEXT", head, new byte[0], (KEY_SIZE + BLOCK) * 8);
    byte[] key = Arrays.copyOf(derived, KEY_SIZE);
    byte[] iv = Arrays.copyOfRange(derived, KEY_SIZE, derived.length);
    return encrypt ? Crypto.encryptCfb(key, iv, data) : Crypto.decryptCfb(key, iv, data);
  }

  private static byte[] integrity(TpmState tpm, int hierarchy, byte[] head, byte[] hidden) {
    byte[] key = Crypto.concat(tpm.requireHierarchy(hierarchy).proof(), tpm.none().proof());
    return Crypto.hmac(HASH, key, head, hidden);
  }
}
