package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The cursor and the tree have one opinion of what is strict JSON. */
class JsonCursorFuzzTest {
  private static final int MAX_SIZE = 1 << 16; // so that the tree's bound on tokens is never met

  @MethodSource("seeds")
  @FuzzTest
  void theCursorAcceptsWhatTheTreeAccepts(byte[] input) {
    Bytes bytes = Bytes.of(input);
    assertThat(isCursorJson(bytes)).isEqualTo(isTreeJson(bytes));
    assertThat(cursorMembers(bytes)).isEqualTo(treeMembers(bytes));
  }

  /** The names in an object, in their order; empty for everything else. */
  private static Optional<List<String>> treeMembers(Bytes input) {
    try {
      return Optional.of(List.copyOf(StrictJson.parse("x", input, MAX_SIZE).asObject().names()));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  private static Optional<List<String>> cursorMembers(Bytes input) {
    List<String> members = new ArrayList<>();
    try (JsonCursor in =
        JsonCursor.open("x", input, MAX_SIZE, CoreFinding.CERT_FORMAT, CoreFinding.CERT_FORMAT)) {
      in.beginObject();
      while (in.nextMember()) {
        members.add(in.name());
        in.skip();
      }
      in.end();
      return Optional.of(members);
    } catch (RefutedException e) {
      return Optional.empty();
    }
  }

  private static boolean isTreeJson(Bytes input) {
    try {
      StrictJson.parse("x", input, MAX_SIZE);
      return true;
    } catch (MalformedException e) {
      return false;
    }
  }

  private static boolean isCursorJson(Bytes input) {
    try (JsonCursor in =
        JsonCursor.open("x", input, MAX_SIZE, CoreFinding.CERT_FORMAT, CoreFinding.CERT_FORMAT)) {
      in.skip();
      in.end();
      return true;
    } catch (RefutedException e) {
      return false;
    }
  }

  static Stream<Arguments> seeds() {
    return FuzzSeeds.texts(
        "",
        "{}",
        " [1, -2,18446744073709551615 ] ",
        "{\"a\":{\"b\":[true,false,null]},\"c\":\"\\u00e9\\ud83d\\ude00é😀\"}",
        "\"\\ud800\"",
        "{\"\\ud800\":1}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "[{\"a\":1},{\"a\":{\"a\":2}}]",
        "1 ",
        "1 2",
        "{}{}",
        "-0",
        "1e9",
        "1.0",
        "[".repeat(32) + "]".repeat(32),
        "[".repeat(33) + "]".repeat(33),
        "123456789012345678901",
        "\uFEFF{}",
        "{\"a\":1}//");
  }
}
