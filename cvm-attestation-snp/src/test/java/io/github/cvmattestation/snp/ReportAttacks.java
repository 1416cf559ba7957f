package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.SnpFinding.SNP_CHIP_ID;
import static io.github.cvmattestation.snp.SnpFinding.SNP_MALFORMED;
import static io.github.cvmattestation.snp.SnpFinding.SNP_PRODUCT;
import static io.github.cvmattestation.snp.SnpFinding.SNP_TCB_CERT;
import static io.github.cvmattestation.snp.SnpFinding.SNP_UNSIGNED;
import static io.github.cvmattestation.snp.SnpFinding.SNP_UNSUPPORTED;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.SnpReportWriter;
import io.github.cvmattestation.testkit.Tampering;
import io.github.cvmattestation.testkit.Tcb;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** What can be wrong with a report whose signature and chain hold (AMD 56860, table 23). */
final class ReportAttacks {
  private static final Bytes ONE = Bytes.of((byte) 1);

  private ReportAttacks() {}

  static List<Attack> all() {
    List<Attack> attacks = new ArrayList<>();
    attacks.addAll(unsupported());
    attacks.addAll(reserved());
    attacks.addAll(unsigned());
    attacks.addAll(product());
    attacks.addAll(tcb());
    attacks.addAll(chip());
    return attacks;
  }

  /** Security case 14. */
  private static List<Attack> unsupported() {
    List<Attack> attacks = new ArrayList<>();
    for (long version : new long[] {0, 1, 6, 0x0300, 0xFFFFFFFFL}) {
      attacks.add(
          report(
              "report version " + version,
              SnpCheck.FORMAT,
              SNP_UNSUPPORTED,
              "version 2 to 5",
              writer -> writer.patch(0, u32(version))));
    }
    for (long algorithm : new long[] {0, 2, 0x100, 0xFFFFFFFFL}) {
      attacks.add(
          report(
              "signature algorithm " + algorithm,
              SnpCheck.FORMAT,
              SNP_UNSUPPORTED,
              "SIGNATURE_ALGO",
              writer -> writer.signatureAlgorithm(algorithm)));
    }
    return attacks;
  }

  private static List<Attack> reserved() {
    List<Attack> attacks = new ArrayList<>();
    attacks.add(tampered("report cut by a byte", "1184", raw -> raw.slice(0, 1183)));
    attacks.add(tampered("report longer by a byte", "1184", raw -> raw.concat(Bytes.zeros(1))));
    attacks.add(tampered("empty report", "1184", raw -> Bytes.empty()));
    for (int offset : new int[] {0x4C, 0x4F, 0x18B, 0x19F, 0x1EB, 0x1EF, 0x208, 0x29F}) {
      attacks.add(
          malformed(
              "signed reserved byte %03x".formatted(offset),
              "reserved",
              writer -> writer.patch(offset, ONE)));
    }
    // Security brief, section 3: 3328 free bits in 416 bytes that no signature covers.
    for (int offset : new int[] {0x2D0, 0x2E7, 0x318, 0x32F, 0x330, 0x49F}) {
      attacks.add(
          tampered(
              "unsigned reserved byte %03x".formatted(offset),
              "reserved",
              raw -> Tampering.overwrite(raw, offset, ONE)));
    }
    for (int offset : new int[] {0x188, 0x189, 0x18A}) {
      attacks.add(
          malformed(
              "CPUID byte %03x in version 2".formatted(offset),
              "reserved",
              writer -> writer.version(2).patch(offset, ONE)));
    }
    for (int version : new int[] {2, 3}) {
      for (int offset : new int[] {0x1F8, 0x207}) {
        attacks.add(
            malformed(
                "mitigation byte %03x in version %d".formatted(offset, version),
                "reserved",
                writer -> writer.version(version).patch(offset, ONE)));
      }
    }
    attacks.add(malformed("POLICY bit 17 zero", "POLICY", writer -> writer.policy(0x1001F)));
    for (int bit : new int[] {26, 63}) {
      attacks.add(
          malformed("POLICY bit " + bit, "POLICY", writer -> writer.policy(0x3001F | 1L << bit)));
    }
    for (int bit : new int[] {5, 31}) {
      attacks.add(
          malformed(
              "SIGNER_INFO bit " + bit, "SIGNER_INFO", writer -> writer.signerInfo(1L << bit)));
    }
    for (int key = 2; key <= 6; key++) {
      int reservedKey = key;
      attacks.add(
          malformed(
              "SIGNING_KEY " + key, "SIGNING_KEY", writer -> writer.signerInfo(reservedKey << 2)));
    }
    for (long vmpl : new long[] {4, 0xFFFFFFFEL}) {
      attacks.add(malformed("VMPL " + vmpl, "VMPL", writer -> writer.vmpl(vmpl)));
    }
    return attacks;
  }

  /** Security case 8. */
  private static List<Attack> unsigned() {
    UnaryOperator<Bytes> withoutSignature =
        raw -> Tampering.overwrite(raw, SnpReport.SIGNED_SIZE, Bytes.zeros(144));
    return List.of(
        report(
            "MASK_CHIP_KEY with an all-zero signature",
            SnpCheck.SIGNING_KEY,
            SNP_UNSIGNED,
            "MASK_CHIP_KEY",
            writer -> writer.signerInfo(2),
            withoutSignature),
        report(
            "MASK_CHIP_KEY with a signature that holds",
            SnpCheck.SIGNING_KEY,
            SNP_UNSIGNED,
            "MASK_CHIP_KEY",
            writer -> writer.signerInfo(2)),
        report(
            "SIGNING_KEY none with an all-zero signature",
            SnpCheck.SIGNING_KEY,
            SNP_UNSIGNED,
            "SIGNING_KEY 7",
            writer -> writer.signerInfo(7 << 2),
            withoutSignature),
        report(
            "SIGNING_KEY none with a signature that holds",
            SnpCheck.SIGNING_KEY,
            SNP_UNSIGNED,
            "SIGNING_KEY 7",
            writer -> writer.signerInfo(7 << 2)));
  }

  private static List<Attack> product() {
    List<Attack> attacks = new ArrayList<>();
    // Zen 1 and 2, the gaps of 19h, the ranges of 1Ah behind Turin (Venice: 50h, 90h, A0h, C0h).
    for (int cpuid :
        new int[] {
          0x1701, 0x1731, 0x1920, 0x1944, 0x199F, 0x19B0, 0x19FF, 0x1A20, 0x1A50, 0x1A90, 0x1AA0,
          0x1AC0, 0x1B00, 0x0000
        }) {
      attacks.add(
          report(
              "processor %04x of no known line".formatted(cpuid),
              SnpCheck.PRODUCT,
              SNP_UNSUPPORTED,
              "known product line",
              writer -> writer.cpuid(Bytes.of((byte) (cpuid >> 8), (byte) cpuid, (byte) 1))));
    }
    for (Line line : Line.values()) {
      for (Line other : Line.values()) {
        if (line != other) {
          attacks.add(
              Attack.of(
                  other + " processor with a leaf of " + line,
                  SnpCheck.PRODUCT,
                  SNP_PRODUCT,
                  line.label(),
                  () -> Scene.vcek(line).report(writer -> writer.cpuid(other.cpuid()))));
        }
      }
    }
    return attacks;
  }

  /** Security case 6. */
  private static List<Attack> tcb() {
    List<Attack> attacks = new ArrayList<>();
    for (Line line : Line.values()) {
      Tcb healthy = line.healthyTcb();
      Map<String, Tcb> changed =
          Map.of(
              "boot loader", healthy.withBootLoader(healthy.bootLoader() + 1),
              "TEE", healthy.withTee(healthy.tee() + 1),
              "SNP", healthy.withSnp(healthy.snp() - 1),
              "microcode", healthy.withMicrocode(healthy.microcode() ^ 0x80));
      changed.forEach(
          (component, tcb) -> attacks.add(reportedTcb(line, component + " level", tcb)));
      for (int field : new int[] {0x38, 0x180, 0x1E0, 0x1F0}) {
        for (int reserved : line == Line.TURIN ? new int[] {4, 6} : new int[] {2, 5}) {
          attacks.add(
              Attack.of(
                  "%s: reserved byte %d of the TCB at %03x".formatted(line, reserved, field),
                  SnpCheck.TCB,
                  SNP_MALFORMED,
                  "TCB_VERSION",
                  () -> Scene.vcek(line).report(writer -> writer.patch(field + reserved, ONE))));
        }
      }
    }
    attacks.add(reportedTcb(Line.TURIN, "FMC level", Line.TURIN.healthyTcb().withFmc(9)));
    attacks.add(
        Attack.of(
            "VLEK of another TCB",
            SnpCheck.TCB,
            SNP_TCB_CERT,
            "microcode",
            () -> Scene.vlek(Line.GENOA).leaf(leaf -> leaf.spl("3.8", 1))));
    attacks.add(
        Attack.of(
            "microcode level that differs in the sign bit alone",
            SnpCheck.TCB,
            SNP_TCB_CERT,
            "219",
            () -> Scene.vcek(Line.MILAN).leaf(leaf -> leaf.spl("3.8", 0x5B))));
    return attacks;
  }

  private static Attack reportedTcb(Line line, String component, Tcb reported) {
    return Attack.of(
        line + ": leaf of another " + component,
        SnpCheck.TCB,
        SNP_TCB_CERT,
        "a leaf for",
        () -> Scene.vcek(line).report(writer -> writer.reportedTcb(reported)));
  }

  /** Security case 7. */
  private static List<Attack> chip() {
    List<Attack> attacks = new ArrayList<>();
    for (Line line : Line.values()) {
      attacks.add(
          Attack.of(
              line + ": genuine VCEK of another chip",
              SnpCheck.CHIP_ID,
              SNP_CHIP_ID,
              "expected",
              () -> Scene.vcek(line).leaf(leaf -> leaf.hardwareId(line.chipId("another")))));
      attacks.add(
          Attack.of(
              line + ": masked CHIP_ID",
              SnpCheck.CHIP_ID,
              SNP_CHIP_ID,
              "masked",
              () -> Scene.vcek(line).report(writer -> writer.chipId(Bytes.zeros(64)))));
      attacks.add(
          Attack.of(
              line + ": masked CHIP_ID and a leaf for zeros",
              SnpCheck.CHIP_ID,
              SNP_CHIP_ID,
              "masked",
              () ->
                  Scene.vcek(line)
                      .leaf(leaf -> leaf.hardwareId(Bytes.zeros(64)))
                      .report(writer -> writer.chipId(Bytes.zeros(64)))));
      attacks.add(
          Attack.of(
              line + ": CHIP_ID that differs in its last byte",
              SnpCheck.CHIP_ID,
              SNP_CHIP_ID,
              "",
              () ->
                  Scene.vcek(line)
                      .report(writer -> writer.patch(0x1A0 + 63, Bytes.of((byte) 0x5A)))));
    }
    attacks.add(
        Attack.of(
            "Turin: ninth byte of CHIP_ID set",
            SnpCheck.CHIP_ID,
            SNP_CHIP_ID,
            "",
            () -> Scene.vcek(Line.TURIN).report(writer -> writer.patch(0x1A0 + 8, ONE))));
    return attacks;
  }

  private static Attack malformed(String name, String says, Consumer<SnpReportWriter> change) {
    return report(name, SnpCheck.FORMAT, SNP_MALFORMED, says, change);
  }

  private static Attack tampered(String name, String says, UnaryOperator<Bytes> change) {
    return report(name, SnpCheck.FORMAT, SNP_MALFORMED, says, writer -> {}, change);
  }

  private static Attack report(
      String name, SnpCheck at, SnpFinding code, String says, Consumer<SnpReportWriter> change) {
    return report(name, at, code, says, change, UnaryOperator.identity());
  }

  private static Attack report(
      String name,
      SnpCheck at,
      SnpFinding code,
      String says,
      Consumer<SnpReportWriter> change,
      UnaryOperator<Bytes> tampering) {
    return Attack.of(
        name, at, code, says, () -> Scene.vcek(Line.MILAN).report(change).tampered(tampering));
  }

  private static Bytes u32(long value) {
    return Bytes.of((byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24));
  }
}
