package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.eventlog.CcelTable.CcType;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CcelTableTest {
  @Test
  void aRealTableIsReadFieldByField() throws MalformedException {
    assertThat(CcelTable.parse(Vectors.read("tdx/cos-113/ccel-table.bin")))
        .isEqualTo(new CcelTable(CcType.TDX, 0, 0x40000, 0xBEDBF000L));
  }

  @Test
  void aTableIsReadFieldByField() throws MalformedException {
    assertThat(CcelTable.parse(table(1, 7)))
        .isEqualTo(new CcelTable(CcType.SEV, 7, 0x1122334455667788L, 0x8776655443322110L));
  }

  /** Every bit counts: each is in the checksum. */
  @Test
  void flippingAnyBitIsRefused() {
    Bytes table = table(2, 0);
    for (int bit = 0; bit < 8 * table.size(); bit++) {
      Bytes changed = Replays.flipped(table, bit);
      assertThatThrownBy(() -> CcelTable.parse(changed)).isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void anyOtherSizeIsRefused() {
    Bytes table = table(2, 0);
    for (int size = 0; size < table.size(); size++) {
      Bytes cut = table.slice(0, size);
      assertThatThrownBy(() -> CcelTable.parse(cut)).isInstanceOf(MalformedException.class);
    }
    assertThatThrownBy(() -> CcelTable.parse(table.concat(Bytes.zeros(1))))
        .isInstanceOf(MalformedException.class);
  }

  /** With the checksum put right again, so that it is the field that is refused. */
  @ParameterizedTest(name = "byte {0} is {1}")
  @CsvSource({
    "0, 99, Signature",
    "4, 57, Length",
    "5, 1, Length",
    "8, 2, Revision",
    "8, 0, Revision",
    "36, 3, CC Type",
    "36, 255, CC Type",
    "38, 1, reserved",
    "39, 1, reserved"
  })
  void aFieldWithAnotherMeaningIsRefused(int offset, int value, String field) {
    byte[] changed = table(2, 0).toArray();
    changed[offset] = (byte) value;
    assertThatThrownBy(() -> CcelTable.parse(summed(changed)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(field);
  }

  private static Bytes table(int type, int subtype) {
    byte[] table = new byte[56];
    byte[] names = "CCEL    \1\0VENDORTABLE ID".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(names, 0, table, 0, names.length);
    table[4] = 56;
    table[5] = 0;
    table[6] = 0;
    table[7] = 0;
    table[36] = (byte) type;
    table[37] = (byte) subtype;
    for (int i = 0; i < 16; i++) {
      table[40 + i] = (byte) (0x88 + 0x11 * i - (i < 8 ? 0x22 * i : 0));
    }
    return summed(table);
  }

  private static Bytes summed(byte[] table) {
    table[9] = 0;
    int sum = 0;
    for (byte octet : table) {
      sum += octet;
    }
    table[9] = (byte) -sum;
    return Bytes.of(table);
  }
}
