package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.Tampering;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where the fuzzers of the binary formats begin: made here, not captured. */
final class FormatSeeds {
  private FormatSeeds() {}

  static Stream<byte[]> quotes() {
    List<Bytes> seeds = new ArrayList<>();
    for (RawQuote quote :
        new RawQuote[] {RawQuote.v4(), RawQuote.v5(2), RawQuote.v5(3), RawQuote.v5(4)}) {
      seeds.add(quote.encode());
      quote.trailing = Bytes.zeros(70);
      seeds.add(quote.encode());
      quote.innerType = 3;
      seeds.add(quote.encode());
    }
    seeds.add(Bytes.ofHex("d28443a1013822a0"));
    return damaged(seeds);
  }

  static Stream<byte[]> reports() {
    return damaged(
        List.of(RawReport.v0().encode(), RawReport.v1().encode(), RawReport.v3().encode()));
  }

  static Stream<byte[]> certificates() {
    RawPck reversed = RawPck.platform();
    reversed.reversed = true;
    RawPck high = RawPck.processor();
    high.tcb.put(1, RawPck.integer(Bytes.ofHex("00ff")));
    return damaged(
        List.of(
            RawPck.platform().encode(),
            RawPck.processor().encode(),
            reversed.encode(),
            high.encode()));
  }

  /** Each seed whole, cut in the middle, and with a bit turned over. */
  private static Stream<byte[]> damaged(List<Bytes> seeds) {
    return seeds.stream()
        .flatMap(
            seed ->
                Stream.of(
                    seed, seed.slice(0, seed.size() / 2), Tampering.flipBit(seed, seed.size() * 4)))
        .map(Bytes::toArray);
  }
}
