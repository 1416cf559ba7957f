package io.github.cvmattestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code isSameAs} says what {@code equals} says, for every pair that differs in one component. */
class SamenessTest {
  @Test
  void aTcbIsTheSameOnlyWithEveryComponentInTheSameLayout() {
    List<TcbVersion> all = new ArrayList<>();
    all.add(new TcbVersion.PreTurin(1, 1, 1, 1));
    all.add(new TcbVersion.Turin(1, 1, 1, 1, 1));
    for (int changed = 0; changed < 5; changed++) {
      int[] level = {1, 1, 1, 1, 1};
      level[changed] = 2;
      all.add(new TcbVersion.PreTurin(level[0], level[1], level[2], level[3]));
      all.add(new TcbVersion.Turin(level[0], level[1], level[2], level[3], level[4]));
    }
    for (TcbVersion a : all) {
      for (TcbVersion b : all) {
        assertThat(a.isSameAs(b)).as(a + " and " + b).isEqualTo(a.equals(b));
      }
    }
  }

  @Test
  void aFirmwareVersionIsTheSameOnlyWithEveryPart() {
    FirmwareVersion version = new FirmwareVersion(1, 55, 40);
    assertThat(version.isSameAs(new FirmwareVersion(1, 55, 40))).isTrue();
    assertThat(version.isSameAs(new FirmwareVersion(2, 55, 40))).isFalse();
    assertThat(version.isSameAs(new FirmwareVersion(1, 54, 40))).isFalse();
    assertThat(version.isSameAs(new FirmwareVersion(1, 55, 41))).isFalse();
  }
}
