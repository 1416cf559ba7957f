package io.github.cvmattestation.snp;

import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_FORMAT;
import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_SIGNATURE;
import static io.github.cvmattestation.snp.SnpFinding.SNP_CERTIFICATES;
import static io.github.cvmattestation.snp.SnpFinding.SNP_ENDORSEMENTS;
import static io.github.cvmattestation.snp.SnpFinding.SNP_LEAF;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.LeafSpec;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.PssForm;
import io.github.cvmattestation.testkit.RsaSigningKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Leaves that the genuine intermediate signed, but that AMD would not issue (AMD 57230). */
final class LeafAttacks {
  private static final Bytes ZERO = Bytes.ofHex("020100");

  private LeafAttacks() {}

  static List<Attack> all() {
    List<Attack> attacks = new ArrayList<>();
    attacks.addAll(levels());
    attacks.addAll(structure());
    attacks.addAll(holder());
    attacks.addAll(key());
    attacks.addAll(parameters());
    return attacks;
  }

  private static List<Attack> levels() {
    List<Attack> attacks = new ArrayList<>();
    for (Line line : Line.values()) {
      for (String suffix : List.of("3.1", "3.2", "3.3", "3.8")) {
        attacks.add(
            leaf(
                line,
                line + ": SPL ." + suffix + " missing",
                SNP_LEAF,
                "SPL",
                leaf -> leaf.without(suffix)));
      }
      for (String suffix : List.of("3.4", "3.5", "3.6", "3.7")) {
        attacks.add(
            leaf(
                line,
                line + ": reserved SPL ." + suffix + " not zero",
                SNP_LEAF,
                "spl4 to spl7",
                leaf -> leaf.spl(suffix, 1)));
      }
    }
    attacks.add(
        leaf(
            Line.TURIN,
            "Turin: fmcSPL missing",
            SNP_LEAF,
            "every level",
            leaf -> leaf.without("3.9")));
    attacks.add(
        leaf(
            Line.TURIN,
            "Turin: fmcSPL in place of blSPL",
            SNP_LEAF,
            "every level",
            leaf -> leaf.without("3.1")));
    attacks.add(
        leaf(Line.GENOA, "Genoa: fmcSPL", SNP_LEAF, "every level", leaf -> leaf.add("3.9", ZERO)));
    attacks.add(
        leaf(
            Line.GENOA,
            "Genoa: fmcSPL in place of teeSPL",
            SNP_LEAF,
            "every level",
            leaf -> leaf.without("3.2").add("3.9", ZERO)));
    for (String suffix : List.of("1", "2", "3.3", "3.4", "3.8", "4")) {
      attacks.add(
          leaf(
              Line.MILAN,
              "extension ." + suffix + " twice",
              SNP_ENDORSEMENTS,
              "twice",
              leaf -> leaf.add(suffix, ZERO)));
    }
    String[][] badIntegers = {
      {"256", "02020100"},
      {"negative", "020180"},
      {"long form of 127", "0202007f"},
      {"three bytes", "0203000080"},
      {"empty", "0200"},
      {"followed by a byte", "02010000"},
      {"an OCTET STRING", "040100"},
      {"length beyond the end", "020201"},
      {"nothing", ""}
    };
    for (String[] bad : badIntegers) {
      for (String suffix : List.of("3.8", "3.5")) {
        attacks.add(
            leaf(
                Line.MILAN,
                "SPL ." + suffix + ": " + bad[0],
                SNP_LEAF,
                "SPL",
                leaf -> leaf.extension(suffix, Bytes.ofHex(bad[1]))));
      }
    }
    return attacks;
  }

  private static List<Attack> structure() {
    List<Attack> attacks = new ArrayList<>();
    for (Line line : Line.values()) {
      int wrong = line == Line.TURIN ? 0 : 1;
      attacks.add(
          leaf(
              line,
              line + ": structVersion " + wrong,
              SNP_LEAF,
              "structVersion",
              leaf -> leaf.spl("1", wrong)));
      attacks.add(
          leaf(
              line,
              line + ": structVersion missing",
              SNP_LEAF,
              "structVersion",
              leaf -> leaf.without("1")));
    }
    for (String unknown : List.of("3.10", "3.0", "6", "3", "4.1", "1.1")) {
      attacks.add(
          leaf(
              Line.MILAN,
              "unknown AMD extension ." + unknown,
              SNP_LEAF,
              "unknown extension",
              leaf -> leaf.add(unknown, ZERO)));
    }
    attacks.add(
        leaf(
            Line.MILAN,
            "unknown critical extension",
            CERT_FORMAT,
            "2.5.29.30",
            leaf -> leaf.addForeign("2.5.29.30", true, Bytes.ofHex("3000"))));
    attacks.add(
        leaf(
            Line.MILAN,
            "basicConstraints, critical, in a leaf",
            CERT_FORMAT,
            "2.5.29.19",
            leaf -> leaf.addForeign("2.5.29.19", true, Bytes.ofHex("30030101ff"))));
    attacks.add(
        leaf(
            Line.MILAN,
            "AMD extension marked critical",
            CERT_FORMAT,
            LeafSpec.ARC + "3.5",
            leaf -> leaf.without("3.5").addForeign(LeafSpec.ARC + "3.5", true, ZERO)));
    for (String name : List.of("Venice", "milan", "Rome-B0", "", "-Milan", "Milan ", "Milan_B0")) {
      attacks.add(
          leaf(
              Line.MILAN,
              "productName \"" + name + "\"",
              SNP_LEAF,
              "productName",
              leaf -> leaf.productName(name)));
    }
    attacks.add(
        leaf(
            Line.MILAN, "productName missing", SNP_LEAF, "productName", leaf -> leaf.without("2")));
    attacks.add(
        leaf(
            Line.MILAN,
            "productName as UTF8String",
            SNP_LEAF,
            "productName",
            leaf -> leaf.extension("2", tagged(0x0C, "Milan-B0"))));
    attacks.add(
        leaf(
            Line.MILAN,
            "productName with bytes behind it",
            SNP_LEAF,
            "productName",
            leaf -> leaf.extension("2", tagged(0x16, "Milan-B0").concat(ZERO))));
    attacks.add(
        leaf(
            Line.MILAN,
            "productName with a line feed",
            SNP_LEAF,
            "productName",
            leaf -> leaf.productName("Milan-\nB0")));
    attacks.add(
        leaf(
            Line.MILAN,
            "productName of 129 characters",
            SNP_LEAF,
            "productName",
            leaf -> leaf.productName("Milan-" + "x".repeat(123))));
    attacks.add(
        leaf(
            Line.MILAN,
            "leaf by another name",
            SNP_CERTIFICATES,
            "SEV-VCEK",
            leaf -> leaf.commonName("VCEK")));
    attacks.add(
        leaf(
            Line.MILAN,
            "leaf of more than 8 KiB",
            SNP_ENDORSEMENTS,
            "8192",
            leaf -> leaf.addForeign("1.2.3.4", false, Bytes.zeros(8192))));
    return attacks;
  }

  private static List<Attack> holder() {
    List<Attack> attacks = new ArrayList<>();
    for (Line line : Line.values()) {
      Bytes right = line.chipId("default").slice(0, line.chipIdSize());
      Bytes other = Line.GENOA.chipId("default").slice(0, line == Line.TURIN ? 64 : 8);
      attacks.add(hwId(line, "of another line's size", other));
      attacks.add(hwId(line, "cut by a byte", right.slice(1, right.size())));
      attacks.add(hwId(line, "longer by a byte", right.concat(Bytes.zeros(1))));
      attacks.add(hwId(line, "wrapped as a BIT STRING", wrapped(0x03, right)));
      attacks.add(hwId(line, "wrapped, bytes behind", wrapped(0x04, right).concat(ZERO)));
      attacks.add(hwId(line, "wrapped twice", wrapped(0x04, wrapped(0x04, right))));
      attacks.add(hwId(line, "wrapped, of another line's size", wrapped(0x04, other)));
      attacks.add(hwId(line, "empty", Bytes.empty()));
      attacks.add(
          leaf(
              line,
              line + ": VCEK without hwID",
              SNP_LEAF,
              "hwID and cspID",
              leaf -> leaf.without("4")));
    }
    attacks.add(
        leaf(
            Line.MILAN,
            "VCEK with hwID and cspID",
            SNP_LEAF,
            "hwID and cspID",
            leaf -> leaf.cspId("CN=cc.example.com")));
    attacks.add(
        leaf(
            Line.MILAN,
            "VCEK with cspID for hwID",
            SNP_LEAF,
            "hwID and cspID",
            leaf -> leaf.without("4").cspId("CN=cc.example.com")));
    attacks.add(vlek("VLEK with hwID", "hwID and cspID", leaf -> leaf.hardwareId(Bytes.zeros(64))));
    attacks.add(vlek("VLEK without cspID", "hwID and cspID", leaf -> leaf.without("5")));
    attacks.add(
        vlek(
            "VLEK with hwID for cspID",
            "hwID and cspID",
            leaf -> leaf.without("5").hardwareId(Line.MILAN.chipId("default"))));
    attacks.add(
        vlek(
            "cspID as UTF8String",
            "cspID",
            leaf -> leaf.extension("5", tagged(0x0C, "CN=cc.example.com"))));
    attacks.add(vlek("cspID with an escape", "cspID", leaf -> leaf.cspId("CN=\u001B[2J")));
    attacks.add(vlek("cspID of 129 characters", "cspID", leaf -> leaf.cspId("x".repeat(129))));
    return attacks;
  }

  private static List<Attack> key() {
    return List.of(
        leaf(
            Line.MILAN,
            "leaf on P-256",
            SNP_LEAF,
            "on P-384",
            leaf -> leaf.publicKey(EcSigningKey.p256("leaf").subjectPublicKeyInfo())),
        leaf(
            Line.MILAN,
            "leaf with an RSA key",
            SNP_LEAF,
            "on P-384",
            leaf -> leaf.publicKey(RsaSigningKey.of(2048, "leaf").subjectPublicKeyInfo())),
        leaf(
            Line.MILAN,
            "leaf whose point is off the curve",
            SNP_LEAF,
            "a point on",
            leaf -> {
              byte[] key = EcSigningKey.p384("leaf").subjectPublicKeyInfo().toArray();
              key[key.length - 1] ^= 1;
              leaf.publicKey(Bytes.of(key));
            }));
  }

  /** AMD 57230, section 3: RSASSA-PSS with SHA-384, MGF1 with SHA-384, salt 48, trailer 1. */
  private static List<Attack> parameters() {
    PssForm right = PssForm.defaultTrailer();
    List<Attack> attacks = new ArrayList<>();
    attacks.add(pss("salt of 32 bytes", right.withSaltLength(32)));
    attacks.add(pss("salt of 47 bytes", right.withSaltLength(47)));
    attacks.add(pss("SHA-256", right.withDigest("SHA-256").withSaltLength(32)));
    attacks.add(pss("SHA-512", right.withDigest("SHA-512").withSaltLength(64)));
    attacks.add(pss("MGF1 with SHA-256", new PssForm("SHA-384", "SHA-256", 48, 0)));
    attacks.add(pss("trailerField 2", new PssForm("SHA-384", "SHA-384", 48, 2)));
    attacks.add(
        leaf(
            Line.MILAN,
            "leaf that names one algorithm and signs another",
            SNP_ENDORSEMENTS,
            "algorithm inside",
            leaf -> leaf.outerAlgorithm(PssForm.explicitTrailer())));
    return attacks;
  }

  private static Attack pss(String name, PssForm form) {
    return leaf(
        Line.MILAN,
        "leaf signed with " + name,
        CERT_SIGNATURE,
        "another algorithm or parameters",
        leaf -> leaf.signature(form));
  }

  private static Attack hwId(Line line, String how, Bytes value) {
    return leaf(line, line + ": hwID " + how, SNP_LEAF, "hwID", leaf -> leaf.extension("4", value));
  }

  private static Attack vlek(String name, String says, Consumer<LeafSpec> change) {
    return Attack.of(
        name, SnpCheck.CHAIN, SNP_LEAF, says, () -> Scene.vlek(Line.MILAN).leaf(change));
  }

  private static Attack leaf(
      Line line, String name, FindingCode code, String says, Consumer<LeafSpec> change) {
    return Attack.of(name, SnpCheck.CHAIN, code, says, () -> Scene.vcek(line).leaf(change));
  }

  private static Bytes tagged(int tag, String text) {
    return wrapped(tag, Bytes.of(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private static Bytes wrapped(int tag, Bytes content) {
    return Bytes.of((byte) tag, (byte) content.size()).concat(content);
  }
}
