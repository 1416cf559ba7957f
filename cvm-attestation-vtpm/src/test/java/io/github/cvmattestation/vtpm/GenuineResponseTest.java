package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.cvmattestation.vtpm.TpmOperations.Client;
import io.github.cvmattestation.vtpm.TpmOperations.Operation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers that the search for bad ones starts from are good ones. */
class GenuineResponseTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void everyOperationTakesAnAnswerThatATpmMayGive(int mode) {
    for (Operation operation : TpmOperations.ALL) {
      ScriptedTpm device = new ScriptedTpm();
      Client client = Client.of(device, mode);
      device.follow(operation.answers());

      assertThatCode(() -> operation.action().run(client))
          .as(operation.commands().toString())
          .doesNotThrowAnyException();
    }
  }
}
