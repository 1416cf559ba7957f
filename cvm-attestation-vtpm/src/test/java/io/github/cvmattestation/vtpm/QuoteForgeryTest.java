package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.Fixtures.NONCE;
import static io.github.cvmattestation.vtpm.Fixtures.assertRefuted;
import static io.github.cvmattestation.vtpm.Fixtures.bank;
import static io.github.cvmattestation.vtpm.Fixtures.proven;
import static io.github.cvmattestation.vtpm.Fixtures.upTo;
import static io.github.cvmattestation.vtpm.Fixtures.verify;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is inside a quote, bent and then signed by the attestation key itself. */
class QuoteForgeryTest {
  private static final TestAk AK = TestAk.rsa(SignatureScheme.RSASSA_SHA256);
  private static final PcrBank BANK = bank(HashAlgorithm.SHA256, upTo(24));

  static Stream<SignatureBackend> backends() {
    return Fixtures.backends();
  }

  private static AttestWriter genuine() {
    return AttestWriter.quoting(BANK).extraData(NONCE.value());
  }

  private static Verification signed(Bytes attest, SignatureBackend backend) {
    return verify(AK.quote(attest, BANK), AK.key(backend));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void theGenuineQuoteIsVerified(SignatureBackend backend) {
    VerifiedPcrs pcrs = proven(signed(genuine().write(), backend));

    assertThat(pcrs.banks()).containsExactly(BANK);
    assertThat(pcrs.pcr(HashAlgorithm.SHA256, 7)).isEqualTo(BANK.value(7));
    assertThat(pcrs.pcr(HashAlgorithm.SHA384, 7)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void flippingAnySignedByteIsRefuted(SignatureBackend backend) {
    Bytes attest = genuine().write();
    Bytes signature = AK.tpmtSignature(attest);
    AttestationKey key = AK.key(backend);
    for (int at = 0; at < attest.size(); at++) {
      Bytes changed = Fixtures.flipped(attest, 8 * at + at % 8);
      TpmQuote forged = TpmQuote.withTpmtSignature(changed, signature, List.of(BANK));
      assertRefuted(verify(forged, key), TpmFinding.TPM_SIGNATURE);
    }
  }

  /** A restricted key signs such a lookalike for whoever asks: only the magic number differs. */
  @ParameterizedTest
  @MethodSource("backends")
  void q4ALookalikeComposedByTheGuestIsRefuted(SignatureBackend backend) {
    for (long magic : new long[] {0xFF544346L, 0x4354FFL, 0, 0xFFFFFFFFL, 0x474354FFL}) {
      assertRefuted(signed(genuine().magic(magic).write(), backend), TpmFinding.TPM_MAGIC);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void q5ACertifyStructureWithTheRightNonceIsRefuted(SignatureBackend backend) {
    Bytes name = Bytes.ofHex("000b").concat(AttestWriter.filled(32, 1));
    Bytes body = new Octets().sized(name).sized(name).toBytes();

    assertRefuted(signed(genuine().type(0x8017).body(body).write(), backend), TpmFinding.TPM_TYPE);
  }

  /** The bodies of certifications and creations are read as well, and a quote's is not theirs. */
  @Test
  void everyOtherTypeIsRefutedEvenWithTheBodyOfAQuote() {
    for (int type : new int[] {0x8014, 0x8015, 0x8016, 0x8019, 0x801C}) {
      assertRefuted(signed(genuine().type(type).write(), Fixtures.quick()), TpmFinding.TPM_TYPE);
    }
    for (int type : new int[] {0x8017, 0x801A}) {
      assertRefuted(
          signed(genuine().type(type).write(), Fixtures.quick()), TpmFinding.TPM_MALFORMED);
    }
  }

  @Test
  void anUnknownTypeIsRefuted() {
    for (int type : new int[] {0, 0x8013, 0x801B, 0x801D, 0x1880, 0xFFFF}) {
      assertRefuted(
          signed(genuine().type(type).write(), Fixtures.quick()), TpmFinding.TPM_MALFORMED);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void theNonceWithAZeroByteMoreIsRefuted(SignatureBackend backend) {
    Bytes padded = NONCE.value().concat(Bytes.zeros(1));

    assertRefuted(signed(genuine().extraData(padded).write(), backend), CoreFinding.NONCE_MISMATCH);
  }

  /** Q2. */
  @Test
  void anythingButTheExactNonceIsRefuted() {
    Bytes nonce = NONCE.value();
    List<Bytes> others =
        List.of(
            Bytes.empty(),
            nonce.slice(0, 31),
            nonce.slice(1, 32),
            Bytes.zeros(1).concat(nonce),
            nonce.concat(nonce),
            nonce.reversed().concat(Bytes.zeros(2)),
            Bytes.zeros(32));
    for (Bytes other : others) {
      assertRefuted(
          signed(genuine().extraData(other).write(), Fixtures.quick()), CoreFinding.NONCE_MISMATCH);
    }
  }

  /** Case 36 as far as this module sees it: which key is the TPM's is the caller's to prove. */
  @ParameterizedTest
  @MethodSource("backends")
  void theQuoteOfAnotherKeyIsRefuted(SignatureBackend backend) {
    TestAk other = TestAk.rsa(SignatureScheme.RSASSA_SHA256);

    assertRefuted(
        verify(other.quote(genuine().write(), BANK), AK.key(backend)), TpmFinding.TPM_SIGNATURE);
  }

  @Test
  void anUncertainClockIsReportedAndNotRefuted() {
    Bytes attest = genuine().counters(-1L, 0xFFFFFFFFL, 0xFFFFFFFEL, 0).write();

    VerifiedPcrs pcrs = proven(signed(attest, Fixtures.quick()));

    assertThat(pcrs.clockInfo()).isEqualTo(new TpmsClockInfo(-1L, 0xFFFFFFFFL, 0xFFFFFFFEL, false));
  }

  @Test
  void aSafeFlagThatIsNeitherYesNorNoIsRefuted() {
    assertRefuted(
        signed(genuine().counters(1, 1, 1, 2).write(), Fixtures.quick()), TpmFinding.TPM_MALFORMED);
  }

  @Test
  void everySignedTruncationIsRefuted() {
    Bytes attest = genuine().write();
    for (int size = 0; size < attest.size(); size++) {
      assertRefuted(
          signed(attest.slice(0, size), Fixtures.quick()),
          size < 4 ? TpmFinding.TPM_MAGIC : TpmFinding.TPM_MALFORMED);
    }
  }

  @Test
  void everySignedExtensionIsRefuted() {
    Bytes attest = genuine().write();
    for (int more = 1; more <= 100; more++) {
      assertRefuted(
          signed(attest.concat(Bytes.zeros(more)), Fixtures.quick()), TpmFinding.TPM_MALFORMED);
    }
  }

  /** Nothing signed is ignored: what does not refute shows in the claims. */
  @Test
  void everyBitThatTheTpmSignedChangesVerdictOrClaims() {
    Bytes attest = genuine().write();
    SignatureBackend backend = Fixtures.quick();
    VerifiedPcrs original = proven(signed(attest, backend));
    for (int bit = 0; bit < 8 * attest.size(); bit++) {
      Verification verification = signed(Fixtures.flipped(attest, bit), backend);
      if (verification instanceof Verification.Verified) {
        VerifiedPcrs changed = proven(verification);
        assertThat(changed).as("bit " + bit).isNotEqualTo(original);
        assertThat(changed.banks()).isEqualTo(original.banks());
        assertThat(changed.nonce()).isEqualTo(original.nonce());
      }
    }
  }

  @Test
  void oversizedEvidenceIsRefutedBeforeItIsHashed() {
    CountingBackend counting = new CountingBackend(Fixtures.quick());
    Bytes attest = genuine().write();
    Bytes huge = attest.concat(Bytes.zeros(4097 - attest.size()));

    assertRefuted(
        verify(TpmQuote.withBareRsa(huge, AK.sign(attest), List.of(BANK)), AK.key(counting)),
        TpmFinding.TPM_MALFORMED);
    assertRefuted(
        verify(TpmQuote.withBareRsa(attest, Bytes.zeros(4097), List.of(BANK)), AK.key(counting)),
        TpmFinding.TPM_MALFORMED);
    assertThat(counting.rsa()).isZero();
  }

  /** 4096 bytes are still looked at: the limit is the TPM's response buffer. */
  @Test
  void theLargestEvidenceIsLookedAt() {
    Bytes attest = genuine().write();
    Bytes large = attest.concat(Bytes.zeros(4096 - attest.size()));

    assertRefuted(
        verify(
            TpmQuote.withBareRsa(large, AK.sign(large), List.of(BANK)), AK.key(Fixtures.quick())),
        TpmFinding.TPM_MALFORMED);
    assertRefuted(
        verify(
            TpmQuote.withBareRsa(attest, Bytes.zeros(4096), List.of(BANK)),
            AK.key(Fixtures.quick())),
        TpmFinding.TPM_SIGNATURE);
  }
}
