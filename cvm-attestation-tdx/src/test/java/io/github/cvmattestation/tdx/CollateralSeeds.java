package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Where the fuzzers begin, and what they replay with the other tests: made here, not captured. */
final class CollateralSeeds {
  private CollateralSeeds() {}

  static Stream<byte[]> tcbInfos() {
    return damaged(
        Documents.TCB_INFO,
        Documents.tcbInfo("[]", "[" + Documents.level(1, 2, 3, "Revoked", "") + "]"),
        Bundles.printedAnew(Documents.TCB_INFO),
        Documents.TCB_INFO.replace("TDX Module", "\\u00e9\\ud83d\\ude00\u00e9\ud83d\ude00"));
  }

  static Stream<byte[]> qeIdentities() {
    return damaged(Documents.QE_IDENTITY, Bundles.printedAnew(Documents.QE_IDENTITY));
  }

  static Stream<byte[]> bundles() {
    String head = "HTTP/1.1 200 OK\r\n";
    String tcbChain = "TCB-Info-Issuer-Chain: " + Bundles.header(Bundles.TCB_CHAIN) + "\r\n\r\n";
    return damaged(
        Bundles.object(Bundles.phala()),
        Bundles.object(Bundles.structure()),
        "{\"collaterals\":" + Bundles.object(Bundles.clientTool()) + "}",
        Bundles.TCB_BODY,
        Bundles.QE_BODY,
        head + tcbChain + Bundles.TCB_BODY);
  }

  private static Stream<byte[]> damaged(String... texts) {
    Random random = new Random(1);
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(new byte[0]);
    for (String text : texts) {
      Bytes whole = Documents.utf8(text);
      seeds.add(whole.toArray());
      seeds.add(whole.slice(0, whole.size() / 2).toArray());
      for (int i = 0; i < 20; i++) {
        byte[] octets = whole.toArray();
        octets[random.nextInt(octets.length)] ^= (byte) (1 << random.nextInt(8));
        seeds.add(octets);
      }
    }
    return seeds.stream();
  }
}
