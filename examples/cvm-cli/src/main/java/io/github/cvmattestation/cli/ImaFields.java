package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.eventlog.BootFinding;
import io.github.cvmattestation.attestation.eventlog.ImaEntry;
import io.github.cvmattestation.attestation.eventlog.ImaReplay;
import io.github.cvmattestation.attestation.eventlog.LogFinding;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the kernel measured into PCR 10. What the register does not cover is called untrusted. */
final class ImaFields {
  /** CONFIG_IMA_MEASURE_PCR_IDX of Linux, everywhere. */
  static final int REGISTER = 10;

  private ImaFields() {}

  static ClaimValue.Group of(ImaReplay.Matched matched) {
    return summary(matched)
        .put(
            "entries",
            new ClaimValue.Many(
                matched.entries().stream().<ClaimValue>map(ImaFields::entry).toList()))
        .build();
  }

  private static ClaimValue.Builder summary(ImaReplay.Matched matched) {
    return ClaimValue.Group.builder()
        .put("bank", matched.registers().algorithm().bankName())
        .put("matched", matched.entries().size())
        .put("unproven", matched.unprovenEntries())
        .put("bootAggregateCompared", matched.bootAggregateCompared());
  }

  private static ClaimValue entry(ImaEntry entry) {
    ClaimValue.Builder fields = ClaimValue.Group.builder();
    entry.algorithm().map(HashAlgorithm::bankName).ifPresent(name -> fields.put("algorithm", name));
    entry.digest().ifPresent(digest -> fields.put("digest", digest));
    entry
        .name()
        .ifPresent(
            octets ->
                utf8(octets)
                    .ifPresentOrElse(
                        name -> fields.put("name", name), () -> fields.put("nameOctets", octets)));
    return fields.put("untrustedTemplate", entry.untrustedTemplate().templateName()).build();
  }

  /** For people; the template comes first, so that no name can imitate one. */
  static void print(ImaReplay.Matched matched, Console console) {
    console.line("");
    console.line("What the kernel measured, if the registers are the machine's");
    ClaimText.print(summary(matched).build(), "  ", console::line);
    console.line("");
    console.line("Entries: PCR10 covers digest and name, and not the template in brackets");
    for (ImaEntry entry : matched.entries()) {
      String digest =
          entry.algorithm().map(HashAlgorithm::bankName).orElse("violation")
              + ":"
              + entry.digest().map(Bytes::hex).orElse("");
      String name =
          entry.name().map(octets -> utf8(octets).orElseGet(() -> "0x" + octets.hex())).orElse("");
      console.line("  [" + entry.untrustedTemplate().templateName() + "] " + digest + "  " + name);
    }
    if (matched.unprovenEntries() > 0) {
      console.line(
          "  NOT PROVEN and not shown: "
              + matched.unprovenEntries()
              + " that PCR10 does not cover");
    }
  }

  /** What holds, but a reader must know. */
  static List<Finding> remarks(ImaReplay.Matched matched) {
    List<Finding> remarks = new ArrayList<>();
    HashAlgorithm bank = matched.registers().algorithm();
    if (bank.isWeak()) {
      remarks.add(
          Finding.of(BootFinding.BOOT_BANK, "a bank without known collisions", bank.bankName()));
    }
    if (!matched.bootAggregateCompared()) {
      remarks.add(
          Finding.of(
              LogFinding.IMA_BOOT_AGGREGATE,
              "registers that the first entry is the hash of",
              "not all of them, or another bank's: it may be another boot's log"));
    }
    return remarks;
  }

  private static Optional<String> utf8(Bytes octets) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets.toArray())).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
