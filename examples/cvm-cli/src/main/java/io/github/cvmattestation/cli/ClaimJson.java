package io.github.cvmattestation.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.github.cvmattestation.attestation.ClaimValue;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Claims for programs: JSON (RFC 8259) on one line, in ASCII, hexadecimal in lower case. */
final class ClaimJson {
  private ClaimJson() {}

  /** What writes a document. */
  interface Writer {
    void write(JsonGenerator json) throws IOException;
  }

  /** DEL is the one control character that JSON lets through. */
  private static final class NoDelete extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      codes[0x7F] = ESCAPE_STANDARD;
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
      return null;
    }
  }

  /** The document that {@code writer} writes. */
  static String document(Writer writer) {
    StringWriter out = new StringWriter();
    JsonFactory factory =
        new JsonFactoryBuilder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .characterEscapes(new NoDelete())
            .build();
    try (JsonGenerator json = factory.createGenerator(out)) {
      writer.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toString();
  }

  /** Writes a value. */
  static void write(ClaimValue value, JsonGenerator json) throws IOException {
    if (value instanceof ClaimValue.Text text) {
      json.writeString(text.value());
    } else if (value instanceof ClaimValue.Flag flag) {
      json.writeBoolean(flag.value());
    } else if (value instanceof ClaimValue.Unknown) {
      json.writeNull();
    } else if (value instanceof ClaimValue.Unsigned number) {
      json.writeNumber(Long.toUnsignedString(number.value()));
    } else if (value instanceof ClaimValue.Binary binary) {
      json.writeString(binary.value().hex());
    } else if (value instanceof ClaimValue.Many many) {
      json.writeStartArray();
      for (ClaimValue item : many.values()) {
        write(item, json);
      }
      json.writeEndArray();
    } else if (value instanceof ClaimValue.Group group) {
      json.writeStartObject();
      for (Map.Entry<String, ClaimValue> member : group.members().entrySet()) {
        json.writeFieldName(member.getKey());
        write(member.getValue(), json);
      }
      json.writeEndObject();
    }
  }
}
