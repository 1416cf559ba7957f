package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.Validity;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.tdx.CollateralFacts.Item;
import io.github.cvmattestation.tdx.CollateralFacts.Part;
import java.time.Instant;
import java.util.List;

/** Writes down what was used. */
final class Facts {
  private Facts() {}

  /** A chain holds while all of its certificates do. */
  static Item chain(Part part, Bytes received, List<DerCertificate> chain) {
    Instant from = Instant.MIN;
    Instant until = Instant.MAX;
    for (DerCertificate certificate : chain) {
      Validity validity = certificate.validity();
      from = validity.notBefore().isAfter(from) ? validity.notBefore() : from;
      until = validity.notAfter().isBefore(until) ? validity.notAfter() : until;
    }
    return item(part, from, until, received);
  }

  static Item item(Part part, Instant issued, Instant expires, Bytes received) {
    return new Item(part, issued, expires, Digests.sha256(received));
  }
}
