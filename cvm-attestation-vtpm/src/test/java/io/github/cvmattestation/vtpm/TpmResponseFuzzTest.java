package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.vtpm.TpmOperations.Client;
import io.github.cvmattestation.vtpm.TpmOperations.Operation;
import io.github.cvmattestation.vtpm.internal.CommandCode;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a TPM answers, authenticated or not, is used whole or is a Device exception that names
 * the command; and what it makes the client send or allocate has limits.
 *
 * <p>Input: the operation, how it is authorised, which bit of the session area to flip (0 for
 * none), and a script for {@link ScriptedTpm}.
 */
class TpmResponseFuzzTest {
  private static final int HEAD = 3;

  /** What one command may cost in all: a response is at most 4096 bytes, and copied a few times. */
  private static final long PER_COMMAND = 128 << 10;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @MethodSource("scripts")
  @FuzzTest
  void onlyDeviceExceptionsThatNameTheCommandComeOut(byte[] input) {
    if (input.length < HEAD) {
      return;
    }
    if (!isFrugal(input)) {
      // Classes are loaded and linked at their first use: then the second run counts.
      assertThat(isFrugal(input)).as("what responses of 4096 bytes explain").isTrue();
    }
  }

  private static boolean isFrugal(byte[] input) {
    Bytes octets = Bytes.of(input);
    Operation operation = TpmOperations.ALL.get((octets.get(0) & 0xFF) % TpmOperations.ALL.size());
    int mode = (octets.get(1) & 0xFF) % TpmOperations.MODES;
    ScriptedTpm device = new ScriptedTpm();
    Client client = Client.of(device, mode);
    device.follow(octets.slice(HEAD, octets.size()));
    device.damage((octets.get(2) & 0xFF) - 1);

    long before = THREADS.getCurrentThreadAllocatedBytes();
    AttestationException refused = outcome(operation, client);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;

    assertSent(operation, device);
    assertNamed(operation, refused);
    if (mode != TpmOperations.UNKEYED) {
      // The HMAC is what counts: a changed one never passes, and a right one always does.
      assertThat(device.damaged() && refused == null).isFalse();
      boolean authentic = !device.damaged() && !device.raw();
      assertThat(authentic && unauthenticated(refused)).isFalse();
    }
    return allocated < PER_COMMAND * (1 + device.commands().size() + device.flushed().size());
  }

  private static AttestationException outcome(Operation operation, Client client) {
    try {
      operation.action().run(client);
      return null;
    } catch (AttestationException e) {
      return e;
    }
  }

  private static boolean unauthenticated(AttestationException refused) {
    return refused != null && refused.getMessage().contains("does not authenticate");
  }

  private static void assertSent(Operation operation, ScriptedTpm device) {
    Set<Integer> allowed =
        operation.commands().stream().map(CommandCode::code).collect(Collectors.toSet());
    List<Integer> sent =
        device.commands().stream().filter(code -> code != ScriptedTpm.FLUSH).toList();
    assertThat(allowed).containsAll(sent);
    assertThat(sent).hasSizeLessThanOrEqualTo(operation.most());
    // Only what a command has just made is flushed: an object, or a session.
    assertThat(device.flushed()).hasSizeLessThanOrEqualTo(1);
    assertThat(device.flushed()).allMatch(handle -> Set.of(0x80L, 2L, 3L).contains(handle >> 24));
  }

  private static void assertNamed(Operation operation, AttestationException refused) {
    // An index that is there already, with another public area, is the caller's mistake.
    if (refused != null && !(refused instanceof AttestationException.Configuration)) {
      assertThat(refused).isInstanceOf(AttestationException.Device.class);
      assertThat(operation.commands())
          .as(refused.getMessage())
          .anyMatch(command -> refused.getMessage().contains(command.specName()));
    }
  }

  static Stream<Arguments> scripts() {
    Stream.Builder<Arguments> scripts = Stream.builder();
    for (int i = 0; i < TpmOperations.ALL.size(); i++) {
      Operation operation = TpmOperations.ALL.get(i);
      for (int mode = 0; mode < TpmOperations.MODES; mode++) {
        scripts.add(script(i, mode, 0, operation.answers()));
        scripts.add(script(i, mode, 1 + (31 * i + 7 * mode) % 255, operation.answers()));
        for (Bytes lie : operation.lies()) {
          scripts.add(script(i, mode, 0, lie));
        }
      }
    }
    return scripts.build();
  }

  private static Arguments script(int operation, int mode, int damage, Bytes pieces) {
    Octets input = new Octets().u8(operation).u8(mode).u8(damage).raw(pieces);
    return Arguments.of((Object) input.toBytes().toArray());
  }
}
