package io.github.cvmattestation.attestation;

import io.github.cvmattestation.attestation.internal.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The 64 bytes that a guest lets its hardware sign: REPORT_DATA of SEV-SNP (AMD 56860, section 7.3)
 * and REPORTDATA of TDX.
 *
 * @param value exactly 64 bytes
 */
public record ReportData(Bytes value) {
  /** 64 bytes. */
  public static final int SIZE = 64;

  private static final byte[] LABEL =
      "cvm-attestation report-data v1".getBytes(StandardCharsets.US_ASCII);

  public ReportData {
    if (value.size() != SIZE) {
      throw new IllegalArgumentException("REPORT_DATA has 64 bytes, not " + value.size());
    }
  }

  /**
   * The nonce itself, followed by zeros: the plain form that most tools use. Nonces that differ
   * only in zeros at their end give the same bytes, so let all of a service's nonces have one size.
   */
  public static ReportData of(Nonce nonce) {
    byte[] padded = new byte[SIZE];
    nonce.value().copyTo(padded, 0);
    return new ReportData(Bytes.of(padded));
  }

  /**
   * A nonce and a key made in the guest, bound together: SHA-512 over a label, the nonce and the
   * key, each preceded by its length (u32, big-endian), so that no two pairs collide.
   *
   * @param subjectPublicKeyInfo the guest's public key, DER
   */
  public static ReportData binding(Nonce nonce, Bytes subjectPublicKeyInfo) {
    int size = 12 + LABEL.length + nonce.value().size() + subjectPublicKeyInfo.size();
    ByteBuffer input = ByteBuffer.allocate(size);
    for (byte[] part :
        new byte[][] {LABEL, nonce.value().toArray(), subjectPublicKeyInfo.toArray()}) {
      input.putInt(part.length).put(part);
    }
    return new ReportData(Digests.sha512(Bytes.of(input.array())));
  }
}
