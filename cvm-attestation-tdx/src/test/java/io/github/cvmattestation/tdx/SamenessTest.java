package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Scene.NOW;
import static io.github.cvmattestation.tdx.Scene.PKI;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.IntelCertificate;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever was verified before, a verdict is that of a verifier which has seen nothing yet. */
class SamenessTest {
  private static final long DAY = 86_400;

  /** Good and bad, so that each has all the others before it in one order or another. */
  private static List<Scene> scenes() {
    IntelCertificate second = PKI.issue(PKI.tcbSignerSpec().serial(BigInteger.TWO));
    IntelCertificate brief =
        PKI.issue(
            PKI.platformCaSpec().validity(NOW.minusSeconds(5 * DAY), NOW.plusSeconds(5 * DAY)));
    List<Scene> scenes =
        new ArrayList<>(
            List.of(
                Scene.v4(),
                Scene.v5(2),
                Scene.v5(3),
                Scene.v5(4),
                Scene.v4().fromProcessorCa(),
                Scene.v4().pck(spec -> spec),
                Scene.v4().authorities(brief, PKI.root()),
                Scene.v4().signer(second),
                Scene.v4()
                    .collateral(c -> c.withQeIdentityChain(FakeIntelPki.pem(second, PKI.root()))),
                Scene.v4().signer(second).rootCrl(spec -> spec.number(2).revoking(second)),
                Scene.v4().pckCrl(spec -> spec.number(2).revoking(PKI.pck())),
                Scene.v4().rootCrl(spec -> spec.number(2).revoking(PKI.platformCa())),
                Scene.v4().tcbInfo(w -> w.nextUpdate(NOW.plusSeconds(3 * DAY))),
                Scene.v4().qeIdentity(w -> w.nextUpdate(NOW.plusSeconds(3 * DAY)))));
    Stream.of(
            QuoteAttacks.all(),
            QeAttacks.all(),
            PckChainAttacks.all(),
            SignerAttacks.all(),
            CrlAttacks.all(),
            DocumentAttacks.all(),
            TcbAttacks.all())
        // Some of each are enough to be in each other's way.
        .flatMap(
            list -> IntStream.range(0, list.size()).filter(i -> i % 5 == 0).mapToObj(list::get))
        .map(attack -> attack.scene().get())
        .filter(scene -> scene.anchors().equals(Scene.ANCHORS))
        .forEach(scenes::add);
    return scenes;
  }

  @Test
  void aRememberingVerifierSaysWhatAForgettingOneSays() {
    TdxVerifier forgetting = Scene.verifier().cacheSize(0).build();
    TdxVerifier remembering = Scene.verifier().build();
    TdxVerifier barely = Scene.verifier().cacheSize(1).build();
    List<Instant> instants =
        List.of(
            NOW,
            NOW.plusSeconds(4 * DAY),
            NOW.plusSeconds(6 * DAY),
            NOW.plusSeconds(31 * DAY),
            NOW.minusSeconds(2 * DAY),
            NOW);
    List<Scene> scenes = scenes();
    Random order = new Random(3);
    int verified = 0;
    int refuted = 0;
    for (Instant at : instants) {
      Collections.shuffle(scenes, order);
      for (Scene scene : scenes) {
        scene.at(at);
        Verification expected = scene.verify(forgetting);
        assertSame(scene.verify(remembering), expected);
        assertSame(scene.verify(barely), expected);
        if (expected instanceof Verification.Verified) {
          verified++;
        } else {
          refuted++;
        }
      }
    }
    assertThat(verified).isGreaterThan(20);
    assertThat(refuted).isGreaterThan(100);
  }

  /** The claims too are the same, whatever they were read from. */
  private static void assertSame(Verification actual, Verification expected) {
    assertThat(actual.checks()).isEqualTo(expected.checks());
    assertThat(actual.findings()).isEqualTo(expected.findings());
    assertThat(actual.getClass()).isEqualTo(expected.getClass());
    if (expected instanceof Verification.Verified) {
      assertThat(Scene.claimsOf(actual).toGroup()).isEqualTo(Scene.claimsOf(expected).toGroup());
    }
  }
}
