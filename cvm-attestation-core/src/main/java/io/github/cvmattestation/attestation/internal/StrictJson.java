package io.github.cvmattestation.attestation.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
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

  /** What may stand between two tokens (RFC 8259, section 2). */
  private static final String SKIPPED = " \t\r\n,:";

  /** Room for the members that most objects have; a greater one grows. */
  private static final int FEW = 4;

  private final JsonPath root;
  private final Bytes input;
  private final JsonParser parser;

  /** The first octet that belongs to no token yet. */
  private int at;

  private StrictJson(JsonPath root, Bytes input, JsonParser parser) {
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
      StrictJson reader = new StrictJson(JsonPath.root(name), input, parser);
      parser.nextToken();
      Json value = reader.value(reader.root);
      if (parser.nextToken() != null) {
        throw reader.notJson();
      }
      return value;
    } catch (IOException e) {
      // Jackson's message quotes the input, so it goes no further.
      throw new MalformedException(name, "strict JSON", "something else");
    }
  }

  /**
   * One for each document. A factory collects the member names that its parsers have met, so a kept
   * one would be a cache that strangers fill; without that table Jackson would read characters
   * instead of octets. Nor are buffers kept for the thread's next document: they hold this one.
   * Duplicate names are refused here, where the members are gathered anyway.
   */
  static JsonFactory factory(int maxSize, long maxTokens) {
    return JsonFactory.builder()
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
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
    int seen = 0;
    for (byte octet : octets) {
      if (octet == 0) {
        throw new MalformedException(name, "UTF-8 without NUL", "a NUL");
      }
      seen |= octet;
    }
    if (seen >= 0) {
      return; // ASCII, as nearly every document is
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

  private Json value(JsonPath path) throws IOException, MalformedException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw notJson();
    }
    int start = begin();
    return switch (token) {
      case START_OBJECT -> object(path, start);
      case START_ARRAY -> array(path, start);
      case VALUE_STRING -> {
        String value = wellFormed(parser.getText());
        yield new Json.Str(path, text(start, endOfString(start)), value);
      }
      case VALUE_NUMBER_INT -> {
        Bytes text = text(start, start + parser.getTextLength());
        yield new Json.Num(path, text, parser.getBigIntegerValue());
      }
      case VALUE_TRUE -> new Json.Bool(path, text(start, start + 4), true);
      case VALUE_FALSE -> new Json.Bool(path, text(start, start + 5), false);
      case VALUE_NULL -> new Json.Null(path, text(start, start + 4));
      default -> throw notJson();
    };
  }

  private Json object(JsonPath path, int start) throws IOException, MalformedException {
    at = start + 1;
    Map<String, Json> members = new LinkedHashMap<>(FEW);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = wellFormed(parser.currentName());
      at = endOfString(begin());
      parser.nextToken();
      if (members.put(name, value(path.member(name))) != null) {
        throw notJson();
      }
    }
    return new Json.Obj(path, text(start, begin() + 1), Collections.unmodifiableMap(members));
  }

  private Json array(JsonPath path, int start) throws IOException, MalformedException {
    at = start + 1;
    List<Json> items = new ArrayList<>(FEW);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(path.item(items.size())));
    }
    return new Json.Arr(path, text(start, begin() + 1), Collections.unmodifiableList(items));
  }

  /**
   * Where the token begins that Jackson has just read. It has seen that the text before it is JSON,
   * so there is nothing but white space and separators. Jackson's own word on where it stands is
   * not asked for: it costs an object each time, and at some tokens it is one byte ahead.
   */
  private int begin() {
    while (SKIPPED.indexOf(input.get(at)) >= 0) {
      at++;
    }
    return at;
  }

  /** Behind the quote that closes the string at {@code start}, which Jackson has read. */
  private int endOfString(int start) {
    int end = start + 1;
    while (input.get(end) != '"') {
      end += input.get(end) == '\\' ? 2 : 1;
    }
    return end + 1;
  }

  /** The token's text; the next one begins behind it. */
  private Bytes text(int start, int end) {
    at = end;
    return input.slice(start, end);
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
    int i = 0;
    while (i < text.length()) {
      boolean pair =
          i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
      if (!pair && Character.isSurrogate(text.charAt(i))) {
        return false;
      }
      i += pair ? 2 : 1;
    }
    return true;
  }

  private MalformedException notJson() {
    return new MalformedException(root.name(), "strict JSON", "something else");
  }
}
