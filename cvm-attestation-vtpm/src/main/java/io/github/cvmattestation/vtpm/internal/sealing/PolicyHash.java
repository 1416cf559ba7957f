package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.internal.CommandCode;
import io.github.cvmattestation.vtpm.internal.TpmWriter;

/** Policy digests of SHA-256, computed as a policy session does (TPM 2.0 Part 3, section 23). */
public final class PolicyHash {
  /** Before the first step. */
  public static final Bytes START = Bytes.zeros(32);

  private PolicyHash() {}

  /** After TPM2_PolicyPCR, where the registers hold {@code values} (section 23.7). */
  public static Bytes pcr(Bytes before, PcrBank values) {
    PcrSelection selection = PcrSelection.of(values.algorithm(), values.values().keySet());
    TpmWriter out = new TpmWriter().raw(before).u32(CommandCode.POLICY_PCR.code());
    out.u32(1).u16(selection.hash().id()).u8(selection.pcrSelect().size());
    out.raw(selection.pcrSelect());
    out.raw(Digests.sha256(values.values().values().toArray(Bytes[]::new)));
    return Digests.sha256(Bytes.of(out.toArray()));
  }

  /** After TPM2_PolicyAuthorize, whatever came before (section 23.16). */
  public static Bytes authorize(Bytes keyName, Bytes policyRef) {
    TpmWriter out = new TpmWriter().raw(START).u32(CommandCode.POLICY_AUTHORIZE.code());
    return Digests.sha256(Digests.sha256(Bytes.of(out.raw(keyName).toArray())), policyRef);
  }

  /** After TPM2_PolicyAuthValue (section 23.17). */
  public static Bytes authValue(Bytes before) {
    TpmWriter out = new TpmWriter().raw(before).u32(CommandCode.POLICY_AUTH_VALUE.code());
    return Digests.sha256(Bytes.of(out.toArray()));
  }
}
