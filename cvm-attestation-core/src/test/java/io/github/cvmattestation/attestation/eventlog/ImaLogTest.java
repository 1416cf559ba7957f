package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs as the kernel writes them, and how far they are believed. */
class ImaLogTest {
  private static final String BOOT_AGGREGATE =
      "10 0c8a706a75a5689c1e168f0a573a3cbec33061b5 ima-sig"
          + " sha256:e4cb9f5709c88376b5fc3743cd88e76b9aae8f3d992d845678de5215edb31216"
          + " boot_aggregate \n";

  /**
   * Lines of real machines, as Keylime's public tests have them (keylime/ima/ast, ima tests): the
   * SHA-1 template hash in each was computed by a kernel.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "10 5426cf3031a43f5bfca183d79950698a95a728f6 ima-sig"
            + " sha256:f1125b940480d20ad841d26d5ea253edc0704b5ec1548c891edf212cb1a9365e"
            + " /lib/modules/5.4.48-openpower1/kernel/drivers/usb/common/usb-common.ko \n",
        "10 7936eb315fb4e74b99e7d461bc5c96049e1ee092 ima-ng"
            + " sha1:bc026ae66d81713e4e852465e980784dc96651f8 /usr/lib/systemd/systemd\n",
        "10 d7026dc672344d3ee372217bdbc7395947788671 ima"
            + " 6f66d1d8e2fffcc12dfcb78c04b81fe5b8bbae4e /usr/bin/kmod\n",
        "10 5d4d5141ccd5066d50dc3f21d79ba02fedc24256 ima-sig"
            + " sha256:b8ae0b8dd04a5935cd8165aa2260cd11b658bd71629bdb52256a675a1f73907b"
            + " /usr/bin/zmore 030204531f402500483046022100fe24678d21083ead47660e1a2d553a592d777c"
            + "478d1b0466de6ed484b54956b3022100cad3adb37f277bbb03544d6107751b4cd4f2289d8353fa3625"
            + "7400a99334d5c3\n",
        "10 b7862dbbf1383ac6c7cca7f02d981a081aacb1f1 ima-buf"
            + " sha1:6e0e6fc8a188ef4f059638949adca4d221946906 device_resume"
            + " 6e616d653d544553543b757569643d43525950542d5645524954592d39656633326535623635"
            + "623034343234613561386562343436636630653731332d544553543b63617061636974793d30"
            + "3b6d616a6f723d3235333b6d696e6f723d303b6d696e6f725f636f756e743d313b6e756d5f74"
            + "6172676574733d313b6163746976655f7461626c655f686173683d3465653830653333653536"
            + "3564333633343035663430323839343665383762336539656330633538366166663965663065"
            + "6436663561653762656237326431333b\n"
      })
  void lineOfARealMachineHasTheHashThatItsKernelComputed(String line) {
    String log = BOOT_AGGREGATE + line;
    byte[] first = Alg.SHA1.hash(new byte[20], hashOf(BOOT_AGGREGATE));
    byte[] both = Alg.SHA1.hash(first, hashOf(line));
    RegisterBank pcrs = ImaWriter.of(Alg.SHA1).bank(Map.of(10, Bytes.of(both)));
    ImaReplay.Matched matched = Imas.matched(ImaLog.replay(utf8(log), pcrs));
    assertThat(matched.entries()).hasSize(2);
    // A digit of a digest, and the line is nobody's any more.
    String digest = line.split(" ")[3];
    String other = flipDigit(log, log.indexOf(digest) + digest.length() - 1);
    Imas.refused(ImaLog.replay(utf8(other), pcrs), LogFinding.IMA_TEMPLATE);
  }

  @Test
  void theSha256TemplateHashOfAPublishedEntryIsExtended() {
    // Entry and SHA-256 template hash from a public replay tool's tests.
    String line =
        "10 8aa71d146be2b1a0a53cb603be22928f1b74ae17 ima-sig"
            + " sha256:94326940137a8f59b369d1aa058bccce58cbda37e68be0f138ea45c2cb743a46"
            + " boot_aggregate \n";
    byte[] hash =
        Bytes.ofHex("cc1078d3b981e8ef52b3d4d9cffc2f27648d05947d4caa829e47f83fb8f8ed00").toArray();
    RegisterBank pcrs =
        ImaWriter.of(Alg.SHA256).bank(Map.of(10, Bytes.of(Alg.SHA256.hash(new byte[32], hash))));
    ImaEntry entry = Imas.matched(ImaLog.replay(utf8(line), pcrs)).entries().get(0);
    assertThat(entry.untrustedTemplate()).isEqualTo(ImaTemplate.IMA_SIG);
    assertThat(entry.algorithm()).hasValue(HashAlgorithm.SHA256);
    assertThat(entry.name()).hasValue(utf8("boot_aggregate"));
    assertThat(entry.fields()).hasSize(3).last().isEqualTo(Bytes.empty());
  }

  @ParameterizedTest
  @EnumSource(Alg.class)
  void bothFormsTellTheSameOfEveryTemplateInEveryBank(Alg bank) {
    ImaWriter log = all(ImaWriter.of(bank));
    ImaReplay.Matched text = Imas.matched(ImaLog.replay(log.ascii(), log.pcrs()));
    ImaReplay.Matched binary = Imas.matched(ImaLog.replay(log.binary(), log.pcrs()));
    assertThat(text.entries()).hasSize(8);
    assertThat(text.entries()).hasToString(binary.entries().toString());
    assertThat(text.entries().stream().map(ImaEntry::fields))
        .isEqualTo(binary.entries().stream().map(ImaEntry::fields).toList());
    for (ImaReplay.Matched matched : List.of(text, binary)) {
      assertThat(matched.registers()).isEqualTo(log.pcrs());
      assertThat(matched.unprovenEntries()).isZero();
      assertThat(matched.bootAggregateCompared()).isTrue();
      assertThat(matched.sha1InOtherBank()).isFalse();
      assertThat(matched.findings()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Alg.class)
  void textWithTemplateHashesOfAnyAlgorithmIsRead(Alg logged) {
    ImaWriter log = all(ImaWriter.logging(Alg.SHA256, logged));
    assertThat(Imas.matched(ImaLog.replay(log.ascii(), log.pcrs())).entries()).hasSize(8);
  }

  @Test
  void longBuffersAndNamesAreHashedWithTheirWholeSize() {
    byte[] digest = Alg.SHA256.hash(new byte[] {2});
    String buffer = "0a".repeat(900_000);
    String name = "/" + "n".repeat(4000);
    ImaWriter log =
        ImaWriter.of(Alg.SHA256)
            .boot()
            .ng("ima-buf", Alg.SHA256, digest, "kexec-cmdline", buffer)
            .ng("ima-buf", Alg.SHA256, digest, name, buffer)
            .old(new byte[20], "/" + "o".repeat(254))
            .file("/bin/sh");
    for (Bytes form : List.of(log.ascii(), log.binary())) {
      List<ImaEntry> entries = Imas.matched(ImaLog.replay(form, log.pcrs())).entries();
      assertThat(entries).hasSize(5);
      assertThat(entries.get(2).name()).hasValue(utf8(name));
      assertThat(entries.get(2).fields().get(2).size()).isEqualTo(900_000);
      assertThat(entries.get(3).name().orElseThrow().size()).isEqualTo(255);
    }
  }

  @Test
  void entryShowsWhatWasHashed() {
    ImaWriter log = all(ImaWriter.of(Alg.SHA256));
    List<ImaEntry> entries = Imas.matched(ImaLog.replay(log.binary(), log.pcrs())).entries();
    ImaEntry old = entries.get(2);
    assertThat(old.untrustedTemplate()).isEqualTo(ImaTemplate.IMA);
    assertThat(old.algorithm()).hasValue(HashAlgorithm.SHA1);
    assertThat(old.digest()).hasValue(Bytes.ofHex("6f66d1d8e2fffcc12dfcb78c04b81fe5b8bbae4e"));
    assertThat(old.name()).hasValue(utf8("/usr/bin/kmod"));
    ImaEntry appended = entries.get(6);
    assertThat(appended.untrustedTemplate().templateName()).isEqualTo("ima-modsig");
    assertThat(appended.fields())
        .hasSize(5)
        .endsWith(Bytes.empty(), Bytes.empty(), Bytes.ofHex("3082"));
    assertThat(appended.isViolation()).isFalse();
  }

  @Test
  void theLongestBeginningThatMatchesIsBelievedAndNothingAfterIt() {
    ImaWriter log = ImaWriter.of(Alg.SHA256).boot();
    for (int i = 0; i < 20; i++) {
      log.file("/usr/bin/" + i);
    }
    for (int quoted = 1; quoted <= 21; quoted++) {
      for (Bytes form : List.of(log.ascii(), log.binary())) {
        ImaReplay.Matched matched = Imas.matched(ImaLog.replay(form, log.pcrsAfter(quoted)));
        assertThat(matched.entries()).hasSize(quoted);
        assertThat(matched.unprovenEntries()).isEqualTo(21 - quoted);
      }
    }
  }

  @Test
  void entriesOfOtherRegistersAreLeftOut() {
    ImaWriter log =
        ImaWriter.of(Alg.SHA256).elsewhere(9, "/x").boot().elsewhere(11, "/y").file("/bin/sh");
    for (Bytes form : List.of(log.ascii(), log.binary())) {
      ImaReplay.Matched matched = Imas.matched(ImaLog.replay(form, log.pcrs()));
      assertThat(matched.entries()).hasSize(2);
      assertThat(matched.unprovenEntries()).isZero();
    }
  }

  @Test
  void aBootAggregateThatCannotBeComparedIsSaidNotToBe() {
    ImaWriter log = ImaWriter.of(Alg.SHA256).boot().file("/bin/sh");
    assertThat(Imas.matched(ImaLog.replay(log.ascii(), log.onlyPcr10())).bootAggregateCompared())
        .isFalse();
    Map<Integer, Bytes> values = log.values();
    values.remove(9);
    assertThat(Imas.matched(ImaLog.replay(log.ascii(), log.bank(values))).bootAggregateCompared())
        .isFalse();
    ImaWriter other =
        ImaWriter.of(Alg.SHA256).ng("ima-ng", Alg.SHA1, new byte[20], "boot_aggregate");
    assertThat(Imas.matched(ImaLog.replay(other.ascii(), other.pcrs())).bootAggregateCompared())
        .isFalse();
  }

  @Test
  void sha1InOtherBanksIsBelievedOnRequestOnly() {
    ImaWriter log = all(ImaWriter.padded(Alg.SHA256));
    for (Bytes form : List.of(log.ascii(), log.binary())) {
      Imas.refused(ImaLog.replay(form, log.pcrs()), LogFinding.IMA_REPLAY);
      ImaReplay.Matched matched =
          Imas.matched(ImaLog.replay(form, log.pcrs(), Set.of(ImaRisk.ALLOW_SHA1_IN_OTHER_BANKS)));
      assertThat(matched.entries()).hasSize(8);
      assertThat(matched.sha1InOtherBank()).isTrue();
    }
    ImaWriter strong = all(ImaWriter.of(Alg.SHA256));
    assertThat(
            Imas.matched(
                    ImaLog.replay(
                        strong.ascii(), strong.pcrs(), Set.of(ImaRisk.ALLOW_SHA1_IN_OTHER_BANKS)))
                .sha1InOtherBank())
        .isFalse();
  }

  /** Every template, and what may be empty once empty and once not. */
  static ImaWriter all(ImaWriter log) {
    byte[] digest = Alg.SHA512.hash(new byte[] {1});
    return log.boot()
        .file("/usr/lib/systemd/systemd")
        .old(Bytes.ofHex("6f66d1d8e2fffcc12dfcb78c04b81fe5b8bbae4e").toArray(), "/usr/bin/kmod")
        .ng("ima-sig", Alg.SHA512, digest, "/usr/bin/dd", "")
        .ng("ima-sig", Alg.SHA384, Alg.SHA384.hash(digest), "/usr/bin/zmore", "0302")
        .ng("ima-buf", Alg.SHA256, Alg.SHA256.hash(digest), ".ima", "308201")
        .ng("ima-modsig", Alg.SHA256, Alg.SHA256.hash(digest), "/a.ko", "", "", "3082")
        .ng(
            "ima-modsig",
            Alg.SHA256,
            Alg.SHA256.hash(digest),
            "/b.ko",
            "0302",
            "sha512:" + Bytes.of(digest).hex(),
            "3082");
  }

  private static byte[] hashOf(String line) {
    return Bytes.ofHex(line.split(" ")[1]).toArray();
  }

  private static String flipDigit(String log, int at) {
    char other = log.charAt(at) == '0' ? '1' : '0';
    return log.substring(0, at) + other + log.substring(at + 1);
  }

  private static Bytes utf8(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
