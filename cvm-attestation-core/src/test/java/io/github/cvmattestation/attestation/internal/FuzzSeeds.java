package io.github.cvmattestation.attestation.internal;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Where a fuzzer starts, and what is replayed without one. Everything is synthetic. */
final class FuzzSeeds {
  private FuzzSeeds() {}

  static Stream<Arguments> texts(String... texts) {
    return Stream.of(texts)
        .map(text -> Arguments.of((Object) text.getBytes(StandardCharsets.UTF_8)));
  }

  static Stream<Arguments> hex(String... texts) {
    return Stream.of(texts).map(text -> Arguments.of((Object) HexFormat.of().parseHex(text)));
  }
}
