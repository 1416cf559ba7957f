package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegisterBankTest {
  private static final Bytes RTMR = Bytes.zeros(48);

  /** Nothing to compare would agree with every log. */
  @Test
  void aBankOfNoRegistersIsRefused() {
    assertMalformed(RegisterKind.RTMR, HashAlgorithm.SHA384, Map.of());
  }

  @Test
  void registersThatDoNotExistAreRefused() throws MalformedException {
    assertMalformed(RegisterKind.RTMR, HashAlgorithm.SHA384, Map.of(4, RTMR));
    assertMalformed(RegisterKind.RTMR, HashAlgorithm.SHA384, Map.of(-1, RTMR));
    assertThatThrownBy(
            () -> RegisterBank.of(RegisterKind.PCR, HashAlgorithm.SHA384, Map.of(24, RTMR)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("registers 0 to 23")
        .hasMessageContaining("register 24");
    assertThat(RegisterBank.of(RegisterKind.PCR, HashAlgorithm.SHA384, Map.of(23, RTMR)).value(23))
        .hasValue(RTMR);
  }

  @Test
  void rtmrsExtendWithSha384Alone() {
    assertMalformed(RegisterKind.RTMR, HashAlgorithm.SHA256, Map.of(0, Bytes.zeros(32)));
    assertMalformed(RegisterKind.RTMR, HashAlgorithm.SHA512, Map.of(0, Bytes.zeros(64)));
  }

  @Test
  void valuesOfAnotherSizeAreRefused() {
    for (int size : new int[] {0, 20, 32, 47, 49, 64}) {
      assertMalformed(RegisterKind.RTMR, HashAlgorithm.SHA384, Map.of(0, Bytes.zeros(size)));
      assertThatThrownBy(() -> RegisterBank.rtmrs(List.of(RTMR, RTMR, RTMR, Bytes.zeros(size))))
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void thereAreFourRtmrs() {
    for (int count : new int[] {0, 1, 3, 5}) {
      assertThatThrownBy(() -> RegisterBank.rtmrs(Collections.nCopies(count, RTMR)))
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void aBankKeepsItsValuesWhateverBecomesOfTheMap() throws MalformedException {
    Map<Integer, Bytes> values = new HashMap<>(Map.of(0, RTMR));
    RegisterBank bank = RegisterBank.of(RegisterKind.RTMR, HashAlgorithm.SHA384, values);
    values.put(1, RTMR);
    assertThat(bank.values()).containsOnlyKeys(0);
    assertThatThrownBy(() -> bank.values().put(1, RTMR))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void banksAreEqualByKindAlgorithmAndValues() throws MalformedException {
    RegisterBank bank = RegisterBank.rtmrs(Collections.nCopies(4, RTMR));
    Map<Integer, Bytes> values = bank.values();
    assertThat(bank)
        .isEqualTo(RegisterBank.of(RegisterKind.RTMR, HashAlgorithm.SHA384, values))
        .hasSameHashCodeAs(RegisterBank.of(RegisterKind.RTMR, HashAlgorithm.SHA384, values))
        .isNotEqualTo(RegisterBank.of(RegisterKind.PCR, HashAlgorithm.SHA384, values))
        .isNotEqualTo(RegisterBank.of(RegisterKind.RTMR, HashAlgorithm.SHA384, Map.of(0, RTMR)));
  }

  /** Bit 32 of an int is its bit 0. */
  @Test
  void aNumberBeyondTheRegistersIsNotOneOfThem() throws MalformedException {
    RegisterBank bank = RegisterBank.rtmrs(Collections.nCopies(4, RTMR));
    for (int register : new int[] {-32, -1, 4, 32, 35, Integer.MIN_VALUE}) {
      assertThat(bank.value(register)).isEmpty();
    }
  }

  @Test
  void banksInJsonAreReadByNameAndNumber() throws MalformedException {
    String json =
        "{'sha384': {'0': '%s', '23': '%s'}, 'sha1': {'10': '%s'}}"
            .formatted("01".repeat(48), "02".repeat(48), "03".repeat(20));
    assertThat(RegisterBank.parse(RegisterKind.PCR, json(json)))
        .containsExactly(
            RegisterBank.of(
                RegisterKind.PCR,
                HashAlgorithm.SHA384,
                Map.of(0, Bytes.ofHex("01".repeat(48)), 23, Bytes.ofHex("02".repeat(48)))),
            RegisterBank.of(
                RegisterKind.PCR, HashAlgorithm.SHA1, Map.of(10, Bytes.ofHex("03".repeat(20)))));
  }

  /** A bank or a register that is passed over in silence is one that nothing is compared with. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{'sha384': {}}",
        "{'sha384': []}",
        "{'sha3-384': {'0': 'V'}}",
        "{'SHA384': {'0': 'V'}}",
        "{'sha256': {'0': 'V'}}",
        "{'sha384': {'00': 'V'}}",
        "{'sha384': {'01': 'V'}}",
        "{'sha384': {'-1': 'V'}}",
        "{'sha384': {'': 'V'}}",
        "{'sha384': {'PCR0': 'V'}}",
        "{'sha384': {'24': 'V'}}",
        "{'sha384': {'100': 'V'}}",
        "{'sha384': {'0': 'V00'}}",
        "{'sha384': {'0': 'V'}, 'sha999': {'0': 'V'}}"
      })
  void jsonThatNamesNoBankOrNoRegisterIsRefused(String json) {
    assertThatThrownBy(
            () -> RegisterBank.parse(RegisterKind.PCR, json(json.replace("V", "00".repeat(48)))))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void aBankSaysWhatItHasAndNotWhatIsInIt() throws MalformedException {
    assertThat(RegisterBank.of(RegisterKind.PCR, HashAlgorithm.SHA384, Map.of(7, RTMR, 4, RTMR)))
        .hasToString("RegisterBank[PCR sha384:[4, 7]]");
  }

  private static Bytes json(String text) {
    return LogWriter.ascii(text.replace('\'', '"'));
  }

  private static void assertMalformed(
      RegisterKind kind, HashAlgorithm algorithm, Map<Integer, Bytes> values) {
    assertThatThrownBy(() -> RegisterBank.of(kind, algorithm, values))
        .isInstanceOf(MalformedException.class);
  }
}
