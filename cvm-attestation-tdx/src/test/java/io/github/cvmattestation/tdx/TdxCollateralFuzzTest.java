package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import org.junit.jupiter.params.provider.MethodSource;

/** Bundles of every kind: any input is collateral that can be captured, or malformed. */
class TdxCollateralFuzzTest {
  @MethodSource("io.github.cvmattestation.tdx.CollateralSeeds#bundles")
  @FuzzTest
  void anyBytesAreCollateralOrMalformed(byte[] input) {
    Bytes bytes = Bytes.of(input);
    capture(() -> TdxCollateral.parse(bytes));
    capture(() -> TdxCollateral.parse(bytes, Bundles.FMSPC, PckAuthority.PLATFORM));
    capture(
        () ->
            PcsClientToolCollateral.parse(bytes)
                .forPlatform(Bundles.FMSPC, PckAuthority.PROCESSOR));
    capture(() -> TdxCollateral.ofFiles(bytes, bytes, bytes, bytes, bytes, bytes));
    capture(
        () ->
            TdxCollateral.ofPcs(PcsResponse.parse(bytes), PcsResponse.parse(bytes), bytes, bytes));
  }

  private interface Reader {
    TdxCollateral read() throws MalformedException;
  }

  private static void capture(Reader reader) {
    try {
      TdxCollateral read = reader.read();
      assertThat(TdxCollateral.parse(read.toJson())).isEqualTo(read);
    } catch (MalformedException refused) {
      assertThat(refused.problem()).isNotEmpty();
    }
  }
}
