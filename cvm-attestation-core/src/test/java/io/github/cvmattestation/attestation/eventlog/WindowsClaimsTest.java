package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A Windows boot among the claims: all that was reported, and no list that is not complete. */
class WindowsClaimsTest {
  @Test
  void aHealthyBootIsToldInFull() {
    Map<String, ClaimValue> windows = windows(SipaWriter.boot()).members();
    assertThat(windows)
        .containsOnlyKeys(
            "complete",
            "settings",
            "nxPolicy",
            "bitLockerUnlocks",
            "modules",
            "elam",
            "authorities")
        .containsEntry("complete", new ClaimValue.Flag(true))
        .containsEntry("nxPolicy", text("alwaysOn"))
        .containsEntry("bitLockerUnlocks", new ClaimValue.Many(List.of(text("tpm"))))
        .containsEntry(
            "authorities",
            new ClaimValue.Many(List.of(new ClaimValue.Binary(Bytes.ofHex("30820122")))));
    assertThat(((ClaimValue.Group) windows.get("settings")).members())
        .hasSize(WindowsSetting.values().length)
        .containsEntry("codeIntegrity", text("on"))
        .containsEntry("testSigning", text("off"))
        .containsEntry("winPe", text("off"))
        .containsEntry("vsmLaunch", text("on"));
    assertThat(((ClaimValue.Many) windows.get("modules")).values())
        .hasSize(2)
        .contains(
            ClaimValue.Group.builder()
                .put("register", 13)
                .put("path", "\\Windows\\system32\\ntoskrnl.exe")
                .put("algorithm", "sha256")
                .put("authenticodeDigest", Bytes.ofHex("11".repeat(32)))
                .put("issuer", "Microsoft Windows Production PCA 2011")
                .put("publisher", "Microsoft Windows")
                .put("serial", Bytes.ofHex("3300000460cf42a912315f6fb3"))
                .put("thumbprint", Bytes.ofHex("580a6f4cc4e4b669b9ebdc1b2b3e087b80d0678d"))
                .put("validated", "on")
                .put("securityVersion", 7)
                .build());
    assertThat(((ClaimValue.Many) windows.get("elam")).values())
        .containsExactly(
            ClaimValue.Group.builder()
                .put("keyName", "Windows Defender")
                .put("measured", Bytes.ofHex("01020304"))
                .put("policy", Bytes.ofHex("0506"))
                .put("configuration", Bytes.ofHex("07"))
                .build());
  }

  /** Without the separators, whoever ran later may have added to the lists. */
  @Test
  void ofARegisterThatWasNotClosedNothingIsListedAndNothingIsSafe() {
    LogWriter open =
        LogWriter.withAlgorithms(Alg.SHA256)
            .measured(12, LogWriter.EVENT_TAG, SipaWriter.healthy())
            .measured(
                13,
                LogWriter.EVENT_TAG,
                SipaWriter.boundary(
                    SipaWriter.module("\\evil.sys", Bytes.ofHex("66".repeat(32))),
                    SipaWriter.elam("evil")));
    Map<String, ClaimValue> windows = windows(open).members();
    assertThat(windows)
        .containsEntry("complete", new ClaimValue.Flag(false))
        .containsEntry("nxPolicy", text("unknown"))
        .doesNotContainKeys("modules", "elam", "authorities");
    assertThat(((ClaimValue.Group) windows.get("settings")).members().values())
        .containsOnly(text("unknown"));
  }

  @Test
  void aLinuxBootHasNoSuchGroup() {
    LogWriter log = BootWriter.on().event(14, LogWriter.IPL, "MokList\0", "contents");
    assertThat(BootWriter.read(log, 7, 12, 13, 14).claims().toGroup().members())
        .containsKey("shimLists")
        .doesNotContainKey("windows");
  }

  @Test
  void namesOfConstantsAreInCamelCase() {
    assertThat(
            Stream.of(
                    WindowsSetting.HYPERVISOR_DEBUGGING,
                    NxPolicy.OPT_IN,
                    BitLockerUnlock.AUK_OSFVEINFO,
                    WindowsSetting.State.UNKNOWN)
                .map(WindowsClaims::name))
        .containsExactly("hypervisorDebugging", "optIn", "aukOsfveinfo", "unknown");
  }

  private static ClaimValue.Group windows(LogWriter log) {
    return (ClaimValue.Group)
        BootWriter.read(log, 12, 13, 14).claims().toGroup().members().get("windows");
  }

  private static ClaimValue text(String value) {
    return new ClaimValue.Text(value);
  }
}
