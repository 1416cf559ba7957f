package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ITU-T X.690, sections 8.1.3 (lengths) and 10.1 (definite and minimal in DER). */
class DerReaderTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0400",
    "1, 0401",
    "127, 047f",
    "128, 048180",
    "255, 0481ff",
    "256, 04820100",
    "65535, 0482ffff",
    "65536, 0483010000"
  })
  void minimalLengthsAreReadAndElementsKeepTheirHeader(int size, String header)
      throws MalformedException {
    Bytes der = Bytes.ofHex(header).concat(Bytes.zeros(size));
    assertThat(reader(der).content(DerReader.OCTET_STRING)).isEqualTo(Bytes.zeros(size));
    assertThat(reader(der).element(DerReader.OCTET_STRING)).isEqualTo(der);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "04800000", // indefinite, with end-of-contents
        "30800000",
        "0480",
        "04ff", // reserved
        "048100", // 0 in one byte too many
        "048101aa",
        "04817f",
        "0482007f",
        "04820080",
        "048200ff",
        "0483000100",
        "048400000001aa",
        "04850000000001aa",
        "0488000000000000000001aa"
      })
  void indefiniteAndNonMinimalLengthsAreRefused(String header) {
    refused(Bytes.ofHex(header).concat(Bytes.zeros(300)), DerReader.OCTET_STRING);
    refused(Bytes.ofHex(header).concat(Bytes.zeros(300)), DerReader.SEQUENCE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "04",
        "0401",
        "0402aa",
        "0481",
        "0482ff",
        "04820100",
        "0484ffffffff",
        "04847fffffff",
        "048480000000"
      })
  void truncatedElementsAreRefusedWithoutAllocation(String hex) {
    refused(Bytes.ofHex(hex), DerReader.OCTET_STRING);
  }

  @Test
  void anotherTagIsRefused() {
    refused(Bytes.ofHex("0400"), DerReader.SEQUENCE);
    refused(Bytes.ofHex("2400"), DerReader.OCTET_STRING); // constructed
    refused(Bytes.ofHex("8400"), DerReader.OCTET_STRING); // context-specific
    refused(
        Bytes.ofHex("1f8104 00".replace(" ", "")), DerReader.OCTET_STRING); // long form of the tag
  }

  @Test
  void bytesBehindTheLastElementAreRefused() throws MalformedException {
    DerReader in = reader(Bytes.ofHex("040000"));
    in.content(DerReader.OCTET_STRING);
    assertThat(in.hasNext()).isTrue();
    assertThatExceptionOfType(MalformedException.class).isThrownBy(in::end);
  }

  @Test
  void elementsFollowEachOther() throws MalformedException {
    DerReader in = reader(Bytes.ofHex("0401aa02010516016130020500"));
    assertThat(in.peekTag()).isEqualTo(DerReader.OCTET_STRING);
    assertThat(in.content(DerReader.OCTET_STRING)).isEqualTo(Bytes.ofHex("aa"));
    assertThat(in.element(DerReader.INTEGER)).isEqualTo(Bytes.ofHex("020105"));
    assertThat(in.content(DerReader.IA5_STRING)).isEqualTo(Bytes.ofHex("61"));
    assertThat(in.element(DerReader.SEQUENCE)).isEqualTo(Bytes.ofHex("30020500"));
    assertThat(in.peekTag()).isEqualTo(-1);
    assertThat(in.hasNext()).isFalse();
    in.end();
  }

  @Test
  void whatIsEnteredIsReadToItsEndAndTheRestFollows() throws MalformedException {
    DerReader in = reader(Bytes.ofHex("30070401303002020002010a"));
    int whole = in.enter(DerReader.SEQUENCE);
    int inner = in.enter(DerReader.OCTET_STRING);
    assertThat(in.hasNext()).isTrue();
    in.skipRest();
    assertThat(in.peekTag()).isEqualTo(-1);
    in.leave(inner);
    int sequence = in.enter(DerReader.SEQUENCE);
    // Not everything in it has been read.
    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> in.leave(sequence));
    in.skipRest();
    in.leave(sequence);
    assertThat(in.hasNext()).isFalse();
    in.leave(whole);
    assertThat(in.integer()).isEqualTo(10);
    in.end();
  }

  @Test
  void anElementMayNotReachBeyondTheOneThatItIsIn() throws MalformedException {
    // The inner length is one more than its parent has left; the input has enough.
    for (String der :
        List.of("30030402aabbcc", "300304028101aa", "300104", "30020481", "300204820001")) {
      DerReader in = reader(Bytes.ofHex(der).concat(Bytes.zeros(8)));
      in.enter(DerReader.SEQUENCE);
      assertThatExceptionOfType(MalformedException.class)
          .isThrownBy(() -> in.content(DerReader.OCTET_STRING));
    }
    DerReader end = reader(Bytes.ofHex("30000401aa"));
    end.enter(DerReader.SEQUENCE);
    assertThat(end.hasNext()).isFalse();
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> end.enter(DerReader.OCTET_STRING));
  }

  @Test
  void anObjectIdentifierIsWholeAndInItsShortestForm() throws MalformedException {
    for (String whole : List.of("551d14", "2a8648ce3d040302", "00", "2a8100", "2a818000")) {
      Bytes content = Bytes.ofHex(whole);
      assertThat(reader(oid(content)).objectIdentifier()).isEqualTo(content);
    }
    for (String damaged : List.of("", "80", "80" + "01", "2a80", "2a81", "2a8001", "2a018001")) {
      assertThatExceptionOfType(MalformedException.class)
          .as(damaged)
          .isThrownBy(() -> reader(oid(Bytes.ofHex(damaged))).objectIdentifier());
    }
  }

  private static Bytes oid(Bytes content) {
    return Bytes.of((byte) DerReader.OBJECT_IDENTIFIER, (byte) content.size()).concat(content);
  }

  private static DerReader reader(Bytes der) {
    return new DerReader("Test", der);
  }

  private static void refused(Bytes der, int tag) {
    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> reader(der).content(tag));
    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> reader(der).element(tag));
  }

  @Test
  void anIntegerIsReadInItsShortestFormOnly() throws MalformedException {
    for (String shortest : List.of("020100", "020105", "0201ff", "02020080", "0202ff7f")) {
      assertThat(new DerReader("test", Bytes.ofHex(shortest)).integer().toByteArray())
          .isEqualTo(Bytes.ofHex(shortest).slice(2, shortest.length() / 2).toArray());
    }
    for (String other : List.of("0200", "02020005", "0202ff80", "0203000080", "0301", "04")) {
      DerReader in = new DerReader("test", Bytes.ofHex(other));
      assertThatExceptionOfType(MalformedException.class).isThrownBy(in::integer);
    }
  }
}
