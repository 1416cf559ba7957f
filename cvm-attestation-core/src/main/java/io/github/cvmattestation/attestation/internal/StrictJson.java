package io.github.cvmattestation.attestation.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON (RFC 8259) with no room for two readings: UTF-8 only, no byte order mark, no duplicate
 * names, no lone surrogates, no trailing bytes, at most {@value #MAX_DEPTH} levels and {@value
 * #MAX_TOKENS} tokens, integers of at most {@value #MAX_DIGITS} digits and no other numbers.
 */
public final class StrictJson {
  static final int MAX_DEPTH = 32;
  static final int MAX_DIGITS = 20;

  /** A value costs some 400 bytes of heap however short its text is: hence a bound of their own. */
  static final int MAX_TOKENS = 1 << 16;

  /** Every value keeps its path; without a bound a deep one repeats itself in each of them. */
  static final int MAX_PATH = 200;

  private final String root;
  private final Bytes input;
  private final JsonParser parser;

  private StrictJson(String root, Bytes input, JsonParser parser) {
    this.root = root;
    this.input = input;
    this.parser = parser;
  }

  /**
   * Parses {@code input}.
   *
   * @param name what is parsed, for messages
   * @param maxSize the most bytes that are looked at
   */
  public static Json parse(String name, Bytes input, int maxSize) throws MalformedException {
    if (input.size() > maxSize) {
      throw new MalformedException(name, "at most " + maxSize + " bytes", input.size() + " bytes");
    }
    byte[] octets = input.toArray();
    requireUtf8(name, octets);
    try (JsonParser parser = factory(maxSize, MAX_TOKENS).createParser(octets)) {
      StrictJson reader = new StrictJson(name, input, parser);
      parser.nextToken();
      Json value = reader.value(name);
      if (parser.nextToken() != null) {
        throw reader.notJson();
      }
      return value;
    } catch (IOException e) {
      // Jackson's message quotes the input, so it goes no further.
      throw new MalformedException(name, "strict JSON", "something else");
    }
  }

  static JsonFactory factory(int maxSize, long maxTokens) {
    return JsonFactory.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxNumberLength(MAX_DIGITS)
                .maxTokenCount(maxTokens)
                .maxStringLength(maxSize)
                .maxNameLength(Math.min(maxSize, 1024))
                .build())
        .build();
  }

  /** Jackson would otherwise guess UTF-16 or UTF-32 and let malformed UTF-8 pass. */
  static void requireUtf8(String name, byte[] octets) throws MalformedException {
    boolean ascii = true;
    for (byte octet : octets) {
      if (octet == 0) {
        throw new MalformedException(name, "UTF-8 without NUL", "a NUL");
      }
      ascii &= octet > 0;
    }
    if (ascii) {
      return;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets));
    } catch (CharacterCodingException e) {
      throw new MalformedException(name, "UTF-8", "something else");
    }
    if (octets.length > 0 && (octets[0] & 0xFF) == 0xEF) {
      throw new MalformedException(name, "no byte order mark", "one");
    }
  }

  private Json value(String where) throws IOException, MalformedException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw notJson();
    }
    int start = (int) parser.currentTokenLocation().getByteOffset();
    return switch (token) {
      case START_OBJECT -> object(where, start);
      case START_ARRAY -> array(where, start);
      case VALUE_STRING -> {
        String value = wellFormed(parser.getText());
        yield new Json.Str(where, textFrom(start), value);
      }
      case VALUE_NUMBER_INT -> {
        // Behind a number at the root Jackson has already taken one byte of white space.
        int end = start + parser.getTextLength();
        yield new Json.Num(where, input.slice(start, end), parser.getBigIntegerValue());
      }
      case VALUE_TRUE -> new Json.Bool(where, textFrom(start), true);
      case VALUE_FALSE -> new Json.Bool(where, textFrom(start), false);
      case VALUE_NULL -> new Json.Null(where, textFrom(start));
      default -> throw notJson();
    };
  }

  private Json object(String where, int start) throws IOException, MalformedException {
    Map<String, Json> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = wellFormed(parser.currentName());
      parser.nextToken();
      members.put(name, value(path(where, "." + printable(name))));
    }
    return new Json.Obj(where, textFrom(start), Collections.unmodifiableMap(members));
  }

  private Json array(String where, int start) throws IOException, MalformedException {
    List<Json> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(path(where, "[" + items.size() + "]")));
    }
    return new Json.Arr(where, textFrom(start), Collections.unmodifiableList(items));
  }

  private Bytes textFrom(int start) throws IOException {
    // For scalars Jackson stands right behind the token only once its text has been read.
    parser.finishToken();
    return input.slice(start, (int) parser.currentLocation().getByteOffset());
  }

  /**
   * RFC 8259, section 8.2: an escape may name half a surrogate pair, which is no character, and of
   * which receivers make different texts.
   */
  private String wellFormed(String text) throws MalformedException {
    if (!isWellFormed(text)) {
      throw notJson();
    }
    return text;
  }

  /** Whether every surrogate in {@code text} has its other half. */
  static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        boolean pair =
            i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private static String path(String where, String step) {
    if (where.endsWith("...")) {
      return where;
    }
    return where + (where.length() + step.length() <= MAX_PATH ? step : "...");
  }

  /** Names reach messages through paths: only plain ones are repeated. */
  static String printable(String name) {
    boolean plain =
        !name.isEmpty()
            && name.length() <= 40
            && name.chars().allMatch(c -> c > 0x20 && c < 0x7F && c != '"');
    return plain ? name : "?";
  }

  private MalformedException notJson() {
    return new MalformedException(root, "strict JSON", "something else");
  }
}
