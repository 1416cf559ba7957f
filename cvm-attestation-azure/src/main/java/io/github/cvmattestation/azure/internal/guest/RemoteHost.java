package io.github.cvmattestation.azure.internal.guest;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.azure.AmdKds;
import io.github.cvmattestation.azure.AzureImds;
import io.github.cvmattestation.azure.IntelPcs;
import io.github.cvmattestation.azure.internal.endorsement.KdsQuestion;
import io.github.cvmattestation.snp.LeafCertificate;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.snp.ThimCertification;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdReport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/**
 * The services as they are reached over HTTP. The host has what is about this machine; where it
 * does not give the right certificate within a minute, or none, AMD is asked. Quotes of a TD only
 * the host can make, so that it gets all the time of {@link AzureImds} for them.
 *
 * @param imds of the host
 * @param kds of AMD
 * @param pcs of Intel, or a mirror
 */
public record RemoteHost(AzureImds imds, AmdKds kds, IntelPcs pcs) implements HostServices {
  /**
   * How long the host may take over a certificate that AMD has as well. Alone it gets five minutes,
   * for it may be in the middle of an update; a program that waits for its secrets should not.
   */
  static final Duration HOST_BEFORE_AMD = Duration.ofSeconds(60);

  private static final int LINE = 64;
  private static final byte[] LINE_END = {'\n'};

  @Override
  public VcekChain vcek(Bytes snpReport) {
    SnpReport report = report(snpReport);
    try {
      ThimCertification answer = imds.vcek(report, HOST_BEFORE_AMD);
      return new VcekChain(answer.vcek(), answer.chain());
    } catch (AttestationException.Service host) {
      return fromKds(report, host);
    }
  }

  private VcekChain fromKds(SnpReport report, AttestationException.Service host) {
    try {
      Bytes vcek = kds.vcek(report);
      return new VcekChain(pem(vcek), kds.chain(leaf(vcek).line()));
    } catch (AttestationException.Service amd) {
      // The host is whom every machine can ask: its failure is the one to look into.
      throw host;
    }
  }

  @Override
  public Bytes tdQuote(Bytes tdReport) {
    try {
      return imds.tdQuote(TdReport.parse(tdReport));
    } catch (MalformedException e) {
      throw new AttestationException.Device(
          "the vTPM's TDREPORT is of no known form: " + e.problem(),
          "look for a newer version of this library");
    }
  }

  @Override
  public Endorsements snpRevocation(Bytes snpReport) {
    SnpReport report = report(snpReport);
    ProductLine line =
        KdsQuestion.line(report).orElseGet(() -> leaf(vcek(snpReport).vcek()).line());
    return Endorsements.none().withRevocationList(kds.revocationList(line));
  }

  @Override
  public Endorsements tdxCollateral(Bytes quote) {
    try {
      return Endorsements.none().withDocument(pcs.collateral(TdQuote.parse(quote)).toJson());
    } catch (MalformedException e) {
      throw new AttestationException.Configuration(
          "the evidence holds no TD quote: " + e.problem(), "pass what attest returned");
    }
  }

  @Override
  public void forget() {
    kds.forget();
    pcs.forget();
  }

  private static SnpReport report(Bytes raw) {
    try {
      return SnpReport.parse(raw);
    } catch (MalformedException e) {
      throw new AttestationException.Device(
          "the hardware's report is of no known form: " + e.problem(),
          "look for a newer version of this library");
    }
  }

  private static LeafCertificate leaf(Bytes vcek) {
    try {
      return LeafCertificate.of(CertificateBundle.parse(vcek).get(0));
    } catch (MalformedException e) {
      throw new AttestationException.Device(
          "the VCEK is of no known form: " + e.problem(),
          "look for a newer version of this library");
    }
  }

  /** RFC 7468, section 3: lines of 64 characters. */
  private static Bytes pem(Bytes der) {
    String base64 = Base64.getMimeEncoder(LINE, LINE_END).encodeToString(der.toArray());
    return Bytes.of(
        ("-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n")
            .getBytes(StandardCharsets.US_ASCII));
  }
}
