package io.github.cvmattestation.azure.internal.guest;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.AzureFinding;
import io.github.cvmattestation.azure.HclReport;
import io.github.cvmattestation.azure.internal.BoundClaims;
import io.github.cvmattestation.azure.internal.RuntimeClaims;
import io.github.cvmattestation.vtpm.OwnedNvIndex;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import io.github.cvmattestation.vtpm.TpmException;
import io.github.cvmattestation.vtpm.TpmHandle;
import io.github.cvmattestation.vtpm.TpmsNvPublic;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Has the paravisor ask the hardware for a report over bytes of the guest's. The guest writes them
 * to one NV index and reads another from its beginning; the paravisor then makes a new report, but
 * only if the last one is older than two seconds, and otherwise hands out the old one and says
 * nothing. So what came is compared with what was asked for, and asked for again.
 *
 * <p>Only one process at a time: the index is the VM's, and a report is read in pieces, between
 * which another reader can have it replaced. Such a torn report is found by its digest.
 */
public final class ReportExchange {
  /** How often a report is read before giving up. */
  static final int TRIES = 5;

  /** Longer than the paravisor's REPORT_TIMER_PERIOD of two seconds. */
  static final Duration PAUSE = Duration.ofMillis(2_200);

  private static final int RC_NV_UNINITIALIZED = 0x14A;

  private final Tpm tpm;
  private final Consumer<Duration> pause;

  /**
   * @param pause waits
   */
  public ReportExchange(Tpm tpm, Consumer<Duration> pause) {
    this.tpm = tpm;
    this.pause = pause;
  }

  /**
   * A report, consistent in itself: the digest in it is that of its claims.
   *
   * @param report the whole content of the index, padding included
   * @param parsed what it says
   * @param claims what the paravisor says; a verifier proves it, here it tells what was read
   */
  public record Reported(Bytes report, HclReport parsed, RuntimeClaims claims) {}

  /** The report that is there, if there is one. */
  public Optional<Reported> present() {
    for (int attempt = 0; attempt < TRIES; attempt++) {
      Optional<Bytes> index = read();
      if (index.isEmpty()) {
        return Optional.empty();
      }
      Optional<Reported> whole = whole(index.get());
      if (whole.isPresent()) {
        return whole;
      }
      pause.accept(PAUSE);
    }
    throw torn();
  }

  /**
   * A report that was made after {@code userData} was written.
   *
   * @throws AttestationException.Device if the vTPM has no report, or none came that carries them
   */
  public Reported request(ReportData userData) {
    OwnedNvIndex index = userDataIndex();
    boolean anyWhole = false;
    for (int attempt = 0; attempt < TRIES; attempt++) {
      index.write(TpmHandle.OWNER, TpmAuth.empty(), 0, userData.value());
      Optional<Reported> whole = whole(read().orElseThrow(ReportExchange::absent));
      if (whole.isPresent()) {
        anyWhole = true;
        if (whole.get().claims().userData().isEmpty()) {
          throw new AttestationException.Device(
              "this VM's paravisor is of 2023 and puts no user data into its reports",
              "move the VM to a host of today: stop (deallocate) and start it");
        }
        if (whole.get().claims().userData().get().equals(userData.value())) {
          return whole.get();
        }
      }
      pause.accept(PAUSE);
    }
    throw anyWhole
        ? new AttestationException.Device(
            "the vTPM handed out old reports " + TRIES + " times",
            "look for another program that writes NV index 0x01400002 all the time, or try later")
        : torn();
  }

  private OwnedNvIndex userDataIndex() {
    TpmsNvPublic ours = AzureNv.userDataForms().get(0);
    for (TpmsNvPublic form : AzureNv.userDataForms()) {
      try {
        return tpm.nv().adopt(form);
      } catch (TpmException e) {
        if (!e.code().isUndefinedHandle()) {
          throw e;
        }
        return tpm.nv().define(ours, TpmAuth.empty(), new byte[0]);
      } catch (AttestationException.Configuration e) {
        // Defined in another of the forms, perhaps.
      }
    }
    throw new AttestationException.Device(
        "NV index 0x01400002 is defined with another size or other attributes",
        "find out whose it is; if nobody's, remove it with: tpm2_nvundefine 0x01400002");
  }

  private Optional<Bytes> read() {
    try {
      return Optional.of(tpm.nv().read(AzureNv.REPORT));
    } catch (TpmException e) {
      if (e.code().isUndefinedHandle()) {
        return Optional.empty();
      }
      if (e.code().base() == RC_NV_UNINITIALIZED) {
        throw new AttestationException.Device(
            "the vTPM has an index for the HCL report, and nothing is in it",
            "the paravisor has not finished: try again in a minute");
      }
      throw e;
    }
  }

  /** The report, unless it was put together from two. */
  private static Optional<Reported> whole(Bytes index) {
    HclReport report;
    try {
      report = HclReport.parse(index);
    } catch (MalformedException e) {
      throw new AttestationException.Device(
          "the HCL report is of no known form: " + e.problem(),
          "look for a newer version of this library");
    }
    try {
      // Not proven, only consistent: whoever receives the report verifies the hardware's signature.
      return Optional.of(
          new Reported(
              index, report, RuntimeClaims.of(BoundClaims.of(report, reportData(report)))));
    } catch (RefutedException e) {
      if (e.finding().code().equals(AzureFinding.RUNTIME_HASH)) {
        return Optional.empty();
      }
      throw new AttestationException.Device(
          "the HCL report is whole, and not usable: " + e.finding(),
          "take back the password of the endorsement hierarchy, if it has one, and restart the VM");
    }
  }

  private static ReportData reportData(HclReport report) {
    int at =
        switch (report.reportType()) {
          case SNP -> 0x50; // ATTESTATION_REPORT.REPORT_DATA (AMD 56860, Table 23)
          case TDX -> 128; // REPORTMACSTRUCT.REPORTDATA (Intel TDX Module ABI)
        };
    return new ReportData(report.hardwareReport().slice(at, at + ReportData.SIZE));
  }

  private static AttestationException absent() {
    return new AttestationException.Device(
        "the vTPM has no HCL report at NV index 0x01400001",
        "run this inside an Azure confidential VM (sizes DC…, EC…), as root or in the group tss");
  }

  private static AttestationException torn() {
    return new AttestationException.Device(
        "no whole HCL report in " + TRIES + " tries: its digest is never that of its claims",
        "look for another program that reads NV index 0x01400001 all the time, or try later");
  }
}
