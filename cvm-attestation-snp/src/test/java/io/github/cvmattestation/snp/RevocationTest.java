package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.Scene.NOW;
import static io.github.cvmattestation.snp.Scene.PKI;
import static io.github.cvmattestation.snp.Scene.assertRefuted;
import static io.github.cvmattestation.snp.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.testkit.AmdCertificateTableWriter;
import io.github.cvmattestation.testkit.CrlSpec;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.FakeCa;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.PssForm;
import io.github.cvmattestation.testkit.Tampering;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Security case 12: the intermediate is what a CRL can name; leaves all have serial number 0. */
class RevocationTest {
  private static final Line LINE = Line.MILAN;

  static Stream<SignatureBackend> backends() {
    return Backends.all();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aRevokedAskOrAsvkIsRefuted(SignatureBackend backend) {
    SnpVerifier verifier = Scene.verifier().signatures(backend).build();
    for (Line line : Line.values()) {
      Bytes askRevoked = PKI.crl(CrlSpec.of(line).revoking(PKI.ask(line)));
      Bytes asvkRevoked = PKI.crl(CrlSpec.of(line).revoking(PKI.asvk(line)));
      for (Scene scene : List.of(Scene.vcek(line), Scene.vcek(line).authorities())) {
        refuted(scene.lists(askRevoked).verify(verifier), SnpFinding.SNP_REVOKED);
        proven(scene.lists(asvkRevoked).verify(verifier));
      }
      for (Scene scene : List.of(Scene.vlek(line), Scene.vlek(line).authorities())) {
        refuted(scene.lists(asvkRevoked).verify(verifier), SnpFinding.SNP_REVOKED);
        proven(scene.lists(askRevoked).verify(verifier));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Revocation.class,
      names = {"REQUIRED", "IF_SUPPLIED"})
  void aListThatIsGivenMustHold(Revocation mode) {
    SnpVerifier verifier = Scene.verifier().revocation(mode).build();
    FakeCa forger = FakeAmdPki.seeded(NOW, "attacker").ark(LINE);
    refuted(
        with(PKI.crl(CrlSpec.of(LINE).issuedBy(forger))).verify(verifier),
        CoreFinding.CRL_SIGNATURE);
    refuted(
        with(PKI.crl(CrlSpec.of(LINE).issuedBy(PKI.ask(LINE)).issuerName("ARK-Milan")))
            .verify(verifier),
        CoreFinding.CRL_SIGNATURE);
    refuted(
        with(PKI.crl(CrlSpec.of(LINE).signature(PssForm.explicitTrailer().withSaltLength(20))))
            .verify(verifier),
        CoreFinding.CRL_SIGNATURE);
    refuted(
        with(PKI.crl(CrlSpec.of(LINE).revoking(PKI.ask(LINE)))).verify(verifier),
        SnpFinding.SNP_REVOKED);
    refuted(
        with(PKI.crl(CrlSpec.of(LINE).withoutNextUpdate())).verify(verifier),
        CoreFinding.CRL_FORMAT);
    refuted(with(Bytes.empty()).verify(verifier), CoreFinding.CRL_FORMAT);
    refuted(with(Scene.crl(LINE).concat(Bytes.zeros(1))).verify(verifier), CoreFinding.CRL_FORMAT);
    refuted(with(Scene.crl(LINE).slice(0, 500)).verify(verifier), CoreFinding.CRL_FORMAT);
    refuted(with(PKI.ark(LINE).certificate()).verify(verifier), CoreFinding.CRL_FORMAT);
    refuted(with(Bytes.zeros((1 << 20) + 1)).verify(verifier), CoreFinding.CRL_FORMAT);
  }

  @ParameterizedTest
  @EnumSource(
      value = Revocation.class,
      names = {"REQUIRED", "IF_SUPPLIED"})
  void aSecondOutsideTheListsDatesIsRefuted(Revocation mode) {
    SnpVerifier verifier = Scene.verifier().revocation(mode).build();
    Instant from = NOW.minusSeconds(60);
    Instant until = NOW.plusSeconds(60);
    Scene scene = with(PKI.crl(CrlSpec.of(LINE).validity(from, until)));
    proven(verify(verifier, scene, from));
    proven(verify(verifier, scene, until));
    // The list is in the cache by now; its dates are looked at all the same.
    refuted(verify(verifier, scene, from.minusSeconds(1)), CoreFinding.CRL_DATES);
    refuted(verify(verifier, scene, until.plusSeconds(1)), CoreFinding.CRL_DATES);
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void aCriticalExtensionMakesAListUnreadable(Bytes list) {
    refuted(with(list).verify(), CoreFinding.CRL_FORMAT);
  }

  /** issuingDistributionPoint and a delta list: both cover only part of what the ARK signed. */
  static Stream<Bytes> unreadable() {
    return Stream.of("551d1c", "551d1b").map(oid -> Crls.withCriticalExtension(LINE, oid));
  }

  @Test
  void everyFlippedBitOfAListIsRefuted() {
    SnpVerifier verifier =
        Scene.verifier().revocation(Revocation.REQUIRED).signatures(Backends.fastest()).build();
    Bytes list = PKI.crl(CrlSpec.of(LINE).revoking(BigInteger.valueOf(77)));
    Scene scene = Scene.vcek(LINE);
    proven(scene.lists(list).verify(verifier));
    Bytes report = scene.report();
    for (int bit = 0; bit < list.size() * 8; bit++) {
      Verification verification =
          verifier.verifyWithoutFreshness(
              report, scene.lists(Tampering.flipBit(list, bit)).endorsements(), NOW);
      assertThat(verification).as("bit %d", bit).isInstanceOf(Verification.Refuted.class);
    }
  }

  @Test
  void requiredMeansThatAListOfThisRootIsThere() {
    SnpVerifier verifier = Scene.verifier().build();
    Bytes others = Scene.crl(Line.GENOA);
    refuted(Scene.vcek(LINE).lists().verify(verifier), SnpFinding.SNP_REVOCATION_UNKNOWN);
    refuted(with(others).verify(verifier), SnpFinding.SNP_REVOCATION_UNKNOWN);
    refuted(
        with(PKI.crl(CrlSpec.of(LINE).issuerName("ARK-Genoa"))).verify(verifier),
        SnpFinding.SNP_REVOCATION_UNKNOWN);
    refuted(
        with(PKI.crl(CrlSpec.of(LINE).issuedBy(PKI.ask(LINE)))).verify(verifier),
        SnpFinding.SNP_REVOCATION_UNKNOWN);
    proven(Scene.vcek(LINE).lists(others, Scene.crl(LINE)).verify(verifier));
  }

  @Test
  void oneListThatRevokesOutweighsOneThatDoesNot() {
    Bytes revoking = PKI.crl(CrlSpec.of(LINE).revoking(PKI.ask(LINE)));
    for (Bytes[] order : new Bytes[][] {{revoking, Scene.crl(LINE)}, {Scene.crl(LINE), revoking}}) {
      refuted(Scene.vcek(LINE).lists(order).verify(), SnpFinding.SNP_REVOKED);
    }
  }

  @Test
  void ifSuppliedWithoutAListIsVerifiedAndSaysSo() {
    SnpVerifier verifier = Scene.verifier().revocation(Revocation.IF_SUPPLIED).build();
    Verification.Verified without = proven(Scene.vcek(LINE).lists().verify(verifier));
    assertThat(without.notes())
        .extracting(Finding::code)
        .containsExactly(SnpFinding.SNP_REVOCATION_UNKNOWN);
    assertThat(without.checks()).doesNotContain(SnpCheck.REVOCATION);
    assertThat(Scene.claimsOf(without).isRevocationChecked()).isFalse();

    Verification.Verified with = proven(Scene.vcek(LINE).verify(verifier));
    assertThat(with.notes()).isEmpty();
    assertThat(with.checks()).contains(SnpCheck.REVOCATION);
    assertThat(Scene.claimsOf(with).isRevocationChecked()).isTrue();
  }

  @Test
  void offLooksAtNoListAndSaysSo() {
    SnpVerifier verifier = Scene.verifier().revocation(Revocation.OFF).build();
    Verification.Verified verified =
        proven(with(PKI.crl(CrlSpec.of(LINE).revoking(PKI.ask(LINE)))).verify(verifier));
    assertThat(verified.notes()).hasSize(1);
    assertThat(verified.notes().get(0).code()).isEqualTo(SnpFinding.SNP_REVOCATION_UNKNOWN);
    assertThat(verified.notes().get(0).actual()).contains("switched off");
    assertThat(verified.checks()).doesNotContain(SnpCheck.REVOCATION);
    assertThat(Scene.claimsOf(verified).isRevocationChecked()).isFalse();
  }

  @Test
  void aListInTheCertificateTableCounts() {
    Scene scene = Scene.vcek(LINE);
    for (Bytes list : List.of(Scene.crl(LINE), FakeAmdPki.pem("X509 CRL", Scene.crl(LINE)))) {
      proven(inTable(scene, list));
      proven(inTable(scene, list)); // from the cache, whose entry keeps the list
    }
    for (int i = 0; i < 2; i++) {
      refuted(
          inTable(scene, PKI.crl(CrlSpec.of(LINE).revoking(PKI.ask(LINE)))),
          SnpFinding.SNP_REVOKED);
    }
  }

  private static final SnpVerifier ONE = Scene.verifier().build();

  private static Verification inTable(Scene scene, Bytes list) {
    Bytes table =
        AmdCertificateTableWriter.empty()
            .add(AmdCertificateTableWriter.VCEK, scene.leaf().certificate())
            .add(AmdCertificateTableWriter.ASK, PKI.ask(LINE).certificate())
            .add(AmdCertificateTableWriter.ARK, PKI.ark(LINE).certificate())
            .add(AmdCertificateTableWriter.CRL, list)
            .write();
    return ONE.verifyWithoutFreshness(scene.report(), Endorsements.ofCertificates(table), NOW);
  }

  private static Scene with(Bytes list) {
    return Scene.vcek(LINE).lists(list);
  }

  private static Verification verify(SnpVerifier verifier, Scene scene, Instant at) {
    return verifier.verifyWithoutFreshness(scene.report(), scene.endorsements(), at);
  }

  private static void refuted(Verification verification, FindingCode code) {
    assertRefuted(verification, code);
    assertThat(verification.checks()).endsWith(SnpCheck.DATES);
  }
}
