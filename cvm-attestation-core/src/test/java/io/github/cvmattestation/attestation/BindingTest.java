package io.github.cvmattestation.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What evidence is bound to: {@link Nonce} and {@link ReportData}. */
class BindingTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 65, 128})
  void aNonceThatIsTooShortOrTooLongIsRefused(int size) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Nonce(Bytes.zeros(size)));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 32, 63, 64})
  void aNonceOfAnAllowedSizeIsKeptAsItIs(int size) {
    assertThat(new Nonce(Bytes.zeros(size)).value().size()).isEqualTo(size);
  }

  @Test
  void drawnNoncesDiffer() {
    Set<Nonce> drawn = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      Nonce nonce = Nonce.random();
      assertThat(nonce.value().size()).isEqualTo(32);
      assertThat(drawn.add(nonce)).isTrue();
    }
  }

  @Test
  void aNonceDoesNotShowItsValue() {
    Nonce nonce = new Nonce(Bytes.ofHex("0102030405060708"));
    assertThat(nonce.toString()).doesNotContain("0102").doesNotContain("0708");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 63, 65})
  void reportDataHasSixtyFourBytesOrIsRefused(int size) {
    assertThatIllegalArgumentException().isThrownBy(() -> new ReportData(Bytes.zeros(size)));
  }

  @Test
  void thePlainFormIsTheNonceFollowedByZeros() {
    Bytes nonce = Bytes.ofHex("0102030405060708");
    assertThat(ReportData.of(new Nonce(nonce)).value()).isEqualTo(nonce.concat(Bytes.zeros(56)));
    Bytes full = Bytes.zeros(63).concat(Bytes.ofHex("ff"));
    assertThat(ReportData.of(new Nonce(full)).value()).isEqualTo(full);
  }

  @Test
  void theBindingIsTheDigestThatItsDocumentationDescribes() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-512");
    digest.update(new byte[] {0, 0, 0, 30});
    digest.update("cvm-attestation report-data v1".getBytes(StandardCharsets.US_ASCII));
    digest.update(new byte[] {0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 2, 0x30, 0x00});
    assertThat(bound("0102030405060708", "3000")).isEqualTo(Bytes.of(digest.digest()));
  }

  @Test
  void movingOctetsBetweenNonceAndKeyChangesTheBinding() {
    String all = "0102030405060708090a0b0c0d0e0f10";
    Map<Bytes, Integer> seen = new HashMap<>();
    for (int size = 8; size <= 16; size++) {
      Bytes bound = bound(all.substring(0, 2 * size), all.substring(2 * size));
      assertThat(seen.put(bound, size)).as("nonce of %d bytes", size).isNull();
    }
  }

  @Test
  void aTrailingZeroInEitherPartChangesTheBinding() {
    Set<Bytes> bound =
        Set.of(
            bound("0102030405060708", "aa"),
            bound("010203040506070800", "aa"),
            bound("0102030405060708", "aa00"),
            bound("0102030405060708", "00aa"));
    assertThat(bound).hasSize(4);
  }

  private static Bytes bound(String nonce, String key) {
    return ReportData.binding(new Nonce(Bytes.ofHex(nonce)), Bytes.ofHex(key)).value();
  }
}
