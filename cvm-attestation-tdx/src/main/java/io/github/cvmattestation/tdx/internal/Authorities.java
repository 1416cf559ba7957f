package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.TrustAnchor;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.CertificateChains;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.attestation.internal.BoundedCache;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.IntelTrustAnchors;
import io.github.cvmattestation.tdx.PckAuthority;
import io.github.cvmattestation.tdx.TdxFinding;
import io.github.cvmattestation.tdx.internal.Authority.Role;
import java.util.List;
import java.util.Optional;

/**
 * What stands between the root and everything else: two authorities of PCK certificates, and the
 * signer of collateral. All of them chain to the same root, so the subject alone tells what each is
 * for; a PCK certificate, whose key lies on every platform, can therefore never sign collateral.
 */
final class Authorities {
  /** How Intel signs certificates, lists and documents alike. */
  static final SignatureScheme SCHEME = SignatureScheme.ECDSA_P256_SHA256;

  private static final String TCB_SIGNER = "Intel SGX TCB Signing";

  private static final int POINT_SIZE = 65;

  private final List<Anchor> anchors;
  private final SignatureBackend signatures;
  private final BoundedCache<Key, Authority> verified;

  Authorities(TrustAnchors anchors, SignatureBackend signatures, int cacheSize) {
    this.signatures = signatures;
    this.anchors = anchors.named(IntelTrustAnchors.ROOT_NAME).stream().map(this::prepare).toList();
    this.verified = new BoundedCache<>(cacheSize);
  }

  private record Anchor(TrustAnchor written, VerificationKey key, Bytes keyId) {}

  private record Key(Role role, Bytes certificate, Bytes root) {}

  /** The certificates of a chain, which must be {@code size}, from the leaf up, DER, unread. */
  static List<Bytes> chain(Bytes bundle, int size, FindingCode code) throws RefutedException {
    List<Bytes> chain;
    try {
      chain = CertificateBundle.split(bundle);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(CoreFinding.CERT_FORMAT));
    }
    if (chain.size() != size) {
      throw refuted(code, "a chain of " + size + " certificates", chain.size() + " of them");
    }
    return chain;
  }

  /** Reads a certificate. */
  static DerCertificate read(Bytes der) throws RefutedException {
    try {
      return DerCertificate.parse(der);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(CoreFinding.CERT_FORMAT));
    }
  }

  /** The root that was sent is one that was written down. */
  Root root(Bytes der) throws RefutedException {
    DerCertificate sent = read(der);
    for (Anchor anchor : anchors) {
      if (sent.subjectCommonName().equals(anchor.written().name())
          && sent.subjectPublicKeyInfo().equals(anchor.written().subjectPublicKeyInfo())
          && isTheOneWritten(sent, anchor.written())) {
        return new Root(sent, anchor.written(), anchor.key(), anchor.keyId());
      }
    }
    throw refuted(
        TdxFinding.TDX_ROOT, "a root that was written down", sent.subjectCommonName() + " is none");
  }

  /** A key could have several certificates; the one that is known leaves no byte to choose. */
  private static boolean isTheOneWritten(DerCertificate sent, TrustAnchor written) {
    return written.certificateSha256().isEmpty()
        || written.certificateSha256().get().equals(Digests.sha256(sent.der()));
  }

  /** {@code certificate} is an authority of PCK certificates that {@code root} issued. */
  Authority pckAuthority(Bytes certificate, Bytes root) throws RefutedException {
    Key key = new Key(Role.PCK_AUTHORITY, certificate, root);
    Optional<Authority> known = verified.get(key);
    return known.isPresent() ? known.get() : verify(key, root(root));
  }

  /** {@code certificate} is the signer of collateral that {@code root} appointed. */
  Authority tcbSigner(Bytes certificate, Root root) throws RefutedException {
    Key key = new Key(Role.TCB_SIGNER, certificate, root.certificate().der());
    Optional<Authority> known = verified.get(key);
    return known.isPresent() ? known.get() : verify(key, root);
  }

  private Authority verify(Key key, Root root) throws RefutedException {
    DerCertificate certificate = read(key.certificate());
    requireRole(key.role(), certificate);
    CertificateChains.requireIssuedBy(certificate, root.certificate());
    CertificateChains.requireSignature(certificate, List.of(root.key()), SCHEME);
    Authority authority = new Authority(key.role(), certificate, key(certificate), root);
    verified.put(key, authority);
    return authority;
  }

  private static void requireRole(Role role, DerCertificate certificate) throws RefutedException {
    String subject = certificate.subjectCommonName();
    if (role == Role.PCK_AUTHORITY) {
      if (PckAuthority.ofCommonName(subject).isEmpty()) {
        throw refuted(TdxFinding.TDX_CERTIFICATES, "a PCK Platform or Processor CA", subject);
      }
      CertificateChains.requireAuthority(certificate, 0);
      CertificateChains.requireRevocationAuthority(certificate);
    } else {
      if (!subject.equals(TCB_SIGNER)) {
        throw refuted(TdxFinding.COLLATERAL_SIGNER, TCB_SIGNER, subject);
      }
      CertificateChains.requireEndEntity(certificate);
    }
  }

  private VerificationKey key(DerCertificate certificate) throws RefutedException {
    try {
      return signatures.prepare(PublicKeyInfo.parse(certificate.subjectPublicKeyInfo()));
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(CoreFinding.CERT_FORMAT));
    }
  }

  private Anchor prepare(TrustAnchor anchor) {
    try {
      if (PublicKeyInfo.parse(anchor.subjectPublicKeyInfo()) instanceof PublicKeyInfo.Ec key
          && key.curve() == Curve.P256) {
        // The point ends the DER.
        Bytes point = key.der().slice(key.der().size() - POINT_SIZE, key.der().size());
        return new Anchor(anchor, signatures.prepare(key), Digests.sha384(point));
      }
      throw new MalformedException("key", "a point on P-256", "another key");
    } catch (MalformedException e) {
      throw new AttestationException.Configuration(
          "trust anchor " + anchor.name() + ": " + e.problem(), "use Intel's P-256 key, DER");
    }
  }

  private static RefutedException refuted(FindingCode code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
