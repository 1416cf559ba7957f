package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The paravisor's part in the exchange of reports: it writes NV index 0x01400001, with an
 * authorisation value that it alone knows, and reads the guest's wish as the TPM's owner.
 */
final class ReportIndex {
  /** What another process wrote before it had the report refreshed. */
  private static final Bytes OF_ANOTHER_PROCESS =
      Bytes.ofHex("a5".repeat(AzureVtpm.USER_DATA_SIZE));

  private final VtpmCommands commands;
  private final Set<AzureVtpmFault> faults;
  private final InstantSource clock;
  private @Nullable UnaryOperator<Bytes> reports;
  private Instant reported = Instant.MIN;
  private boolean torn;

  ReportIndex(VtpmCommands commands, Set<AzureVtpmFault> faults, InstantSource clock) {
    this.commands = commands;
    this.faults = faults;
    this.clock = clock;
  }

  /** Writes the first report; {@code source} has one for 64 bytes of user data. */
  void publish(UnaryOperator<Bytes> source) {
    if (faults.contains(AzureVtpmFault.MISSING_REPORT)) {
      return;
    }
    Bytes report = source.apply(Bytes.zeros(AzureVtpm.USER_DATA_SIZE));
    commands.define(
        VtpmCommands.PLATFORM,
        secret(),
        AzureVtpm.REPORT_INDEX,
        AzureVtpm.PLATFORM_INDEX,
        report.size());
    if (!faults.contains(AzureVtpmFault.UNWRITTEN_REPORT)) {
      reports = source;
      write(report);
    }
  }

  /** The paravisor sees every read before it is answered. */
  void beforeRead(int offset) {
    if (reports == null) {
      return;
    }
    boolean interrupted = offset != 0 && torn && faults.contains(AzureVtpmFault.TORN_REPORT);
    boolean due = clock.instant().isAfter(reported.plus(AzureVtpm.REPORT_PERIOD));
    if (interrupted) {
      write(reports.apply(OF_ANOTHER_PROCESS));
      torn = false;
    } else if (offset == 0) {
      if (due && !faults.contains(AzureVtpmFault.STALE_REPORT)) {
        write(reports.apply(userData()));
      }
      torn = true;
    }
  }

  /** As the owner reads it; zeros if the owner may not, or nobody wrote it. */
  private Bytes userData() {
    try {
      int index = AzureVtpm.USER_DATA_INDEX;
      int size = Math.min(commands.nvSize(index), AzureVtpm.USER_DATA_SIZE);
      Bytes written = commands.read(VtpmCommands.OWNER, index, 0, size);
      return Tampering.resize(written, AzureVtpm.USER_DATA_SIZE);
    } catch (VtpmCommands.Refusal e) {
      return Bytes.zeros(AzureVtpm.USER_DATA_SIZE);
    }
  }

  private void write(Bytes report) {
    commands.write(AzureVtpm.REPORT_INDEX, secret(), report);
    reported = clock.instant();
  }

  private static Bytes secret() {
    return AzureVtpm.secret("report");
  }
}
