package io.github.cvmattestation.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
  @Test
  void changingTheArrayAfterwardsChangesNothing() {
    byte[] octets = {1, 2, 3};
    Bytes bytes = Bytes.of(octets);
    octets[0] = 9;
    assertThat(bytes).isEqualTo(Bytes.of((byte) 1, (byte) 2, (byte) 3));
  }

  @Test
  void changingTheBufferAfterwardsChangesNothing() {
    byte[] octets = {1, 2, 3, 4};
    ByteBuffer buffer = ByteBuffer.wrap(octets, 1, 2);
    Bytes bytes = Bytes.of(buffer);
    octets[1] = 9;
    assertThat(bytes).isEqualTo(Bytes.ofHex("0203"));
    assertThat(buffer.remaining()).isEqualTo(2);
  }

  @Test
  void whatIsDetachedFromAWholeIsEqualToWhatItWas() {
    Bytes whole = Bytes.ofHex("010203040506070809");
    assertThat(whole.slice(2, 5).detached()).isEqualTo(whole.slice(2, 5));
    assertThat(whole.slice(2, 2).detached()).isEqualTo(Bytes.empty());
  }

  @Test
  void changingTheCopyChangesNothing() {
    Bytes bytes = Bytes.ofHex("010203");
    bytes.toArray()[0] = 9;
    bytes.slice(0, 2).toArray()[0] = 9;
    assertThat(bytes.hex()).isEqualTo("010203");
  }

  @Property
  void equalityIsThatOfTheOctets(
      @ForAll @Size(max = 40) byte[] a, @ForAll @Size(max = 40) byte[] b) {
    assertThat(Bytes.of(a).equals(Bytes.of(b))).isEqualTo(Arrays.equals(a, b));
  }

  @Property
  void anyOneBitMakesADifference(
      @ForAll @Size(min = 1, max = 70) byte[] octets, @ForAll @IntRange(max = 559) int bit) {
    byte[] other = octets.clone();
    other[bit / 8 % octets.length] ^= (byte) (1 << bit % 8);
    assertThat(Bytes.of(other)).isNotEqualTo(Bytes.of(octets));
  }

  @Property
  void aSliceEqualsACopyOfTheSamePartAndHashesAlike(
      @ForAll @Size(max = 64) byte[] octets,
      @ForAll @IntRange(max = 64) int a,
      @ForAll @IntRange(max = 64) int b) {
    int from = Math.min(Math.min(a, b), octets.length);
    int to = Math.min(Math.max(a, b), octets.length);
    Bytes slice = Bytes.of(octets).slice(from, to);
    Bytes copy = Bytes.of(Arrays.copyOfRange(octets, from, to));
    assertThat(slice).isEqualTo(copy).hasSameHashCodeAs(copy);
    assertThat(slice.toArray()).isEqualTo(copy.toArray());
    assertThat(slice.hex()).isEqualTo(HexFormat.of().formatHex(octets, from, to));
    assertThat(slice.size()).isEqualTo(to - from);
  }

  @Property
  void aSliceOfASliceCountsFromTheSlice(@ForAll @Size(min = 4, max = 64) byte[] octets) {
    Bytes inner = Bytes.of(octets).slice(1, octets.length).slice(1, octets.length - 2);
    assertThat(inner).isEqualTo(Bytes.of(Arrays.copyOfRange(octets, 2, octets.length - 1)));
    assertThat(inner.get(0)).isEqualTo(octets[2] & 0xFF);
  }

  @Property
  void hexRoundTrips(@ForAll byte[] octets) {
    Bytes bytes = Bytes.of(octets);
    assertThat(Bytes.ofHex(bytes.hex())).isEqualTo(bytes);
    assertThat(Bytes.ofHex(bytes.hex().toUpperCase(Locale.ROOT))).isEqualTo(bytes);
  }

  @Property
  void concatenationPutsEveryPartInOrder(
      @ForAll @Size(max = 9) byte[] a,
      @ForAll @Size(max = 9) byte[] b,
      @ForAll @Size(max = 9) byte[] c) {
    Bytes whole = Bytes.of(a).concat(Bytes.of(b), Bytes.of(c));
    assertThat(whole.slice(0, a.length)).isEqualTo(Bytes.of(a));
    assertThat(whole.slice(a.length, a.length + b.length)).isEqualTo(Bytes.of(b));
    assertThat(whole.slice(a.length + b.length, whole.size())).isEqualTo(Bytes.of(c));
  }

  @Property
  void reversingTwiceIsNothing(@ForAll byte[] octets) {
    Bytes bytes = Bytes.of(octets);
    assertThat(bytes.reversed().reversed()).isEqualTo(bytes);
    for (int i = 0; i < octets.length; i++) {
      assertThat(bytes.reversed().get(i)).isEqualTo(octets[octets.length - 1 - i] & 0xFF);
    }
  }

  @Test
  void aSliceCannotLookBeyondItsEnds() {
    Bytes slice = Bytes.ofHex("0102030405").slice(1, 4);
    assertThatThrownBy(() -> slice.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.slice(0, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.slice(2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.slice(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aLittleEndianNumberIsUnsignedAndWithinItsSlice() {
    Bytes slice = Bytes.ofHex("0001020380ff").slice(1, 5);
    assertThat(slice.u32LittleEndian(0)).isEqualTo(0x80030201L);
    assertThatThrownBy(() -> slice.u32LittleEndian(1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.u32LittleEndian(-1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.u32LittleEndian(Integer.MAX_VALUE))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aLongerValueIsNeverEqualToItsPrefix() {
    assertThat(Bytes.ofHex("aabb00")).isNotEqualTo(Bytes.ofHex("aabb"));
    assertThat(Bytes.zeros(1)).isNotEqualTo(Bytes.empty());
  }

  @Test
  void startsWithLooksAtThePrefixAndNothingElse() {
    Bytes bytes = Bytes.ofHex("aabbcc");
    assertThat(bytes.startsWith(Bytes.ofHex("aabb"))).isTrue();
    assertThat(bytes.startsWith(Bytes.empty())).isTrue();
    assertThat(bytes.startsWith(Bytes.ofHex("aabc"))).isFalse();
    assertThat(bytes.startsWith(Bytes.ofHex("aabbccdd"))).isFalse();
  }

  @Test
  void isZeroSeesEveryOctetOfItsSliceAndNoOther() {
    Bytes bytes = Bytes.ofHex("01000002");
    assertThat(bytes.slice(1, 3).isZero()).isTrue();
    assertThat(bytes.slice(0, 3).isZero()).isFalse();
    assertThat(bytes.slice(1, 4).isZero()).isFalse();
  }

  @Test
  void aDigestOfASliceIsThatOfItsOctets() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    Bytes.ofHex("00616263ff").slice(1, 4).update(digest);
    // FIPS 180-2, appendix B.1: SHA-256("abc").
    assertThat(Bytes.of(digest.digest()).hex())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void copyToWritesTheSliceAndNothingElse() {
    byte[] target = {9, 9, 9, 9};
    Bytes.ofHex("01020304").slice(1, 3).copyTo(target, 1);
    assertThat(target).containsExactly(9, 2, 3, 9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "0x01", "zz", "aa bb", "aa:bb", " aa", "１１"})
  void hexWithAnythingElseInItIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Bytes.ofHex(text));
  }

  @Test
  void messagesShowTheFirstOctetsOnly() {
    Bytes long_ = Bytes.ofHex("00112233445566778899");
    assertThat(long_.toString()).contains("0011223344556677").doesNotContain("8899");
    assertThat(long_.abbreviated()).isEqualTo("0011223344556677…");
    assertThat(long_.slice(0, 8).abbreviated()).isEqualTo("0011223344556677");
  }
}
