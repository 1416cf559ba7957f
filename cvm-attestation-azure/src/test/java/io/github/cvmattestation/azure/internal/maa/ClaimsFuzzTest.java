package io.github.cvmattestation.azure.internal.maa;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.math.BigInteger;

/** Whatever an issuer signs, it is claims or refuted: nothing else is thrown. */
class ClaimsFuzzTest {
  @FuzzTest
  void anyClaimsAreReadOrRefuted(byte[] input) throws MalformedException {
    PublicKeyInfo.Rsa key = PublicKeyInfo.rsa(BigInteger.ONE.shiftLeft(2047).add(BigInteger.ONE));
    try {
      TokenClaims claims =
          TokenClaims.of(StrictJson.parse("claims", Bytes.of(input), 1 << 16).asObject());
      if (ClaimTree.group(claims.all()).members().size() != claims.all().names().size()) {
        throw new AssertionError("a claim was lost");
      }
      GuestKeyClaim.require(claims, key);
    } catch (MalformedException | RefutedException e) {
      // as it should be
    }
  }
}
