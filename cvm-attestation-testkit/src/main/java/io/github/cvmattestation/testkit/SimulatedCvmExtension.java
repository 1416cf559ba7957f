package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Nonce;
import java.time.Instant;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives JUnit tests a {@link SimulatedCvm} and a {@link Nonce} as parameters.
 *
 * <pre>{@code
 * @ExtendWith(SimulatedCvmExtension.class)
 * class MyServiceTest {
 *   @Test
 *   void admitsHealthyMachines(SimulatedCvm cvm, Nonce nonce) {
 *     Evidence evidence = cvm.attest(nonce);
 *     …
 *   }
 * }
 * }</pre>
 *
 * <p>Keys and nonce follow from the test's unique id: a test sees the same ones each time, no two
 * tests see the same ones. {@link Simulated} on the parameter asks for another machine.
 */
@SuppressWarnings("exports") // whoever uses this class requires JUnit already
public final class SimulatedCvmExtension implements ParameterResolver {
  /** For JUnit. */
  public SimulatedCvmExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    Class<?> type = parameter.getParameter().getType();
    return type == SimulatedCvm.class || type == Nonce.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
    String seed = test.getUniqueId() + " " + parameter.getIndex();
    if (parameter.getParameter().getType() == Nonce.class) {
      return new Nonce(Hashes.digest("SHA-256", "nonce " + seed));
    }
    SimulatedCvmBuilder builder = SimulatedCvm.builder().seed(seed);
    parameter
        .findAnnotation(Simulated.class)
        .ifPresent(
            wanted -> {
              builder.tee(wanted.tee()).line(wanted.line()).secureBoot(wanted.secureBoot());
              if (!wanted.at().isEmpty()) {
                builder.at(Instant.parse(wanted.at()));
              }
            });
    return builder.build();
  }
}
