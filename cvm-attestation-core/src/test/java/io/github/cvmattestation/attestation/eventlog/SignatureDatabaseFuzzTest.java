package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Signature lists and variables: read to the last byte, or refused. */
class SignatureDatabaseFuzzTest {
  @MethodSource("lists")
  @FuzzTest
  void lists(byte[] input) {
    try {
      for (SignatureDatabase.Entry entry : SignatureDatabase.parse(Bytes.of(input)).entries()) {
        assertThat(entry.data().size()).isLessThan(input.length);
      }
    } catch (MalformedException e) {
      assertThat(e.problem()).contains("EFI_SIGNATURE_LIST");
    }
  }

  static Stream<Arguments> lists() {
    return Stream.of(
            BootWriter.list(BootWriter.SHA256, BootWriter.HASH, BootWriter.HASH),
            BootWriter.list(BootWriter.X509, Bytes.ofHex("3000")))
        .map(seed -> Arguments.of((Object) seed.toArray()));
  }
}
