package io.github.cvmattestation.azure.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.azure.AzureCvmEvidence;
import io.github.cvmattestation.azure.AzureCvmEvidence.Form;
import io.github.cvmattestation.azure.AzureCvmEvidence.TdQuote;
import io.github.cvmattestation.azure.AzureCvmEvidence.Vcek;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Writes evidence as Confidential Containers' agents do: base64url is padded, hex lower case. */
public final class EvidenceWriter {
  private EvidenceWriter() {}

  /** The JSON of {@code evidence}, in its own form. */
  public static Bytes write(AzureCvmEvidence evidence) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      if (evidence.wrapped()) {
        json.writeStartObject();
        json.writeStringField("platform", EvidenceReader.platformOf(evidence.hardware()));
        json.writeFieldName("evidence");
        writeBare(json, evidence);
        json.writeEndObject();
      } else {
        writeBare(json, evidence);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("JSON in memory", e); // there is no device to fail
    }
    return Bytes.of(out.toByteArray());
  }

  private static void writeBare(JsonGenerator json, AzureCvmEvidence evidence) throws IOException {
    json.writeStartObject();
    if (evidence.form() == Form.V0) {
      writeQuote(json, "quote", evidence, EvidenceWriter::writeOctets);
      json.writeFieldName("report");
      writeOctets(json, evidence.hclReport());
    } else {
      json.writeNumberField("version", evidence.form() == Form.V1 ? 1 : 2);
      json.writeStringField("hcl_report", base64(evidence.hclReport()));
      writeQuote(json, "tpm_quote", evidence, (to, value) -> to.writeString(value.hex()));
    }
    writeHardware(json, evidence);
    json.writeEndObject();
  }

  private static void writeHardware(JsonGenerator json, AzureCvmEvidence evidence)
      throws IOException {
    if (evidence.hardware() instanceof Vcek vcek) {
      boolean pem = evidence.form() == Form.V0;
      json.writeStringField("vcek", pem ? ascii(vcek.certificate()) : base64(vcek.certificate()));
    } else if (evidence.hardware() instanceof TdQuote quote) {
      json.writeStringField("td_quote", base64(quote.quote()));
    }
  }

  /** How a form writes bytes. */
  private interface Encoding {
    void write(JsonGenerator json, Bytes value) throws IOException;
  }

  private static void writeQuote(
      JsonGenerator json, String name, AzureCvmEvidence evidence, Encoding encoding)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeFieldName("signature");
    encoding.write(json, evidence.quote().signature());
    json.writeFieldName("message");
    encoding.write(json, evidence.quote().message());
    json.writeArrayFieldStart("pcrs");
    for (Bytes pcr : evidence.quote().pcrs()) {
      encoding.write(json, pcr);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeOctets(JsonGenerator json, Bytes value) throws IOException {
    json.writeStartArray();
    for (int i = 0; i < value.size(); i++) {
      json.writeNumber(value.get(i));
    }
    json.writeEndArray();
  }

  private static String base64(Bytes value) {
    return Base64.getUrlEncoder().encodeToString(value.toArray());
  }

  private static String ascii(Bytes value) {
    return new String(value.toArray(), StandardCharsets.US_ASCII);
  }
}
