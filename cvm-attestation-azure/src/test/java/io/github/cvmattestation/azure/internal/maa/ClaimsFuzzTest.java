package io.github.cvmattestation.azure.internal.maa;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.JsonNames;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/** Whatever an issuer signs, it is claims or refuted: nothing else is thrown. */
class ClaimsFuzzTest {
  private static final int MAX_SIZE = 1 << 16;

  @FuzzTest
  void anyClaimsAreReadOrRefuted(byte[] input) throws MalformedException {
    PublicKeyInfo.Rsa key = PublicKeyInfo.rsa(BigInteger.ONE.shiftLeft(2047).add(BigInteger.ONE));
    ByteBuffer text = ByteBuffer.wrap(input);
    try {
      TokenClaims claims = TokenClaimsReader.read(text, JsonNames.forCursor(MAX_SIZE));
      Json.Obj tree = StrictJson.parse("claims", Bytes.of(input), MAX_SIZE).asObject();
      if (ClaimTree.group(tree).members().size() != tree.names().size()) {
        throw new AssertionError("a claim was lost");
      }
      if (!tree.require("iss").asString().equals(claims.issuer())) {
        throw new AssertionError("two readings");
      }
      GuestKeyClaim.require(claims, key);
    } catch (RefutedException e) {
      // as it should be
    }
  }
}
