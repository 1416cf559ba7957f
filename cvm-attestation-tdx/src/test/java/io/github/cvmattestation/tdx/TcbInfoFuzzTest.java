package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.internal.TcbInfoFormat;
import org.junit.jupiter.params.provider.MethodSource;

/** TCB Info: any input is a document, or refused with one of four codes. */
class TcbInfoFuzzTest {
  @MethodSource("io.github.cvmattestation.tdx.CollateralSeeds#tcbInfos")
  @FuzzTest
  void anyBytesAreTcbInfoOrRefused(byte[] input) throws MalformedException {
    Bytes text = Bytes.of(input);
    try {
      TcbInfo info = TcbInfoFormat.read(new SignedText(text, Bytes.zeros(64)));
      assertThat(info.fmspc().size()).isEqualTo(6);
      assertThat(info.levels()).isNotEmpty().doesNotHaveDuplicates();
      for (TdxModuleIdentity identity : info.moduleIdentities()) {
        assertThat(info.moduleIdentity(identity.version())).contains(identity);
      }
      // The tree of core has no other opinion of what is strict JSON.
      assertThat(StrictJson.parse("x", text, SignedText.MAX_SIZE).asObject().get("id")).isPresent();
    } catch (RefutedException refused) {
      FindingCode code = refused.finding().code();
      assertThat(code)
          .isIn(
              TdxFinding.COLLATERAL_JSON,
              TdxFinding.COLLATERAL_SCHEMA,
              TdxFinding.COLLATERAL_SCOPE,
              TdxFinding.TDX_TCB_STATUS);
    }
  }
}
