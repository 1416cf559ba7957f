package io.github.cvmattestation.azure.internal.guest;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;

/** What a VM has to ask outside of itself to complete its evidence. All answers are untrusted. */
public interface HostServices {
  /**
   * The chip's certificate and the chain above it.
   *
   * @param snpReport ATTESTATION_REPORT, 1184 bytes: chip and TCB are in it
   */
  VcekChain vcek(Bytes snpReport);

  /**
   * Has the platform's quoting enclave turn a report into a quote.
   *
   * @param tdReport TDREPORT_STRUCT, 1024 bytes
   */
  Bytes tdQuote(Bytes tdReport);

  /** Revocation lists for an SEV-SNP report, such as AMD publishes. */
  Endorsements snpRevocation(Bytes snpReport);

  /** Collateral for a TD quote, such as Intel publishes. */
  Endorsements tdxCollateral(Bytes quote);

  /** Forgets what was published and is kept. */
  default void forget() {}

  /**
   * Certificates of a chip.
   *
   * @param vcek PEM, one certificate
   * @param chain PEM, the authority's and the root's
   */
  record VcekChain(Bytes vcek, Bytes chain) {}
}
