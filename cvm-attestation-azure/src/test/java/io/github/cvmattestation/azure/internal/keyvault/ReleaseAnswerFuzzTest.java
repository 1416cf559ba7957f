package io.github.cvmattestation.azure.internal.keyvault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.release.KeyReleaser.Release;
import io.github.cvmattestation.attestation.release.WrapAlgorithm;
import io.github.cvmattestation.attestation.release.WrappedKey;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Whatever a vault sends, it is a wrapped key or a refusal. */
class ReleaseAnswerFuzzTest {
  private static final ReleaseRequest ASKED =
      new ReleaseRequest(
          new KeyId("v.vault.azure.net", "k", Optional.empty()),
          "n",
          WrapAlgorithm.RSA_AES_KEY_WRAP_256,
          Optional.empty());

  @FuzzTest
  void noTextIsBelievedWithoutAnAuthority(byte[] input) {
    Release release =
        new ReleaseVerification(SignatureBackends.bouncyCastle(), Set.of())
            .verify(new String(input, ISO_8859_1), ASKED, Instant.EPOCH);
    if (release instanceof Release.Released) {
      throw new AssertionError("believed");
    }
  }

  @FuzzTest
  void anyPayloadIsAWrappedKeyOrRefused(byte[] input) {
    try {
      WrappedKey key =
          new ReleaseAnswer(ASKED, Instant.EPOCH)
              .read(StrictJson.parse("payload", Bytes.of(input), CompactJws.MAX_SIZE).asObject());
      if (key.algorithm() != ASKED.algorithm()) {
        throw new AssertionError("another way of wrapping");
      }
    } catch (MalformedException | RefutedException e) {
      return; // as it should be
    }
  }
}
