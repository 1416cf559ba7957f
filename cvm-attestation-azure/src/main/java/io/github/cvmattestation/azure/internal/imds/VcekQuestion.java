package io.github.cvmattestation.azure.internal.imds;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.snp.LeafCertificate;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.snp.TcbVersion;
import io.github.cvmattestation.snp.ThimCertification;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Asks for the VCEK and its chain (THIM). The answer is a messenger's: what is compared here tells
 * a stale or foreign one early, so that another source can be asked; it proves nothing.
 */
public final class VcekQuestion {
  private static final String PATH = "/metadata/THIM/amd/certification";

  /** Three certificates of at most 3 KB each as PEM within JSON, and room. */
  private static final int MAX_BODY = 64 << 10;

  private static final String REMEDY =
      "its certificate is not that of this chip and firmware: try again later, for it may lag"
          + " behind an update, or ask AMD's key distribution service";

  private final ImdsHttp imds;

  /** A question to {@code imds}. */
  public VcekQuestion(ImdsHttp imds) {
    this.imds = imds;
  }

  /**
   * The certificates for the key that signed {@code report}.
   *
   * @param most how long that may take
   */
  public ThimCertification ask(SnpReport report, Duration most) {
    return imds.untilFitting(
        most,
        end -> {
          Answer answer = imds.get(PATH, MAX_BODY, end, Answer::read);
          return answer.fits(report) ? Optional.of(answer.thim) : Optional.empty();
        },
        REMEDY);
  }

  private record Answer(ThimCertification thim, LeafCertificate leaf) {
    static Answer read(Bytes body) throws MalformedException {
      ThimCertification thim = ThimCertification.parse(body);
      List<DerCertificate> leaf = CertificateBundle.parse(thim.vcek());
      if (leaf.size() != 1) {
        throw new MalformedException("THIM vcekCert", "one certificate", leaf.size() + " of them");
      }
      CertificateBundle.parse(thim.chain());
      return new Answer(thim, LeafCertificate.of(leaf.get(0)));
    }

    boolean fits(SnpReport report) {
      // tcbm shows REPORTED_TCB as a number, so with its most significant byte first.
      return thim.tcbm().reversed().equals(report.reportedTcb())
          && isFor(report.reportedTcb())
          && leaf.hwId().filter(id -> isChip(id, report.chipId())).isPresent();
    }

    private boolean isFor(Bytes reportedTcb) {
      try {
        return TcbVersion.parse(leaf.line(), reportedTcb).isSameAs(leaf.tcb());
      } catch (MalformedException e) {
        return false;
      }
    }

    /** Turin's hwID is shorter than CHIP_ID, whose rest is zero (AMD 57230, section 3.1). */
    private static boolean isChip(Bytes hwId, Bytes chipId) {
      return chipId.startsWith(hwId) && chipId.slice(hwId.size(), chipId.size()).isZero();
    }
  }
}
