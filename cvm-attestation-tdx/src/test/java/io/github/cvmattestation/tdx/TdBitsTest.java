package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.ClaimValue.Flag;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ATTRIBUTES and XFAM bit by bit: each name means its own bits and no other. */
class TdBitsTest {
  /** Intel TDX Module v1.5 ABI specification, table 3.9, and its successors. */
  private static final Map<String, List<Integer>> ATTRIBUTES =
      Map.ofEntries(
          Map.entry("untrusted", List.of(0, 1, 2, 3, 4, 5, 6, 7)),
          Map.entry("debug", List.of(0)),
          Map.entry("hgsPlusProfiling", List.of(4)),
          Map.entry("performanceProfiling", List.of(5)),
          Map.entry("telemetryProfiling", List.of(6)),
          Map.entry("icssd", List.of(16)),
          Map.entry("extendedServiceTd", List.of(17)),
          Map.entry("lass", List.of(27)),
          Map.entry("septVeDisable", List.of(28)),
          Map.entry("migratable", List.of(29)),
          Map.entry("pks", List.of(30)),
          Map.entry("keyLocker", List.of(31)),
          Map.entry("tpa", List.of(62)),
          Map.entry("perfmon", List.of(63)));

  /** Intel SDM volume 1, XSAVE-managed state components; x87 and SSE are in every TD. */
  private static final Map<String, List<Integer>> XFAM =
      Map.of(
          "avx", List.of(2),
          "avx512", List.of(5, 6, 7),
          "processorTrace", List.of(8),
          "pku", List.of(9),
          "cet", List.of(11, 12),
          "userInterrupts", List.of(14),
          "lastBranchRecords", List.of(15),
          "amx", List.of(17, 18));

  @Test
  void everyNameOfAnAttributeMeansItsBitsAndNoOther() {
    for (int bit = 0; bit < 64; bit++) {
      TdAttributes attributes = new TdAttributes(1L << bit);
      assertThat(set(attributes.toGroup())).as("bit %d", bit).isEqualTo(named(ATTRIBUTES, bit));
      boolean known = ATTRIBUTES.values().stream().anyMatch(List.of(bit)::equals);
      assertThat(attributes.unknownBits()).as("bit %d", bit).isEqualTo(known ? 0 : 1L << bit);
      assertThat(Le.read(attributes.bytes())).isEqualTo(1L << bit);
    }
    assertThat(set(new TdAttributes(0).toGroup())).isEmpty();
    assertThat(set(new TdAttributes(-1).toGroup())).isEqualTo(ATTRIBUTES.keySet());
  }

  @Test
  void everyNameOfAFeatureMeansItsBitsAndNoOther() {
    for (int bit = 0; bit < 64; bit++) {
      Xfam xfam = new Xfam(1L << bit);
      assertThat(set(xfam.toGroup())).as("bit %d", bit).isEqualTo(named(XFAM, bit));
      boolean known = bit < 2 || !named(XFAM, bit).isEmpty();
      assertThat(xfam.unknownBits()).as("bit %d", bit).isEqualTo(known ? 0 : 1L << bit);
      assertThat(Le.read(xfam.bytes())).isEqualTo(1L << bit);
      assertThat(new Xfam(3L | 1L << bit).fixedBitsHold()).as("bit %d", bit).isEqualTo(known);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0x61AE7, 0x602E7, 0x618E7, 0x642E7, 0x600E7, 0x3, 0x6DBE7})
  void featuresOfGenuineTdsHoldTheFixedBits(long xfam) {
    assertThat(new Xfam(xfam).fixedBitsHold()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 0x602E6, 0x602E5, 0x80003, 0x8000000000000003L})
  void aFixedBitThatIsNotAsFixedIsSeen(long xfam) {
    assertThat(new Xfam(xfam).fixedBitsHold()).isFalse();
  }

  private static Set<String> named(Map<String, List<Integer>> names, int bit) {
    return names.entrySet().stream()
        .filter(entry -> entry.getValue().contains(bit))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static Set<String> set(ClaimValue.Group group) {
    return group.members().entrySet().stream()
        .filter(entry -> entry.getValue().equals(new Flag(true)))
        .map(Map.Entry::getKey)
        .filter(name -> !name.equals("fixedBitsHold"))
        .collect(Collectors.toSet());
  }
}
