package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;

/** TDX evidence: a quote, without a container. */
public final class TdxEvidence {
  /** Media type of a bare TD quote. */
  public static final String MEDIA_TYPE = "application/vnd.cvm-attestation.td-quote";

  private TdxEvidence() {}

  /** Evidence that consists of one quote. */
  public static Evidence of(Bytes quote) {
    return new Evidence(MEDIA_TYPE, quote);
  }
}
