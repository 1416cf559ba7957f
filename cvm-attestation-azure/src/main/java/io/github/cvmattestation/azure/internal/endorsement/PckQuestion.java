package io.github.cvmattestation.azure.internal.endorsement;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.RevocationList;
import io.github.cvmattestation.azure.internal.endorsement.KeptAnswers.Answer;
import io.github.cvmattestation.tdx.PckAuthority;
import io.github.cvmattestation.tdx.PckCertificate;
import io.github.cvmattestation.tdx.QeIdentity;
import io.github.cvmattestation.tdx.TcbInfo;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdxCollateral;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * By what collateral is chosen: both are in the PCK certificate of a quote.
 *
 * @param fmspc the family of platforms, 6 bytes
 * @param authority who issued the certificate
 */
public record PckQuestion(Bytes fmspc, PckAuthority authority) {
  private static final String ROOT = "Intel SGX Root CA";

  /**
   * The question for a quote, of whose chain the first certificate is looked at.
   *
   * @throws AttestationException.Configuration if that is no PCK certificate
   */
  public static PckQuestion of(TdQuote quote) {
    try {
      DerCertificate leaf =
          DerCertificate.parse(CertificateBundle.split(quote.qe().pckChain()).get(0));
      PckAuthority authority =
          PckAuthority.ofCommonName(leaf.issuerCommonName())
              .orElseThrow(() -> new MalformedException("issuer", "one of Intel's two", "another"));
      return new PckQuestion(PckCertificate.of(leaf).fmspc(), authority);
    } catch (MalformedException e) {
      throw new AttestationException.Configuration(
          "the quote has no PCK certificate of Intel's: " + e.problem(),
          "pass a TD quote as the host's quoting enclave made it");
    }
  }

  /** How Intel's service calls the authority. */
  public String ca() {
    return authority == PckAuthority.PLATFORM ? "platform" : "processor";
  }

  /**
   * {@code collateral} as the answer to this: until the end of its first part, or a passing one
   * where a part is about another platform.
   *
   * @throws MalformedException if a part is not what it should be at all
   */
  public Answer<TdxCollateral> answeredBy(TdxCollateral collateral) throws MalformedException {
    TcbInfo tcbInfo = TcbInfo.parse(collateral.tcbInfo());
    QeIdentity qeIdentity = QeIdentity.parse(collateral.qeIdentity());
    RevocationList pckCrl = RevocationList.parse(collateral.pckCrl());
    RevocationList rootCrl = RevocationList.parse(collateral.rootCrl());
    CertificateBundle.parse(collateral.tcbInfoChain());
    CertificateBundle.parse(collateral.qeIdentityChain());
    boolean fits =
        tcbInfo.fmspc().equals(fmspc)
            && pckCrl.issuerCommonName().equals(authority.commonName())
            && rootCrl.issuerCommonName().equals(ROOT);
    if (!fits) {
      return Answer.passing(collateral);
    }
    Instant until =
        Stream.of(
                tcbInfo.nextUpdate(),
                qeIdentity.nextUpdate(),
                pckCrl.validity().notAfter(),
                rootCrl.validity().notAfter())
            .min(Instant::compareTo)
            .orElseThrow();
    return new Answer<>(collateral, until);
  }
}
