package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.internal.QeIdentityFormat;
import org.junit.jupiter.params.provider.MethodSource;

/** QE Identity: any input is a document, or refused with one of four codes. */
class QeIdentityFuzzTest {
  @MethodSource("io.github.cvmattestation.tdx.CollateralSeeds#qeIdentities")
  @FuzzTest
  void anyBytesAreAnIdentityOrRefused(byte[] input) {
    try {
      QeIdentity identity = QeIdentityFormat.read(new SignedText(Bytes.of(input), Bytes.zeros(64)));
      assertThat(identity.mrSigner().size()).isEqualTo(32);
      for (int i = 1; i < identity.levels().size(); i++) {
        assertThat(identity.levels().get(i).isvSvn())
            .isLessThan(identity.levels().get(i - 1).isvSvn());
      }
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
