package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs that somebody else has written: case L16, and everything that the kernel would not do. */
class HostileImaLogTest {
  private static final ImaWriter LOG =
      ImaLogTest.all(ImaWriter.of(Alg.SHA256)).file("/bin/sh").file("/bin/ls");

  @Test
  void aViolationIsRefusedUnlessTheRiskIsTaken() {
    ImaWriter log = ImaWriter.of(Alg.SHA256).boot().violation("/etc/passwd").file("/bin/sh");
    for (Bytes form : List.of(log.ascii(), log.binary())) {
      Imas.refused(ImaLog.replay(form, log.pcrs()), LogFinding.IMA_VIOLATION);
      Imas.refused(
          ImaLog.replay(form, log.pcrs(), Set.of(ImaRisk.ALLOW_SHA1_IN_OTHER_BANKS)),
          LogFinding.IMA_VIOLATION);
      List<ImaEntry> entries =
          Imas.matched(ImaLog.replay(form, log.pcrs(), Set.of(ImaRisk.ALLOW_VIOLATIONS))).entries();
      assertThat(entries).extracting(ImaEntry::isViolation).containsExactly(false, true, false);
      // No hash covers what a violation says.
      assertThat(entries.get(1).name()).isEmpty();
      assertThat(entries.get(1).digest()).isEmpty();
      assertThat(entries.get(1).algorithm()).isEmpty();
      assertThat(entries.get(1).fields()).isEmpty();
    }
  }

  @Test
  void aViolationAfterTheQuoteIsNotYetPartOfTheHistory() {
    ImaWriter log = ImaWriter.of(Alg.SHA256).boot().file("/bin/sh").violation("/etc/passwd");
    assertThat(Imas.matched(ImaLog.replay(log.ascii(), log.pcrsAfter(2))).entries()).hasSize(2);
    Imas.refused(ImaLog.replay(log.ascii(), log.pcrsAfter(3)), LogFinding.IMA_VIOLATION);
  }

  @Test
  void aFilePassedOffAsAViolationAndTheReverseDoNotMatch() {
    ImaWriter file = ImaWriter.of(Alg.SHA256).boot().file("/tmp/evil");
    ImaWriter violation = ImaWriter.of(Alg.SHA256).boot().violation("/tmp/evil");
    Set<ImaRisk> risks = Set.of(ImaRisk.ALLOW_VIOLATIONS);
    // What is left of the quoted value's history is its beginning only if that is what was quoted.
    Imas.refused(ImaLog.replay(violation.ascii(), file.pcrs(), risks), LogFinding.IMA_REPLAY);
    Imas.refused(ImaLog.replay(file.ascii(), violation.pcrs(), risks), LogFinding.IMA_REPLAY);
  }

  @Test
  void leavingOutInsertingOrSwappingEntriesMatchesNothing() {
    String[] lines = LOG.text().split("(?<=\n)");
    for (int i = 0; i < lines.length; i++) {
      String without = LOG.text().replace(lines[i], "");
      ImaReplay replay = ImaLog.replay(utf8(without), LOG.pcrs());
      Imas.refused(replay, LogFinding.IMA_REPLAY);
      String twice = LOG.text().replace(lines[i], lines[i] + lines[i]);
      if (i < lines.length - 1) {
        Imas.refused(ImaLog.replay(utf8(twice), LOG.pcrs()), LogFinding.IMA_REPLAY);
        String[] swapped = lines.clone();
        swapped[i] = lines[i + 1];
        swapped[i + 1] = lines[i];
        Imas.refused(
            ImaLog.replay(utf8(String.join("", swapped)), LOG.pcrs()), LogFinding.IMA_REPLAY);
      }
    }
  }

  @Test
  void whatIsAppendedToTheLogIsNotBelieved() {
    ImaWriter longer =
        ImaLogTest.all(ImaWriter.of(Alg.SHA256)).file("/bin/sh").file("/bin/ls").file("/forged");
    for (Bytes form : List.of(longer.ascii(), longer.binary())) {
      ImaReplay.Matched matched = Imas.matched(ImaLog.replay(form, LOG.pcrs()));
      assertThat(matched.entries()).hasSize(10);
      assertThat(matched.unprovenEntries()).isEqualTo(1);
    }
  }

  @Test
  void everyCutIsRefused() {
    for (Bytes form : List.of(LOG.ascii(), LOG.binary())) {
      for (int size = 0; size < form.size(); size++) {
        ImaReplay replay = ImaLog.replay(form.slice(0, size), LOG.pcrs());
        assertThat(replay).as("first %d bytes", size).isInstanceOf(ImaReplay.Refused.class);
        assertThat(replay.findings()).hasSize(1);
      }
    }
  }

  @Test
  void everyTurnedBitIsRefusedOrChangesNothingButTheTemplatesName() {
    for (Bytes form : List.of(LOG.ascii(), LOG.binary())) {
      List<List<Bytes>> truth = fields(Imas.matched(ImaLog.replay(form, LOG.pcrs())));
      for (int bit = 0; bit < 8 * form.size(); bit++) {
        ImaReplay replay = ImaLog.replay(Replays.flipped(form, bit), LOG.pcrs());
        if (replay instanceof ImaReplay.Matched matched) {
          assertThat(fields(matched)).as("bit %d", bit).isEqualTo(truth);
        } else {
          assertThat(replay.findings()).hasSize(1);
        }
      }
    }
  }

  private static List<List<Bytes>> fields(ImaReplay.Matched matched) {
    return matched.entries().stream().map(ImaEntry::fields).toList();
  }

  @Test
  void signatureAndBufferCanBeExchangedSoTheTemplateIsNamedUntrusted() {
    String relabelled = LOG.text().replace(" ima-buf ", " ima-sig ");
    ImaReplay.Matched matched = Imas.matched(ImaLog.replay(utf8(relabelled), LOG.pcrs()));
    assertThat(matched.entries())
        .extracting(ImaEntry::untrustedTemplate)
        .doesNotContain(ImaTemplate.IMA_BUF);
    Imas.refused(
        ImaLog.replay(utf8(LOG.text().replace(" ima-sig ", " ima-ng ")), LOG.pcrs()),
        LogFinding.IMA_FORMAT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ima-ngv2", "ima-sigv2", "evm-sig", "d-ng|n-ng", "imA-ng", "ima-n", "", "ima-ng2"})
  void aTemplateThatIsNotKnownIsRefused(String name) {
    Imas.refused(
        ImaLog.replay(utf8(LOG.text().replace(" ima-ng ", " " + name + " ")), LOG.pcrs()),
        LogFinding.IMA_FORMAT);
    Bytes binary = header(10, name).concat(Bytes.zeros(100));
    Imas.refused(ImaLog.replay(binary, LOG.pcrs()), LogFinding.IMA_FORMAT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10  %s ima-ng %s /x",
        "10 %s  ima-ng %s /x",
        "10 %s ima-ng %s /x ",
        "10 %s ima-ng %s /x y",
        "10 %s ima-ng %s ",
        "10 %s ima-ng %s",
        "010 %s ima-ng %s /x",
        " 10 %s ima-ng %s /x",
        "1 %s ima-ng %s /x",
        "24 %s ima-ng %s /x",
        "99 %s ima-ng %s /x",
        "0x0a %s ima-ng %s /x",
        "10 %s00 ima-ng %s /x",
        "10 0%s ima-ng %s /x",
        "10 %s ima-ng %s00 /x",
        "10 %s ima-ng md5:%s /x",
        "10 %s ima-ng :%s /x",
        "10 %s ima-ng /x %s",
        "10 %s ima %s /x",
        "10 %s ima-sig %s /x",
        "10 %s ima-sig %s /x zz",
        "10 %s ima-sig %s /x 0",
        "10 %s ima-modsig %s /x 00 sha256:00 00",
        "10 %s ima-modsig %s /x 00 00",
        "10",
        ""
      })
  void aLineThatTheKernelWouldNotPrintIsRefused(String format) {
    String digest = "sha256:" + "ab".repeat(32);
    String line = format.formatted("cd".repeat(20), digest) + "\n";
    Imas.refused(ImaLog.replay(utf8(LOG.text() + line), LOG.pcrs()), LogFinding.IMA_FORMAT);
    String upper = LOG.text().replace("sha256:", "SHA256:");
    Imas.refused(ImaLog.replay(utf8(upper), LOG.pcrs()), LogFinding.IMA_FORMAT);
  }

  @Test
  void upperCaseHexadecimalIsRefused() {
    String line = "10 " + "CD".repeat(20) + " ima-ng sha256:" + "ab".repeat(32) + " /x\n";
    Imas.refused(ImaLog.replay(utf8(LOG.text() + line), LOG.pcrs()), LogFinding.IMA_FORMAT);
  }

  @Test
  void templateHashesOfTwoSizesAreRefused() {
    ImaWriter longer = ImaWriter.logging(Alg.SHA256, Alg.SHA256).file("/x");
    Imas.refused(
        ImaLog.replay(LOG.ascii().concat(longer.ascii()), LOG.pcrs()), LogFinding.IMA_FORMAT);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 7, 0x100001L, 0x7FFFFFFFL, 0x80000000L, 0xFFFFFFFFL})
  void aSizeThatLiesIsRefusedBeforeAnythingIsAllocated(long size) {
    Bytes number = SipaWriter.number(size, 4);
    for (Bytes lie :
        List.of(
            // the template's name, all fields, the first field, and the old template's name
            SipaWriter.number(10, 4).concat(Bytes.ofHex("11".repeat(20)), number),
            header(10, "ima-ng").concat(number, Bytes.zeros(9)),
            header(10, "ima-ng").concat(SipaWriter.number(12, 4), number, Bytes.zeros(8)),
            header(10, "ima").concat(Bytes.zeros(20), number, Bytes.zeros(300)))) {
      ImaReplay replay = ImaLog.replay(lie, LOG.pcrs());
      assertThat(replay).isInstanceOf(ImaReplay.Refused.class);
      assertThat(replay.findings())
          .singleElement()
          .satisfies(
              finding ->
                  assertThat(finding.code())
                      .isIn(LogFinding.IMA_FORMAT, LogFinding.IMA_LIMIT, LogFinding.IMA_TEMPLATE));
    }
    if (size > ImaLog.MAX_ENTRY_SIZE) {
      Imas.refused(
          ImaLog.replay(header(10, "ima-ng").concat(number), LOG.pcrs()), LogFinding.IMA_LIMIT);
    }
  }

  @Test
  void bytesInsideAnEntryThatNoFieldTakesAreRefused() {
    Bytes field = Bytes.of("sha1:\0".getBytes(StandardCharsets.US_ASCII)).concat(Bytes.zeros(20));
    Bytes fields =
        SipaWriter.number(26, 4).concat(field, SipaWriter.number(2, 4), Bytes.ofHex("7800"));
    Bytes more = fields.concat(Bytes.zeros(4));
    Imas.refused(
        ImaLog.replay(
            header(10, "ima-ng").concat(SipaWriter.number(more.size(), 4), more), LOG.pcrs()),
        LogFinding.IMA_FORMAT);
    Imas.refused(
        ImaLog.replay(
            header(10, "ima-ng").concat(SipaWriter.number(fields.size(), 4), fields), LOG.pcrs()),
        LogFinding.IMA_TEMPLATE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "78", "780079", "78007900"})
  void aNameThatIsNoStringIsRefused(String hex) {
    Bytes name = Bytes.ofHex(hex);
    Bytes field = Bytes.of("sha1:\0".getBytes(StandardCharsets.US_ASCII)).concat(Bytes.zeros(20));
    Bytes fields = SipaWriter.number(26, 4).concat(field, SipaWriter.number(name.size(), 4), name);
    Imas.refused(
        ImaLog.replay(
            header(10, "ima-ng").concat(SipaWriter.number(fields.size(), 4), fields), LOG.pcrs()),
        LogFinding.IMA_FORMAT);
  }

  @Test
  void anotherBootsRegistersAreNotThoseOfTheBootAggregate() {
    ImaWriter log = ImaWriter.of(Alg.SHA256).boot().file("/bin/sh");
    for (int pcr = 0; pcr < 10; pcr++) {
      Map<Integer, Bytes> values = log.values();
      values.put(pcr, Bytes.zeros(32));
      Imas.refused(ImaLog.replay(log.binary(), log.bank(values)), LogFinding.IMA_BOOT_AGGREGATE);
    }
    ImaWriter old = ImaWriter.of(Alg.SHA1).boot();
    Map<Integer, Bytes> values = old.values();
    values.put(8, Bytes.zeros(20));
    assertThat(Imas.matched(ImaLog.replay(old.ascii(), old.bank(values))).bootAggregateCompared())
        .isTrue();
    values.put(7, Bytes.zeros(20));
    Imas.refused(ImaLog.replay(old.ascii(), old.bank(values)), LogFinding.IMA_BOOT_AGGREGATE);
  }

  @Test
  void aLogThatDoesNotBeginWithTheBootAggregateIsRefused() {
    ImaWriter log = ImaWriter.of(Alg.SHA256).file("/bin/sh").boot();
    Imas.refused(ImaLog.replay(log.ascii(), log.pcrs()), LogFinding.IMA_BOOT_AGGREGATE);
    ImaWriter violation = ImaWriter.of(Alg.SHA256).violation("boot_aggregate");
    Imas.refused(
        ImaLog.replay(violation.ascii(), violation.pcrs(), Set.of(ImaRisk.ALLOW_VIOLATIONS)),
        LogFinding.IMA_BOOT_AGGREGATE);
  }

  @Test
  void aRegisterThatNothingWasMeasuredIntoProvesNothing() {
    Imas.refused(ImaLog.replay(LOG.ascii(), LOG.pcrsAfter(0)), LogFinding.IMA_EMPTY);
    Imas.refused(ImaLog.replay(Bytes.empty(), LOG.pcrs()), LogFinding.IMA_EMPTY);
    ImaWriter elsewhere = ImaWriter.of(Alg.SHA256).elsewhere(11, "/x");
    Imas.refused(ImaLog.replay(elsewhere.ascii(), LOG.pcrs()), LogFinding.IMA_EMPTY);
  }

  @Test
  void registersWithoutPcr10AreRefused() {
    Map<Integer, Bytes> values = LOG.values();
    values.remove(10);
    Imas.refused(ImaLog.replay(LOG.ascii(), LOG.bank(values)), LogFinding.IMA_REGISTER);
    Imas.refused(ImaLog.replay(LOG.ascii(), LogWriter.ccel().rtmrs()), LogFinding.IMA_REGISTER);
  }

  @Test
  void logsAndLinesThatAreTooLongAreRefused() {
    byte[] huge = new byte[ImaLog.MAX_SIZE + 1];
    Imas.refused(ImaLog.replay(Bytes.of(huge), LOG.pcrs()), LogFinding.IMA_LIMIT);
    byte[] line = new byte[2 * ImaLog.MAX_ENTRY_SIZE + 100];
    Arrays.fill(line, (byte) '1');
    Imas.refused(ImaLog.replay(Bytes.of(line), LOG.pcrs()), LogFinding.IMA_LIMIT);
    Arrays.fill(line, (byte) ' ');
    Imas.refused(ImaLog.replay(Bytes.of(line), LOG.pcrs()), LogFinding.IMA_FORMAT);
  }

  @Test
  void aBigEndianLogIsRefused() {
    Bytes log = Bytes.ofHex("0000000a").concat(Bytes.ofHex("11".repeat(20)), Bytes.zeros(40));
    Imas.refused(ImaLog.replay(log, LOG.pcrs()), LogFinding.IMA_FORMAT);
  }

  private static Bytes header(int pcr, String template) {
    Bytes name = utf8(template);
    return SipaWriter.number(pcr, 4)
        .concat(Bytes.ofHex("11".repeat(20)), SipaWriter.number(name.size(), 4), name);
  }

  private static Bytes utf8(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
