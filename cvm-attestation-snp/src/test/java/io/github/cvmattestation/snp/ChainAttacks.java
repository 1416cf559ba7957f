package io.github.cvmattestation.snp;

import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_AUTHORITY;
import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_FORMAT;
import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_ISSUER;
import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_SIGNATURE;
import static io.github.cvmattestation.snp.SnpFinding.SNP_CERTIFICATES;
import static io.github.cvmattestation.snp.SnpFinding.SNP_ENDORSEMENTS;
import static io.github.cvmattestation.snp.SnpFinding.SNP_KEY_KIND;
import static io.github.cvmattestation.snp.SnpFinding.SNP_ROOT;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.testkit.CaSpec;
import io.github.cvmattestation.testkit.CertificateWriter;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.FakeCa;
import io.github.cvmattestation.testkit.LeafSpec;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.PssForm;
import io.github.cvmattestation.testkit.RsaSigningKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Chains that do not lead from an anchor to the leaf (AMD 57230, section 3; RFC 5280, 6.1). */
final class ChainAttacks {
  private static final FakeAmdPki PKI = Scene.PKI;

  /** Right names, right serial numbers, other keys. */
  private static final FakeAmdPki ATTACKER = FakeAmdPki.seeded(Scene.NOW, "attacker");

  private static final Bytes CA = Bytes.ofHex("30060101ff020100");
  private static final Bytes CERT_SIGN = Bytes.ofHex("03020204");

  private ChainAttacks() {}

  static List<Attack> all() {
    List<Attack> attacks = new ArrayList<>();
    attacks.addAll(kinds());
    attacks.addAll(impostors());
    attacks.addAll(otherIssuers());
    attacks.addAll(authorities());
    attacks.addAll(bundles());
    return attacks;
  }

  /** Security case 9. */
  private static List<Attack> kinds() {
    return List.of(
        chain(
            "SIGNING_KEY VLEK, but a VCEK supplied",
            SNP_KEY_KIND,
            "SEV-VLEK",
            () -> Scene.vlek(Line.MILAN).withLeaf(PKI.vcek(Line.MILAN))),
        chain(
            "SIGNING_KEY VCEK, but a VLEK supplied",
            SNP_KEY_KIND,
            "SEV-VCEK",
            () -> Scene.vcek(Line.MILAN).withLeaf(PKI.vlek(Line.MILAN))),
        chain(
            "VCEK issued as SEV-VLEK",
            SnpFinding.SNP_LEAF,
            "hwID and cspID",
            () ->
                Scene.vlek(Line.MILAN)
                    .withLeaf(
                        PKI.issue(
                            LeafSpec.vcek(Line.MILAN)
                                .commonName("SEV-VLEK")
                                .issuedBy(PKI.asvk(Line.MILAN))))));
  }

  /** Security case 11. */
  private static List<Attack> impostors() {
    List<Attack> attacks = new ArrayList<>();
    for (Line line : Line.values()) {
      attacks.add(
          chain(
              line + ": whole chain of an attacker with the right names",
              SNP_ROOT,
              "ARK-" + line.label(),
              () ->
                  Scene.vcek(line)
                      .withLeaf(ATTACKER.vcek(line))
                      .authorities(ATTACKER.chainPem(line))));
      attacks.add(
          chain(
              line + ": self-signed ARK beside a genuine chain",
              SNP_ROOT,
              "ARK-" + line.label(),
              () ->
                  Scene.vcek(line)
                      .authorities(PKI.ask(line).certificate(), ATTACKER.ark(line).certificate())));
      attacks.add(
          chain(
              line + ": self-signed ARK and a genuine leaf",
              SNP_ROOT,
              "ARK-" + line.label(),
              () -> Scene.vcek(line).authorities(ATTACKER.ark(line).certificate())));
      attacks.add(
          chain(
              line + ": attacker's ASK below the genuine ARK",
              CERT_SIGNATURE,
              "SEV-" + line.label(),
              () ->
                  Scene.vcek(line)
                      .withLeaf(ATTACKER.vcek(line))
                      .authorities(ATTACKER.ask(line).certificate(), ark(line))));
      attacks.add(
          chain(
              line + ": attacker's ASK without a root",
              CERT_SIGNATURE,
              "SEV-" + line.label(),
              () ->
                  Scene.vcek(line)
                      .withLeaf(ATTACKER.vcek(line))
                      .authorities(ATTACKER.ask(line).certificate())));
      attacks.add(
          chain(
              line + ": attacker's leaf alone",
              CERT_SIGNATURE,
              "SEV-VCEK",
              () -> Scene.vcek(line).withLeaf(ATTACKER.vcek(line)).authorities()));
      attacks.add(
          chain(
              line + ": attacker's leaf below the genuine authorities",
              CERT_SIGNATURE,
              "SEV-VCEK",
              () -> Scene.vcek(line).withLeaf(ATTACKER.vcek(line))));
      attacks.add(
          chain(
              line + ": attacker's VLEK alone",
              CERT_SIGNATURE,
              "SEV-VLEK",
              () -> Scene.vlek(line).withLeaf(ATTACKER.vlek(line)).authorities()));
    }
    return attacks;
  }

  private static List<Attack> otherIssuers() {
    List<Attack> attacks = new ArrayList<>();
    attacks.add(
        chain(
            "intermediate of another line's root",
            CERT_ISSUER,
            "ARK-Genoa",
            () ->
                Scene.vcek(Line.GENOA)
                    .authorities(ask(Line.GENOA, spec -> spec.issuedBy(PKI.ark(Line.MILAN))))));
    attacks.add(
        chain(
            "intermediate of another line's root under the right name",
            CERT_SIGNATURE,
            "SEV-Genoa",
            () ->
                Scene.vcek(Line.GENOA)
                    .authorities(
                        ask(
                            Line.GENOA,
                            spec -> spec.issuedBy(PKI.ark(Line.MILAN)).issuerName("ARK-Genoa")))));
    attacks.add(leafOf("leaf of another line's ASK", PKI.ask(Line.MILAN), null, CERT_ISSUER));
    attacks.add(
        leafOf(
            "leaf of another line's ASK under the right name",
            PKI.ask(Line.MILAN),
            "SEV-Genoa",
            CERT_SIGNATURE));
    attacks.add(leafOf("VCEK of the ASVK", PKI.asvk(Line.GENOA), null, CERT_ISSUER));
    attacks.add(
        leafOf(
            "VCEK of the ASVK under the ASK's name",
            PKI.asvk(Line.GENOA),
            "SEV-Genoa",
            CERT_SIGNATURE));
    attacks.add(leafOf("VCEK of the ARK", PKI.ark(Line.GENOA), null, CERT_ISSUER));
    attacks.add(
        leafOf(
            "VCEK of the ARK under the ASK's name",
            PKI.ark(Line.GENOA),
            "SEV-Genoa",
            CERT_SIGNATURE));
    attacks.add(
        chain(
            "VLEK of the ASK under the ASVK's name",
            CERT_SIGNATURE,
            "SEV-VLEK",
            () ->
                Scene.vlek(Line.GENOA)
                    .leaf(
                        leaf -> leaf.issuedBy(PKI.ask(Line.GENOA)).issuerName("SEV-VLEK-Genoa"))));
    attacks.add(
        chain(
            "VLEK of the ASK",
            CERT_ISSUER,
            "SEV-VLEK-Genoa",
            () -> Scene.vlek(Line.GENOA).leaf(leaf -> leaf.issuedBy(PKI.ask(Line.GENOA)))));
    attacks.add(
        chain(
            "leaf that names another line than its issuer",
            CERT_ISSUER,
            "SEV-Genoa",
            () -> Scene.vcek(Line.MILAN).leaf(leaf -> leaf.productName("Genoa"))));
    return attacks;
  }

  private static Attack leafOf(String name, FakeCa issuer, String issuerName, FindingCode code) {
    return chain(
        name,
        code,
        "SEV-VCEK",
        () ->
            Scene.vcek(Line.GENOA)
                .leaf(
                    leaf -> {
                      leaf.issuedBy(issuer);
                      if (issuerName != null) {
                        leaf.issuerName(issuerName);
                      }
                    }));
  }

  private static List<Attack> authorities() {
    List<Attack> attacks = new ArrayList<>();
    attacks.add(askWith("not a CA", CERT_AUTHORITY, CaSpec::notACa));
    attacks.add(askWith("no basicConstraints", CERT_AUTHORITY, CaSpec::withoutBasicConstraints));
    attacks.add(askWith("no keyUsage", CERT_AUTHORITY, spec -> spec.keyUsage(0)));
    attacks.add(askWith("digitalSignature only", CERT_AUTHORITY, spec -> spec.keyUsage(0x80)));
    attacks.add(askWith("cRLSign only", CERT_AUTHORITY, spec -> spec.keyUsage(0x02)));
    attacks.add(
        askWith(
            "a salt of 32 bytes",
            CERT_SIGNATURE,
            spec -> spec.signature(PssForm.explicitTrailer().withSaltLength(32))));
    attacks.add(
        askWith(
            "SHA-256",
            CERT_SIGNATURE,
            spec -> spec.signature(PssForm.explicitTrailer().withDigest("SHA-256"))));
    attacks.add(arkWith("not a CA", CaSpec::notACa));
    attacks.add(arkWith("no basicConstraints", CaSpec::withoutBasicConstraints));
    attacks.add(arkWith("path length 0", spec -> spec.pathLength(0)));
    attacks.add(arkWith("no keyUsage", spec -> spec.keyUsage(0)));
    attacks.add(arkWith("cRLSign only", spec -> spec.keyUsage(0x02)));
    attacks.add(
        authority(
            "an unknown critical extension",
            CERT_FORMAT,
            "2.5.29.30",
            writer -> writer.extension("2.5.29.30", true, Bytes.ofHex("3000"))));
    attacks.add(
        authority(
            "unreadable basicConstraints",
            CERT_FORMAT,
            "BasicConstraints",
            writer -> writer.extension("2.5.29.19", true, Bytes.ofHex("ffff"))));
    attacks.add(
        key(
            "an RSA key of 1024 bits",
            CERT_FORMAT,
            RsaSigningKey.of(1024, "weak").subjectPublicKeyInfo()));
    attacks.add(
        key(
            "an RSA exponent of 3",
            CERT_FORMAT,
            RsaSigningKey.of(4096, 3, "three").subjectPublicKeyInfo()));
    attacks.add(
        key("an EC key", CERT_SIGNATURE, EcSigningKey.p384("intermediate").subjectPublicKeyInfo()));
    return attacks;
  }

  private static List<Attack> bundles() {
    List<Attack> attacks = new ArrayList<>();
    attacks.add(
        chain(
            "two different leaves",
            SNP_CERTIFICATES,
            "2 different",
            () -> Scene.vcek(Line.MILAN).alsoSend(PKI.vcek(Line.MILAN).certificate())));
    attacks.add(
        chain(
            "two different intermediates",
            SNP_CERTIFICATES,
            "2 different",
            () -> Scene.vcek(Line.MILAN).alsoSend(ask(Line.MILAN, spec -> spec.serial(0x10002)))));
    attacks.add(
        chain(
            "a genuine root and an attacker's",
            SNP_CERTIFICATES,
            "2 different",
            () -> Scene.vcek(Line.MILAN).alsoSend(ATTACKER.ark(Line.MILAN).certificate())));
    attacks.add(
        chain(
            "authorities without a leaf",
            SNP_CERTIFICATES,
            "SEV-VCEK",
            () -> Scene.vcek(Line.MILAN).leaf(leaf -> leaf.commonName("SEV-Milan-2"))));
    attacks.add(
        chain(
            "DER of the leaf with a byte behind it",
            SNP_ENDORSEMENTS,
            "DER",
            () -> {
              Scene scene = Scene.vcek(Line.MILAN);
              Bytes more = scene.leaf().certificate().concat(Bytes.zeros(1));
              return scene.alsoSend(more);
            }));
    attacks.add(
        chain(
            "PEM with text between its blocks",
            SNP_ENDORSEMENTS,
            "PEM",
            () ->
                Scene.vcek(Line.MILAN)
                    .authorities(
                        FakeAmdPki.pem(PKI.ask(Line.MILAN).certificate())
                            .concat(Bytes.of((byte) 'x'), FakeAmdPki.pem(ark(Line.MILAN))))));
    attacks.add(
        chain(
            "PEM of another label",
            SNP_ENDORSEMENTS,
            "PEM",
            () -> Scene.vcek(Line.MILAN).alsoSend(FakeAmdPki.pem("X509 CRL", ark(Line.MILAN)))));
    // Security case 93.
    attacks.add(
        chain(
            "ten thousand PEM blocks",
            SNP_ENDORSEMENTS,
            "at most",
            () ->
                Scene.vcek(Line.MILAN)
                    .alsoSend(
                        FakeAmdPki.pem(
                            Collections.nCopies(10_000, Bytes.ofHex("3000"))
                                .toArray(Bytes[]::new)))));
    attacks.add(
        chain(
            "ten thousand bundles",
            SNP_ENDORSEMENTS,
            "at most 64 certificates",
            () -> {
              Scene scene = Scene.vcek(Line.MILAN);
              Collections.nCopies(10_000, ark(Line.MILAN)).forEach(scene::alsoSend);
              return scene;
            }));
    attacks.add(
        chain(
            "a bundle of more than 64 KiB",
            SNP_ENDORSEMENTS,
            "at most",
            () ->
                Scene.vcek(Line.MILAN)
                    .alsoSend(
                        FakeAmdPki.pem(ark(Line.MILAN))
                            .concat(Bytes.of("\n".repeat(1 << 16).getBytes())))));
    attacks.add(
        chain(
            "DER nested to the depth of the stack",
            SNP_ENDORSEMENTS,
            "Certificate",
            () -> Scene.vcek(Line.MILAN).alsoSend(nested(1900))));
    attacks.add(
        chain(
            "JSON that is not from THIM",
            SNP_ENDORSEMENTS,
            "tcbm",
            () -> Scene.vcek(Line.MILAN).alsoSend(Bytes.of("{}".getBytes()))));
    attacks.add(
        chain(
            "something that is no bundle",
            SNP_ENDORSEMENTS,
            "certificate table",
            () -> Scene.vcek(Line.MILAN).alsoSend(Bytes.of("<html>".getBytes()))));
    return attacks;
  }

  private static Attack askWith(String what, FindingCode code, UnaryOperator<CaSpec> change) {
    return chain(
        "intermediate with " + what,
        code,
        "SEV-Milan",
        () -> Scene.vcek(Line.MILAN).authorities(ask(Line.MILAN, change), ark(Line.MILAN)));
  }

  private static Attack arkWith(String what, UnaryOperator<CaSpec> change) {
    return chain(
        "root with " + what,
        CERT_AUTHORITY,
        "ARK-Milan",
        () ->
            Scene.vcek(Line.MILAN)
                .authorities(
                    PKI.ask(Line.MILAN).certificate(),
                    PKI.issue(change.apply(PKI.arkSpec(Line.MILAN))).certificate()));
  }

  /** An intermediate that the genuine root signed, with something more or else in it. */
  private static Attack authority(
      String what, FindingCode code, String says, Consumer<CertificateWriter> change) {
    return chain(
        "intermediate with " + what,
        code,
        says,
        () -> {
          CertificateWriter writer =
              authorityWriter(PKI.ask(Line.MILAN).key().subjectPublicKeyInfo());
          change.accept(writer);
          if (!what.contains("basicConstraints")) {
            writer.extension("2.5.29.19", true, CA);
          }
          return Scene.vcek(Line.MILAN).authorities(writer.sign(PKI.ark(Line.MILAN).key()));
        });
  }

  private static Attack key(String what, FindingCode code, Bytes subjectPublicKeyInfo) {
    return chain(
        "intermediate with " + what,
        code,
        "",
        () ->
            Scene.vcek(Line.MILAN)
                .authorities(
                    authorityWriter(subjectPublicKeyInfo)
                        .extension("2.5.29.19", true, CA)
                        .sign(PKI.ark(Line.MILAN).key())));
  }

  private static CertificateWriter authorityWriter(Bytes subjectPublicKeyInfo) {
    return new CertificateWriter()
        .serial(PKI.ask(Line.MILAN).serial())
        .issuer("ARK-Milan")
        .subject("SEV-Milan")
        .validity(PKI.ask(Line.MILAN).notBefore(), PKI.ask(Line.MILAN).notAfter())
        .publicKey(subjectPublicKeyInfo)
        .extension("2.5.29.15", true, CERT_SIGN);
  }

  private static Bytes ask(Line line, UnaryOperator<CaSpec> change) {
    return PKI.issue(change.apply(PKI.askSpec(line))).certificate();
  }

  private static Bytes ark(Line line) {
    return PKI.ark(line).certificate();
  }

  /** SEQUENCE in SEQUENCE, as deep as 8 KiB allow, where a certificate has its first part. */
  private static Bytes nested(int depth) {
    Bytes inner = Bytes.ofHex("3000");
    for (int i = 0; i < depth; i++) {
      inner = sequence(inner);
    }
    return sequence(inner.concat(Bytes.ofHex("3000"), Bytes.ofHex("030100")));
  }

  private static Bytes sequence(Bytes content) {
    int size = content.size();
    Bytes header =
        size < 0x80
            ? Bytes.of((byte) 0x30, (byte) size)
            : size < 0x100
                ? Bytes.of((byte) 0x30, (byte) 0x81, (byte) size)
                : Bytes.of((byte) 0x30, (byte) 0x82, (byte) (size >> 8), (byte) size);
    return header.concat(content);
  }

  private static Attack chain(String name, FindingCode code, String says, Supplier<Scene> scene) {
    return Attack.of(name, SnpCheck.CHAIN, code, says, scene);
  }
}
