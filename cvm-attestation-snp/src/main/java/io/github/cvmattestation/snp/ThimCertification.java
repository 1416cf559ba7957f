package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.nio.charset.StandardCharsets;

/**
 * What Azure's host answers when a guest asks for its chip's certificates (Trusted Hardware
 * Identity Management, {@code GET /metadata/THIM/amd/certification}). It comes from the host, so it
 * proves nothing.
 *
 * @param vcek the leaf, PEM
 * @param chain ASK and ARK, PEM
 * @param tcbm REPORTED_TCB that the leaf is for, 8 bytes, most significant first
 */
public record ThimCertification(Bytes vcek, Bytes chain, Bytes tcbm) {
  private static final int MAX_SIZE = 64 << 10;

  /** Reads the JSON. */
  public static ThimCertification parse(Bytes json) throws MalformedException {
    Json.Obj root = StrictJson.parse("THIM", json, MAX_SIZE).asObject();
    Json tcbm = root.require("tcbm");
    if (tcbm.asHex().size() != TcbVersion.SIZE) {
      throw tcbm.wrong("16 hexadecimal digits");
    }
    return new ThimCertification(
        text(root.require("vcekCert")), text(root.require("certificateChain")), tcbm.asHex());
  }

  /** The certificates as endorsements. */
  public Endorsements toEndorsements() {
    return Endorsements.ofCertificates(vcek, chain);
  }

  private static Bytes text(Json value) throws MalformedException {
    return Bytes.of(value.asString().getBytes(StandardCharsets.UTF_8));
  }
}
