package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Scene.NOW;
import static io.github.cvmattestation.tdx.Scene.assertRefuted;
import static io.github.cvmattestation.tdx.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.FakeIntelPki;
import java.math.BigInteger;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** One memory in the hands of many: whoever comes last, the newest stays. */
class RollbackRaceTest {
  private static final CollateralMemory.Scope SCOPE =
      new CollateralMemory.Scope(Bytes.ofHex("90c06f000000"), FakeIntelPki.PLATFORM_CA);
  private static final int ROUNDS = 20_000;

  /** Between asking and remembering, somebody else learns of newer collateral. */
  @Test
  void olderCollateralDoesNotOverwriteWhatWasLearntMeanwhile() {
    CollateralMemory shared = CollateralMemory.inProcess();
    TdxVerifier other = Scene.verifier().memory(shared).build();
    AtomicBoolean overtaken = new AtomicBoolean();
    CollateralMemory slow =
        new CollateralMemory() {
          @Override
          public Optional<Age> newest(Scope scope) {
            Optional<Age> answer = shared.newest(scope);
            if (overtaken.compareAndSet(false, true)) {
              proven(withNumber(20).verify(other));
            }
            return answer;
          }

          @Override
          public void remember(Scope scope, Age age) {
            shared.remember(scope, age);
          }
        };
    TdxVerifier verifier = Scene.verifier().memory(slow).build();
    proven(withNumber(19).verify(verifier)); // it was the newest when it was asked about
    assertThat(overtaken).isTrue();
    assertThat(shared.newest(SCOPE).orElseThrow().tcbInfoNumber()).isEqualTo(20);
    assertRefuted(withNumber(19).verify(verifier), TdxFinding.COLLATERAL_ROLLBACK);
  }

  /** Each of two threads brings one part that is newer: neither is lost. */
  @Test
  void twoWhoRememberAtOnceAreBothHeard() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      CyclicBarrier start = new CyclicBarrier(2);
      for (int round = 0; round < ROUNDS; round++) {
        CollateralMemory memory = CollateralMemory.inProcess();
        memory.remember(SCOPE, age(1, 1));
        Future<?> one = pool.submit(() -> remember(memory, start, age(2, 1)));
        Future<?> two = pool.submit(() -> remember(memory, start, age(1, 2)));
        one.get();
        two.get();
        assertThat(memory.newest(SCOPE)).contains(age(2, 2));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static Void remember(
      CollateralMemory memory, CyclicBarrier start, CollateralMemory.Age age) throws Exception {
    start.await();
    memory.remember(SCOPE, age);
    return null;
  }

  private static Scene withNumber(int number) {
    return Scene.v4().tcbInfo(w -> w.evaluationDataNumber(number));
  }

  private static CollateralMemory.Age age(int tcbInfo, int qeIdentity) {
    return new CollateralMemory.Age(tcbInfo, NOW, qeIdentity, NOW, BigInteger.ONE, BigInteger.ONE);
  }
}
