package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Scene.NOW;
import static io.github.cvmattestation.tdx.Scene.PKI;
import static io.github.cvmattestation.tdx.Scene.assertRefuted;
import static io.github.cvmattestation.tdx.Scene.ids;
import static io.github.cvmattestation.tdx.Scene.proven;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_ROLLBACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.QeIdentityWriter;
import io.github.cvmattestation.testkit.TcbInfoWriter;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Collateral that is still current, but not the newest that is known, is refused. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.cvmattestation.tdx.Backends#all")
class RollbackTest {
  private final SignatureBackend backend;

  RollbackTest(SignatureBackend backend) {
    this.backend = backend;
  }

  private static final Bytes FMSPC = Bytes.ofHex("90c06f000000");
  private static final Instant ISSUED = NOW.minusSeconds(7200);

  /** How new one part is: 2 is newer than 1. */
  private enum Part {
    TCB_INFO_NUMBER("TCB Info's number") {
      @Override
      Scene scene(int age) {
        return Scene.v4().tcbInfo(w -> w.evaluationDataNumber(20 + age));
      }
    },
    TCB_INFO_ISSUED("TCB Info's issueDate") {
      @Override
      Scene scene(int age) {
        return Scene.v4().tcbInfo(w -> w.issueDate(ISSUED.plusSeconds(age)));
      }
    },
    QE_IDENTITY_NUMBER("QE Identity's number") {
      @Override
      Scene scene(int age) {
        return Scene.v4().qeIdentity(w -> w.evaluationDataNumber(20 + age));
      }
    },
    QE_IDENTITY_ISSUED("QE Identity's issueDate") {
      @Override
      Scene scene(int age) {
        return Scene.v4().qeIdentity(w -> w.issueDate(ISSUED.plusSeconds(age)));
      }
    },
    PCK_CRL_NUMBER("PCK CRL's number") {
      @Override
      Scene scene(int age) {
        // Across the sign bit of a byte: numbers are compared, not their encodings.
        return Scene.v4().pckCrl(spec -> spec.number(126 + age));
      }
    },
    ROOT_CRL_NUMBER("root CRL's number") {
      @Override
      Scene scene(int age) {
        return Scene.v4().rootCrl(spec -> spec.number(254 + age));
      }
    };

    private final String says;

    Part(String says) {
      this.says = says;
    }

    abstract Scene scene(int age);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsOlderThanBeforeIsRefused(Part part) {
    TdxVerifier verifier = remembering(CollateralMemory.inProcess());
    proven(part.scene(1).verify(verifier));
    proven(part.scene(2).verify(verifier));
    for (int i = 0; i < 2; i++) { // its signatures are remembered: its age is judged anew
      Verification verification = part.scene(1).verify(verifier);
      assertRefuted(verification, COLLATERAL_ROLLBACK, part.says);
      assertThat(ids(verification)).endsWith("tdx.collateral-scope").hasSize(9);
    }
    proven(part.scene(2).verify(verifier));
    proven(part.scene(3).verify(verifier));
  }

  @ParameterizedTest
  @EnumSource
  void withoutAMemoryCurrentCollateralMayBeOlder(Part part) {
    TdxVerifier verifier = verifier().build();
    proven(part.scene(2).verify(verifier));
    proven(part.scene(1).verify(verifier));
  }

  /** The memory belongs to whoever keeps it, and outlives a verifier. */
  @ParameterizedTest
  @EnumSource
  void aSharedMemoryServesEveryVerifier(Part part) {
    CollateralMemory memory = CollateralMemory.inProcess();
    proven(part.scene(2).verify(remembering(memory)));
    assertRefuted(part.scene(1).verify(remembering(memory)), COLLATERAL_ROLLBACK, part.says);
    proven(part.scene(1).verify(remembering(CollateralMemory.inProcess())));
  }

  /** New in one respect does not make up for old in another. */
  @Test
  void eachPartIsComparedByItself() {
    TdxVerifier verifier = remembering(CollateralMemory.inProcess());
    proven(Scene.v4().tcbInfo(w -> w.evaluationDataNumber(19)).verify(verifier));
    assertRefuted(
        Scene.v4()
            .tcbInfo(w -> w.evaluationDataNumber(18))
            .qeIdentity(w -> w.evaluationDataNumber(30))
            .pckCrl(spec -> spec.number(9))
            .verify(verifier),
        COLLATERAL_ROLLBACK,
        "TCB Info");
    // Of what was refused, nothing was remembered.
    proven(Scene.v4().tcbInfo(w -> w.evaluationDataNumber(19)).verify(verifier));
  }

  /** Otherwise a newer list that nobody believes would lock out all that is genuine. */
  @ParameterizedTest
  @EnumSource
  void whatWasNotBelievedIsNotRemembered(Part part) {
    Recording memory = new Recording();
    TdxVerifier verifier = remembering(memory);
    List<Scene> refuted = new ArrayList<>();
    refuted.add(part.scene(3).quote(w -> w.signature(Bytes.zeros(64))));
    refuted.add(part.scene(3).qeReport(r -> r.isvProdId(1)));
    refuted.add(part.scene(3).quote(w -> w.seamAttributes(1)));
    refuted.add(part.scene(3).quote(w -> w.teeTcbSvn(PolicyScene.svn(1, 1, 3))));
    refuted.add(part.scene(3).at(NOW.plusSeconds(40L * 86_400)));
    if (part != Part.PCK_CRL_NUMBER) {
      refuted.add(part.scene(3).pckCrl(spec -> spec.revoking(PKI.pck())));
    }
    for (Scene scene : refuted) {
      assertThat(scene.verify(verifier)).isInstanceOf(Verification.Refuted.class);
      assertThat(memory.remembered).isEmpty();
    }
    proven(part.scene(1).verify(verifier));
    assertThat(memory.remembered).hasSize(1);
  }

  @Test
  void otherFamiliesAndAuthoritiesAreNotAffected() {
    TdxVerifier verifier = remembering(CollateralMemory.inProcess());
    Bytes other = Bytes.ofHex("00806f050000");
    proven(newer(Scene.v4()).verify(verifier));
    assertRefuted(Scene.v4().verify(verifier), COLLATERAL_ROLLBACK);
    Scene family =
        Scene.v4().pck(spec -> spec.sgx(sgx -> sgx.fmspc(other))).tcbInfo(w -> w.fmspc(other));
    proven(family.verify(verifier));
    proven(Scene.v4().fromProcessorCa().verify(verifier));
    assertRefuted(Scene.v4().verify(verifier), COLLATERAL_ROLLBACK);
  }

  @Test
  void theScopeIsFamilyAndAuthority() {
    Recording memory = new Recording();
    proven(Scene.v4().verify(remembering(memory)));
    proven(Scene.v5().fromProcessorCa().verify(remembering(memory)));
    assertThat(memory.asked)
        .containsExactly(
            new CollateralMemory.Scope(FMSPC, FakeIntelPki.PLATFORM_CA),
            new CollateralMemory.Scope(FMSPC, FakeIntelPki.PROCESSOR_CA));
    assertThat(memory.remembered)
        .containsOnly(
            new CollateralMemory.Age(
                18,
                NOW.minusSeconds(86_400),
                18,
                NOW.minusSeconds(86_400),
                BigInteger.ONE,
                BigInteger.ONE))
        .hasSize(2);
  }

  @Test
  void theMemoryNeverForgetsWhatWasNewer() {
    CollateralMemory memory = CollateralMemory.inProcess();
    CollateralMemory.Scope scope = new CollateralMemory.Scope(FMSPC, FakeIntelPki.PLATFORM_CA);
    assertThat(memory.newest(scope)).isEmpty();
    memory.remember(scope, age(5, ISSUED, 1, ISSUED.plusSeconds(1), 3, 300));
    memory.remember(scope, age(4, ISSUED.plusSeconds(1), 2, ISSUED, 200, 2));
    assertThat(memory.newest(scope))
        .contains(age(5, ISSUED.plusSeconds(1), 2, ISSUED.plusSeconds(1), 200, 300));
    assertThat(memory.newest(new CollateralMemory.Scope(FMSPC, FakeIntelPki.PROCESSOR_CA)))
        .isEmpty();
  }

  @Test
  void theFloorHoldsForBothDocuments() {
    for (int floor : new int[] {0, 1, 17, 18}) {
      proven(Scene.v4().verify(verifier().minimumEvaluationDataNumber(floor).build()));
    }
    TdxVerifier verifier = verifier().minimumEvaluationDataNumber(19).build();
    assertRefuted(Scene.v4().verify(verifier), COLLATERAL_ROLLBACK, "TCB Info's number");
    assertRefuted(
        Scene.v4().tcbInfo(RollbackTest::nineteen).verify(verifier),
        COLLATERAL_ROLLBACK,
        "QE Identity's number");
    assertRefuted(
        Scene.v4().qeIdentity(RollbackTest::nineteen).verify(verifier),
        COLLATERAL_ROLLBACK,
        "TCB Info's number");
    proven(
        Scene.v4()
            .tcbInfo(RollbackTest::nineteen)
            .qeIdentity(RollbackTest::nineteen)
            .verify(verifier));
    assertThatThrownBy(() -> verifier().minimumEvaluationDataNumber(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theFloorHoldsForRememberedCollateralToo() {
    CollateralMemory memory = CollateralMemory.inProcess();
    TdxVerifier verifier = verifier().minimumEvaluationDataNumber(19).memory(memory).build();
    for (int i = 0; i < 3; i++) {
      assertRefuted(Scene.v4().verify(verifier), COLLATERAL_ROLLBACK);
    }
    assertThat(memory.newest(new CollateralMemory.Scope(FMSPC, FakeIntelPki.PLATFORM_CA)))
        .isEmpty();
  }

  private static TcbInfoWriter nineteen(TcbInfoWriter writer) {
    return writer.evaluationDataNumber(19);
  }

  private static QeIdentityWriter nineteen(QeIdentityWriter writer) {
    return writer.evaluationDataNumber(19);
  }

  private static Scene newer(Scene scene) {
    return scene
        .tcbInfo(RollbackTest::nineteen)
        .qeIdentity(RollbackTest::nineteen)
        .pckCrl(spec -> spec.number(2))
        .rootCrl(spec -> spec.number(2));
  }

  private static CollateralMemory.Age age(
      int info, Instant infoIssued, int qe, Instant qeIssued, long pckCrl, long rootCrl) {
    return new CollateralMemory.Age(
        info, infoIssued, qe, qeIssued, BigInteger.valueOf(pckCrl), BigInteger.valueOf(rootCrl));
  }

  private TdxVerifier.Builder verifier() {
    return Scene.verifier().signatures(backend);
  }

  private TdxVerifier remembering(CollateralMemory memory) {
    return verifier().memory(memory).build();
  }

  /** Forgets everything, and writes down what it was asked and told. */
  private static final class Recording implements CollateralMemory {
    private final List<Scope> asked = new ArrayList<>();
    private final List<Age> remembered = new ArrayList<>();

    @Override
    public Optional<Age> newest(Scope scope) {
      asked.add(scope);
      return Optional.empty();
    }

    @Override
    public void remember(Scope scope, Age age) {
      remembered.add(age);
    }
  }
}
