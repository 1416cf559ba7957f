package io.github.cvmattestation.azure;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.imds.ImdsHttp;
import io.github.cvmattestation.azure.internal.imds.InstanceQuestion;
import io.github.cvmattestation.azure.internal.imds.TdQuoteQuestion;
import io.github.cvmattestation.azure.internal.imds.VcekQuestion;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.snp.ThimCertification;
import io.github.cvmattestation.tdx.TdReport;
import java.time.Duration;

/**
 * The instance metadata service of Azure (IMDS), which a virtual machine reaches at a link-local
 * address: certificates of its chip, quotes of its TD, and what Azure calls it.
 *
 * <p>It is a messenger and trusted for nothing: what it brings is believed once a verifier has
 * checked its signatures. It is asked without a proxy and followed nowhere; answers are bounded in
 * size (64 KiB of certificates, a quote of 64 KiB, 1 MiB of metadata) and in time (five minutes
 * with all repetitions, which Azure's documentation asks for at 404, 410, 429 and 5xx). Nothing is
 * kept. Safe for use by several threads.
 */
public final class AzureImds {
  /** Where every virtual machine of Azure finds it. */
  public static final String ENDPOINT = "http://169.254.169.254";

  private final VcekQuestion vcek;
  private final TdQuoteQuestion tdQuote;
  private final InstanceQuestion instance;

  AzureImds(String endpoint, HttpClient client, HttpTime time) {
    ImdsHttp imds = new ImdsHttp(endpoint, client, time);
    vcek = new VcekQuestion(imds);
    tdQuote = new TdQuoteQuestion(imds);
    instance = new InstanceQuestion(imds);
  }

  /** That of the virtual machine on which this program runs. */
  public static AzureImds local() {
    return at(ENDPOINT);
  }

  /**
   * One elsewhere, such as a test's.
   *
   * @param endpoint scheme and authority, such as {@code http://localhost:8080}
   */
  public static AzureImds at(String endpoint) {
    HttpClient client = BoundedHttp.direct(ImdsHttp.CONNECT, ImdsHttp.READ);
    return new AzureImds(endpoint, client, HttpTime.system());
  }

  /**
   * The VCEK of the chip and its chain ({@code GET /metadata/THIM/amd/certification}). After an
   * update of the firmware the service may go on for a while with the certificate of before, so an
   * answer that is not for this report's REPORTED_TCB and CHIP_ID is asked for again, twice.
   *
   * @throws AttestationException.Service if it cannot be had, or is for another chip or firmware
   */
  public ThimCertification vcek(SnpReport report) {
    return vcek(report, ImdsHttp.DEADLINE);
  }

  /**
   * The same, for a caller who can ask somebody else, such as {@link AmdKds}, and does so sooner
   * than after five minutes.
   *
   * @param most how long all of it may take, with all repetitions
   * @throws AttestationException.Service if it cannot be had by then, or is for another chip or
   *     firmware
   */
  public ThimCertification vcek(SnpReport report, Duration most) {
    return vcek.ask(report, most);
  }

  /**
   * The TD quote of a TDREPORT ({@code POST /acc/tdquote}), made by the host's quoting enclave.
   *
   * @return in the form of version 4 or 5, with the PCK chain in it
   * @throws AttestationException.Service if it cannot be had, or is of another report
   */
  public Bytes tdQuote(TdReport report) {
    return tdQuote.ask(report);
  }

  /**
   * What Azure calls this machine ({@code GET /metadata/instance}).
   *
   * @throws AttestationException.Service if it cannot be had
   */
  public AzureInstance instance() {
    return instance.ask();
  }
}
