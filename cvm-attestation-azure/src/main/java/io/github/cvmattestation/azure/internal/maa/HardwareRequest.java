package io.github.cvmattestation.azure.internal.maa;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.azure.HclReport;
import java.util.Base64;
import java.util.List;

/**
 * What the platforms' own endpoints take (Azure Attestation REST API, AttestSevSnpVmRequest and
 * AttestTdxVmRequest). The run-time data are the paravisor's claims exactly as they are in its
 * report: the hardware signed their digest.
 */
public final class HardwareRequest {
  private HardwareRequest() {}

  /**
   * For {@code /attest/SevSnpVm}.
   *
   * @param bundles certificates, PEM or DER, the VCEK first and the root last
   * @throws MalformedException if one of them is neither
   */
  public static String snp(HclReport report, List<Bytes> bundles, Nonce nonce)
      throws MalformedException {
    StringBuilder pem = new StringBuilder();
    for (Bytes bundle : bundles) {
      for (Bytes der : CertificateBundle.split(bundle)) {
        append(pem, der);
      }
    }
    String proof =
        "{\"SnpReport\":\""
            + base64Url(report.hardwareReport())
            + "\",\"VcekCertChain\":\""
            + base64Url(Bytes.of(pem.toString().getBytes(US_ASCII)))
            + "\"}";
    return body("report", Bytes.of(proof.getBytes(UTF_8)), report, nonce);
  }

  /** For {@code /attest/TdxVm}. */
  public static String tdx(HclReport report, Bytes quote, Nonce nonce) {
    return body("quote", quote, report, nonce);
  }

  /** Of base64url and hexadecimal digits alone, so that nothing needs escaping. */
  private static String body(String member, Bytes proof, HclReport report, Nonce nonce) {
    return "{\""
        + member
        + "\":\""
        + base64Url(proof)
        + "\",\"runtimeData\":{\"data\":\""
        + base64Url(report.unverifiedClaims())
        + "\",\"dataType\":\"JSON\"},\"nonce\":\""
        + nonce.value().hex()
        + "\"}";
  }

  private static void append(StringBuilder pem, Bytes der) {
    pem.append("-----BEGIN CERTIFICATE-----\n")
        .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der.toArray()))
        .append("\n-----END CERTIFICATE-----\n");
  }

  private static String base64Url(Bytes octets) {
    return AttestCalls.base64Url(octets);
  }
}
