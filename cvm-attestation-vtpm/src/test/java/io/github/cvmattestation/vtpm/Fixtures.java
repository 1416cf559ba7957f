package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What most tests start from. */
final class Fixtures {
  static final Nonce NONCE = new Nonce(AttestWriter.filled(32, 0xC3));

  private static final TpmQuoteVerifier VERIFIER = new TpmQuoteVerifier();

  private Fixtures() {}

  /** Every backend that loads; {@code BackendsTest} says so if one does not. */
  static Stream<SignatureBackend> backends() {
    return Stream.concat(
        Stream.of(SignatureBackends.jdk(), SignatureBackends.bouncyCastle()),
        SignatureBackends.corretto().stream());
  }

  /** The fastest for many RSA verifications. */
  static SignatureBackend quick() {
    return SignatureBackends.corretto().orElseGet(SignatureBackends::jdk);
  }

  /** Registers whose values differ from one another and between banks. */
  static PcrBank bank(HashAlgorithm algorithm, int... indices) {
    Map<Integer, Bytes> values = new TreeMap<>();
    for (int index : indices) {
      values.put(
          index,
          AttestWriter.filled(algorithm.digestSize(), 0x20 * (1 + algorithm.ordinal()) + index));
    }
    return bank(algorithm, values);
  }

  static PcrBank bank(HashAlgorithm algorithm, Map<Integer, Bytes> values) {
    try {
      return PcrBank.of(algorithm, values);
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  static int[] upTo(int end) {
    return IntStream.range(0, end).toArray();
  }

  static Verification verify(TpmQuote quote, AttestationKey key) {
    return VERIFIER.verify(quote, key, NONCE);
  }

  static Verification verify(TpmQuote quote, AttestationKey key, Nonce nonce) {
    return VERIFIER.verify(quote, key, nonce);
  }

  static VerifiedPcrs proven(Verification verification) {
    assertThat(verification).isInstanceOf(Verification.Verified.class);
    return ((Verification.Verified) verification).claims().get(VerifiedPcrs.class).orElseThrow();
  }

  /** Exactly one finding, with this code. */
  static void assertRefuted(Verification verification, FindingCode code) {
    assertThat(verification).isInstanceOf(Verification.Refuted.class);
    assertThat(verification.findings()).singleElement().extracting("code").isEqualTo(code);
  }

  static Bytes flipped(Bytes octets, int bit) {
    byte[] changed = octets.toArray();
    changed[bit / 8] ^= (byte) (1 << (bit % 8));
    return Bytes.of(changed);
  }
}
