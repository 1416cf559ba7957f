package io.github.cvmattestation.snp.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.crypto.CertificateChains;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.Ecdsa;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.Validity;
import io.github.cvmattestation.attestation.internal.BoundedCache;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.snp.LeafCertificate;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.Revocation;
import io.github.cvmattestation.snp.SignerInfo.SigningKey;
import io.github.cvmattestation.snp.SnpCheck;
import io.github.cvmattestation.snp.SnpFinding;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.snp.SnpTcb;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The steps of SEV-SNP verification, in the order of {@link SnpCheck}. Each consumes what the one
 * before proved, and the first that fails ends it.
 */
public final class SnpVerification {
  /** A genuine chain in much padding is verified, but must not fill the memory. */
  private static final int MAX_REMEMBERED_SIZE = 32 << 10;

  private final Revocation revocation;
  private final ChainVerification chains;
  private final RevocationVerification revocations;
  private final BoundedCache<VerifiedChain.Key, VerifiedChain> verifiedChains;

  /** Steps that begin at {@code anchors} and remember up to {@code cacheSize} chains. */
  public SnpVerification(
      TrustAnchors anchors, SignatureBackend signatures, Revocation revocation, int cacheSize) {
    this.revocation = revocation;
    this.chains = new ChainVerification(new Anchors(anchors, signatures), signatures);
    this.revocations = new RevocationVerification(cacheSize);
    this.verifiedChains = new BoundedCache<>(cacheSize);
  }

  /** What the steps prove together. */
  public record Proven(
      SnpReport report, LeafCertificate leaf, SnpTcb tcb, boolean revocationChecked) {}

  /** Runs every step, entering each in {@code ledger} once it has held. */
  public Proven run(Bytes rawReport, Endorsements endorsements, Instant at, Ledger ledger)
      throws RefutedException {
    SnpReport report = parse(rawReport);
    ledger.passed(SnpCheck.FORMAT);
    SigningKey signingKey = requireSigned(report);
    ledger.passed(SnpCheck.SIGNING_KEY);
    VerifiedChain chain = chain(signingKey, endorsements);
    ledger.passed(SnpCheck.CHAIN);
    for (Validity validity : chain.validities()) {
      CertificateChains.requireDates(CoreFinding.CERT_DATES, validity, at);
    }
    ledger.passed(SnpCheck.DATES);
    boolean revocationChecked = checkRevocation(chain, endorsements, at, ledger);
    requireSignature(report, chain);
    ledger.passed(SnpCheck.SIGNATURE);
    requireProduct(report, chain.leaf());
    ledger.passed(SnpCheck.PRODUCT);
    SnpTcb tcb = requireReportedTcb(report, chain.leaf());
    ledger.passed(SnpCheck.TCB);
    ledger.passed(requireHolder(report, chain.leaf()));
    return new Proven(report, chain.leaf(), tcb, revocationChecked);
  }

  private static SnpReport parse(Bytes raw) throws RefutedException {
    try {
      if (raw.size() == SnpReport.SIZE) {
        long version = SnpReport.peekVersion(raw);
        if (version < SnpReport.MIN_VERSION || version > SnpReport.MAX_VERSION) {
          throw refuted(SnpFinding.SNP_UNSUPPORTED, "report version 2 to 5", "" + version);
        }
        long algorithm = SnpReport.peekSignatureAlgorithm(raw);
        if (algorithm != SnpReport.ECDSA_P384_SHA384) {
          throw refuted(SnpFinding.SNP_UNSUPPORTED, "SIGNATURE_ALGO 1", "" + algorithm);
        }
      }
      return SnpReport.parse(raw);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(SnpFinding.SNP_MALFORMED));
    }
  }

  private static SigningKey requireSigned(SnpReport report) throws RefutedException {
    SigningKey key = report.signerInfo().signingKey();
    if (key == SigningKey.UNSIGNED) {
      throw refuted(SnpFinding.SNP_UNSIGNED, "a report signed by VCEK or VLEK", "SIGNING_KEY 7");
    }
    if (key == SigningKey.VCEK && report.signerInfo().maskChipKey()) {
      throw refuted(SnpFinding.SNP_UNSIGNED, "a VCEK in use", "MASK_CHIP_KEY set");
    }
    return key;
  }

  private VerifiedChain chain(SigningKey kind, Endorsements endorsements) throws RefutedException {
    VerifiedChain.Key key = new VerifiedChain.Key(kind, endorsements.certificates());
    Optional<VerifiedChain> known = verifiedChains.get(key);
    if (known.isPresent()) {
      return known.get();
    }
    VerifiedChain chain = chains.verify(kind, endorsements.certificates());
    if (endorsements.certificates().stream().mapToLong(Bytes::size).sum() <= MAX_REMEMBERED_SIZE) {
      verifiedChains.put(key, chain);
    }
    return chain;
  }

  private boolean checkRevocation(
      VerifiedChain chain, Endorsements endorsements, Instant at, Ledger ledger)
      throws RefutedException {
    List<Bytes> lists = endorsements.revocationLists();
    if (!chain.bundledLists().isEmpty()) {
      lists = new ArrayList<>(lists);
      lists.addAll(chain.bundledLists());
    }
    if (revocation != Revocation.OFF && revocations.requireNotRevoked(chain, lists, at)) {
      ledger.passed(SnpCheck.REVOCATION);
      return true;
    }
    Finding unknown =
        Finding.of(
            SnpFinding.SNP_REVOCATION_UNKNOWN,
            "a current CRL of " + chain.rootName(),
            revocation == Revocation.OFF ? "revocation is switched off" : "none");
    if (revocation == Revocation.REQUIRED) {
      throw new RefutedException(unknown);
    }
    ledger.note(unknown);
    return false;
  }

  private static void requireSignature(SnpReport report, VerifiedChain chain)
      throws RefutedException {
    Optional<Bytes> signature =
        Ecdsa.p1363(Curve.P384, report.signatureR().reversed(), report.signatureS().reversed());
    if (signature.isEmpty()
        || !chain
            .leafKey()
            .verifies(SignatureScheme.ECDSA_P384_SHA384, report.signedBytes(), signature.get())) {
      throw refuted(
          SnpFinding.SNP_SIGNATURE,
          "bytes 000h to 29Fh signed by the " + chain.leaf().kind(),
          "a signature that does not hold");
    }
  }

  /** Authorities and leaf agree already; from version 3 on the report names its processor too. */
  private static void requireProduct(SnpReport report, LeafCertificate leaf)
      throws RefutedException {
    if (report.cpuid().isEmpty()) {
      return;
    }
    SnpReport.Cpuid cpuid = report.cpuid().get();
    Optional<ProductLine> line = ProductLine.ofCpuid(cpuid.family(), cpuid.model());
    if (line.isEmpty()) {
      throw refuted(SnpFinding.SNP_UNSUPPORTED, "a processor of a known product line", name(cpuid));
    }
    if (line.get() != leaf.line()) {
      throw refuted(
          SnpFinding.SNP_PRODUCT, "a processor of the line " + leaf.line().label(), name(cpuid));
    }
  }

  private static String name(SnpReport.Cpuid cpuid) {
    return "family %02xh model %02xh".formatted(cpuid.family(), cpuid.model());
  }

  private static SnpTcb requireReportedTcb(SnpReport report, LeafCertificate leaf)
      throws RefutedException {
    SnpTcb tcb;
    try {
      tcb = SnpTcb.of(leaf.line(), report);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(SnpFinding.SNP_MALFORMED));
    }
    if (!tcb.reported().isSameAs(leaf.tcb())) {
      throw refuted(SnpFinding.SNP_TCB_CERT, tcb.reported().toString(), "a leaf for " + leaf.tcb());
    }
    return tcb;
  }

  /** A VCEK belongs to one chip, a VLEK to one provider's fleet. */
  private static SnpCheck requireHolder(SnpReport report, LeafCertificate leaf)
      throws RefutedException {
    if (leaf.kind() == SigningKey.VLEK) {
      return SnpCheck.CSP_ID; // LeafCertificate refuses a VLEK without one
    }
    Bytes chipId = report.chipId();
    if (chipId.isZero()) {
      throw refuted(SnpFinding.SNP_CHIP_ID, "a CHIP_ID", "zeros: it is masked");
    }
    Bytes hwId = leaf.hwId().orElse(Bytes.empty());
    Bytes expected = hwId.concat(Bytes.zeros(chipId.size() - hwId.size()));
    if (!expected.equals(chipId)) {
      throw new RefutedException(Finding.of(SnpFinding.SNP_CHIP_ID, hwId, chipId));
    }
    return SnpCheck.CHIP_ID;
  }

  private static RefutedException refuted(FindingCode code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
