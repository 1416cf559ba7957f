package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateChains;
import io.github.cvmattestation.attestation.crypto.CertificateExtensions;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.RevocationList;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.attestation.internal.BoundedCache;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.CollateralFacts.Item;
import io.github.cvmattestation.tdx.CollateralFacts.Part;
import io.github.cvmattestation.tdx.QeIdentity;
import io.github.cvmattestation.tdx.SignedText;
import io.github.cvmattestation.tdx.TcbInfo;
import io.github.cvmattestation.tdx.TdxCheck;
import io.github.cvmattestation.tdx.TdxCollateral;
import io.github.cvmattestation.tdx.TdxFinding;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * Verifies who made each part of the collateral: five signatures at most, each over the very bytes
 * that were received. Everything must chain to the root of the PCK certificate that it is for.
 */
final class CollateralVerification {
  private static final int SIGNER_CHAIN = 2;

  /**
   * Intel's has about 15 KiB. White space in PEM could make genuine collateral as large, and have
   * it remembered as often, as whoever delivers it wants.
   */
  private static final int MAX_REMEMBERED_SIZE = 256 << 10;

  private final Authorities authorities;
  private final BoundedCache<Key, VerifiedCollateral> verified;

  CollateralVerification(Authorities authorities, int cacheSize) {
    this.authorities = authorities;
    this.verified = new BoundedCache<>(cacheSize);
  }

  private record Key(TdxCollateral collateral, Bytes pckAuthority, Bytes root) {}

  /** The collateral for PCK certificates of {@code pckAuthority}. */
  VerifiedCollateral verify(TdxCollateral collateral, Authority pckAuthority, Ledger ledger)
      throws RefutedException {
    Root root = pckAuthority.root();
    Key key = new Key(collateral, pckAuthority.certificate().der(), root.certificate().der());
    Optional<VerifiedCollateral> known = verified.get(key);
    if (known.isPresent()) {
      ledger.passed(TdxCheck.TCB_SIGNER);
      ledger.passed(TdxCheck.CRLS);
      ledger.passed(TdxCheck.COLLATERAL_SIGNATURES);
      return known.get();
    }
    Bytes tcbInfoSignerSent = signerSent(collateral.tcbInfoChain(), root);
    Authority tcbInfoSigner = authorities.tcbSigner(tcbInfoSignerSent, root);
    Bytes qeIdentitySignerSent = signerSent(collateral.qeIdentityChain(), root);
    Authority qeIdentitySigner =
        qeIdentitySignerSent.equals(tcbInfoSignerSent)
            ? tcbInfoSigner
            : authorities.tcbSigner(qeIdentitySignerSent, root);
    ledger.passed(TdxCheck.TCB_SIGNER);
    RevocationList rootCrl = list(collateral.rootCrl(), root.certificate(), root.key());
    RevocationList pckCrl =
        list(collateral.pckCrl(), pckAuthority.certificate(), pckAuthority.key());
    BigInteger rootCrlNumber = number(rootCrl);
    BigInteger pckCrlNumber = number(pckCrl);
    ledger.passed(TdxCheck.CRLS);
    requireSigned("TCB Info", collateral.tcbInfo(), tcbInfoSigner);
    requireSigned("QE Identity", collateral.qeIdentity(), qeIdentitySigner);
    ledger.passed(TdxCheck.COLLATERAL_SIGNATURES);
    TcbInfo tcbInfo = TcbInfoFormat.read(collateral.tcbInfo());
    QeIdentity qeIdentity = QeIdentityFormat.read(collateral.qeIdentity());
    VerifiedCollateral all =
        new VerifiedCollateral(
            tcbInfo,
            tcbInfoSigner,
            qeIdentity,
            qeIdentitySigner,
            pckCrl,
            pckCrlNumber,
            rootCrl,
            rootCrlNumber,
            List.of(
                list(Part.PCK_CRL, collateral.pckCrl(), pckCrl),
                list(Part.ROOT_CRL, collateral.rootCrl(), rootCrl),
                Facts.chain(
                    Part.TCB_INFO_CHAIN, collateral.tcbInfoChain(), certificates(tcbInfoSigner)),
                Facts.item(
                    Part.TCB_INFO,
                    tcbInfo.issueDate(),
                    tcbInfo.nextUpdate(),
                    collateral.tcbInfo().text()),
                Facts.chain(
                    Part.QE_IDENTITY_CHAIN,
                    collateral.qeIdentityChain(),
                    certificates(qeIdentitySigner)),
                Facts.item(
                    Part.QE_IDENTITY,
                    qeIdentity.issueDate(),
                    qeIdentity.nextUpdate(),
                    collateral.qeIdentity().text())));
    if (size(collateral) <= MAX_REMEMBERED_SIZE) {
      verified.put(key, all);
    }
    return all;
  }

  private static int size(TdxCollateral collateral) {
    return collateral.tcbInfo().text().size()
        + collateral.tcbInfoChain().size()
        + collateral.qeIdentity().text().size()
        + collateral.qeIdentityChain().size()
        + collateral.pckCrl().size()
        + collateral.rootCrl().size();
  }

  /**
   * The signer's certificate in a chain, not yet verified; what stands above it is {@code root}.
   * Several roots may have been written down; one machine has one.
   */
  private Bytes signerSent(Bytes bundle, Root root) throws RefutedException {
    List<Bytes> chain = Authorities.chain(bundle, SIGNER_CHAIN, TdxFinding.COLLATERAL_SIGNER);
    if (!chain.get(1).equals(root.certificate().der())) {
      authorities.root(chain.get(1));
      throw new RefutedException(
          Finding.of(
              TdxFinding.TDX_ROOT, "the root of the PCK certificate", "another root for it"));
    }
    return chain.get(0);
  }

  /** The list that {@code issuer} signed, of everything that it has issued. */
  private static RevocationList list(Bytes encoded, DerCertificate issuer, VerificationKey key)
      throws RefutedException {
    RevocationList list;
    try {
      list = RevocationList.parse(encoded);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(CoreFinding.CRL_FORMAT));
    }
    CertificateChains.requireIssuedBy(list, issuer);
    requireKeyIdentifier(list, issuer);
    CertificateChains.requireSignature(list, List.of(key), Authorities.SCHEME);
    return list;
  }

  /** Intel names its keys on both sides (RFC 5280, sections 5.2.1 and 4.2.1.2). */
  private static void requireKeyIdentifier(RevocationList list, DerCertificate issuer)
      throws RefutedException {
    Optional<Bytes> named = list.authorityKeyIdentifier();
    Optional<Bytes> own;
    try {
      own = CertificateExtensions.subjectKeyIdentifier(issuer);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(CoreFinding.CERT_FORMAT));
    }
    if (named.isEmpty() || !named.equals(own)) {
      throw new RefutedException(
          Finding.of(
              TdxFinding.TDX_CRL,
              "the key identifier of " + issuer.subjectCommonName(),
              named.isEmpty() ? "none" : "another"));
    }
  }

  private static List<DerCertificate> certificates(Authority signer) {
    return List.of(signer.certificate(), signer.root().certificate());
  }

  private static Item list(Part part, Bytes received, RevocationList list) {
    return Facts.item(part, list.validity().notBefore(), list.validity().notAfter(), received);
  }

  /** Without its number nobody can tell an older list from a newer one. */
  private static BigInteger number(RevocationList list) throws RefutedException {
    return list.crlNumber()
        .orElseThrow(
            () -> new RefutedException(Finding.of(TdxFinding.TDX_CRL, "a cRLNumber", "none")));
  }

  private static void requireSigned(String name, SignedText document, Authority signer)
      throws RefutedException {
    if (!signer.key().verifies(Authorities.SCHEME, document.text(), document.signature())) {
      throw new RefutedException(
          Finding.of(
              TdxFinding.COLLATERAL_SIGNATURE,
              name + " signed by " + signer.certificate().subjectCommonName(),
              "a signature that does not hold"));
    }
  }
}
