package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.Scene.PKI;
import static io.github.cvmattestation.snp.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.testkit.LeafSpec;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.PssForm;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What AMD's leaves say, in every form in which they say it; the refusals are attacks. */
class LeafCertificateTest {
  static Stream<SignatureBackend> backends() {
    return Backends.all();
  }

  @ParameterizedTest
  @EnumSource
  void aVcekSaysWhatWasWritten(Line line) throws MalformedException {
    Bytes chip = line.chipId("default").slice(0, line.chipIdSize());
    LeafCertificate leaf = read(LeafSpec.vcek(line));
    assertThat(leaf.kind()).isEqualTo(SignerInfo.SigningKey.VCEK);
    assertThat(leaf.line().name()).isEqualTo(line.name());
    assertThat(leaf.productName()).isEqualTo(line.productName());
    assertThat(leaf.hwId()).contains(chip);
    assertThat(leaf.cspId()).isEmpty();
    assertThat(leaf.tcb()).isEqualTo(tcb(line));
    assertThat(read(LeafSpec.vcek(line).wrappedHardwareId(line.chipId("default"))).hwId())
        .contains(chip);
  }

  @ParameterizedTest
  @EnumSource
  void aVlekSaysWhatWasWritten(Line line) throws MalformedException {
    LeafCertificate leaf = read(LeafSpec.vlek(line).cspId("CN=cc-us-east-2.amazonaws.com"));
    assertThat(leaf.kind()).isEqualTo(SignerInfo.SigningKey.VLEK);
    assertThat(leaf.productName()).isEqualTo(line.label());
    assertThat(leaf.hwId()).isEmpty();
    assertThat(leaf.cspId()).contains("CN=cc-us-east-2.amazonaws.com");
    assertThat(leaf.tcb()).isEqualTo(tcb(line));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void bothWritingsOfTheTrailerFieldAreAccepted(SignatureBackend backend) {
    SnpVerifier verifier = Scene.verifier().signatures(backend).build();
    for (PssForm form : new PssForm[] {PssForm.defaultTrailer(), PssForm.explicitTrailer()}) {
      proven(Scene.vcek(Line.MILAN).leaf(leaf -> leaf.signature(form)).verify(verifier));
      proven(
          Scene.vcek(Line.MILAN)
              .authorities(
                  PKI.issue(PKI.askSpec(Line.MILAN).signature(form)).certificate(),
                  PKI.ark(Line.MILAN).certificate())
              .verify(verifier));
    }
  }

  @Test
  void reservedLevelsMayBeAbsent() throws MalformedException {
    LeafSpec spec = LeafSpec.vcek(Line.MILAN);
    for (String suffix : new String[] {"3.4", "3.5", "3.6", "3.7"}) {
      spec.without(suffix);
    }
    assertThat(read(spec).tcb()).isEqualTo(tcb(Line.MILAN));
  }

  @Test
  void extensionsOfOthersThatAreNotCriticalDoNotMatter() throws MalformedException {
    LeafSpec spec = LeafSpec.vcek(Line.MILAN).addForeign("1.3.6.1.4.1.99.1", false, Bytes.zeros(1));
    spec.addForeign("1.3.6.1.4.1.3704.10", false, Bytes.zeros(1));
    assertThat(read(spec).line()).isEqualTo(ProductLine.MILAN);
    proven(
        Scene.vcek(Line.MILAN)
            .leaf(leaf -> leaf.addForeign("1.3.6.1.4.1.99.1", false, Bytes.zeros(1)))
            .verify());
  }

  @Test
  void theArcItselfIsNoKnownExtension() {
    LeafSpec spec =
        LeafSpec.vcek(Line.MILAN).addForeign("1.3.6.1.4.1.3704.1", false, Bytes.zeros(1));
    assertThatThrownBy(() -> read(spec))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("unknown extension");
  }

  @Test
  void aSerialNumberOtherThanZeroDoesNotMatter() {
    proven(Scene.vcek(Line.MILAN).leaf(leaf -> leaf.serial(5)).verify());
  }

  private static LeafCertificate read(LeafSpec spec) throws MalformedException {
    return LeafCertificate.of(DerCertificate.parse(PKI.issue(spec).certificate()));
  }

  private static TcbVersion tcb(Line line) throws MalformedException {
    return TcbVersion.parse(ProductLine.valueOf(line.name()), line.healthyTcb().encode(line));
  }
}
