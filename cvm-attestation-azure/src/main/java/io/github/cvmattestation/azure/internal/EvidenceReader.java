package io.github.cvmattestation.azure.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.azure.AzureCvmEvidence;
import io.github.cvmattestation.azure.AzureCvmEvidence.Form;
import io.github.cvmattestation.azure.AzureCvmEvidence.Hardware;
import io.github.cvmattestation.azure.AzureCvmEvidence.Quote;
import io.github.cvmattestation.azure.AzureCvmEvidence.TdQuote;
import io.github.cvmattestation.azure.AzureCvmEvidence.Vcek;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the JSON forms of evidence: known members only, each exactly once. */
public final class EvidenceReader {
  private static final int MAX_BYTES = 16 * 1024;

  private EvidenceReader() {}

  /** Evidence in any form. */
  public static AzureCvmEvidence read(Bytes json) throws MalformedException {
    Json.Obj root = StrictJson.parse("evidence", json, AzureCvmEvidence.MAX_SIZE).asObject();
    if (root.get("platform").isEmpty()) {
      return read(root, false);
    }
    root.onlyMembers("platform", "evidence");
    AzureCvmEvidence inner = read(root.require("evidence").asObject(), true);
    Json platform = root.require("platform");
    if (!platform.asString().equals(platformOf(inner.hardware()))) {
      throw platform.wrong(platformOf(inner.hardware()) + ", as the evidence inside is");
    }
    return inner;
  }

  static String platformOf(Hardware hardware) {
    return hardware instanceof Vcek ? "az-snp" : "az-tdx";
  }

  private static AzureCvmEvidence read(Json.Obj root, boolean wrapped) throws MalformedException {
    return root.get("version").isEmpty() ? numbers(root, wrapped) : texts(root, wrapped);
  }

  private static AzureCvmEvidence numbers(Json.Obj root, boolean wrapped)
      throws MalformedException {
    root.onlyMembers("quote", "report", "vcek");
    Json.Obj quote = root.require("quote").asObject();
    quote.onlyMembers("signature", "message", "pcrs");
    Quote read = quote(quote, EvidenceReader::octets);
    return new AzureCvmEvidence(
        Form.V0, wrapped, octets(root.require("report")), read, pem(root.require("vcek")));
  }

  private static AzureCvmEvidence texts(Json.Obj root, boolean wrapped) throws MalformedException {
    Form form = root.require("version").asUnsigned(2) == 2 ? Form.V2 : Form.V1;
    if (root.require("version").asUnsigned(2) == 0) {
      throw root.require("version").wrong("1 or 2");
    }
    boolean snp = root.get("vcek").isPresent();
    root.onlyMembers("version", "hcl_report", "tpm_quote", snp ? "vcek" : "td_quote");
    Json.Obj quote = root.require("tpm_quote").asObject();
    quote.onlyMembers("signature", "message", "pcrs");
    Hardware hardware =
        snp
            ? new Vcek(base64(root.require("vcek")))
            : new TdQuote(base64(root.require("td_quote")));
    Quote read = quote(quote, Json::asHex);
    return new AzureCvmEvidence(form, wrapped, base64(root.require("hcl_report")), read, hardware);
  }

  /** How a form writes bytes. */
  private interface Encoding {
    Bytes decode(Json value) throws MalformedException;
  }

  private static Quote quote(Json.Obj quote, Encoding encoding) throws MalformedException {
    Json list = quote.require("pcrs");
    List<Json> items = list.asArray(AzureCvmEvidence.PCRS);
    if (items.size() != AzureCvmEvidence.PCRS) {
      throw list.wrong("exactly 24 PCRs");
    }
    List<Bytes> pcrs = new ArrayList<>();
    for (Json item : items) {
      Bytes pcr = encoding.decode(item);
      if (pcr.size() != AzureCvmEvidence.PCR_SIZE) {
        throw item.wrong("32 bytes");
      }
      pcrs.add(pcr);
    }
    return new Quote(
        encoding.decode(quote.require("message")),
        encoding.decode(quote.require("signature")),
        pcrs);
  }

  private static Bytes octets(Json value) throws MalformedException {
    List<Json> items = value.asArray(MAX_BYTES);
    byte[] octets = new byte[items.size()];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) items.get(i).asUnsigned(0xFF);
    }
    return Bytes.of(octets);
  }

  private static Bytes base64(Json value) throws MalformedException {
    return Base64s.decode(value.where(), value.asString());
  }

  private static Vcek pem(Json value) throws MalformedException {
    String text = value.asString();
    if (text.chars().anyMatch(c -> c > 0x7F)) {
      throw value.wrong("PEM in ASCII");
    }
    return new Vcek(Bytes.of(text.getBytes(StandardCharsets.US_ASCII)));
  }
}
