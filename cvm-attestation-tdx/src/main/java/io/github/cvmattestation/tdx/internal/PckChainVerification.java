package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateChains;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.internal.BoundedCache;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.CollateralFacts.Part;
import io.github.cvmattestation.tdx.PckCertificate;
import io.github.cvmattestation.tdx.TdxFinding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Verifies the chain that a quote carries: PCK certificate, its authority, the root, in this order
 * and nothing else (Intel SGX PCK Certificate Specification, section 1.3).
 */
final class PckChainVerification {
  private static final String LEAF_NAME = "Intel SGX PCK Certificate";
  private static final int LENGTH = 3;

  /**
   * Intel's have less than 4 KiB: a chain in much padding is verified, but must not fill memory.
   */
  private static final int MAX_REMEMBERED_SIZE = 16 << 10;

  private final Authorities authorities;
  private final SignatureBackend signatures;
  private final BoundedCache<Bytes, VerifiedPck> verified;

  PckChainVerification(Authorities authorities, SignatureBackend signatures, int cacheSize) {
    this.authorities = authorities;
    this.signatures = signatures;
    this.verified = new BoundedCache<>(cacheSize);
  }

  /** The platform's certificate at the end of {@code pem}. */
  VerifiedPck verify(Bytes pem) throws RefutedException {
    Optional<VerifiedPck> known = verified.get(pem);
    if (known.isPresent()) {
      return known.get();
    }
    List<Bytes> chain = Authorities.chain(pem, LENGTH, TdxFinding.TDX_CERTIFICATES);
    DerCertificate leaf = Authorities.read(chain.get(0));
    if (!leaf.subjectCommonName().equals(LEAF_NAME)) {
      throw new RefutedException(
          Finding.of(TdxFinding.TDX_CERTIFICATES, LEAF_NAME, leaf.subjectCommonName()));
    }
    Authority authority = authorities.pckAuthority(chain.get(1), chain.get(2));
    DerCertificate issuer = authority.certificate();
    CertificateChains.requireEndEntity(leaf);
    CertificateChains.requireIssuedBy(leaf, issuer);
    CertificateChains.requireSignature(leaf, List.of(authority.key()), Authorities.SCHEME);
    PckCertificate certificate = read(leaf);
    VerifiedPck pck =
        new VerifiedPck(
            certificate,
            signatures.prepare(certificate.key()),
            authority,
            Facts.chain(
                Part.PCK_CHAIN, pem, List.of(leaf, issuer, authority.root().certificate())));
    if (pem.size() <= MAX_REMEMBERED_SIZE) {
      // A copy: a slice would keep the whole quote.
      verified.put(pem.detached(), pck);
    }
    return pck;
  }

  private static PckCertificate read(DerCertificate leaf) throws RefutedException {
    try {
      return PckCertificate.of(leaf);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(TdxFinding.TDX_PCK));
    }
  }

  /** Leaf, authority and root are all valid at {@code at}. */
  static void requireDates(VerifiedPck pck, Instant at) throws RefutedException {
    CertificateChains.requireDates(
        CoreFinding.CERT_DATES, pck.certificate().certificate().validity(), at);
    requireDates(pck.authority(), at);
  }

  /** The authority and its root are valid at {@code at}. */
  static void requireDates(Authority authority, Instant at) throws RefutedException {
    CertificateChains.requireDates(CoreFinding.CERT_DATES, authority.certificate().validity(), at);
    CertificateChains.requireDates(CoreFinding.CERT_DATES, authority.root().validity(), at);
  }
}
