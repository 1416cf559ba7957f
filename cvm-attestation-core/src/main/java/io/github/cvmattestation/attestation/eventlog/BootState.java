package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * What booted, from a replayed log and nothing else. It is worth what the registers are worth that
 * the log was compared with.
 *
 * <p>Every part is read by itself. A part is absent, and Secure Boot unknown, if its register was
 * not compared or holds anything that is not understood; then a finding says so. There is no
 * partial answer: a list that is present is complete and in order. Late events ({@link
 * Replay.Equal#lateEvents}) are not looked at.
 */
public final class BootState {
  private static final int DRIVERS = 2;
  private static final int APPLICATIONS = 4;
  private static final int SECURE_BOOT = 7;
  private static final int LOADER_TEXTS = 8;
  private static final int LOADER_FILES = 9;
  private static final int KERNEL = 11;
  private static final int KERNEL_CONFIGURATION = 12;
  private static final int EXTENSIONS = 13;
  private static final int SHIM = 14;

  private final Replay.Equal replay;
  private final List<Finding> findings = new ArrayList<>();
  private final SecureBoot secureBoot;
  private final Optional<List<Bytes>> drivers;
  private final Optional<List<Bytes>> applications;
  private final Optional<List<BootMeasurement>> loader;
  private final Optional<List<Bytes>> files;
  private final Optional<WindowsBoot> windows;
  private final Optional<UkiBoot> uki;
  private final Optional<List<BootMeasurement>> kernelConfiguration;
  private final Optional<List<Bytes>> extensions;
  private final Optional<List<Bytes>> shimLists;

  private BootState(Replay.Equal replay, boolean emptyIsOff) {
    this.replay = replay;
    boolean td = replay.registers().kind() == RegisterKind.RTMR;
    String hash = replay.registers().algorithm().jcaName();
    this.secureBoot =
        part(
                td ? 0 : SECURE_BOOT,
                events -> new SecureBootReader(hash, td, emptyIsOff).read(events))
            .orElse(SecureBoot.UNKNOWN);
    this.applications = part(td ? 1 : APPLICATIONS, events -> BootReader.images(events, false));
    this.loader = part(td ? 2 : LOADER_TEXTS, td ? BootReader::mixed : BootReader::texts);
    int before = findings.size();
    this.windows = td ? Optional.empty() : readWindows();
    boolean other = td || windows.isPresent() || findings.size() != before;
    this.drivers = pcr(DRIVERS, td, events -> BootReader.images(events, true));
    this.files = pcr(LOADER_FILES, td, BootReader::digests);
    this.uki =
        pcr(KERNEL, other, events -> BootReader.uki(events, hash))
            .filter(image -> !image.sections().isEmpty() || !image.phases().isEmpty());
    this.kernelConfiguration = pcr(KERNEL_CONFIGURATION, other, BootReader::configuration);
    this.extensions = pcr(EXTENSIONS, other, BootReader::digests);
    this.shimLists = pcr(SHIM, other, BootReader::digests);
  }

  /** Reads it. Whatever was measured, there is an answer; see {@link #findings}. */
  public static BootState of(Replay.Equal replay) {
    return new BootState(replay, false);
  }

  /**
   * As {@link #of}, for firmware that measures a {@code SecureBoot} without contents where the
   * variable does not exist: Secure Boot is then off, not unknown.
   */
  public static BootState allowingEmptySecureBoot(Replay.Equal replay) {
    return new BootState(replay, true);
  }

  private interface Reader<T> {
    T read(List<MeasuredEvent> events) throws RefutedException;
  }

  private <T> Optional<T> pcr(int register, boolean absent, Reader<T> reader) {
    return absent ? Optional.empty() : part(register, reader);
  }

  private <T> Optional<T> part(int register, Reader<T> reader) {
    if (replay.registers().value(register).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(reader.read(events(number -> number == register)));
    } catch (RefutedException e) {
      findings.add(e.finding());
      return Optional.empty();
    }
  }

  private List<MeasuredEvent> events(IntPredicate register) {
    return replay.events().stream().filter(event -> register.test(event.register())).toList();
  }

  private Optional<WindowsBoot> readWindows() {
    try {
      return WindowsBoot.from(replay);
    } catch (MalformedException e) {
      findings.add(e.toFinding(LogFinding.WINDOWS_LOG));
      return Optional.empty();
    }
  }

  /** The registers that the log was compared with. */
  public RegisterBank registers() {
    return replay.registers();
  }

  /** Why parts are absent although their registers were compared; empty if all is understood. */
  public List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** Secure Boot: PCR 7, or RTMR0. */
  public SecureBoot secureBoot() {
    return secureBoot;
  }

  /**
   * Which generations of boot components shim let run: PCR 7. Absent where shim measured none,
   * where there is anything but one well-formed list in its place, and of a TD, whose RTMR0 can
   * hide a second one.
   */
  public Optional<SbatLevel> sbatLevel() {
    return registers().kind() == RegisterKind.PCR
        ? SbatLevel.of(secureBoot.bootAuthorities())
        : Optional.empty();
  }

  /** Digests of code in PCR 2, drivers and option ROMs. Absent of a TD, whose RTMR1 mixes them. */
  public Optional<List<Bytes>> drivers() {
    return drivers.map(List::copyOf);
  }

  /** Authenticode digests of boot loaders and kernels: PCR 4; RTMR1, drivers included. */
  public Optional<List<Bytes>> applications() {
    return applications.map(List::copyOf);
  }

  /**
   * What GRUB measured into PCR 8: commands, kernel command line and modules, each with its text;
   * of a TD RTMR2, where files and shim's lists are in between without one.
   */
  public Optional<List<BootMeasurement>> loader() {
    return loader.map(List::copyOf);
  }

  /** Digests of files that GRUB read, and of what the kernel's EFI stub loaded: PCR 9. */
  public Optional<List<Bytes>> files() {
    return files.map(List::copyOf);
  }

  /** A unified kernel image, if one was measured: PCR 11. */
  public Optional<UkiBoot> uki() {
    return uki;
  }

  /** systemd-stub's command lines, with texts, credentials and add-ons: PCR 12. */
  public Optional<List<BootMeasurement>> kernelConfiguration() {
    return kernelConfiguration.map(List::copyOf);
  }

  /** Digests of system extensions: PCR 13. */
  public Optional<List<Bytes>> extensions() {
    return extensions.map(List::copyOf);
  }

  /** Digests of shim's MokList, MokListX and MokListTrusted, as far as measured: PCR 14. */
  public Optional<List<Bytes>> shimLists() {
    return shimLists.map(List::copyOf);
  }

  /** What Windows reported, if it did. */
  public Optional<WindowsBoot> windows() {
    return windows;
  }

  /** These facts as claims. */
  public BootClaims claims() {
    return new BootClaims(this);
  }

  @Override
  public String toString() {
    return "BootState[Secure Boot " + secureBoot.state() + ", " + findings + "]";
  }
}
