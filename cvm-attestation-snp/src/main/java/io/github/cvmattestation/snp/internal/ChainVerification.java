package io.github.cvmattestation.snp.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.CertificateChains;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.Validity;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.internal.DerReader;
import io.github.cvmattestation.attestation.internal.Pem;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.snp.AmdCertificateTable;
import io.github.cvmattestation.snp.LeafCertificate;
import io.github.cvmattestation.snp.SignerInfo.SigningKey;
import io.github.cvmattestation.snp.SnpFinding;
import io.github.cvmattestation.snp.ThimCertification;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the chain of a leaf among certificates in any order, and verifies it up to a key that was
 * written down (AMD 57230, section 3): ARK → ASK → VCEK, or ARK → ASVK → VLEK.
 *
 * <p>Certificates are told apart by their common names and by nothing else; a name proves nothing,
 * so whatever bears the wrong one fails at its signature. Where the intermediate was not sent, its
 * key is taken from the anchors; a root that was sent is only ever compared with them.
 */
final class ChainVerification {
  private static final Bytes DER = Bytes.of((byte) DerReader.SEQUENCE);
  private static final Bytes JSON = Bytes.of((byte) '{');
  private static final SignatureScheme SCHEME = SignatureScheme.RSAPSS_SHA384;

  /** Far more than any chain has; each has to be parsed before anything is known about it. */
  private static final int MAX_OBJECTS = 64;

  private final Anchors anchors;
  private final SignatureBackend signatures;

  ChainVerification(Anchors anchors, SignatureBackend signatures) {
    this.anchors = anchors;
    this.signatures = signatures;
  }

  /** The chain of the one leaf of this kind. */
  VerifiedChain verify(SigningKey kind, List<Bytes> bundles) throws RefutedException {
    Sent sent = parse(bundles);
    List<DerCertificate> certificates = sent.certificates();
    DerCertificate leaf = findLeaf(kind, certificates);
    LeafCertificate read = readLeaf(leaf);
    CertificateChains.requireUnderstood(leaf, Set.of());
    String line = read.line().label();
    String intermediateName = (kind == SigningKey.VLEK ? "SEV-VLEK-" : "SEV-") + line;
    String rootName = "ARK-" + line;
    List<DerCertificate> sentRoot = named(rootName, certificates);
    List<DerCertificate> sentIntermediate = named(intermediateName, certificates);

    CertificateChains.requireIssuer(leaf, intermediateName);
    List<Validity> validities = new ArrayList<>();
    validities.add(leaf.validity());
    List<Anchors.Anchor> roots = roots(rootName, sentRoot, validities);
    BigInteger serial;
    if (sentIntermediate.isEmpty()) {
      Anchors.Anchor issuer =
          requireAnchor(leaf, intermediateName, anchors.named(intermediateName));
      validities.add(issuer.validity());
      serial = issuer.written().serial();
    } else {
      DerCertificate intermediate = sentIntermediate.get(0);
      CertificateChains.requireAuthority(intermediate, 0);
      CertificateChains.requireIssuer(intermediate, rootName);
      roots = List.of(requireAnchor(intermediate, rootName, roots));
      CertificateChains.requireSignature(leaf, List.of(key(intermediate)), SCHEME);
      validities.add(intermediate.validity());
      serial = intermediate.serial();
    }
    roots.forEach(root -> validities.add(root.validity()));
    return new VerifiedChain(
        read,
        signatures.prepare(read.key()),
        List.copyOf(validities),
        serial,
        rootName,
        keys(roots),
        sent.revocationLists());
  }

  /** The certificates in every bundle, and the revocation lists that came along with them. */
  private record Sent(List<DerCertificate> certificates, List<Bytes> revocationLists) {}

  private static Sent parse(List<Bytes> bundles) throws RefutedException {
    List<DerCertificate> certificates = new ArrayList<>();
    List<Bytes> lists = new ArrayList<>();
    for (Bytes bundle : bundles) {
      try {
        if (bundle.startsWith(DER) || Pem.looksLike(bundle)) {
          certificates.addAll(CertificateBundle.parse(bundle));
        } else {
          unpack(bundle, certificates, lists);
        }
      } catch (MalformedException e) {
        throw new RefutedException(e.toFinding(SnpFinding.SNP_ENDORSEMENTS));
      }
      if (certificates.size() + lists.size() > MAX_OBJECTS) {
        throw refuted(
            SnpFinding.SNP_ENDORSEMENTS, "at most " + MAX_OBJECTS + " certificates", "more");
      }
    }
    return new Sent(certificates, lists);
  }

  private static void unpack(Bytes bundle, List<DerCertificate> certificates, List<Bytes> lists)
      throws MalformedException {
    Endorsements unpacked =
        bundle.startsWith(JSON)
            ? ThimCertification.parse(bundle).toEndorsements()
            : AmdCertificateTable.parse(bundle);
    for (Bytes inner : unpacked.certificates()) {
      certificates.addAll(CertificateBundle.parse(inner));
    }
    lists.addAll(unpacked.revocationLists());
  }

  private static DerCertificate findLeaf(SigningKey kind, List<DerCertificate> certificates)
      throws RefutedException {
    boolean vlek = kind == SigningKey.VLEK;
    String wanted = vlek ? LeafCertificate.VLEK_NAME : LeafCertificate.VCEK_NAME;
    String other = vlek ? LeafCertificate.VCEK_NAME : LeafCertificate.VLEK_NAME;
    List<DerCertificate> found = named(wanted, certificates);
    if (!found.isEmpty()) {
      return found.get(0);
    }
    if (!named(other, certificates).isEmpty()) {
      throw refuted(SnpFinding.SNP_KEY_KIND, wanted, other);
    }
    throw refuted(SnpFinding.SNP_CERTIFICATES, "a " + wanted + " certificate", "none");
  }

  /** At most one certificate of this name: of two, somebody would have to choose. */
  private static List<DerCertificate> named(String name, List<DerCertificate> certificates)
      throws RefutedException {
    // By their bytes: hashing records whole would take a fifth of a run of the command.
    Map<Bytes, DerCertificate> found = new LinkedHashMap<>();
    for (DerCertificate certificate : certificates) {
      if (certificate.subjectCommonName().equals(name)) {
        found.put(certificate.der(), certificate);
      }
    }
    if (found.size() > 1) {
      throw refuted(
          SnpFinding.SNP_CERTIFICATES, "one certificate " + name, found.size() + " different ones");
    }
    return List.copyOf(found.values());
  }

  private static LeafCertificate readLeaf(DerCertificate leaf) throws RefutedException {
    try {
      return LeafCertificate.of(leaf);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(SnpFinding.SNP_LEAF));
    }
  }

  /** Which of these anchors, all of one name, signed the certificate. */
  private static Anchors.Anchor requireAnchor(
      DerCertificate certificate, String name, List<Anchors.Anchor> known) throws RefutedException {
    if (known.isEmpty()) {
      throw refuted(SnpFinding.SNP_ROOT, "a trust anchor " + name, "none");
    }
    VerificationKey signer = CertificateChains.requireSignature(certificate, keys(known), SCHEME);
    return known.stream().filter(anchor -> anchor.key() == signer).findFirst().orElseThrow();
  }

  private static List<VerificationKey> keys(List<Anchors.Anchor> known) {
    return known.stream().map(Anchors.Anchor::key).toList();
  }

  /**
   * The anchors that may be the root. A certificate that was sent is worth nothing unless its key
   * is an anchor's; then that is the only one. Nobody checks the signature with which such a
   * certificate vouches for itself, so its dates can only narrow those that were written down.
   */
  private List<Anchors.Anchor> roots(
      String name, List<DerCertificate> sent, List<Validity> validities) throws RefutedException {
    List<Anchors.Anchor> known = anchors.named(name);
    if (sent.isEmpty()) {
      return known;
    }
    DerCertificate root = sent.get(0);
    for (Anchors.Anchor anchor : known) {
      if (anchor.written().subjectPublicKeyInfo().equals(root.subjectPublicKeyInfo())) {
        CertificateChains.requireAuthority(root, 1);
        validities.add(root.validity());
        return List.of(anchor);
      }
    }
    throw refuted(SnpFinding.SNP_ROOT, "a key that was written down for " + name, "another key");
  }

  /** The authority's key; if it is one that was written down, that one is ready for use. */
  private VerificationKey key(DerCertificate authority) throws RefutedException {
    for (Anchors.Anchor anchor : anchors.named(authority.subjectCommonName())) {
      if (anchor.written().subjectPublicKeyInfo().equals(authority.subjectPublicKeyInfo())) {
        return anchor.key();
      }
    }
    try {
      return signatures.prepare(PublicKeyInfo.parse(authority.subjectPublicKeyInfo()));
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(CoreFinding.CERT_FORMAT));
    }
  }

  private static RefutedException refuted(FindingCode code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
