package io.github.cvmattestation.vtpm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TpmWriterTest {
  @Test
  void fieldsHaveTheirGreatestOctetFirst() {
    TpmWriter out = new TpmWriter().u8(0x1F2).u16(0x3F4F5).u32(0xF6F7F8F9FAL);
    out.sized(Bytes.ofHex("fbfc")).raw(Bytes.ofHex("fd"));
    assertThat(Bytes.of(out.toArray()).hex()).isEqualTo("f2f4f5f7f8f9fa0002fbfcfd");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {0, 1, 255, 256, 257, 511, 512, 513, 5000, 65535})
  void whatIsWrittenBeyondTheFirstRoomIsKept(int size) {
    byte[] octets = new byte[size];
    TpmWriter one = new TpmWriter();
    for (int i = 0; i < size; i++) {
      octets[i] = (byte) (i * 7 + 1);
      one.u8(octets[i]);
    }
    assertThat(one.toArray()).isEqualTo(octets);
    assertThat(new TpmWriter().u8(9).sized(octets).toArray())
        .hasSize(3 + size)
        .startsWith(9, size >> 8, size)
        .endsWith(octets);
  }

  @Test
  void aTpm2bLongerThanItsSizeCanSayIsRefused() {
    assertThatThrownBy(() -> new TpmWriter().sized(new byte[0x10000]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nothingIsLeftOfWhatWasTakenOrWiped() {
    TpmWriter out = new TpmWriter().u32(0x01020304);
    assertThat(out.take()).containsExactly(1, 2, 3, 4);
    assertThat(out.toArray()).isEmpty();
    assertThat(out.u8(5).toArray()).containsExactly(5);
    out.wipe();
    assertThat(out.toArray()).isEmpty();
  }
}
