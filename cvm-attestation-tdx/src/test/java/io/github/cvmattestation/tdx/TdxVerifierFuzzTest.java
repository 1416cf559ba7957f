package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.Tampering;
import io.github.cvmattestation.testkit.TdQuoteWriter;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole verifier: any quote with any collateral is verified as it was signed, or refuted;
 * nothing is thrown. An input is a quote of the size of the seed's, and behind it a bundle.
 */
class TdxVerifierFuzzTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final FakeIntelPki PKI = FakeIntelPki.seeded(NOW, "tdx fuzzing");
  private static final Bytes QUOTE =
      TdQuoteWriter.v5().sign(PKI.pck().key(), PKI.pckChain(PKI.pck()));
  private static final Bytes BUNDLE = PKI.collateral().phala();
  private static final TdxVerifier VERIFIER =
      TdxVerifier.builder()
          .trustAnchors(PKI.trustAnchors())
          .signatures(SignatureBackends.bouncyCastle())
          .build();

  static Stream<byte[]> seeds() {
    Bytes whole = QUOTE.concat(BUNDLE);
    return Stream.of(
            whole,
            QUOTE,
            BUNDLE,
            Bytes.empty(),
            whole.slice(0, whole.size() / 2),
            Tampering.flipBit(whole, 4 * QUOTE.size()),
            Tampering.flipBit(whole, 8 * QUOTE.size() + 4 * BUNDLE.size()))
        .map(Bytes::toArray);
  }

  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreVerifiedOrRefuted(byte[] input) {
    Bytes bytes = Bytes.of(input);
    int end = Math.min(bytes.size(), QUOTE.size());
    Bytes quote = bytes.slice(0, end);
    Bytes bundle = bytes.slice(end, bytes.size());
    requireSound(quote, bundle);
    // Each alone, so that the other does not hide what it does; and all of it as either.
    requireSound(quote, BUNDLE);
    requireSound(QUOTE, bundle);
    requireSound(bytes, BUNDLE);
    requireSound(QUOTE, bytes);
  }

  private static void requireSound(Bytes quote, Bytes bundle) {
    Endorsements endorsements = Endorsements.none().withDocument(bundle);
    Verification verification = VERIFIER.verifyWithoutFreshness(quote, endorsements, NOW);
    if (verification instanceof Verification.Verified verified) {
      // Nobody but the holders of the keys can make another one.
      TdxClaims claims = verified.claims().get(TdxClaims.class).orElseThrow();
      int signed = claims.quote().signedBytes().size();
      assertThat(claims.quote().signedBytes()).isEqualTo(QUOTE.slice(0, signed));
      assertThat(claims.pck().certificate().der()).isEqualTo(PKI.pck().certificate());
      assertThat(claims.tcb().status()).isEqualTo(TcbStatus.UP_TO_DATE);
    } else {
      assertThat(verification.findings()).hasSize(1);
    }
  }
}
