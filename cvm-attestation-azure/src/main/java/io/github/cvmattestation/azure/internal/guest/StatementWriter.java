package io.github.cvmattestation.azure.internal.guest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.azure.HclReport;
import io.github.cvmattestation.azure.HclReport.ReportType;
import io.github.cvmattestation.vtpm.TpmtPublic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/**
 * Writes AttestationInfo, what Azure's service wants to see at {@code /attest/AzureGuest}: the
 * machine's evidence and a key that its vTPM certified. Alphabets change from member to member, and
 * some TPM structures stand with their size and some without; all as Microsoft's clients do
 * (confidential-computing-cvm-guest-attestation, cvm-attestation-tools).
 */
final class StatementWriter {
  private static final String PROTOCOL = "2.0";

  private StatementWriter() {}

  /**
   * What goes into a statement.
   *
   * @param nonce in the client payload, as lower-case hexadecimal text
   * @param log of the boot; may be empty
   * @param akCertificate DER, without padding
   * @param ak the attestation key's public area
   * @param quote over the registers that the key is bound to
   * @param key the certified key's public area
   * @param certifyInfo TPMS_ATTEST of TPM2_Certify
   * @param certifySignature bare RSA
   * @param report with the claims
   * @param proof of SEV-SNP the chain, PEM; of TDX the quote
   */
  record Parts(
      OsInfo os,
      Nonce nonce,
      Bytes log,
      Bytes akCertificate,
      TpmtPublic ak,
      GuestQuote quote,
      TpmtPublic key,
      Bytes certifyInfo,
      Bytes certifySignature,
      HclReport report,
      Bytes proof) {}

  static Bytes write(Parts parts) {
    return json(json -> writeInfo(json, parts));
  }

  private static void writeInfo(JsonGenerator json, Parts parts) throws IOException {
    OsInfo os = parts.os();
    json.writeStartObject();
    json.writeStringField("AttestationProtocolVersion", PROTOCOL);
    json.writeStringField("OSType", base64(os.type().label()));
    json.writeStringField("OSDistro", base64(os.distribution()));
    json.writeNumberField("OSVersionMajor", os.major());
    json.writeNumberField("OSVersionMinor", os.minor());
    json.writeStringField("OSBuild", base64(os.type().build()));
    json.writeStringField("TcgLogs", base64(parts.log()));
    json.writeObjectFieldStart("ClientPayload");
    json.writeStringField("nonce", base64(parts.nonce().value().hex()));
    json.writeEndObject();
    json.writeFieldName("TpmInfo");
    writeTpm(json, parts);
    json.writeFieldName("IsolationInfo");
    writeIsolation(json, parts);
    json.writeEndObject();
  }

  private static void writeTpm(JsonGenerator json, Parts parts) throws IOException {
    json.writeStartObject();
    json.writeStringField("AikCert", base64(parts.akCertificate()));
    json.writeStringField("AikPub", base64(sized(parts.ak().raw())));
    json.writeStringField("PcrQuote", base64(parts.quote().attest()));
    json.writeStringField("PcrSignature", base64(parts.quote().signature()));
    json.writeStringField("EncKeyPub", base64(sized(parts.key().raw())));
    json.writeStringField("EncKeyCertifyInfo", base64(parts.certifyInfo()));
    json.writeStringField("EncKeyCertifyInfoSignature", base64(parts.certifySignature()));
    json.writeArrayFieldStart("PcrSet");
    for (int index : parts.quote().values().values().keySet()) {
      json.writeNumber(index);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("PCRs");
    for (Map.Entry<Integer, Bytes> pcr : parts.quote().values().values().entrySet()) {
      json.writeStartObject();
      json.writeNumberField("Index", pcr.getKey());
      json.writeStringField("Digest", base64(pcr.getValue()));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeIsolation(JsonGenerator json, Parts parts) throws IOException {
    HclReport report = parts.report();
    boolean snp = report.reportType() == ReportType.SNP;
    json.writeStartObject();
    json.writeStringField("Type", snp ? "SevSnp" : "Tdx");
    json.writeObjectFieldStart("Evidence");
    if (snp) {
      Bytes proof =
          json(
              inner -> {
                inner.writeStartObject();
                inner.writeStringField("SnpReport", base64Url(report.hardwareReport()));
                inner.writeStringField("VcekCertChain", base64Url(parts.proof()));
                inner.writeEndObject();
              });
      json.writeStringField("Proof", base64Url(proof));
      json.writeStringField("RunTimeData", base64Url(report.unverifiedClaims()));
    } else {
      json.writeStringField("Proof", base64(parts.proof()));
      json.writeStringField("RunTimeData", base64(report.unverifiedClaims()));
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  /** TPM2B: the size in front, 16 bits, big-endian. */
  private static Bytes sized(Bytes structure) {
    int size = structure.size();
    return Bytes.of((byte) (size >> 8), (byte) size).concat(structure);
  }

  private static String base64(String text) {
    return base64(Bytes.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String base64(Bytes octets) {
    return Base64.getEncoder().encodeToString(octets.toArray());
  }

  private static String base64Url(Bytes octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets.toArray());
  }

  /** What writes JSON. */
  private interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  private static Bytes json(Content content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      content.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException("JSON in memory", e); // there is no device to fail
    }
    return Bytes.of(out.toByteArray());
  }
}
