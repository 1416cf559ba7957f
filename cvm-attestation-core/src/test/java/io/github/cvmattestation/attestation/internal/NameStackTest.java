package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NameStackTest {
  /** Small and large objects, and names of equal hash: "Aa" and "BB" and what is made of them. */
  @Property
  void aNameIsNewIfAndOnlyIfItDidNotComeBefore(
      @ForAll @Size(max = 80) List<@StringLength(max = 2) String> names) {
    NameStack stack = new NameStack();
    stack.enter();
    Set<String> before = new HashSet<>();
    for (String name : names) {
      assertThat(stack.add(name)).isEqualTo(before.add(name));
    }
  }

  @Test
  void namesOfOneHashAreToldApart() {
    List<String> names = List.of("AaAa", "BBBB", "AaBB", "BBAa");
    assertThat(names.stream().mapToInt(String::hashCode).distinct()).hasSize(1);
    NameStack stack = new NameStack();
    stack.enter();
    assertThat(names).allMatch(stack::add).noneMatch(stack::add);
  }

  @Test
  void everyNameOfAnObjectIsRememberedWhateverItsSize() {
    for (int size = 1; size < 60; size++) {
      List<String> names = IntStream.range(0, size).mapToObj(Integer::toString).toList();
      NameStack stack = new NameStack();
      stack.enter();
      assertThat(names).allMatch(stack::add).noneMatch(stack::add);
    }
  }

  @Test
  void anObjectInsideHasNamesOfItsOwn() {
    NameStack stack = new NameStack();
    List<Integer> depths = IntStream.range(0, JsonNames.MAX_DEPTH).boxed().toList();
    for (int depth : depths) {
      stack.enter();
      assertThat(stack.add("a")).isTrue();
      assertThat(stack.add("only " + depth)).isTrue();
    }
    for (int left = depths.size() - 1; left > 0; left--) {
      assertThat(stack.add("a")).isFalse();
      assertThat(stack.add("only " + left)).isFalse();
      stack.leave();
      assertThat(stack.add("beside " + left)).isTrue();
    }
  }
}
