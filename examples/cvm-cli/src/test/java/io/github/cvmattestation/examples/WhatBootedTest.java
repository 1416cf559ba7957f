package io.github.cvmattestation.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.eventlog.BootFinding;
import io.github.cvmattestation.attestation.eventlog.BootMeasurement;
import io.github.cvmattestation.attestation.eventlog.BootPolicy;
import io.github.cvmattestation.attestation.eventlog.BootState;
import io.github.cvmattestation.attestation.eventlog.LogFinding;
import io.github.cvmattestation.attestation.eventlog.Replay;
import io.github.cvmattestation.attestation.eventlog.SecureBoot;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.azure.AzureCvmVerifier;
import io.github.cvmattestation.azure.AzureFinding;
import io.github.cvmattestation.azure.AzurePolicy;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpPolicy;
import io.github.cvmattestation.testkit.BootLogWriter;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.vtpm.BootLog;
import io.github.cvmattestation.vtpm.VerifiedPcrs;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** From the hardware's signature to the kernel's command line, on a simulated machine. */
class WhatBootedTest {
  private static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");
  private static final Nonce NONCE = new Nonce(Bytes.ofHex("00112233445566778899aabbccddeeff"));

  /** What GRUB measures on the simulated machine: its command, and what the kernel was given. */
  private static final List<String> TEXTS =
      List.of(
          "linux /vmlinuz-6.8 root=/dev/mapper/root ro console=ttyS0",
          "/vmlinuz-6.8 root=/dev/mapper/root ro console=ttyS0");

  private static final SimulatedCvm MACHINE = machine(true);

  @Test
  void theProvenRegistersProveTheLogAndTheLogTellsTheBoot() {
    VerifiedPcrs pcrs = verified(MACHINE).claims().get(VerifiedPcrs.class).orElseThrow();
    Replay replay = pcrs.replay(MACHINE.eventLog(), HashAlgorithm.SHA256);
    assertThat(replay).isInstanceOf(Replay.Equal.class);
    BootState boot = BootState.of((Replay.Equal) replay);
    assertThat(boot.findings()).isEmpty();
    assertThat(boot.secureBoot().state()).isEqualTo(SecureBoot.State.ON);
    assertThat(boot.secureBoot().bootAuthorities())
        .extracting(authority -> authority.variable().orElseThrow().name())
        .containsExactly("db", "SbatLevel", "Shim");
    assertThat(boot.applications().orElseThrow()).hasSize(3);
    assertThat(boot.loader().orElseThrow())
        .extracting(BootMeasurement::relabelableText)
        .extracting(text -> text.orElseThrow())
        .isEqualTo(TEXTS);
    assertThat(boot.windows()).isEmpty();
  }

  @Test
  void theWantedBootIsAffirmed() {
    assertThat(appraise(verified(MACHINE), MACHINE.eventLog())).isEmpty();
    assertThat(new WhatBooted(policy()).admit(verified(MACHINE), MACHINE.eventLog()))
        .map(boot -> boot.secureBoot().state())
        .hasValue(SecureBoot.State.ON);
    Verification.Verified booted =
        (Verification.Verified)
            BootLog.verify(verified(MACHINE), MACHINE.eventLog(), HashAlgorithm.SHA256);
    assertThat(booted.checks()).extracting(Check::id).endsWith("vtpm.nonce", "boot.log");
    assertThat(booted.claims().group("boot")).isPresent();
  }

  @Test
  void withoutSecureBootTheSameBootIsRejected() {
    SimulatedCvm off = machine(false);
    assertThat(appraise(verified(off), off.eventLog()))
        .containsExactly(AzureFinding.AZURE_SECURE_BOOT, BootFinding.BOOT_SECURE_BOOT);
    assertThat(new WhatBooted(policy()).admit(verified(off), off.eventLog())).isEmpty();
  }

  @Test
  void theLogOfAnotherMachineIsRefuted() {
    assertThat(appraise(verified(MACHINE), machine(false).eventLog()))
        .containsExactly(LogFinding.LOG_REPLAY);
    assertThat(appraise(verified(MACHINE), Bytes.empty())).containsExactly(LogFinding.LOG_EMPTY);
  }

  /** With its digests or without them. */
  @Test
  void anotherKernelCommandLineIsRefusedOrRefuted() {
    byte[] log = MACHINE.eventLog().toArray();
    log[indexOf(log, "kernel_cmdline: /vmlinuz") + "kernel_cmdline: /".length()] = 'V';
    assertThat(appraise(verified(MACHINE), Bytes.of(log)))
        .containsExactly(BootFinding.BOOT_EVENT_TYPE, BootFinding.BOOT_REFERENCE);
    String writable = TEXTS.get(1).replace(" ro ", " rw ");
    assertThat(appraise(verified(MACHINE), replaced("kernel_cmdline: ", writable)))
        .containsExactly(LogFinding.LOG_REPLAY);
  }

  @Test
  void anEventThatWasDroppedIsRefuted() {
    Bytes log = MACHINE.eventLog();
    int action = 4 + 4 + 4 + (2 + 20) + (2 + 32) + (2 + 48) + 4;
    int last = action + "Exit Boot Services Returned with Success".length();
    assertThat(appraise(verified(MACHINE), log.slice(0, log.size() - last)))
        .containsExactly(LogFinding.LOG_REPLAY);
  }

  /** The label of a text is covered by nothing, so nothing follows from it. */
  @Test
  void aRelabelledTextChangesNothingThatIsBelieved() {
    Bytes relabelled = replaced("grub_cmd: ", TEXTS.get(1));
    assertThat(relabelled).isNotEqualTo(MACHINE.eventLog());
    assertThat(appraise(verified(MACHINE), relabelled)).isEmpty();
    byte[] unknown = MACHINE.eventLog().toArray();
    unknown[indexOf(unknown, "kernel_cmdline: ")] = 'K';
    assertThat(appraise(verified(MACHINE), Bytes.of(unknown)))
        .containsExactly(BootFinding.BOOT_EVENT_TYPE, BootFinding.BOOT_REFERENCE);
  }

  /** The type is covered by nothing as well: an image under another type is no image. */
  @Test
  void anImageUnderAnotherTypeIsNotUnderstoodAndThereforeRejected() {
    byte[] log = MACHINE.eventLog().toArray();
    int image = indexOf(log, "path of grub") - (4 + 4 + (2 + 20) + (2 + 32) + (2 + 48) + 4);
    assertThat(Arrays.copyOfRange(log, image, image + 4)).containsExactly(3, 0, 0, -128);
    log[image] = 0x0D;
    log[image + 3] = 0;
    assertThat(appraise(verified(MACHINE), Bytes.of(log)))
        .containsExactly(BootFinding.BOOT_EVENT_TYPE);
  }

  @Test
  void withoutProvenRegistersALogProvesNothing() {
    Ledger ledger = new Ledger();
    verified(MACHINE).checks().forEach(ledger::passed);
    assertThat(appraise(ledger.verified(ClaimSet.of()), MACHINE.eventLog()))
        .containsExactly(CoreFinding.CLAIMS_ABSENT);
  }

  @Test
  void aBankThatWasNotQuotedIsRefuted() {
    assertThat(BootLog.verify(verified(MACHINE), MACHINE.eventLog(), HashAlgorithm.SHA1).findings())
        .extracting(Finding::code)
        .containsExactly(LogFinding.LOG_BANK);
  }

  private static List<FindingCode> appraise(Verification.Verified verified, Bytes log) {
    Verification booted = BootLog.verify(verified, log, HashAlgorithm.SHA256);
    List<Finding> findings =
        booted instanceof Verification.Verified proven
            ? policy().appraise(proven).findings()
            : booted.findings();
    return findings.stream().map(Finding::code).toList();
  }

  private static AppraisalPolicy policy() {
    return AppraisalPolicy.of(
        SnpPolicy.builder()
            .requireProductLines(Set.of(ProductLine.GENOA))
            .ignoreTcb()
            .ignoreMeasurement()
            .ignoreReportData()
            .ignoreHostData()
            .ignoreIdBlock()
            .ignoreChip()
            .build(),
        AzurePolicy.builder().ignoreVmUniqueId().ignorePcrs().build(),
        BootPolicy.requireSecureBoot().requireLoaderTexts(TEXTS));
  }

  private static SimulatedCvm machine(boolean secureBoot) {
    return SimulatedCvm.builder().at(AT).seed("what booted").secureBoot(secureBoot).build();
  }

  private static Verification.Verified verified(SimulatedCvm machine) {
    Verification verification =
        AzureCvmVerifier.builder()
            .trustAnchors(machine.trustAnchors())
            .build()
            .verify(machine.attest(NONCE), machine.endorsements(), NONCE, AT);
    assertThat(verification).isInstanceOf(Verification.Verified.class);
    return (Verification.Verified) verification;
  }

  /** The machine's log with this instead of the kernel's command line, its digests included. */
  private static Bytes replaced(String label, String text) {
    Bytes log = MACHINE.eventLog();
    Bytes old = event("kernel_cmdline: ", TEXTS.get(1));
    int at = indexOf(log.toArray(), old);
    return log.slice(0, at).concat(event(label, text), log.slice(at + old.size(), log.size()));
  }

  /** Of PCR 8, without a log's header. */
  private static Bytes event(String label, String text) {
    Bytes log = BootLogWriter.empty().grub(8, label, text).write();
    return log.slice(BootLogWriter.empty().write().size(), log.size());
  }

  private static int indexOf(byte[] log, String text) {
    return indexOf(log, ascii(text));
  }

  private static int indexOf(byte[] log, Bytes wanted) {
    byte[] octets = wanted.toArray();
    for (int i = 0; i + octets.length <= log.length; i++) {
      if (Arrays.equals(log, i, i + octets.length, octets, 0, octets.length)) {
        return i;
      }
    }
    throw new AssertionError("not in the log");
  }

  private static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}
