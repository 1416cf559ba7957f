package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.ArrayList;
import java.util.List;

/** Registers (Part 3, section 22). */
final class PcrCommands {
  private static final int DRTM_LOCALITY = 4;

  /** TPML_DIGEST holds eight digests. */
  private static final int MAX_READ = 8;

  private PcrCommands() {}

  static void read(Call call) {
    List<PcrSelect> asked = PcrSelect.readList(call.parameter());
    call.in().end();
    PcrBanks banks = call.tpm().pcrs();
    List<PcrSelect> selected = new ArrayList<>();
    List<byte[]> values = new ArrayList<>();
    for (PcrSelect select : asked) {
      byte[] bitmap = new byte[select.size()];
      for (int pcr : select.pcrs()) {
        byte[] value = banks.read(select.hash(), pcr);
        if (value != null && values.size() < MAX_READ) {
          bitmap[pcr / 8] |= (byte) (1 << (pcr % 8));
          values.add(value);
        }
      }
      selected.add(new PcrSelect(select.hash(), bitmap));
    }
    TpmWriter out = call.out().u32(banks.updateCounter());
    PcrSelect.writeList(out, selected);
    out.u32(values.size());
    values.forEach(out::sized);
  }

  static void extend(Call call) {
    TpmReader in = call.parameter();
    int count = in.u32();
    if (count < 0 || count > HashAlgorithm.values().length) {
      throw in.error(Rc.SIZE);
    }
    List<HashAlgorithm> hashes = new ArrayList<>();
    List<byte[]> digests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      HashAlgorithm hash = Alg.readHash(in);
      hashes.add(hash);
      digests.add(in.raw(hash.digestSize()));
    }
    in.end();
    if (call.handle(1) == Handles.NULL) {
      return;
    }
    requireExtendable(call);
    for (int i = 0; i < hashes.size(); i++) {
      call.tpm().pcrs().extend(hashes.get(i), call.handle(1), digests.get(i));
      call.tpm().pcrs().changed(call.handle(1));
    }
    noteChange(call);
  }

  static void event(Call call) {
    byte[] data = call.parameter().sized(1024);
    call.in().end();
    boolean real = call.handle(1) != Handles.NULL;
    if (real) {
      requireExtendable(call);
    }
    PcrBanks banks = call.tpm().pcrs();
    TpmWriter out = call.out().u32(banks.algorithms().size());
    for (HashAlgorithm hash : banks.algorithms()) {
      byte[] digest = Crypto.hash(hash, data);
      out.u16(hash.id()).raw(digest);
      if (real) {
        banks.extend(hash, call.handle(1), digest);
        banks.changed(call.handle(1));
      }
    }
    noteChange(call);
  }

  /** Registers that a shutdown had saved are no longer what it saved. */
  private static void noteChange(Call call) {
    if (PcrBanks.isSaved(call.handle(1))) {
      call.tpm().changed();
    }
  }

  private static void requireExtendable(Call call) {
    if (!PcrBanks.mayExtend(call.handle(1), call.tpm().locality())) {
      throw TpmError.of(Rc.LOCALITY);
    }
  }

  static void reset(Call call) {
    call.in().end();
    int locality = call.tpm().locality();
    // Locality 4 is the DRTM's, which resets registers by its own signal, not by this command.
    if (locality == DRTM_LOCALITY || !PcrBanks.mayReset(call.handle(1), locality)) {
      throw TpmError.of(Rc.LOCALITY);
    }
    call.tpm().pcrs().clear(call.handle(1));
    call.tpm().pcrs().changed(call.handle(1));
    noteChange(call);
  }
}
