package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Documents.QE_IDENTITY;
import static io.github.cvmattestation.tdx.Documents.isvLevel;
import static io.github.cvmattestation.tdx.Documents.qeIdentity;
import static io.github.cvmattestation.tdx.Documents.qeIdentityRefusal;
import static io.github.cvmattestation.tdx.Documents.signed;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_SCHEMA;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_SCOPE;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_TCB_STATUS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class QeIdentityTest {
  private static QeIdentity read(String text) throws MalformedException {
    return QeIdentity.parse(signed(text));
  }

  @Test
  void everyFieldIsRead() throws MalformedException {
    Instant date = Instant.parse("2024-03-13T00:00:00Z");
    assertThat(read(QE_IDENTITY))
        .isEqualTo(
            new QeIdentity(
                Instant.parse("2026-03-16T22:16:03Z"),
                Instant.parse("2026-04-15T22:16:03Z"),
                18,
                Bytes.ofHex("00000001"),
                Bytes.ofHex("ffffffff"),
                Bytes.ofHex("11" + "00".repeat(15)),
                Bytes.ofHex("fb" + "ff".repeat(7) + "00".repeat(8)),
                Bytes.ofHex("dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5"),
                2,
                List.of(
                    new IsvLevel(4, date, TcbStatus.UP_TO_DATE, List.of()),
                    new IsvLevel(3, date, TcbStatus.REVOKED, List.of()))));
  }

  @Test
  void theLetterCaseOfHexadecimalMeansNothing() throws MalformedException {
    String lower = QE_IDENTITY.replace("DC9E2A7C6F", "dc9e2a7c6f").replace("FBFF", "fbff");
    assertThat(read(lower)).isEqualTo(read(QE_IDENTITY));
  }

  @ParameterizedTest
  @ValueSource(strings = {"QE", "QVE", "td_qe", "TD_QE2", "TDX", ""})
  void anotherEnclaveIsOutOfScope(String id) {
    assertThat(qeIdentityRefusal(QE_IDENTITY.replace("\"TD_QE\"", "\"" + id + "\"")))
        .contains(COLLATERAL_SCOPE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void anotherVersionIsOutOfScope(int version) {
    assertThat(qeIdentityRefusal(QE_IDENTITY.replace("\"version\":2", "\"version\":" + version)))
        .contains(COLLATERAL_SCOPE);
  }

  @Test
  void eachDocumentIsOutOfTheOthersScope() {
    assertThat(qeIdentityRefusal(Documents.TCB_INFO)).contains(COLLATERAL_SCOPE);
    assertThat(Documents.tcbInfoRefusal(QE_IDENTITY)).contains(COLLATERAL_SCOPE);
  }

  @ParameterizedTest
  @EnumSource(TcbStatus.class)
  void aQuotingEnclaveIsUpToDateOutOfDateOrRevoked(TcbStatus status) throws MalformedException {
    String text = qeIdentity("[" + isvLevel(4, status.label()) + "]");
    if (List.of(TcbStatus.UP_TO_DATE, TcbStatus.OUT_OF_DATE, TcbStatus.REVOKED).contains(status)) {
      assertThat(read(text).levels().get(0).status()).isEqualTo(status);
    } else {
      assertThat(qeIdentityRefusal(text)).contains(TDX_TCB_STATUS);
    }
  }

  @Test
  void levelsAreSortedAndDistinct() throws MalformedException {
    String levels = "[" + isvLevel(1, "Revoked") + "," + isvLevel(8, "UpToDate") + "]";
    assertThat(read(qeIdentity(levels)).levels().stream().map(IsvLevel::isvSvn))
        .containsExactly(8, 1);
    String twice = "[" + isvLevel(1, "Revoked") + "," + isvLevel(1, "UpToDate") + "]";
    assertThat(qeIdentityRefusal(qeIdentity(twice))).contains(COLLATERAL_SCHEMA);
    assertThat(qeIdentityRefusal(qeIdentity("[]"))).contains(COLLATERAL_SCHEMA);
  }

  @ParameterizedTest
  @CsvSource({"isvprodid,2", "isvsvn,4"})
  void numbersHaveTheRangeOfTheirFields(String name, int used) throws MalformedException {
    String member = "\"" + name + "\":";
    read(QE_IDENTITY.replaceFirst(member + used, member + 65535));
    assertThat(qeIdentityRefusal(QE_IDENTITY.replaceFirst(member + used, member + 65536)))
        .contains(COLLATERAL_SCHEMA);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"miscselect", "miscselectMask", "attributes", "attributesMask", "mrsigner"})
  void hexadecimalHasItsLength(String name) {
    String member = "\"" + name + "\":\"";
    assertThat(qeIdentityRefusal(QE_IDENTITY.replace(member, member + "00")))
        .contains(COLLATERAL_SCHEMA);
    String shorter = QE_IDENTITY.replaceFirst(member + "..", member);
    assertThat(qeIdentityRefusal(shorter)).contains(COLLATERAL_SCHEMA);
  }

  @Test
  void aRefusalNamesThePlace() {
    assertThatThrownBy(() -> read(QE_IDENTITY.replace("\"isvsvn\":3", "\"isvsvn\":true")))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("enclaveIdentity.tcbLevels[1].tcb.isvsvn");
  }
}
