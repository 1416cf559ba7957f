package io.github.cvmattestation.snp.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateChains;
import io.github.cvmattestation.attestation.crypto.RevocationList;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.attestation.internal.BoundedCache;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.snp.SnpFinding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Revocation of the intermediate authority (RFC 5280, section 6.3). Leaves all have serial number
 * 0, so looking for a leaf in a CRL could never find anything.
 */
final class RevocationVerification {
  /** Three lines with two lists each, and their successors; a list may have a megabyte. */
  private static final int MAX_REMEMBERED = 16;

  private final BoundedCache<ListKey, RevocationList> genuine;

  RevocationVerification(int cacheSize) {
    genuine = new BoundedCache<>(Math.min(cacheSize, MAX_REMEMBERED));
  }

  /** A list as received, and the keys that one of which must have signed it. */
  private record ListKey(Bytes list, List<VerificationKey> keys) {}

  /**
   * Looks at every list of the chain's root: each must be genuine and current, and none may name
   * the intermediate. Lists of other roots say nothing about this chain.
   *
   * @return whether there was any list of this root
   */
  boolean requireNotRevoked(VerifiedChain chain, List<Bytes> lists, Instant at)
      throws RefutedException {
    boolean seen = false;
    for (Bytes encoded : lists) {
      Optional<RevocationList> list = genuine(encoded, chain);
      if (list.isPresent()) {
        CertificateChains.requireDates(CoreFinding.CRL_DATES, list.get().validity(), at);
        requireNotListed(chain, list.get());
        seen = true;
      }
    }
    return seen;
  }

  private Optional<RevocationList> genuine(Bytes encoded, VerifiedChain chain)
      throws RefutedException {
    ListKey key = new ListKey(encoded, chain.rootKeys());
    Optional<RevocationList> known = genuine.get(key);
    if (known.isPresent()) {
      return known;
    }
    RevocationList list;
    try {
      list = RevocationList.parse(encoded);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(CoreFinding.CRL_FORMAT));
    }
    if (!list.issuerCommonName().equals(chain.rootName())) {
      return Optional.empty();
    }
    CertificateChains.requireSignature(list, chain.rootKeys(), SignatureScheme.RSAPSS_SHA384);
    genuine.put(key, list);
    return Optional.of(list);
  }

  private static void requireNotListed(VerifiedChain chain, RevocationList list)
      throws RefutedException {
    if (list.lists(chain.intermediateSerial())) {
      throw new RefutedException(
          Finding.of(
              SnpFinding.SNP_REVOKED,
              "an intermediate authority that is not revoked",
              "serial number " + chain.intermediateSerial().toString(16) + "h is"));
    }
  }
}
