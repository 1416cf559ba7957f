package io.github.cvmattestation.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Verification;

/** Whatever the text is, it is refuted: nobody but the issuer has its key. Nothing is thrown. */
class MaaTokenFuzzTest {
  private static final MaaTokenVerifier VERIFIER = MaaScene.builder().build();

  @FuzzTest
  void anyTextIsRefuted(byte[] input) {
    requireRefuted(new String(input, UTF_8));
  }

  /** Header and claims, divided by a NUL, in a token of the right form. */
  @FuzzTest
  void anyHeaderAndClaimsAreRefuted(byte[] input) {
    int nul = 0;
    while (nul < input.length && input[nul] != 0) {
      nul++;
    }
    String header = base64Url(input, 0, nul);
    String claims = base64Url(input, Math.min(nul + 1, input.length), input.length);
    requireRefuted(header + "." + claims + "." + "A".repeat(342));
  }

  private static String base64Url(byte[] octets, int from, int to) {
    return java.util.Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(java.util.Arrays.copyOfRange(octets, from, to));
  }

  private static void requireRefuted(String token) {
    Verification verdict =
        VERIFIER.verify(token, MaaScene.NONCE, MaaScene.publicKey(MaaScene.GUEST), MaaScene.AT);
    if (!(verdict instanceof Verification.Refuted refuted) || refuted.findings().size() != 1) {
      throw new AssertionError("not refuted, or not for one reason");
    }
  }
}
