package io.github.cvmattestation.attestation.internal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON (RFC 8259) with no room for two readings: UTF-8 only, no byte order mark, no duplicate
 * names, no lone surrogates, no trailing bytes, at most {@value JsonNames#MAX_DEPTH} levels and
 * {@value #MAX_TOKENS} tokens, integers of at most {@value JsonNames#MAX_DIGITS} digits and no
 * other numbers.
 */
public final class StrictJson {
  /** A value costs some 200 bytes of heap however short its text is: hence a bound of their own. */
  static final int MAX_TOKENS = 1 << 16;

  /** Room for the members that most objects have; a greater one grows. */
  private static final int FEW = 4;

  private final JsonPath root;
  private final Bytes input;
  private final JsonParser parser;

  /** Whether a name or string may hold half a surrogate pair: UTF-8 has no way to write one. */
  private final boolean escapes;

  private StrictJson(JsonPath root, Bytes input, JsonParser parser, boolean escapes) {
    this.root = root;
    this.input = input;
    this.parser = parser;
    this.escapes = escapes;
  }

  /**
   * Parses {@code input}.
   *
   * @param name what is parsed, for messages
   * @param maxSize the most bytes that are looked at
   */
  public static Json parse(String name, Bytes input, int maxSize) throws MalformedException {
    requireSize(name, input.size(), maxSize);
    ByteBuffer octets = ByteBuffer.wrap(input.toArray());
    boolean escapes = JsonText.requireUtf8(name, octets);
    try (JsonParser parser = JsonNames.forTree(maxSize).parser(octets)) {
      StrictJson reader = new StrictJson(JsonPath.root(name), input, parser, escapes);
      Json value = reader.value(reader.root, parser.nextToken());
      if (parser.nextToken() != null) {
        throw reader.notJson();
      }
      return value;
    } catch (IOException e) {
      // Jackson's message quotes the input, so it goes no further.
      throw new MalformedException(name, "strict JSON", "something else");
    }
  }

  static void requireSize(String name, int size, int most) throws MalformedException {
    if (size > most) {
      throw new MalformedException(name, "at most " + most + " bytes", size + " bytes");
    }
  }

  private Json value(JsonPath path, @Nullable JsonToken token)
      throws IOException, MalformedException {
    if (token == null) {
      throw notJson();
    }
    return switch (token) {
      case START_OBJECT -> object(path);
      case START_ARRAY -> array(path);
      case VALUE_STRING -> new Json.Str(path, wellFormed(parser.getText()));
      case VALUE_NUMBER_INT -> new Json.Num(path, integer());
      case VALUE_TRUE -> new Json.Bool(path, true);
      case VALUE_FALSE -> new Json.Bool(path, false);
      case VALUE_NULL -> new Json.Null(path);
      default -> throw notJson();
    };
  }

  private Json object(JsonPath path) throws IOException, MalformedException {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    Map<String, Json> members = new LinkedHashMap<>(FEW);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = wellFormed(parser.currentName());
      if (members.put(name, value(path.member(name), parser.nextToken())) != null) {
        throw notJson();
      }
    }
    Bytes text = input.slice(start, (int) parser.currentLocation().getByteOffset());
    return new Json.Obj(path, text, Collections.unmodifiableMap(members));
  }

  private Json array(JsonPath path) throws IOException, MalformedException {
    List<Json> items = new ArrayList<>(FEW);
    JsonToken token = parser.nextToken();
    while (token != JsonToken.END_ARRAY) {
      items.add(value(path.item(items.size()), token));
      token = parser.nextToken();
    }
    return new Json.Arr(path, Collections.unmodifiableList(items));
  }

  private BigInteger integer() throws IOException {
    return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? parser.getBigIntegerValue()
        : BigInteger.valueOf(parser.getLongValue());
  }

  private String wellFormed(String text) throws MalformedException {
    if (escapes && !JsonText.isWellFormed(text)) {
      throw notJson();
    }
    return text;
  }

  private MalformedException notJson() {
    return new MalformedException(root.name(), "strict JSON", "something else");
  }
}
