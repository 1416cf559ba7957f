package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.crypto.CertificateChains;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.RevocationList;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.PckCertificate;
import io.github.cvmattestation.tdx.TcbInfo;
import io.github.cvmattestation.tdx.TdxCheck;
import io.github.cvmattestation.tdx.TdxFinding;
import java.time.Instant;

/**
 * Verified collateral that holds at one instant, and what it says of one platform's certificates.
 */
final class CurrentCollateral {
  private final VerifiedCollateral verified;

  private CurrentCollateral(VerifiedCollateral verified) {
    this.verified = verified;
  }

  /** Every part was issued by {@code at}, and none has to be replaced yet; both ends included. */
  static CurrentCollateral of(VerifiedCollateral verified, Instant at, Ledger ledger)
      throws RefutedException {
    PckChainVerification.requireDates(verified.tcbInfoSigner(), at);
    PckChainVerification.requireDates(verified.qeIdentitySigner(), at);
    CertificateChains.requireDates(CoreFinding.CRL_DATES, verified.rootCrl().validity(), at);
    CertificateChains.requireDates(CoreFinding.CRL_DATES, verified.pckCrl().validity(), at);
    requireDates("TCB Info", verified.tcbInfo().issueDate(), verified.tcbInfo().nextUpdate(), at);
    requireDates(
        "QE Identity", verified.qeIdentity().issueDate(), verified.qeIdentity().nextUpdate(), at);
    ledger.passed(TdxCheck.COLLATERAL_DATES);
    return new CurrentCollateral(verified);
  }

  private static void requireDates(String name, Instant issued, Instant nextUpdate, Instant at)
      throws RefutedException {
    if (at.isBefore(issued)) {
      throw refuted(
          TdxFinding.COLLATERAL_NOT_YET_VALID, name + " issued by " + at, "issued at " + issued);
    }
    if (at.isAfter(nextUpdate)) {
      throw refuted(
          TdxFinding.COLLATERAL_EXPIRED,
          name + " current at " + at + ": fetch it again",
          "ended at " + nextUpdate);
    }
  }

  /** Neither list names a certificate that is relied on. */
  void requireNotRevoked(VerifiedPck pck) throws RefutedException {
    requireNotListed(verified.rootCrl(), pck.authority().certificate());
    requireNotListed(verified.rootCrl(), verified.tcbInfoSigner().certificate());
    requireNotListed(verified.rootCrl(), verified.qeIdentitySigner().certificate());
    requireNotListed(verified.pckCrl(), pck.certificate().certificate());
  }

  private static void requireNotListed(RevocationList list, DerCertificate certificate)
      throws RefutedException {
    if (list.lists(certificate.serial())) {
      throw refuted(
          TdxFinding.TDX_REVOKED,
          certificate.subjectCommonName() + " that is not revoked",
          "serial number " + certificate.serial().toString(16) + "h is");
    }
  }

  /** The TCB Info is of the family and PCE that the platform's certificate names. */
  void requireAbout(PckCertificate pck) throws RefutedException {
    TcbInfo tcbInfo = verified.tcbInfo();
    if (!tcbInfo.fmspc().equals(pck.fmspc())) {
      throw refuted(
          TdxFinding.TDX_FMSPC, "TCB Info of " + pck.fmspc().hex(), tcbInfo.fmspc().hex());
    }
    if (!tcbInfo.pceId().equals(pck.pceId())) {
      throw refuted(
          TdxFinding.TDX_PCEID, "TCB Info of PCE " + pck.pceId().hex(), tcbInfo.pceId().hex());
    }
  }

  private static RefutedException refuted(TdxFinding code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
