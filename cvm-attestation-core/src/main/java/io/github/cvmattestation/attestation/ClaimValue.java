package io.github.cvmattestation.attestation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A claim in hardware-neutral form: what JSON output and generic rules are made from. */
public sealed interface ClaimValue {
  /** A text. */
  record Text(String value) implements ClaimValue {}

  /** Yes or no. */
  record Flag(boolean value) implements ClaimValue {}

  /** Neither proven nor disproven; null in JSON. */
  record Unknown() implements ClaimValue {}

  /** An unsigned 64-bit number, in a {@code long}. */
  record Unsigned(long value) implements ClaimValue {}

  /** Octets; lower-case hexadecimal in JSON. */
  record Binary(Bytes value) implements ClaimValue {}

  /** A list. */
  record Many(List<ClaimValue> values) implements ClaimValue {
    public Many {
      values = List.copyOf(values);
    }
  }

  /** Named claims, in the order in which they were put. */
  record Group(Map<String, ClaimValue> members) implements ClaimValue {
    public Group {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /** An empty builder. */
    public static Builder builder() {
      return new Builder();
    }
  }

  /** Collects a {@link Group}. A name put twice is a mistake of the caller's. */
  final class Builder {
    private final Map<String, ClaimValue> members = new LinkedHashMap<>();

    private Builder() {}

    /** Puts {@code value} under {@code name}. */
    public Builder put(String name, ClaimValue value) {
      if (members.putIfAbsent(name, value) != null) {
        throw new IllegalArgumentException("claim put twice: " + name);
      }
      return this;
    }

    /** Puts a text. */
    public Builder put(String name, String value) {
      return put(name, new Text(value));
    }

    /** Puts a flag. */
    public Builder put(String name, boolean value) {
      return put(name, new Flag(value));
    }

    /** Puts an unsigned number. */
    public Builder put(String name, long value) {
      return put(name, new Unsigned(value));
    }

    /** Puts octets. */
    public Builder put(String name, Bytes value) {
      return put(name, new Binary(value));
    }

    /** The group. */
    public Group build() {
      return new Group(members);
    }
  }
}
