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
    assertMalformed(RegisterKind.PCR, HashAlgorithm.SHA384, Map.of(24, RTMR));
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

  private static void assertMalformed(
      RegisterKind kind, HashAlgorithm algorithm, Map<Integer, Bytes> values) {
    assertThatThrownBy(() -> RegisterBank.of(kind, algorithm, values))
        .isInstanceOf(MalformedException.class);
  }
}
