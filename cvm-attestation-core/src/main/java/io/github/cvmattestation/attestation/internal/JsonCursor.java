package io.github.cvmattestation.attestation.internal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of {@link StrictJson}, pulled value by value: for a document that is read once against a
 * schema, of which a tree costs sixty times its text. Every value must be consumed by one of the
 * methods, members that are of no interest by {@link #skip()}.
 */
public final class JsonCursor implements AutoCloseable {
  private final String root;
  private final ByteBuffer input;
  private final JsonParser parser;
  private final FindingCode notJson;
  private final FindingCode notSchema;
  private final NameStack names = new NameStack();

  private @Nullable String name;

  /** Whether a name or string may hold half a surrogate pair: UTF-8 has no way to write one. */
  private final boolean escapes;

  private JsonCursor(
      String root,
      ByteBuffer input,
      JsonParser parser,
      boolean escapes,
      FindingCode notJson,
      FindingCode notSchema) {
    this.root = root;
    this.input = input;
    this.parser = parser;
    this.escapes = escapes;
    this.notJson = notJson;
    this.notSchema = notSchema;
  }

  /**
   * Stands at the root value of {@code input}.
   *
   * @param name what is read, for messages
   * @param maxSize the most bytes that are looked at
   * @param notJson what refutes input that is not strict JSON
   * @param notSchema what refutes a value that is not what was asked for
   */
  public static JsonCursor open(
      String name, Bytes input, int maxSize, FindingCode notJson, FindingCode notSchema)
      throws RefutedException {
    ByteBuffer text = ByteBuffer.wrap(input.toArray());
    return open(name, text, JsonNames.forCursor(maxSize), notJson, notSchema);
  }

  /**
   * Stands at the root value of {@code text}, whose signature was checked.
   *
   * @param name what is read, for messages
   * @param text an array's; it must not be changed meanwhile
   * @param known the names in documents of the same kind; those in this one are added
   * @param notJson what refutes input that is not strict JSON
   * @param notSchema what refutes a value that is not what was asked for
   */
  public static JsonCursor open(
      String name, ByteBuffer text, JsonNames known, FindingCode notJson, FindingCode notSchema)
      throws RefutedException {
    boolean escapes;
    try {
      StrictJson.requireSize(name, text.remaining(), known.maxSize());
      escapes = JsonText.requireUtf8(name, text);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(notJson));
    }
    JsonParser parser;
    try {
      parser = known.parser(text);
    } catch (IOException e) {
      throw refuted(notJson, name, "strict JSON");
    }
    JsonCursor cursor = new JsonCursor(name, text, parser, escapes, notJson, notSchema);
    cursor.advance();
    return cursor;
  }

  /** Enters this value, which must be an object. */
  public void beginObject() throws RefutedException {
    require(JsonToken.START_OBJECT, "an object");
  }

  /** Goes to the next member and tells whether there is one; if not, the object is left. */
  public boolean nextMember() throws RefutedException {
    try {
      name = parser.nextFieldName();
    } catch (IOException e) {
      // Jackson's message quotes the input, so it goes no further.
      throw refuted(notJson, root, "strict JSON");
    }
    if (name == null) {
      names.leave(); // nothing else than its end can follow in an object
      return false;
    }
    requireNew(name);
    advance();
    return true;
  }

  /** The name of the member that was gone to last. */
  public String name() {
    return Objects.requireNonNull(name);
  }

  private void requireNew(String found) throws RefutedException {
    if (!names.add(found)) {
      throw refuted(notJson, root, "each name once");
    }
    if (escapes && !JsonText.isWellFormed(found)) {
      throw refuted(notJson, root, "strict JSON");
    }
  }

  /** Enters this value, which must be an array. */
  public void beginArray() throws RefutedException {
    require(JsonToken.START_ARRAY, "an array");
  }

  /** Goes to the next item and tells whether there is one; if not, the array is left. */
  public boolean nextItem() throws RefutedException {
    return advance() != JsonToken.END_ARRAY;
  }

  /** This value, which must be a string. */
  public String string() throws RefutedException {
    require(JsonToken.VALUE_STRING, "a string");
    return text();
  }

  /** Passes over this value, which must be a string. */
  public void skipString() throws RefutedException {
    require(JsonToken.VALUE_STRING, "a string");
  }

  /** The bytes that this string names in hexadecimal, either letter case: exactly {@code size}. */
  public Bytes hex(int size) throws RefutedException {
    String digits = string();
    if (digits.length() == 2 * size) {
      try {
        return Bytes.ofHex(digits);
      } catch (IllegalArgumentException e) {
        throw wrong(2 * size + " hexadecimal digits");
      }
    }
    throw wrong(2 * size + " hexadecimal digits");
  }

  /** This value, which must be {@code true} or {@code false}: never a string that looks like it. */
  public boolean bool() throws RefutedException {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw wrong("a boolean");
    }
    return token == JsonToken.VALUE_TRUE;
  }

  /** This value, which must be an integer from 0 to {@code max}. */
  public int unsigned(int max) throws RefutedException {
    return (int) unsigned((long) max);
  }

  /** This value, which must be an integer from 0 to {@code max}. */
  public long unsigned(long max) throws RefutedException {
    require(JsonToken.VALUE_NUMBER_INT, "an integer from 0 to " + max);
    try {
      if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
        long value = parser.getLongValue();
        if (value >= 0 && value <= max) {
          return value;
        }
      }
    } catch (IOException e) {
      throw refuted(notJson, root, "strict JSON");
    }
    throw wrong("an integer from 0 to " + max);
  }

  /** Passes over this value, which must be an object, and gives its text as it was received. */
  public Bytes objectText() throws RefutedException {
    require(JsonToken.START_OBJECT, "an object");
    int start = (int) parser.currentTokenLocation().getByteOffset();
    skip();
    int end = (int) parser.currentLocation().getByteOffset();
    return Bytes.of(input.slice(input.position() + start, end - start));
  }

  /** Passes over this value, whatever it is, and whatever it holds. */
  public void skip() throws RefutedException {
    skip(false);
  }

  /** Passes over this value, in which integers must be unsigned and of 64 bits. */
  public void skipUnsigned() throws RefutedException {
    skip(true);
  }

  private void skip(boolean unsigned) throws RefutedException {
    JsonToken token = parser.currentToken();
    for (int depth = 0; ; token = advance()) {
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (unsigned && token == JsonToken.VALUE_NUMBER_INT && !isUnsigned()) {
        throw wrong("an unsigned integer of 64 bits");
      }
      if (depth == 0) {
        return;
      }
    }
  }

  private boolean isUnsigned() throws RefutedException {
    try {
      return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          ? parser.getBigIntegerValue().signum() > 0
              && parser.getBigIntegerValue().bitLength() <= Long.SIZE
          : parser.getLongValue() >= 0;
    } catch (IOException e) {
      throw refuted(notJson, root, "strict JSON");
    }
  }

  /** Makes sure that nothing follows the root value. */
  public void end() throws RefutedException {
    if (next() != null) {
      throw refuted(notJson, root, "nothing behind the value");
    }
  }

  /**
   * {@code refusal}, unless what follows here is not even strict JSON: that comes first, so that
   * the reason does not hang on which of two defects stands before the other.
   */
  public RefutedException orNotJson(RefutedException refusal) {
    if (refusal.finding().code().equals(notJson)) {
      return refusal;
    }
    try {
      boolean whole = parser.getParsingContext().inRoot();
      while (next() != null) {
        if (whole) {
          return refuted(notJson, root, "nothing behind the value");
        }
        whole = parser.getParsingContext().inRoot();
      }
      return refusal;
    } catch (RefutedException e) {
      return e;
    }
  }

  /** A refusal of this value. */
  public RefutedException wrong(String expected) {
    return refuted(notSchema, where(), expected);
  }

  /** The path of this value, for messages. */
  public String where() {
    StringBuilder path = new StringBuilder(root);
    append(parser.getParsingContext(), path);
    return path.length() <= JsonPath.MAX_LENGTH
        ? path.toString()
        : path.substring(0, JsonPath.MAX_LENGTH) + "...";
  }

  private static void append(JsonStreamContext context, StringBuilder path) {
    if (context.inRoot()) {
      return;
    }
    append(context.getParent(), path);
    if (context.inArray()) {
      path.append('[').append(context.getCurrentIndex()).append(']');
    } else if (context.hasCurrentName()) {
      path.append('.').append(JsonPath.printable(context.getCurrentName()));
    }
  }

  /** Gives back what the parser borrowed. */
  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw new AssertionError("nothing is read from anywhere", e);
    }
  }

  private void require(JsonToken expected, String words) throws RefutedException {
    if (parser.currentToken() != expected) {
      throw wrong(words);
    }
  }

  private JsonToken advance() throws RefutedException {
    @Nullable JsonToken token = next();
    if (token == null) {
      throw refuted(notJson, root, "strict JSON");
    }
    return token;
  }

  private @Nullable JsonToken next() throws RefutedException {
    try {
      @Nullable JsonToken token = parser.nextToken();
      if (token == null) {
        return null;
      }
      switch (token) {
        case START_OBJECT -> names.enter();
        case END_OBJECT -> names.leave();
        case FIELD_NAME -> requireNew(parser.currentName());
        case VALUE_STRING -> {
          if (escapes && !JsonText.isWellFormed(parser.getText())) {
            throw refuted(notJson, root, "strict JSON");
          }
        }
        // No integer is written with a fraction or an exponent; what is none has two readings.
        case VALUE_NUMBER_FLOAT -> throw refuted(notJson, root, "integers");
        default -> {}
      }
      return token;
    } catch (IOException e) {
      // Jackson's message quotes the input, so it goes no further.
      throw refuted(notJson, root, "strict JSON");
    }
  }

  private String text() throws RefutedException {
    try {
      return parser.getText();
    } catch (IOException e) {
      throw refuted(notJson, root, "strict JSON");
    }
  }

  private static RefutedException refuted(FindingCode code, String where, String expected) {
    return new RefutedException(
        new MalformedException(where, expected, "something else").toFinding(code));
  }
}
