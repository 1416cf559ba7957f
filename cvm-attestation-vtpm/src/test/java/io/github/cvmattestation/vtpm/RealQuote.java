package io.github.cvmattestation.vtpm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A quote that a real Azure vTPM made, with the attestation key that the HCL report of the same
 * evidence names. Skips the test, saying so, where the evidence is absent.
 */
record RealQuote(String id, Bytes attest, Bytes signature, List<Bytes> pcrs, Bytes n, Nonce nonce) {
  private static final int MAX = 1 << 22;

  static RealQuote load(String id) {
    Path folder = Path.of(System.getProperty("cvm.vectors", "../../shared/vectors"));
    assumeTrue(
        Files.isDirectory(folder), "no real evidence at " + folder + " (property cvm.vectors)");
    try {
      Json.Obj entry = manifestEntry(folder, id);
      String file = entry.require("files").asObject().require("evidence").asString();
      Json.Obj evidence = read(folder.resolve(file));
      boolean hex = evidence.get("tpm_quote").isPresent();
      Json.Obj quote = evidence.require(hex ? "tpm_quote" : "quote").asObject();
      Bytes hcl =
          hex
              ? Base64s.decode("hcl_report", evidence.require("hcl_report").asString())
              : octets(evidence.require("report"));
      List<Bytes> pcrs = new ArrayList<>();
      for (Json pcr : quote.require("pcrs").asArray(24)) {
        pcrs.add(octets(pcr));
      }
      return new RealQuote(
          id,
          octets(quote.require("message")),
          octets(quote.require("signature")),
          pcrs,
          modulus(hcl),
          new Nonce(entry.require("nonceHex").asHex()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (MalformedException e) {
      throw new AssertionError(id, e);
    }
  }

  TpmQuote quote() {
    return TpmQuote.withBareRsa(attest, signature, List.of(bank(pcrs)));
  }

  TpmQuote quote(Bytes otherAttest, Bytes otherSignature, List<Bytes> otherPcrs) {
    return TpmQuote.withBareRsa(otherAttest, otherSignature, List.of(bank(otherPcrs)));
  }

  static PcrBank bank(List<Bytes> values) {
    try {
      return PcrBank.ofFirst(HashAlgorithm.SHA256, values);
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  AttestationKey key(SignatureBackend backend) {
    try {
      return AttestationKey.ofRsa(n, Bytes.ofHex("010001"), SignatureScheme.RSASSA_SHA256, backend);
    } catch (UnfitKeyException e) {
      throw new AssertionError(e);
    }
  }

  /** HCLAkPub in the runtime claims: a length at 1232, JSON at 1236. */
  private static Bytes modulus(Bytes hcl) throws MalformedException {
    int size = 0;
    for (int i = 3; i >= 0; i--) {
      size = size << 8 | hcl.get(1232 + i);
    }
    Json.Obj claims = StrictJson.parse("claims", hcl.slice(1236, 1236 + size), MAX).asObject();
    for (Json key : claims.require("keys").asArray(8)) {
      if (key.asObject().require("kid").asString().equals("HCLAkPub")) {
        return Base64s.decode("n", key.asObject().require("n").asString());
      }
    }
    throw new AssertionError("no HCLAkPub");
  }

  private static Json.Obj manifestEntry(Path folder, String id)
      throws IOException, MalformedException {
    for (Json entry : read(folder.resolve("manifest.json")).require("cases").asArray(1000)) {
      if (entry.asObject().require("id").asString().equals(id)) {
        return entry.asObject();
      }
    }
    throw new AssertionError("no case " + id);
  }

  private static Json.Obj read(Path file) throws IOException, MalformedException {
    return StrictJson.parse(file.toString(), Bytes.of(Files.readAllBytes(file)), MAX).asObject();
  }

  private static Bytes octets(Json value) throws MalformedException {
    if (value instanceof Json.Str) {
      return value.asHex();
    }
    Octets out = new Octets();
    for (Json octet : value.asArray(MAX)) {
      out.u8((int) octet.asUnsigned(255));
    }
    return out.toBytes();
  }
}
