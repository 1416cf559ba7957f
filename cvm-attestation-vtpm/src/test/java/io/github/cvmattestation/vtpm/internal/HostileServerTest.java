package io.github.cvmattestation.vtpm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.vtpm.TpmTransport;
import io.github.cvmattestation.vtpm.internal.ScriptedServer.Kind;
import io.github.cvmattestation.vtpm.internal.ScriptedServer.Script;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server at the other end of a socket may do: dribble, lie about sizes, hang up. */
class HostileServerTest {
  private static final byte[] COMMAND = frame(12, 12);
  private static final byte[] RESPONSE = frame(20, 20);

  @TempDir private Path directory;

  /** A frame of {@code length} bytes, none of them alike, whose header says {@code size}. */
  private static byte[] frame(int length, int size) {
    byte[] frame = new byte[length];
    for (int i = 0; i < length; i++) {
      frame[i] = (byte) (i * 7 + 1);
    }
    return ByteBuffer.wrap(frame).putShort((short) 0x8001).putInt(size).array();
  }

  private static Stream<Arguments> sizesThatNoResponseHas() {
    return Stream.of(Kind.values())
        .flatMap(
            kind ->
                IntStream.of(0, 9, 4097, 65536, Integer.MAX_VALUE, Integer.MIN_VALUE, -1)
                    .mapToObj(size -> Arguments.of(kind, size)));
  }

  @ParameterizedTest
  @EnumSource
  void aResponseInSinglePiecesIsReadToItsEnd(Kind kind) throws IOException {
    byte[] longest = frame(4096, 4096);
    ScriptedServer server =
        ScriptedServer.start(
            kind,
            directory,
            (in, out) -> {
              in.readNBytes(kind.onTheWire(COMMAND));
              for (byte piece : kind.wrapped(longest)) {
                out.write(piece);
              }
            });
    try (TpmTransport tpm = server.connect()) {
      assertThat(tpm.transmit(COMMAND)).isEqualTo(longest);
    }
    assertThat(server.rest()).isEqualTo(kind.farewell());
  }

  @ParameterizedTest
  @EnumSource
  void whereverAResponseIsSplitTheNextOneIsReadFromItsStart(Kind kind) throws IOException {
    byte[] wire = kind.wrapped(RESPONSE);
    ScriptedServer server =
        ScriptedServer.start(
            kind,
            directory,
            (in, out) -> {
              for (int split = 1; split < wire.length; split++) {
                in.readNBytes(kind.onTheWire(COMMAND));
                out.write(wire, 0, split);
                out.write(wire, split, wire.length - split);
              }
            });
    try (TpmTransport tpm = server.connect()) {
      for (int split = 1; split < wire.length; split++) {
        assertThat(tpm.transmit(COMMAND)).isEqualTo(RESPONSE);
      }
    }
    assertThat(server.rest()).isEqualTo(kind.farewell());
  }

  @ParameterizedTest
  @MethodSource("sizesThatNoResponseHas")
  void aSizeThatNoResponseHasPoisons(Kind kind, int size) throws IOException {
    byte[] lie = frame(20, size);
    assertPoisoned(
        kind,
        kind == Kind.SIMULATOR ? ScriptedServer.simulated(size, RESPONSE, 0) : lie,
        "a response of " + Integer.toUnsignedString(size) + " bytes, outside of 10 to 4096");
  }

  /** Wherever it hangs up: before, in the header, in the body, before the last byte. */
  @ParameterizedTest
  @EnumSource
  void hangingUpInTheMiddlePoisons(Kind kind) throws IOException {
    byte[] wire = kind.wrapped(RESPONSE);
    for (int sent = 0; sent < wire.length; sent++) {
      Path own = Files.createDirectory(directory.resolve(Integer.toString(sent)));
      assertPoisoned(kind, own, Arrays.copyOf(wire, sent), "closed by the other end after");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSizeAboveWhatComesPoisons(Kind kind) throws IOException {
    byte[] lie = frame(20, 21);
    assertPoisoned(
        kind,
        kind == Kind.SIMULATOR ? ScriptedServer.simulated(25, RESPONSE, 0) : lie,
        "closed by the other end after");
  }

  /** Otherwise the rest of this response would be the next one's beginning. */
  @ParameterizedTest
  @EnumSource(names = {"TCP", "UNIX"})
  void aSizeBelowWhatComesPoisonsTheNextCommand(Kind kind) throws IOException {
    ScriptedServer server = ScriptedServer.start(kind, directory, answering(kind, frame(20, 12)));
    try (TpmTransport tpm = server.connect()) {
      assertThat(tpm.transmit(COMMAND)).isEqualTo(Arrays.copyOf(frame(20, 12), 12));
      assertRefused(tpm, "bytes that nobody asked for");
      assertRefused(tpm, "earlier command");
    }
    assertThat(server.rest()).isEqualTo(kind.farewell());
  }

  @ParameterizedTest
  @EnumSource
  void aSecondResponseUnaskedPoisonsTheNextCommand(Kind kind) throws IOException {
    byte[] once = kind.wrapped(RESPONSE);
    byte[] twice = Arrays.copyOf(once, 2 * once.length);
    System.arraycopy(once, 0, twice, once.length, once.length);
    ScriptedServer server = ScriptedServer.start(kind, directory, answering(kind, twice));
    try (TpmTransport tpm = server.connect()) {
      assertThat(tpm.transmit(COMMAND)).isEqualTo(RESPONSE);
      assertRefused(tpm, "bytes that nobody asked for");
      assertRefused(tpm, "earlier command");
    }
    assertThat(server.rest()).isEqualTo(kind.farewell());
  }

  @Test
  void aSimulatorsResponseThatEndsWithoutZeroPoisons() throws IOException {
    for (int trailer : new int[] {1, 0x01000000, -1}) {
      assertPoisoned(
          Kind.SIMULATOR,
          ScriptedServer.simulated(RESPONSE.length, RESPONSE, trailer),
          "a response that does not end with zero");
    }
  }

  /** The simulator's own size too small: the trailer is then made of the response. */
  @Test
  void aSimulatorsSizeBelowItsResponsePoisons() throws IOException {
    assertPoisoned(
        Kind.SIMULATOR,
        ScriptedServer.simulated(RESPONSE.length - 4, RESPONSE, 0),
        "a response that does not end with zero");
  }

  @Test
  void aSimulatorThatDoesNotSwitchOnIsUnreachableAndGetsNoCommand() throws IOException {
    ScriptedServer server =
        ScriptedServer.start(Kind.SIMULATOR, directory, 1, (in, out) -> in.read());
    assertThatThrownBy(server::connect)
        .isInstanceOf(AttestationException.Device.class)
        .hasMessageContaining("platform signal 1 refused");
  }

  private void assertPoisoned(Kind kind, byte[] answer, String why) throws IOException {
    assertPoisoned(kind, directory, answer, why);
  }

  /** Refused for its reason; then, on the same connection, without another byte sent. */
  private static void assertPoisoned(Kind kind, Path own, byte[] answer, String why)
      throws IOException {
    ScriptedServer server = ScriptedServer.start(kind, own, answering(kind, answer));
    try (TpmTransport tpm = server.connect()) {
      assertRefused(tpm, why);
      assertRefused(tpm, "earlier command");
      assertRefused(tpm, "earlier command");
    }
    assertThat(server.rest()).isEqualTo(kind.farewell());
  }

  private static Script answering(Kind kind, byte[] answer) {
    return (in, out) -> {
      in.readNBytes(kind.onTheWire(COMMAND));
      out.write(answer);
    };
  }

  private static void assertRefused(TpmTransport tpm, String why) {
    assertThatThrownBy(() -> tpm.transmit(COMMAND))
        .isInstanceOf(AttestationException.Device.class)
        .hasMessageContaining(why);
  }
}
