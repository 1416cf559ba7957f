package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteReaderTest {
  private static final Bytes OCTETS = Bytes.ofHex("f1f2f3f4f5f6f7f8f9fafbfcfdfeff");

  @Test
  void littleEndianFieldsHaveTheirLeastOctetFirst() throws MalformedException {
    ByteReader in = ByteReader.littleEndian("S", OCTETS);
    assertThat(in.u8("A")).isEqualTo(0xF1);
    assertThat(in.u16("B")).isEqualTo(0xF3F2);
    assertThat(in.u32("C")).isEqualTo(0xF7F6F5F4L);
    assertThat(in.u64("D")).isEqualTo(0xFFFEFDFCFBFAF9F8L);
    in.end();
  }

  @Test
  void bigEndianFieldsHaveTheirGreatestOctetFirst() throws MalformedException {
    ByteReader in = ByteReader.bigEndian("S", OCTETS);
    assertThat(in.u8("A")).isEqualTo(0xF1);
    assertThat(in.u16("B")).isEqualTo(0xF2F3);
    assertThat(in.u32("C")).isEqualTo(0xF4F5F6F7L);
    assertThat(in.u64("D")).isEqualTo(0xF8F9FAFBFCFDFEFFL);
    in.end();
  }

  @Test
  void u32IsNeverNegative() throws MalformedException {
    assertThat(ByteReader.bigEndian("S", Bytes.ofHex("ffffffff")).u32("A")).isEqualTo(4294967295L);
  }

  @Test
  void everyFieldThatEndsOneOctetTooLateIsRefused() {
    for (int size : new int[] {1, 2, 4, 8}) {
      Bytes tooShort = Bytes.zeros(size - 1);
      refused(() -> read(ByteReader.littleEndian("S", tooShort), size));
      refused(() -> read(ByteReader.bigEndian("S", tooShort), size));
    }
  }

  @ParameterizedTest
  @ValueSource(
      longs = {-1, 4, 0xFFFFFFFFL, 1L << 32, (1L << 32) + 1, Long.MAX_VALUE, Long.MIN_VALUE})
  void aSizeThatTheInputDoesNotHaveIsRefusedBeforeItIsNarrowed(long size) {
    // 2^32 + 1 narrows to 1, which would fit.
    refused(() -> ByteReader.bigEndian("S", Bytes.zeros(3)).bytes("A", size));
  }

  @Test
  void aRefusedReadDoesNotMove() {
    ByteReader in = ByteReader.bigEndian("S", Bytes.zeros(3));
    refused(() -> in.u32("A"));
    refused(() -> in.bytes("A", 4));
    assertThat(in.offset()).isZero();
    assertThat(in.remaining()).isEqualTo(3);
  }

  @Test
  void offsetAndRemainingAddUp() throws MalformedException {
    ByteReader in = ByteReader.bigEndian("S", Bytes.zeros(9));
    in.bytes("A", 4);
    assertThat(in.offset()).isEqualTo(4);
    assertThat(in.remaining()).isEqualTo(5);
  }

  @Test
  void sized16TakesExactlyItsSize() throws MalformedException {
    ByteReader in = ByteReader.bigEndian("S", Bytes.ofHex("0002aabbcc"));
    assertThat(in.sized16("A", 2)).isEqualTo(Bytes.ofHex("aabb"));
    assertThat(in.remaining()).isEqualTo(1);
  }

  @Test
  void sized16AboveItsMaximumIsRefusedThoughTheOctetsAreThere() {
    refused(() -> ByteReader.bigEndian("S", Bytes.ofHex("0003aabbcc")).sized16("A", 2));
  }

  @Test
  void sized16PastTheEndIsRefused() {
    refused(() -> ByteReader.bigEndian("S", Bytes.ofHex("0003aabb")).sized16("A", 64));
  }

  @Test
  void anyReservedBitIsRefused() throws MalformedException {
    ByteReader.bigEndian("S", Bytes.zeros(5)).reserved(5);
    for (int bit = 0; bit < 40; bit++) {
      byte[] octets = new byte[5];
      octets[bit / 8] = (byte) (1 << bit % 8);
      refused(() -> ByteReader.bigEndian("S", Bytes.of(octets)).reserved(5));
    }
  }

  @Test
  void reservedOctetsMustBeThere() {
    refused(() -> ByteReader.bigEndian("S", Bytes.zeros(4)).reserved(5));
  }

  @Test
  void trailingBytesAreRefused() throws MalformedException {
    ByteReader in = ByteReader.bigEndian("S", Bytes.zeros(2));
    in.u8("A");
    refused(in::end);
    in.u8("B");
    in.end();
  }

  @Test
  void aRefusalNamesStructureFieldAndOffsetButNoContent() throws MalformedException {
    ByteReader in = ByteReader.bigEndian("TPMS_ATTEST", Bytes.ofHex("aabbccdd"));
    in.u8("magic");
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> in.u64("clock"))
        .withMessage("TPMS_ATTEST.clock at byte 1: expected 8 bytes, found 3 left");
  }

  @Test
  void reservedBytesThatAreSetAreNamedByTheirPlaces() throws MalformedException {
    ByteReader in = ByteReader.littleEndian("REPORT", Bytes.ofHex("aabb000100cc"));
    in.u16("version");
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> in.reserved(3))
        .withMessage("REPORT at bytes 2 to 4: expected reserved zeros, found other");
  }

  private static void read(ByteReader in, int size) throws MalformedException {
    switch (size) {
      case 1 -> in.u8("A");
      case 2 -> in.u16("A");
      case 4 -> in.u32("A");
      default -> in.u64("A");
    }
  }

  private static void refused(ThrowingCallable reading) {
    assertThatExceptionOfType(MalformedException.class).isThrownBy(reading);
  }
}
