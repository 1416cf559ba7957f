package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.Scene.ANCHORS;
import static io.github.cvmattestation.snp.Scene.NOW;
import static io.github.cvmattestation.snp.Scene.PKI;
import static io.github.cvmattestation.snp.Scene.assertRefuted;
import static io.github.cvmattestation.snp.Scene.claimsOf;
import static io.github.cvmattestation.snp.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.testkit.AmdCertificateTableWriter;
import io.github.cvmattestation.testkit.CrlSpec;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.Leaf;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.Tcb;
import io.github.cvmattestation.testkit.ThimAnswer;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Defects that other verifiers had, one test each, named after what went wrong: go-sev-guest, sev,
 * snpguest, snphost, trustee, TEE-Attestation-Verification, attestation-rs, az-cvm-tooling.
 */
class DefectsOfOthersTest {
  /** go-sev-guest #185: roots came from the evidence when a caller set none. */
  @ParameterizedTest
  @EnumSource
  void defaultRootsRefuseAnAttackersArkWithTheRightNames(Line line) {
    for (Revocation mode : Revocation.values()) {
      SnpVerifier published = SnpVerifier.builder().revocation(mode).build();
      assertRefuted(Scene.vcek(line).verify(published), SnpFinding.SNP_ROOT);
      assertRefuted(Scene.vlek(line).verify(published), SnpFinding.SNP_ROOT);
      assertRefuted(
          Scene.vcek(line).authorities(PKI.ask(line).certificate()).verify(published),
          CoreFinding.CERT_SIGNATURE);
      assertRefuted(Scene.vcek(line).authorities().verify(published), CoreFinding.CERT_SIGNATURE);
    }
    assertRefuted(Scene.vcek(line).verify(SnpVerifier.create()), SnpFinding.SNP_ROOT);
  }

  /** The same, for a caller that leaves a line out: no anchor is not any anchor. */
  @ParameterizedTest
  @EnumSource
  void withoutAnAnchorNothingIsBelieved(Line line) {
    SnpVerifier nobody = Scene.verifier().trustAnchors(new TrustAnchors(List.of())).build();
    assertRefuted(Scene.vcek(line).verify(nobody), SnpFinding.SNP_ROOT, "ARK");
    assertRefuted(
        Scene.vcek(line).authorities(PKI.ask(line).certificate()).verify(nobody),
        SnpFinding.SNP_ROOT,
        "none");
    assertRefuted(Scene.vcek(line).authorities().verify(nobody), SnpFinding.SNP_ROOT, "none");

    SnpVerifier rootsAlone = Scene.verifier().trustAnchors(PKI.arkAnchors(Line.values())).build();
    proven(Scene.vcek(line).verify(rootsAlone));
    assertRefuted(
        Scene.vcek(line).authorities().verify(rootsAlone),
        SnpFinding.SNP_ROOT,
        "SEV-" + line.label());
  }

  @Test
  void extraAnchorsComeOnlyFromTheCaller() {
    SnpVerifier both =
        Scene.verifier().trustAnchors(AmdTrustAnchors.published().plus(ANCHORS)).build();
    for (Line line : Line.values()) {
      proven(Scene.vcek(line).verify(both));
      proven(Scene.vlek(line).verify(both));
      proven(Scene.vcek(line).authorities().verify(both));
      proven(Scene.vcek(line).authorities(PKI.ask(line).certificate()).verify(both));
    }
  }

  /** sev 71beb7a, snpguest #98, snphost #125: version 4 was taken for "Turin". */
  @ParameterizedTest
  @CsvSource({"MILAN,2", "MILAN,3", "MILAN,4", "MILAN,5", "GENOA,2", "GENOA,4", "GENOA,5"})
  void aReportsVersionDoesNotDecideTheLayoutOfItsTcb(Line line, int version) {
    SnpClaims claims = Scene.vcek(line).report(writer -> writer.version(version)).claims();
    Tcb healthy = line.healthyTcb();
    assertThat(claims.tcb().reported())
        .isEqualTo(
            new TcbVersion.PreTurin(
                healthy.bootLoader(), healthy.tee(), healthy.snp(), healthy.microcode()));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void turinsTcbHasItsOwnLayoutInEveryVersion(int version) {
    SnpClaims claims = Scene.vcek(Line.TURIN).report(writer -> writer.version(version)).claims();
    Tcb healthy = Line.TURIN.healthyTcb();
    assertThat(claims.tcb().reported())
        .isEqualTo(
            new TcbVersion.Turin(
                healthy.fmc(),
                healthy.bootLoader(),
                healthy.tee(),
                healthy.snp(),
                healthy.microcode()));
  }

  /** sev 3afbffe: what was signed is what was received, not what a parser writes back. */
  @Test
  void theSignatureIsCheckedOverTheReceivedBytes() {
    Scene scene = Scene.vcek(Line.MILAN).report(writer -> writer.version(4));
    SnpReport report = scene.claims().report();
    assertThat(report.raw()).isEqualTo(scene.report());
    assertThat(report.signedBytes()).isEqualTo(scene.report().slice(0, 0x2A0));
  }

  /** sev 8e10d96: SMT and TSME changed places. */
  @ParameterizedTest
  @CsvSource({
    "0,smt",
    "1,tsme",
    "2,ecc",
    "3,raplDisabled",
    "4,ciphertextHiding",
    "5,aliasCheckComplete",
    "7,tio"
  })
  void platformBitsHaveTheirOwnPlaces(int bit, String name) {
    PlatformInfo info = new PlatformInfo(1L << bit);
    List<Boolean> bits =
        List.of(
            info.smtEnabled(),
            info.tsmeEnabled(),
            info.eccEnabled(),
            info.raplDisabled(),
            info.ciphertextHidingEnabled(),
            info.aliasCheckComplete(),
            info.tioEnabled());
    int place = bit == 7 ? 6 : bit;
    for (int i = 0; i < bits.size(); i++) {
      assertThat(bits.get(i)).as("bit %d", i).isEqualTo(i == place);
    }
    assertThat(info.toGroup().members()).containsEntry(name, new ClaimValue.Flag(true));
  }

  /** snpguest #159: the table's GUID said ASK, so nobody compared the chip id. */
  @Test
  void aVcekInTheAskSlotIsStillBoundToItsChip() {
    Scene scene =
        Scene.vcek(Line.MILAN).leaf(leaf -> leaf.hardwareId(Line.MILAN.chipId("another")));
    Bytes table =
        AmdCertificateTableWriter.empty()
            .add(AmdCertificateTableWriter.ASK, scene.leaf().certificate())
            .add(AmdCertificateTableWriter.VCEK, PKI.ask(Line.MILAN).certificate())
            .add(AmdCertificateTableWriter.ARK, PKI.ark(Line.MILAN).certificate())
            .add(AmdCertificateTableWriter.CRL, Scene.crl(Line.MILAN))
            .write();
    assertRefuted(
        Scene.verifier()
            .build()
            .verifyWithoutFreshness(scene.report(), Endorsements.ofCertificates(table), NOW),
        SnpFinding.SNP_CHIP_ID);
  }

  /** trustee: the real name is SEV-VCEK, and a comparison with "VCEK" skipped the chip. */
  @Test
  void aLeafIsRecognisedByItsRealNameAlone() {
    for (String name : List.of("VCEK", "SEV-VCEK ", "sev-vcek", "SEV-VCEK-Milan")) {
      assertRefuted(
          Scene.vcek(Line.MILAN).leaf(leaf -> leaf.commonName(name)).verify(),
          SnpFinding.SNP_CERTIFICATES);
    }
    assertRefuted(
        Scene.vcek(Line.MILAN).leaf(leaf -> leaf.hardwareId(Line.MILAN.chipId("another"))).verify(),
        SnpFinding.SNP_CHIP_ID);
  }

  /** trustee: lengths from the bundle became slices without a look at its size. */
  @Test
  void offsetsOfATableAreBoundedBeforeTheyAreUsed() {
    Scene scene = Scene.vcek(Line.MILAN);
    long[][] ranges = {
      {0xFFFFFFFFL, 0xFFFFFFFFL}, {48, 0xFFFFFFFFL}, {0x80000000L, 0x80000000L}, {0, 48}, {49, 0}
    };
    for (long[] range : ranges) {
      Bytes table =
          AmdCertificateTableWriter.empty()
              .addRaw(AmdCertificateTableWriter.VCEK, range[0], range[1])
              .write();
      assertRefuted(scene.alsoSend(table).verify(), SnpFinding.SNP_ENDORSEMENTS);
    }
  }

  /** TEE-Attestation-Verification #22: one cache for all lines, and leaves cached without TCB. */
  @Test
  void aRememberedChainServesNeitherAnotherLineNorAnotherTcb() {
    SnpVerifier verifier = Scene.verifier().build();
    Leaf milan = PKI.vcek(Line.MILAN);
    proven(Scene.vcek(Line.MILAN).withLeaf(milan).verify(verifier));
    proven(Scene.vcek(Line.GENOA).verify(verifier));
    assertRefuted(
        Scene.vcek(Line.GENOA)
            .withLeaf(milan)
            .authorities(PKI.chainPem(Line.MILAN))
            .lists(Scene.crl(Line.MILAN))
            .verify(verifier),
        SnpFinding.SNP_PRODUCT);
    assertRefuted(
        Scene.vcek(Line.MILAN)
            .withLeaf(milan)
            .report(writer -> writer.reportedTcb(Line.MILAN.healthyTcb().withMicrocode(0)))
            .verify(verifier),
        SnpFinding.SNP_TCB_CERT);
  }

  /** TEE-Attestation-Verification, snpguest: the last byte of an INTEGER was its value. */
  @ParameterizedTest
  @ValueSource(ints = {0x7F, 0x80, 0xDB, 0xFF})
  void levelsFrom128OnAreReadWithTheirLeadingZero(int level) {
    Tcb tcb = Line.MILAN.healthyTcb().withMicrocode(level);
    SnpClaims claims =
        Scene.vcek(Line.MILAN).leaf(leaf -> leaf.tcb(tcb)).report(w -> w.tcb(tcb)).claims();
    assertThat(claims.leaf().tcb().components()).containsEntry("microcode", level);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x01DB, 0x100DB, -37})
  void levelsThatOnlyEndLikeTheReportedOneAreRefused(int level) {
    assertThat(level & 0xFF).isEqualTo(0xDB);
    assertRefuted(
        Scene.vcek(Line.MILAN).leaf(leaf -> leaf.spl("3.8", level)).verify(),
        SnpFinding.SNP_LEAF,
        "SPL");
  }

  /** attestation-rs: the leaf's serial number was looked up, which is 0 in every leaf. */
  @Test
  void revocationIsAskedOfTheIntermediateNotOfTheLeaf() {
    assertRefuted(
        Scene.vcek(Line.GENOA)
            .lists(PKI.crl(CrlSpec.of(Line.GENOA).revoking(PKI.ask(Line.GENOA))))
            .verify(),
        SnpFinding.SNP_REVOKED);
    proven(
        Scene.vcek(Line.GENOA)
            .lists(PKI.crl(CrlSpec.of(Line.GENOA).revoking(BigInteger.ZERO)))
            .verify());
  }

  /** attestation-rs: a measurement that differed was reported, and the result was still good. */
  @Test
  void anotherMeasurementIsRejectedNotMentioned() {
    AttestationResult result =
        AppraisalPolicy.of(
                SnpPolicy.builder()
                    .requireProductLines(Set.of(ProductLine.GENOA))
                    .ignoreTcb()
                    .requireMeasurement(Set.of(Bytes.ofHex("11".repeat(48))))
                    .ignoreReportData()
                    .ignoreHostData()
                    .ignoreIdBlock()
                    .ignoreChip()
                    .build())
            .appraise(proven(Scene.vcek(Line.GENOA).verify()));
    assertThat(result).isInstanceOf(AttestationResult.Rejected.class);
    assertThat(result.findings())
        .extracting(Finding::code)
        .containsExactly(SnpFinding.SNP_MEASUREMENT);
  }

  /** go-sev-guest #115: a stepping in productName that the report does not have. */
  @ParameterizedTest
  @CsvSource({
    "MILAN,Milan",
    "MILAN,Milan-B0",
    "MILAN,Milan-B1",
    "GENOA,Genoa",
    "GENOA,Genoa-B2",
    "TURIN,Turin",
    "TURIN,Turin-C1"
  })
  void theSteppingInAProductNameDoesNotMatter(Line line, String productName) {
    for (int stepping = 0; stepping < 3; stepping++) {
      Bytes cpuid = line.cpuid().slice(0, 2).concat(Bytes.of((byte) stepping));
      SnpClaims claims =
          Scene.vcek(line)
              .leaf(leaf -> leaf.productName(productName))
              .report(writer -> writer.cpuid(cpuid))
              .claims();
      assertThat(claims.leaf().productName()).isEqualTo(productName);
    }
  }

  /** go-sev-guest #150: the number of roots was assumed. */
  @Test
  void chainsOfSeveralLinesMaySeatTogether() {
    Scene scene = Scene.vcek(Line.GENOA);
    scene.alsoSend(PKI.chainPem(Line.MILAN)).alsoSend(PKI.vlekChainPem(Line.TURIN));
    scene.alsoSend(PKI.asvk(Line.GENOA).certificate());
    scene.alsoSend(FakeAmdPki.pem(scene.leaf().certificate())); // the same once more
    proven(scene.verify());
  }

  /** Several peers: Bergamo and Siena refused, or the last model of a range. */
  @ParameterizedTest
  @CsvSource({
    "MILAN,19,00",
    "MILAN,19,0F",
    "GENOA,19,10",
    "GENOA,19,1F",
    "GENOA,19,A0",
    "GENOA,19,AF",
    "TURIN,1A,00",
    "TURIN,1A,02",
    "TURIN,1A,11",
    "TURIN,1A,1F"
  })
  void everyModelOfALineIsAccepted(Line line, String family, String model) {
    SnpClaims claims =
        Scene.vcek(line)
            .report(writer -> writer.cpuid(Bytes.ofHex(family + model + "02")))
            .claims();
    assertThat(claims.productLine().name()).isEqualTo(line.name());
    assertThat(claims.report().cpuid())
        .contains(
            new SnpReport.Cpuid(Integer.parseInt(family, 16), Integer.parseInt(model, 16), 2));
  }

  /** Any: zeros in a report matched an expectation that was never set. */
  @Test
  void zerosNeverMatchAnIdBlockOrAChip() {
    IdBlockRule rule =
        new IdBlockRule(Set.of(Bytes.zeros(48)), Set.of(Bytes.zeros(48)), Set.of(), Set.of(), 0);
    AttestationResult result =
        AppraisalPolicy.of(
                SnpPolicy.builder()
                    .requireProductLines(Set.of(ProductLine.GENOA))
                    .ignoreTcb()
                    .ignoreMeasurement()
                    .ignoreReportData()
                    .ignoreHostData()
                    .requireIdBlock(rule)
                    .ignoreChip()
                    .build())
            .appraise(
                proven(Scene.vcek(Line.GENOA).report(writer -> writer.signerInfo(1)).verify()));
    assertThat(result.findings())
        .extracting(Finding::code)
        .containsExactly(SnpFinding.SNP_ID_BLOCK);
  }

  /** Security case 92: the host serves another chip's certificate. */
  @Test
  void thimServesAnotherChipsVcek() throws MalformedException {
    Scene scene =
        Scene.vcek(Line.MILAN).leaf(leaf -> leaf.hardwareId(Line.MILAN.chipId("another")));
    Bytes answer =
        ThimAnswer.of(
            scene.leaf(), PKI.chainPem(Line.MILAN), Line.MILAN.healthyTcb().encode(Line.MILAN));
    Endorsements endorsements =
        Endorsements.ofCertificates(answer).withRevocationList(Scene.crl(Line.MILAN));
    assertRefuted(
        Scene.verifier().build().verifyWithoutFreshness(scene.report(), endorsements, NOW),
        SnpFinding.SNP_CHIP_ID);
  }

  /** Chip ids that begin like a DER header, raw and wrapped, were read as one. */
  @ParameterizedTest
  @ValueSource(strings = {"0440", "043e", "0408", "0406", "3040"})
  void chipIdsThatLookLikeDerAreTakenAsTheyAre(String beginning) {
    for (Line line : List.of(Line.MILAN, Line.TURIN)) {
      Bytes plain = line.chipId("default");
      Bytes chip = Bytes.ofHex(beginning).concat(plain.slice(2, 64));
      for (boolean wrapped : new boolean[] {false, true}) {
        SnpClaims claims =
            Scene.vcek(line)
                .leaf(
                    leaf -> {
                      if (wrapped) {
                        leaf.wrappedHardwareId(chip);
                      } else {
                        leaf.hardwareId(chip);
                      }
                    })
                .report(writer -> writer.chipId(chip))
                .claims();
        assertThat(claims.leaf().hwId()).contains(chip.slice(0, line.chipIdSize()));
      }
    }
  }

  /** ECDSA: (r, n − s) holds too, so evidence has no unique bytes; claims stay the same. */
  @Test
  void theTwinOfASignatureProvesTheSame() {
    BigInteger order = EcSigningKey.p384("any").order();
    Scene scene = Scene.vcek(Line.MILAN);
    SnpClaims claims = scene.claims();
    scene.tampered(
        raw ->
            SignatureAttacks.stored(
                raw,
                new BigInteger(1, SignatureAttacks.component(raw, 0).reversed().toArray()),
                order.subtract(
                    new BigInteger(1, SignatureAttacks.component(raw, 1).reversed().toArray()))));
    assertThat(claimsOf(scene.verify()).toGroup()).isEqualTo(claims.toGroup());
  }
}
