package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.BootWriter.DATABASE;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.GLOBAL;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.HASH;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.OFF;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.ON;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.SHA256;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.authority;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.list;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.on;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.read;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.sha256;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.variable;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.variables;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PCR 7: on and off are proven, and everything doubtful is unknown. */
class SecureBootTest {
  @Test
  void onIsProven() {
    SecureBoot secureBoot = read(on(), 7).secureBoot();
    assertThat(secureBoot.state()).isEqualTo(SecureBoot.State.ON);
    assertThat(secureBoot.driverAuthorities()).isEmpty();
    assertThat(secureBoot.bootAuthorities())
        .singleElement()
        .satisfies(used -> assertThat(used.content()).isEqualTo(HASH));
    assertThat(secureBoot.databases().orElseThrow().db().imageHashes()).containsExactly(HASH);
    assertThat(secureBoot.dmaProtectionDisabled()).isFalse();
  }

  @Test
  void offIsProvenAndNeedsNoAuthority() {
    LogWriter log = variables(sha256(), 7, OFF).measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS);
    BootState boot = read(log, 7);
    assertThat(boot.secureBoot().state()).isEqualTo(SecureBoot.State.OFF);
    assertThat(boot.findings()).isEmpty();
  }

  @Test
  void anAuthorityBeforeTheSeparatorIsADrivers() {
    LogWriter log =
        variables(sha256(), 7, ON)
            .measured(7, LogWriter.AUTHORITY, authority())
            .measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS);
    SecureBoot secureBoot = read(log, 7).secureBoot();
    assertThat(secureBoot.driverAuthorities()).hasSize(1);
    assertThat(secureBoot.bootAuthorities()).isEmpty();
  }

  @Test
  void withoutPcr7ItIsUnknown() {
    LogWriter log = on().measured(8, LogWriter.IPL, "x");
    BootState boot = read(log, 8);
    assertThat(boot.secureBoot()).isEqualTo(SecureBoot.UNKNOWN);
    assertThat(boot.findings()).isEmpty();
  }

  @Test
  void withoutASeparatorItIsUnknown() {
    unknown(variables(sha256(), 7, ON).measured(7, LogWriter.AUTHORITY, authority()));
  }

  /** L3. */
  @Test
  void aVariableAfterTheSeparatorIsRefused() {
    unknown(on().measured(7, LogWriter.DRIVER_CONFIG, variable(GLOBAL, "Other", ON)));
    LogWriter late =
        sha256()
            .measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS)
            .measured(7, LogWriter.AUTHORITY, authority());
    unknown(variables(late, 7, ON));
  }

  /** L15. */
  @Test
  void secureBootOfAnotherVendorIsNotSecureBoot() {
    LogWriter log =
        sha256().measured(7, LogWriter.DRIVER_CONFIG, variable(BootWriter.SHIM, "SecureBoot", ON));
    unknown(
        variables(log, 7, OFF).measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS),
        SecureBoot.State.OFF);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "02", "ff", "0100", "0101"})
  void anythingButOneByteOfZeroOrOneIsUnknown(String value) {
    unknown(
        variables(sha256(), 7, Bytes.ofHex(value))
            .measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS)
            .measured(7, LogWriter.AUTHORITY, authority()));
  }

  @Test
  void anEmptyVariableIsOffWhereThatWasAllowed() {
    LogWriter log =
        variables(sha256(), 7, Bytes.empty()).measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS);
    Replay.Equal replay = Replays.equal(EventLog.replay(log.log(), log.pcrs(Alg.SHA256, 7)));
    assertThat(BootState.allowingEmptySecureBoot(replay).secureBoot().state())
        .isEqualTo(SecureBoot.State.OFF);
  }

  @Test
  void aVariableMeasuredTwiceIsRefused() {
    LogWriter log =
        sha256().measured(7, LogWriter.DRIVER_CONFIG, variable(GLOBAL, "SecureBoot", OFF));
    unknown(
        variables(log, 7, ON)
            .measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS)
            .measured(7, LogWriter.AUTHORITY, authority()));
  }

  @Test
  void onWithoutAuthorityOrKeysIsContradictory() {
    unknown(variables(sha256(), 7, ON).measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS));
    for (String empty : List.of("PK", "KEK", "db")) {
      LogWriter log = sha256();
      for (String name : List.of("SecureBoot", "PK", "KEK", "db", "dbx")) {
        Bytes contents =
            name.equals("SecureBoot")
                ? ON
                : name.equals(empty) ? Bytes.empty() : list(SHA256, HASH);
        String vendor = name.startsWith("db") ? DATABASE : GLOBAL;
        log.measured(7, LogWriter.DRIVER_CONFIG, variable(vendor, name, contents));
      }
      unknown(
          log.measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS)
              .measured(7, LogWriter.AUTHORITY, authority()));
    }
  }

  /** dbx called an authority, so that nobody sees what it lacks. */
  @Test
  void aDatabaseHiddenAsAnAuthorityIsMissed() {
    Bytes keys = list(SHA256, HASH);
    unknown(
        sha256()
            .measured(7, LogWriter.DRIVER_CONFIG, variable(GLOBAL, "SecureBoot", ON))
            .measured(7, LogWriter.DRIVER_CONFIG, variable(GLOBAL, "PK", keys))
            .measured(7, LogWriter.DRIVER_CONFIG, variable(GLOBAL, "KEK", keys))
            .measured(7, LogWriter.DRIVER_CONFIG, variable(DATABASE, "db", keys))
            .measured(7, LogWriter.AUTHORITY, variable(DATABASE, "dbx", keys))
            .measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS));
  }

  @ParameterizedTest
  @ValueSource(longs = {LogWriter.EFI_ACTION, LogWriter.AUTHORITY, LogWriter.DRIVER_CONFIG})
  void debugModeIsFoundUnderAnyType(long type) {
    Finding finding = unknown(on().measured(7, type, "UEFI Debug Mode"));
    assertThat(finding.code()).isEqualTo(BootFinding.BOOT_DEBUG);
  }

  /** In RTMR0, events without data of their own are usual. */
  @Test
  void debugModeOfATdIsFoundWithoutItsText() {
    LogWriter log =
        variables(LogWriter.ccel(), 1, ON)
            .event(1, 0x8000000AL, "blob", "UEFI Debug Mode")
            .measured(1, LogWriter.SEPARATOR, LogWriter.ZEROS)
            .measured(1, LogWriter.AUTHORITY, authority());
    BootState boot = BootState.of(Replays.equal(EventLog.replay(log.log(), log.rtmrs())));
    assertThat(boot.findings()).extracting(Finding::code).containsExactly(BootFinding.BOOT_DEBUG);
  }

  @Test
  void aDriversAuthorityHiddenAsAnotherDatabaseIsRefused() {
    Bytes authority = variable(DATABASE, "dbt", Bytes.ofHex(BootWriter.OWNER).concat(HASH));
    LogWriter log = variables(sha256(), 7, ON).measured(7, LogWriter.DRIVER_CONFIG, authority);
    assertThat(unknown(log.measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS)).code())
        .isEqualTo(BootFinding.BOOT_FORMAT);
  }

  @Test
  void disabledDmaProtectionIsFlagged() {
    LogWriter log =
        on().measured(7, LogWriter.EFI_ACTION, LogWriter.ascii("DMA Protection Disabled"));
    SecureBoot secureBoot = read(log, 7).secureBoot();
    assertThat(secureBoot.state()).isEqualTo(SecureBoot.State.ON);
    assertThat(secureBoot.dmaProtectionDisabled()).isTrue();
  }

  /** L2 and L11. */
  @ParameterizedTest
  @ValueSource(longs = {0x2L, 0x80000003L, 0x12345678L, 0xFFFFFFFFL, LogWriter.IPL})
  void anUnknownTypeIsAFinding(long type) {
    Finding finding = unknown(on().measured(7, type, "x"));
    assertThat(finding.code()).isEqualTo(BootFinding.BOOT_EVENT_TYPE);
  }

  @Test
  void aMalformedDatabaseIsAFinding() {
    LogWriter log =
        sha256().measured(7, LogWriter.DRIVER_CONFIG, variable(DATABASE, "x", HASH).slice(0, 40));
    assertThat(unknown(log).code()).isEqualTo(BootFinding.BOOT_FORMAT);
  }

  private static Finding unknown(LogWriter log) {
    return unknown(log, SecureBoot.State.UNKNOWN);
  }

  private static Finding unknown(LogWriter log, SecureBoot.State state) {
    BootState boot = read(log, 7);
    assertThat(boot.secureBoot().state()).isEqualTo(state);
    if (state == SecureBoot.State.UNKNOWN) {
      assertThat(boot.findings()).hasSize(1);
      return boot.findings().get(0);
    }
    return Finding.of(BootFinding.BOOT_SECURE_BOOT, "", "");
  }
}
