package io.github.cvmattestation.attestation;

import java.util.List;
import java.util.Optional;

/** Proven claims, one group for each module that took part. */
public final class ClaimSet {
  private final List<Claims> groups;

  private ClaimSet(List<Claims> groups) {
    this.groups = groups;
  }

  /** The given groups, whose ids differ. */
  public static ClaimSet of(Claims... groups) {
    for (int i = 1; i < groups.length; i++) {
      for (int j = 0; j < i; j++) {
        if (groups[i].id().equals(groups[j].id())) {
          throw new IllegalArgumentException("two groups of claims share an id");
        }
      }
    }
    return new ClaimSet(List.of(groups));
  }

  /** All groups, in the order in which they were proven. */
  public List<Claims> groups() {
    return groups;
  }

  /** The typed claims of {@code type}, if such a module took part. */
  public <T extends Claims> Optional<T> get(Class<T> type) {
    return groups.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  /** The group with this id in neutral form. */
  public Optional<ClaimValue.Group> group(String id) {
    return groups.stream().filter(group -> group.id().equals(id)).map(Claims::toGroup).findFirst();
  }
}
