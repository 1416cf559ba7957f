package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Only {@link MalformedException} may come out. */
class DerReaderFuzzTest {
  @MethodSource
  @FuzzTest
  void walks(byte[] input) {
    Bytes bytes = Bytes.of(input);
    try {
      assertThat(walk(bytes, 0)).isEqualTo(bytes.size());
    } catch (MalformedException e) {
      return;
    }
  }

  /** Goes into everything constructed; how many bytes all elements have, headers included. */
  private static int walk(Bytes bytes, int depth) throws MalformedException {
    DerReader in = new DerReader("fuzz", bytes);
    DerReader same = new DerReader("fuzz", bytes);
    int size = 0;
    while (in.hasNext()) {
      int tag = in.peekTag();
      Bytes element = in.element(tag);
      Bytes content = same.content(tag);
      assertThat(element.slice(element.size() - content.size(), element.size())).isEqualTo(content);
      if ((tag & 0x20) != 0 && depth < 50) {
        assertThat(walk(content, depth + 1)).isEqualTo(content.size());
      }
      size += element.size();
    }
    in.end();
    return size;
  }

  static Stream<Arguments> walks() {
    return FuzzSeeds.hex(
        "", "3000", "30030201ff", "3080", "308100", "0484ffffffff", "3006040130020100", "30820002");
  }
}
