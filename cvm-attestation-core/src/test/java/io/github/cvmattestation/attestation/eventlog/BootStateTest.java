package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.BootWriter.on;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.read;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.sha256;
import static io.github.cvmattestation.attestation.eventlog.LogWriter.ascii;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Digests;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What ran: complete lists or none, and names only where a digest proves them. */
class BootStateTest {
  private static final Bytes IMAGE = ascii("MZ what Authenticode hashes");

  @Test
  void applicationsAreListedInTheirOrder() {
    LogWriter log =
        sha256()
            .measured(4, LogWriter.EFI_ACTION, "Calling EFI Application from Boot Option")
            .measured(4, LogWriter.SEPARATOR, LogWriter.ZEROS)
            .event(4, LogWriter.BOOT_APPLICATION, ascii("path"), IMAGE)
            .event(4, 0x80000004L, ascii("path"), ascii("MZ other"));
    assertThat(read(log, 4).applications())
        .hasValue(List.of(Digests.sha256(IMAGE), Digests.sha256(ascii("MZ other"))));
  }

  /** The digest is the image's, so its bytes, called an action's text, are "covered". */
  @Test
  void anImageHiddenAsAnActionIsFound() {
    unknown(read(sha256().measured(4, LogWriter.EFI_ACTION, IMAGE), 4));
    unknown(read(sha256().measured(4, 0x80000006L, IMAGE), 4));
  }

  /** L2, L11. */
  @ParameterizedTest
  @ValueSource(longs = {0x2L, 0xCL, 0x80000001L - 2, 0xFFFFFFFFL})
  void anImageUnderAnUnknownTypeIsFound(long type) {
    BootState boot = read(sha256().event(4, type, ascii("x"), IMAGE), 4);
    unknown(boot);
    assertThat(boot.applications()).isEmpty();
  }

  /** L12: both logs replay to the same register, so neither may say more than the other. */
  @Test
  void anEchoRelabelledAsTheKernelCommandLineIsNoFact() {
    LogWriter honest = on().event(8, LogWriter.IPL, "grub_cmd: echo good-args\0", "echo good-args");
    LogWriter relabelled =
        on().event(8, LogWriter.IPL, "kernel_cmdline: echo good-args\0", "echo good-args");
    BootState said = read(relabelled, 7, 8);
    assertThat(said.loader()).isEqualTo(read(honest, 7, 8).loader());
    assertThat(said.claims().toGroup()).isEqualTo(read(honest, 7, 8).claims().toGroup());
    assertThat(said.loader().orElseThrow())
        .extracting(BootMeasurement::relabelableText)
        .containsExactly(Optional.of("echo good-args"));
  }

  @Test
  void aCommandWhoseTextIsNotThereSpoilsTheList() {
    BootState boot = read(sha256().event(8, LogWriter.IPL, "grub_cmd: ok\0", "evil"), 8);
    unknown(boot);
    assertThat(boot.loader()).isEmpty();
  }

  @Test
  void sectionsOfAUnifiedKernelImageAreKnownByDigest() {
    Bytes untrusted = Bytes.of(".cmdline\0".getBytes(StandardCharsets.UTF_16LE));
    LogWriter log =
        sha256()
            .event(11, LogWriter.IPL, untrusted, ascii(".linux\0"))
            .event(11, LogWriter.IPL, untrusted, ascii("kernel"))
            .event(11, LogWriter.IPL, untrusted, ascii(".osrel\0"))
            .event(11, LogWriter.IPL, untrusted, ascii("ID=x"))
            .measured(11, LogWriter.IPL, "enter-initrd");
    UkiBoot uki = read(log, 11).uki().orElseThrow();
    assertThat(uki.sections())
        .containsExactly(
            new UkiBoot.Section(".linux", Digests.sha256(ascii("kernel"))),
            new UkiBoot.Section(".osrel", Digests.sha256(ascii("ID=x"))));
    assertThat(uki.phases()).containsExactly("enter-initrd");
  }

  @Test
  void aSectionAfterAPhaseOrTwiceOrWithoutContentsIsRefused() {
    LogWriter late =
        sha256()
            .measured(11, LogWriter.IPL, "enter-initrd")
            .measured(11, LogWriter.IPL, ".linux\0")
            .measured(11, LogWriter.IPL, "kernel");
    LogWriter twice =
        sha256()
            .measured(11, LogWriter.IPL, ".linux\0")
            .measured(11, LogWriter.IPL, "kernel")
            .measured(11, LogWriter.IPL, ".linux\0")
            .measured(11, LogWriter.IPL, "kernel");
    LogWriter bare = sha256().measured(11, LogWriter.IPL, ".linux\0");
    for (LogWriter log : List.of(late, twice, bare)) {
      BootState boot = read(log, 11);
      unknown(boot);
      assertThat(boot.uki()).isEmpty();
    }
  }

  @Test
  void theStubsCommandLineIsATextAndACredentialIsNot() {
    LogWriter log =
        sha256()
            .measured(12, LogWriter.IPL, Bytes.of("quiet\0".getBytes(StandardCharsets.UTF_16LE)))
            .event(12, LogWriter.IPL, ascii("Credentials initrd"), ascii("cpio"));
    assertThat(read(log, 12).kernelConfiguration().orElseThrow())
        .extracting(BootMeasurement::relabelableText)
        .containsExactly(Optional.of("quiet"), Optional.empty());
  }

  @Test
  void shimsListsAreDigestsWithoutTheNamesThatTheLogGives() {
    LogWriter log = sha256().event(14, LogWriter.IPL, "MokList\0", "contents");
    assertThat(read(log, 14).shimLists()).hasValue(List.of(Digests.sha256(ascii("contents"))));
  }

  @Test
  void unknownIsNeitherTrueNorFalseInClaims() {
    BootState boot = read(sha256().measured(8, LogWriter.IPL, "x"), 8);
    assertThat(boot.claims().toGroup().members())
        .containsEntry("secureBoot", new ClaimValue.Unknown())
        .doesNotContainKey("applications");
  }

  @Test
  void revokedImagesAndAuthoritiesAreFoundAndWhatDbxLacks() throws MalformedException {
    BootState boot = read(booted(), 2, 4, 7);
    Bytes image = Digests.sha256(IMAGE);
    Revocations revocations =
        Revocations.parse(BootWriter.list(BootWriter.SHA256, image, BootWriter.HASH));
    Revocations.Check check = revocations.check(boot).orElseThrow();
    assertThat(check.images()).containsExactly(image);
    assertThat(check.authorities())
        .extracting(BootAuthority::content)
        .containsExactly(BootWriter.HASH);
    assertThat(check.lacking()).isEqualTo(revocations);
    assertThat(revocations.check(read(booted(), 4, 7))).isEmpty();
    assertThat(revocations.check(read(booted(), 2, 4))).isEmpty();
  }

  @Test
  void aPolicyReportsEveryFailure() {
    Set<Bytes> none = Set.of();
    BootPolicy strict =
        BootPolicy.requireSecureBoot()
            .requireAuthorities(none)
            .requireLoaderTexts(List.of("quiet"))
            .refuseRevoked(new Revocations(Set.of(Digests.sha256(IMAGE)), none, none));
    LogWriter log = booted().event(8, LogWriter.IPL, "grub_cmd: a\0", "a");
    assertThat(Appraisals.rejections(strict, read(log, 2, 4, 7, 8).claims()))
        .extracting(Finding::code)
        .containsExactly(
            BootFinding.BOOT_REFERENCE, BootFinding.BOOT_REFERENCE, BootFinding.BOOT_REVOKED);
    assertThat(Appraisals.rejections(strict, read(log, 8).claims()))
        .extracting(Finding::code)
        .containsExactly(
            BootFinding.BOOT_SECURE_BOOT, BootFinding.BOOT_REFERENCE, BootFinding.BOOT_REVOKED);
    BootPolicy fitting =
        BootPolicy.requireSecureBoot()
            .requireAuthorities(Set.of(Digests.sha256(BootWriter.HASH)))
            .requireLoaderTexts(List.of("a"));
    assertThat(Appraisals.rejections(fitting, read(log, 2, 4, 7, 8).claims())).isEmpty();
  }

  private static LogWriter booted() {
    return on().measured(2, LogWriter.SEPARATOR, LogWriter.ZEROS)
        .measured(4, LogWriter.SEPARATOR, LogWriter.ZEROS)
        .event(4, LogWriter.BOOT_APPLICATION, ascii("path"), IMAGE);
  }

  private static void unknown(BootState boot) {
    assertThat(boot.findings())
        .extracting(Finding::code)
        .containsExactly(BootFinding.BOOT_EVENT_TYPE);
  }
}
