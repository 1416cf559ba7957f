package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.Scene.NOW;
import static io.github.cvmattestation.snp.Scene.PKI;
import static io.github.cvmattestation.snp.Scene.assertRefuted;
import static io.github.cvmattestation.snp.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.testkit.CrlSpec;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.Tampering;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A chain that is remembered spares two signatures, and no other check. */
class CacheTest {
  private final SnpVerifier verifier = Scene.verifier().build();
  private final Scene scene = Scene.vcek(Line.TURIN);

  @Test
  void anotherReportWithTheSameCertificatesIsStillBoundToThem() {
    proven(scene.verify(verifier));
    Scene otherTcb =
        Scene.vcek(Line.TURIN)
            .withLeaf(scene.leaf())
            .report(writer -> writer.reportedTcb(Line.TURIN.healthyTcb().withSnp(9)));
    assertRefuted(otherTcb.verify(verifier), SnpFinding.SNP_TCB_CERT);
    Scene otherChip =
        Scene.vcek(Line.TURIN)
            .withLeaf(scene.leaf())
            .report(writer -> writer.chipId(Line.TURIN.chipId("another")));
    assertRefuted(otherChip.verify(verifier), SnpFinding.SNP_CHIP_ID);
    Scene otherProduct =
        Scene.vcek(Line.TURIN)
            .withLeaf(scene.leaf())
            .report(writer -> writer.cpuid(Line.GENOA.cpuid()));
    assertRefuted(otherProduct.verify(verifier), SnpFinding.SNP_PRODUCT);
    Scene otherSigner =
        Scene.vcek(Line.TURIN).withLeaf(scene.leaf()).signedBy(PKI.vcek(Line.TURIN).key());
    assertRefuted(otherSigner.verify(verifier), SnpFinding.SNP_SIGNATURE);
    proven(scene.verify(verifier));
  }

  @Test
  void revocationIsAskedAnewAtEachCall() {
    proven(scene.verify(verifier));
    scene.lists(PKI.crl(CrlSpec.of(Line.TURIN).revoking(PKI.ask(Line.TURIN))));
    assertRefuted(scene.verify(verifier), SnpFinding.SNP_REVOKED);
    scene.lists();
    assertRefuted(scene.verify(verifier), SnpFinding.SNP_REVOCATION_UNKNOWN);
    scene.lists(Tampering.flipBit(Scene.crl(Line.TURIN), 8 * 200));
    assertThat(scene.verify(verifier)).isInstanceOf(Verification.Refuted.class);
    scene.lists(Scene.crl(Line.TURIN));
    proven(scene.verify(verifier));
  }

  @Test
  void datesAreAskedAnewAtEachCall() {
    proven(scene.verify(verifier));
    assertRefuted(
        verifier.verifyWithoutFreshness(
            scene.report(), scene.endorsements(), NOW.plusSeconds(9L * 365 * 86400)),
        CoreFinding.CERT_DATES);
  }

  @Test
  void aRememberedChainDoesNotServeOtherCertificates() {
    proven(scene.verify(verifier));
    FakeAmdPki attacker = FakeAmdPki.seeded(NOW, "attacker");
    Scene forged =
        Scene.vcek(Line.TURIN)
            .withLeaf(attacker.vcek(Line.TURIN))
            .authorities(attacker.chainPem(Line.TURIN));
    assertRefuted(forged.verify(verifier), SnpFinding.SNP_ROOT);
    Bytes leaf = scene.leaf().certificate();
    for (int bit : new int[] {8 * leaf.size() - 1, 8 * 300}) {
      Endorsements damaged =
          new Endorsements(
              List.of(Tampering.flipBit(leaf, bit), PKI.chainPem(Line.TURIN)),
              List.of(Scene.crl(Line.TURIN)));
      assertThat(verifier.verifyWithoutFreshness(scene.report(), damaged, NOW))
          .isInstanceOf(Verification.Refuted.class);
    }
  }

  /** The same certificates, but the report speaks of another kind of key. */
  @Test
  void aRememberedChainDoesNotServeAnotherKindOfKey() {
    Bytes vcek = PKI.vcek(Line.MILAN).certificate();
    Scene provider = Scene.vlek(Line.MILAN).alsoSend(vcek).alsoSend(PKI.chainPem(Line.MILAN));
    // One bundle of everything, with the root once: the kind decides which leaf is meant.
    provider.authorities(PKI.asvk(Line.MILAN).certificate());
    proven(provider.verify(verifier));
    Scene chip =
        Scene.vcek(Line.MILAN)
            .signedBy(provider.leaf().key())
            .report(writer -> writer.signerInfo(0));
    assertRefuted(
        verifier.verifyWithoutFreshness(chip.report(), provider.endorsements(), NOW),
        SnpFinding.SNP_SIGNATURE);
  }

  @Test
  void withoutACacheTheVerdictIsTheSame() {
    SnpVerifier forgetful = Scene.verifier().cacheSize(0).build();
    proven(scene.verify(forgetful));
    proven(scene.verify(forgetful));
    assertThatThrownBy(() -> Scene.verifier().cacheSize(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
