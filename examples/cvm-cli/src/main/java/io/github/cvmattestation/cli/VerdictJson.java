package io.github.cvmattestation.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.attestation.Finding;
import java.io.IOException;
import java.util.List;

/** A verdict for programs; claims are there only if verified. */
final class VerdictJson {
  private VerdictJson() {}

  static String of(Verdict verdict) {
    return ClaimJson.document(json -> write(verdict, json));
  }

  private static void write(Verdict verdict, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("verification", verdict.isVerified() ? "verified" : "refuted");
    json.writeStringField("appraisal", appraisal(verdict));
    findings("findings", verdict.findings(), json);
    findings("warnings", verdict.warnings(), json);
    json.writeArrayFieldStart("checks");
    for (Check check : verdict.verification().checks()) {
      json.writeString(check.id());
    }
    json.writeEndArray();
    if (verdict.isVerified()) {
      json.writeObjectFieldStart("claims");
      for (Claims group : verdict.claims()) {
        json.writeFieldName(group.id());
        ClaimJson.write(group.toGroup(), json);
      }
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static String appraisal(Verdict verdict) {
    if (verdict.appraisal().isEmpty()) {
      return "skipped";
    }
    return verdict.isRejected() ? "rejected" : "affirmed";
  }

  static void findings(String name, List<Finding> findings, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart(name);
    for (Finding finding : findings) {
      json.writeStartObject();
      json.writeStringField("code", finding.code().name());
      json.writeStringField("expected", finding.expected());
      json.writeStringField("actual", finding.actual());
      json.writeStringField("clause", finding.clause());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
