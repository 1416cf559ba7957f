package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A parsed JSON value that remembers its place. */
public sealed interface Json {
  /** The path of this value. */
  JsonPath path();

  /** The path of this value as text, such as {@code evidence.tpm_quote.pcrs[3]}, for messages. */
  default String where() {
    return path().toString();
  }

  /**
   * An object; names are unique and keep their order.
   *
   * @param text the object exactly as it was received
   */
  record Obj(JsonPath path, Bytes text, Map<String, Json> members) implements Json {
    /** The member names. */
    public Set<String> names() {
      return members.keySet();
    }

    /** The member {@code name}, if it is there. */
    public Optional<Json> get(String name) {
      return Optional.ofNullable(members.get(name));
    }

    /** The member {@code name}, which must be there. */
    public Json require(String name) throws MalformedException {
      @Nullable Json member = members.get(name);
      if (member == null) {
        throw new MalformedException(where(), "a member \"" + name + "\"", "none");
      }
      return member;
    }

    /** Refuses members other than {@code known}. */
    public void onlyMembers(String... known) throws MalformedException {
      Set<String> allowed = Set.of(known);
      for (String name : members.keySet()) {
        if (!allowed.contains(name)) {
          // The name is the sender's text: its length is all that a message may repeat.
          throw new MalformedException(
              where(),
              "no members but " + String.join(", ", known),
              "another one of " + name.length() + " characters");
        }
      }
    }
  }

  /** An array. */
  record Arr(JsonPath path, List<Json> items) implements Json {}

  /** A string. */
  record Str(JsonPath path, String value) implements Json {}

  /** An integer; other numbers are refused while parsing. */
  record Num(JsonPath path, BigInteger value) implements Json {}

  /** {@code true} or {@code false}. */
  record Bool(JsonPath path, boolean value) implements Json {}

  /** {@code null}. */
  record Null(JsonPath path) implements Json {}

  /** This value, which must be an object. */
  default Obj asObject() throws MalformedException {
    if (this instanceof Obj object) {
      return object;
    }
    throw wrong("an object");
  }

  /** The items of this value, which must be an array of at most {@code max}. */
  default List<Json> asArray(int max) throws MalformedException {
    if (this instanceof Arr array && array.items.size() <= max) {
      return array.items;
    }
    throw wrong("an array of at most " + max);
  }

  /** This value, which must be a string. */
  default String asString() throws MalformedException {
    if (this instanceof Str string) {
      return string.value;
    }
    throw wrong("a string");
  }

  /** This value, which must be {@code true} or {@code false}: never a string that looks like it. */
  default boolean asBoolean() throws MalformedException {
    if (this instanceof Bool bool) {
      return bool.value;
    }
    throw wrong("a boolean");
  }

  /** This value, which must be an integer in 0…{@code max}. */
  default long asUnsigned(long max) throws MalformedException {
    if (this instanceof Num number
        && number.value.signum() >= 0
        && number.value.compareTo(BigInteger.valueOf(max)) <= 0) {
      return number.value.longValueExact();
    }
    throw wrong("an integer from 0 to " + max);
  }

  /** The bytes that this string names in hexadecimal, either letter case. */
  default Bytes asHex() throws MalformedException {
    try {
      return Bytes.ofHex(asString());
    } catch (IllegalArgumentException e) {
      throw wrong("hexadecimal");
    }
  }

  /** A refusal of this value. */
  default MalformedException wrong(String expected) {
    return new MalformedException(where(), expected, "something else");
  }
}
