package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;

/** What Azure's instance metadata service answers for {@code /metadata/THIM/amd/certification}. */
public final class ThimAnswer {
  private ThimAnswer() {}

  /**
   * The answer, JSON.
   *
   * @param leaf the VCEK
   * @param chainPem ASK and ARK, PEM
   * @param reportedTcb TCB_VERSION as the report stores it, 8 bytes; the answer turns it around
   */
  public static Bytes of(Leaf leaf, Bytes chainPem, Bytes reportedTcb) {
    String json =
        "{\"vcekCert\":\"%s\",\"tcbm\":\"%s\",\"certificateChain\":\"%s\",\"cacheControl\":\"86400\"}"
            .formatted(
                escaped(FakeAmdPki.pem(leaf.certificate())),
                reportedTcb.reversed().hex(),
                escaped(chainPem));
    return Bytes.of(json.getBytes(UTF_8));
  }

  private static String escaped(Bytes pem) {
    return new String(pem.toArray(), UTF_8).replace("\n", "\\n");
  }
}
