package io.github.cvmattestation.tdx.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.Pem;
import io.github.cvmattestation.tdx.SignedText;
import io.github.cvmattestation.tdx.TdxCollateral;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Writes collateral as Phala's bundle: members in one order, hexadecimal in lower case. */
public final class CollateralWriter {
  private CollateralWriter() {}

  /** The bundle; {@link CollateralFormat} reads it back to an equal value. */
  public static Bytes write(TdxCollateral collateral) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("root_ca_crl", text(collateral.rootCrl()));
      json.writeStringField("pck_crl", text(collateral.pckCrl()));
      json.writeStringField("tcb_info_issuer_chain", text(collateral.tcbInfoChain()));
      write(json, "tcb_info", collateral.tcbInfo());
      json.writeStringField("qe_identity_issuer_chain", text(collateral.qeIdentityChain()));
      write(json, "qe_identity", collateral.qeIdentity());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("JSON in memory", e); // there is no device to fail
    }
    return Bytes.of(out.toByteArray());
  }

  private static void write(JsonGenerator json, String name, SignedText signed) throws IOException {
    json.writeStringField(name, document(signed.text()));
    json.writeStringField(name + "_signature", signed.signature().hex());
  }

  private static String document(Bytes text) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text.toArray())).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("a document that is not UTF-8, which no reader gives", e);
    }
  }

  /** PEM as it is, so that people can read it; anything else in hexadecimal. */
  private static String text(Bytes part) {
    return isPlainPem(part) ? new String(part.toArray(), StandardCharsets.US_ASCII) : part.hex();
  }

  private static boolean isPlainPem(Bytes part) {
    for (int i = 0; i < part.size(); i++) {
      int octet = part.get(i);
      boolean plain = octet == '\n' || octet == '\r' || (octet >= 0x20 && octet < 0x7F);
      if (!plain || octet == '%') {
        return false;
      }
    }
    return Pem.looksLike(part);
  }
}
