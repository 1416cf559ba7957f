package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Map;

/**
 * Events as firmware writes them, little-endian (TCG PC Client Platform Firmware Profile 1.06,
 * section 10). Algorithms are JCA names by TPM_ALG_ID, in the order of the digests.
 */
final class EventEncoder {
  private static final long NO_ACTION = 3;
  private static final int SHA1_SIZE = 20;

  private EventEncoder() {}

  /** TCG_PCR_EVENT around TCG_EfiSpecIDEvent (section 10.4.5.1). */
  static Bytes specId(long index, Map<Integer, String> algorithms) {
    Bytes content =
        Bytes.of("Spec ID Event03\0".getBytes(US_ASCII))
            .concat(
                FieldBuffer.littleEndian(4, 0), // platform class
                Bytes.of((byte) 0, (byte) 2, (byte) 0, (byte) 2), // version 2.0, errata, UINTN
                FieldBuffer.littleEndian(4, algorithms.size()));
    for (Map.Entry<Integer, String> algorithm : algorithms.entrySet()) {
      int digestSize = Hashes.digest(algorithm.getValue(), Bytes.empty()).size();
      content =
          content.concat(
              FieldBuffer.littleEndian(2, algorithm.getKey()),
              FieldBuffer.littleEndian(2, digestSize));
    }
    content = content.concat(Bytes.zeros(1)); // no vendor info
    return FieldBuffer.littleEndian(4, index)
        .concat(
            FieldBuffer.littleEndian(4, NO_ACTION),
            Bytes.zeros(SHA1_SIZE),
            FieldBuffer.littleEndian(4, content.size()),
            content);
  }

  /** The digests of {@code content}, each behind its algorithm (TPML_DIGEST_VALUES). */
  static Bytes digests(Map<Integer, String> algorithms, Bytes content) {
    Bytes digests = Bytes.empty();
    for (Map.Entry<Integer, String> algorithm : algorithms.entrySet()) {
      Bytes id = FieldBuffer.littleEndian(2, algorithm.getKey());
      digests = digests.concat(id, Hashes.digest(algorithm.getValue(), content));
    }
    return digests;
  }

  /** TCG_PCR_EVENT2 (section 10.2.2). */
  static Bytes event(long index, long type, int count, Bytes digests, Bytes data) {
    return FieldBuffer.littleEndian(4, index)
        .concat(
            FieldBuffer.littleEndian(4, type),
            FieldBuffer.littleEndian(4, count),
            digests,
            FieldBuffer.littleEndian(4, data.size()),
            data);
  }
}
