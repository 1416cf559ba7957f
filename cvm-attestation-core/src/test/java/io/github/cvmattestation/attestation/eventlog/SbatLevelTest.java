package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.BootWriter.DATABASE;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.HASH;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.OFF;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.ON;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.SHIM;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.on;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.read;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.sha256;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.variable;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.variables;
import static io.github.cvmattestation.attestation.eventlog.LogWriter.ascii;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.eventlog.SbatLevel.Component;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** shim's SBAT level, and who else could have measured one. */
class SbatLevelTest {
  private static final String TEXT = "sbat,1,2023012900\nshim,2\ngrub,3\ngrub.debian,4\n";

  @Test
  void theMeasuredLevelIsListed() {
    BootState boot = read(measured(on(), TEXT), 7);
    assertThat(boot.sbatLevel().orElseThrow().components())
        .containsExactly(
            new Component("sbat", 1),
            new Component("shim", 2),
            new Component("grub", 3),
            new Component("grub.debian", 4));
    assertThat(boot.findings()).isEmpty();
    Map<String, ClaimValue> claims = boot.claims().toGroup().members();
    assertThat(((ClaimValue.Group) claims.get("sbatLevel")).members())
        .containsEntry("grub", new ClaimValue.Unsigned(3));
  }

  @Test
  void shimsSettingsMayComeBefore() {
    LogWriter log = on().measured(7, LogWriter.AUTHORITY, variable(SHIM, "MokSBState", ON));
    assertThat(read(measured(log, TEXT), 7).sbatLevel()).isPresent();
  }

  @Test
  void anOlderGenerationIsRejectedAndAnUnlistedComponentToo() {
    BootState boot = read(measured(on(), TEXT), 7);
    BootPolicy secure = BootPolicy.requireSecureBoot();
    assertThat(codes(secure.requireSbat("grub", 3).requireSbat("shim", 1), boot)).isEmpty();
    assertThat(codes(secure.requireSbat("grub", 4).requireSbat("shim", 3), boot))
        .containsExactly(BootFinding.BOOT_SBAT, BootFinding.BOOT_SBAT);
    assertThat(codes(secure.requireSbat("systemd", 1), boot))
        .containsExactly(BootFinding.BOOT_SBAT);
    assertThat(codes(secure.requireSbat("shim", 1), read(on(), 7)))
        .containsExactly(BootFinding.BOOT_SBAT);
    String json = "{\"secureBoot\": \"required\", \"sbat\": {\"grub\": %d}}";
    assertThat(codes(parsed(json.formatted(3)), boot)).isEmpty();
    assertThat(codes(parsed(json.formatted(4)), boot)).containsExactly(BootFinding.BOOT_SBAT);
  }

  /** Where nothing is refused, a level refuses nothing. */
  @Test
  void aLevelIsWorthNothingWithoutSecureBoot() {
    LogWriter off = variables(sha256(), 7, OFF).measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS);
    assertThat(
            codes(
                BootPolicy.ignoreSecureBoot().requireSbat("grub", 3), read(measured(off, TEXT), 7)))
        .containsExactly(BootFinding.BOOT_SECURE_BOOT);
  }

  /** An old shim measures none, so that whoever it let in could. */
  @Test
  void aLevelMeasuredTwiceOrAfterShimLetSomethingRunIsNobodys() {
    assertThat(read(measured(measured(on(), TEXT), "sbat,1\nshim,99\n"), 7).sbatLevel()).isEmpty();
    assertThat(read(measured(measured(on(), TEXT), TEXT), 7).sbatLevel()).isEmpty();
    for (String name : List.of("Shim", "MokList")) {
      LogWriter running = on().measured(7, LogWriter.AUTHORITY, variable(SHIM, name, HASH));
      assertThat(read(measured(running, TEXT), 7).sbatLevel()).isEmpty();
    }
    LogWriter unreadable = on().measured(7, LogWriter.AUTHORITY, "no variable");
    assertThat(read(measured(unreadable, TEXT), 7).sbatLevel()).isEmpty();
  }

  @Test
  void anotherVendorsVariableOfThatNameIsNoLevel() {
    LogWriter log =
        on().measured(7, LogWriter.AUTHORITY, variable(DATABASE, "SbatLevel", ascii(TEXT)));
    assertThat(read(log, 7).sbatLevel()).isEmpty();
  }

  @Test
  void beforeTheSeparatorItIsNotShims() {
    LogWriter log =
        measured(variables(sha256(), 7, ON), TEXT)
            .measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS)
            .measured(7, LogWriter.AUTHORITY, BootWriter.authority());
    assertThat(read(log, 7).sbatLevel()).isEmpty();
  }

  @Test
  void ofATdThereIsNone() {
    LogWriter log =
        variables(LogWriter.ccel(), 1, ON)
            .measured(1, LogWriter.SEPARATOR, LogWriter.ZEROS)
            .measured(1, LogWriter.AUTHORITY, BootWriter.authority())
            .measured(1, LogWriter.AUTHORITY, variable(SHIM, "SbatLevel", ascii(TEXT)));
    BootState boot = BootState.of(Replays.equal(EventLog.replay(log.log(), log.rtmrs())));
    assertThat(boot.secureBoot().state()).isEqualTo(SecureBoot.State.ON);
    assertThat(boot.sbatLevel()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "sbat,1",
        "sbat,1\nshim,22",
        "shim,2\n",
        "sbat,1\nshim,2\nshim,3\n",
        "sbat,1\n\nshim,2\n",
        "sbat,1\r\nshim,2\n",
        "sbat,1\nshim,-2\n",
        "sbat,1\nshim,0\n",
        "sbat,1\nshim,02\n",
        "sbat,1\nshim,4294967298\n",
        "sbat,1\nshim,2 \n",
        "sbat,1\nshim,2,x\n",
        "sbat,1\nshim\n",
        "sbat,1\nsh\u00ecm,2\n",
        "sbat,1\nshim,2\n\u0000"
      })
  void anIllFormedListIsNoLevel(String text) {
    Bytes octets = Bytes.of(text.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(SbatLevel.parse(octets)).isEmpty();
  }

  @Test
  void anEndlessListIsNotRead() {
    StringBuilder text = new StringBuilder("sbat,1\n");
    for (int i = 0; text.length() <= 4096; i++) {
      text.append("component").append(i).append(",1\n");
    }
    assertThat(SbatLevel.parse(ascii(text.toString()))).isEmpty();
  }

  /** As it was measured on a real machine in 2021. */
  @Test
  void theRealLevelIsRead() throws Exception {
    Bytes log = Vectors.read("eventlog/cos-101-amd-sev/log.bin");
    RegisterBank pcrs =
        RegisterBank.parse(RegisterKind.PCR, Vectors.read("eventlog/cos-101-amd-sev/pcrs.json"))
            .stream()
            .filter(bank -> !bank.algorithm().isWeak())
            .findFirst()
            .orElseThrow();
    BootState boot = BootState.of(Replays.equal(EventLog.replay(log, pcrs)));
    assertThat(boot.sbatLevel().orElseThrow().components())
        .containsExactly(new Component("sbat", 1));
  }

  @Test
  void aDemandThatSaysNothingIsAMistake() {
    BootPolicy policy = BootPolicy.requireSecureBoot();
    assertThatThrownBy(() -> policy.requireSbat("shim", 0))
        .isInstanceOf(AttestationException.Configuration.class);
    assertThatThrownBy(() -> policy.requireSbat("", 1))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  private static LogWriter measured(LogWriter log, String text) {
    return log.measured(7, LogWriter.AUTHORITY, variable(SHIM, "SbatLevel", ascii(text)));
  }

  private static BootPolicy parsed(String json) {
    return BootPolicy.parse(ascii(json));
  }

  private static List<FindingCode> codes(BootPolicy policy, BootState boot) {
    return Appraisals.rejections(policy, boot.claims()).stream().map(Finding::code).toList();
  }
}
