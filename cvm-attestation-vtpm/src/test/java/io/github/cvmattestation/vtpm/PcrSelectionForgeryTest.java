package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.AttestWriter.entry;
import static io.github.cvmattestation.vtpm.AttestWriter.filled;
import static io.github.cvmattestation.vtpm.AttestWriter.hash;
import static io.github.cvmattestation.vtpm.AttestWriter.list;
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
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Registers that are claimed, quoted, both, or passed off as one another. All validly signed. */
class PcrSelectionForgeryTest {
  private static final int SHA1 = 0x0004;
  private static final int SHA256 = 0x000B;
  private static final int SHA384 = 0x000C;
  private static final TestAk AK = TestAk.rsa(SignatureScheme.RSASSA_SHA256);

  static Stream<SignatureBackend> backends() {
    return Fixtures.backends();
  }

  private static Verification verdict(AttestWriter writer, PcrBank... claimed) {
    return verdict(Fixtures.quick(), writer, claimed);
  }

  private static Verification verdict(
      SignatureBackend backend, AttestWriter writer, PcrBank... claimed) {
    Bytes attest = writer.extraData(NONCE.value()).write();
    return verify(AK.quote(attest, claimed), AK.key(backend));
  }

  /**
   * Q6. The TPM's PCR 7 is bad. The attacker extends the resettable PCR 16 with a good log and
   * quotes {@code sha256:0-6}, {@code sha256:16}, {@code sha256:8-23}: 24 values, PCR 16 in the
   * place of PCR 7, and a genuine digest over them.
   */
  @ParameterizedTest
  @MethodSource("backends")
  void aResettableRegisterInThePlaceOfAnotherIsRefuted(SignatureBackend backend) {
    TreeMap<Integer, Bytes> inTpm = new TreeMap<>(bank(HashAlgorithm.SHA256, upTo(24)).values());
    Bytes good = filled(32, 0x77);
    inTpm.put(16, good);
    TreeMap<Integer, Bytes> claimed = new TreeMap<>(inTpm);
    claimed.put(7, good);
    Bytes selection =
        list(
            entry(SHA256, 0, 1, 2, 3, 4, 5, 6),
            entry(SHA256, 16),
            entry(SHA256, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23));
    Bytes hashed = hash("SHA-256", Bytes.empty().concat(claimed.values().toArray(new Bytes[0])));

    assertRefuted(
        verdict(
            backend,
            new AttestWriter().selection(selection).pcrDigest(hashed),
            bank(HashAlgorithm.SHA256, claimed)),
        TpmFinding.PCR_BANK);
  }

  /** Q6. */
  @Test
  void everyPermutationOfABanksEntriesIsRefuted() {
    PcrBank claimed = bank(HashAlgorithm.SHA256, 0, 1, 2);
    List<Bytes> lists =
        List.of(
            list(entry(SHA256, 2), entry(SHA256, 0, 1)),
            list(entry(SHA256, 0, 1), entry(SHA256, 2)),
            list(entry(SHA256, 0, 1, 2), entry(SHA256, 0, 1, 2)),
            list(entry(SHA256, 0, 1, 2), entry(SHA256)),
            list(entry(SHA256), entry(SHA256, 0, 1, 2)));
    Bytes digest = hash("SHA-256", AttestWriter.values(List.of(claimed)));
    for (Bytes selection : lists) {
      assertRefuted(
          verdict(new AttestWriter().selection(selection).pcrDigest(digest), claimed),
          TpmFinding.PCR_BANK);
    }
  }

  @Test
  void valuesThatChangePlacesAreRefuted() {
    PcrBank honest = bank(HashAlgorithm.SHA256, upTo(24));
    TreeMap<Integer, Bytes> swapped = new TreeMap<>(honest.values());
    swapped.put(7, honest.values().get(16));
    swapped.put(16, honest.values().get(7));

    assertRefuted(
        verdict(AttestWriter.quoting(honest), bank(HashAlgorithm.SHA256, swapped)),
        TpmFinding.PCR_DIGEST);
  }

  /** Same values, same digest, other registers: only the selection tells. */
  @Test
  void valuesUnderOtherIndicesAreRefuted() {
    PcrBank quoted = bank(HashAlgorithm.SHA256, 16, 23);
    TreeMap<Integer, Bytes> moved = new TreeMap<>();
    moved.put(0, quoted.values().get(16));
    moved.put(7, quoted.values().get(23));

    assertRefuted(
        verdict(AttestWriter.quoting(quoted), bank(HashAlgorithm.SHA256, moved)),
        TpmFinding.PCR_UNQUOTED);
  }

  /** Q7. */
  @ParameterizedTest
  @MethodSource("backends")
  void anExtraValueOutsideTheQuotedSelectionIsRefuted(SignatureBackend backend) {
    PcrBank quoted = bank(HashAlgorithm.SHA256, 0, 1, 2, 3, 4, 5, 6, 7);
    PcrBank claimed = bank(HashAlgorithm.SHA256, upTo(9));

    assertRefuted(verdict(backend, AttestWriter.quoting(quoted), claimed), TpmFinding.PCR_UNQUOTED);
  }

  /** Q7. */
  @Test
  void anExtraBankOutsideTheQuotedSelectionIsRefuted() {
    PcrBank quoted = bank(HashAlgorithm.SHA256, 0, 7);

    assertRefuted(
        verdict(AttestWriter.quoting(quoted), quoted, bank(HashAlgorithm.SHA384, 0)),
        TpmFinding.PCR_UNQUOTED);
    assertRefuted(
        verdict(AttestWriter.quoting(quoted), quoted, bank(HashAlgorithm.SHA384)),
        TpmFinding.PCR_UNQUOTED);
    assertRefuted(
        verdict(AttestWriter.quoting(quoted), quoted, bank(HashAlgorithm.SHA1, 0)),
        TpmFinding.PCR_UNQUOTED);
  }

  @Test
  void aQuotedRegisterWithoutItsValueIsRefuted() {
    PcrBank quoted = bank(HashAlgorithm.SHA256, 0, 7);

    assertRefuted(
        verdict(AttestWriter.quoting(quoted), bank(HashAlgorithm.SHA256, 0)),
        TpmFinding.PCR_SELECTION);
  }

  @Test
  void aQuotedBankWithoutItsValuesIsRefuted() {
    PcrBank first = bank(HashAlgorithm.SHA256, 0, 7);
    PcrBank second = bank(HashAlgorithm.SHA384, 0, 7);

    assertRefuted(verdict(AttestWriter.quoting(first, second), first), TpmFinding.PCR_BANK);
    assertRefuted(verdict(AttestWriter.quoting(first)), TpmFinding.PCR_BANK);
  }

  /** Its digest is the hash of nothing, which anybody knows. */
  @Test
  void aQuoteOfNothingIsRefuted() {
    PcrBank nothing = bank(HashAlgorithm.SHA256);

    assertRefuted(verdict(new AttestWriter()), TpmFinding.PCR_SELECTION);
    assertRefuted(verdict(new AttestWriter(), nothing), TpmFinding.PCR_UNQUOTED);
    assertRefuted(verdict(AttestWriter.quoting(nothing), nothing), TpmFinding.PCR_SELECTION);
  }

  @Test
  void anEmptyEntryBesideAnotherIsRefuted() {
    PcrBank some = bank(HashAlgorithm.SHA256, 3);
    PcrBank nothing = bank(HashAlgorithm.SHA384);

    assertRefuted(
        verdict(AttestWriter.quoting(some, nothing), some, nothing), TpmFinding.PCR_SELECTION);
    assertRefuted(
        verdict(AttestWriter.quoting(nothing, some), some, nothing), TpmFinding.PCR_SELECTION);
  }

  /** Q8. */
  @Test
  void twoBanksAreVerifiedInTheOrderOfTheTpm() {
    PcrBank first = bank(HashAlgorithm.SHA384, 0, 7);
    PcrBank second = bank(HashAlgorithm.SHA256, 1, 2, 23);

    VerifiedPcrs pcrs = proven(verdict(AttestWriter.quoting(first, second), second, first));

    assertThat(pcrs.banks()).containsExactly(first, second);
    assertThat(pcrs.pcr(HashAlgorithm.SHA384, 7)).isEqualTo(first.value(7));
    assertThat(pcrs.pcr(HashAlgorithm.SHA256, 7)).isEmpty();
  }

  /**
   * Q8. The TPM hashed one order; a selection with the banks exchanged belongs to another digest.
   */
  @Test
  void banksInAnotherOrderThanHashedAreRefuted() {
    PcrBank first = bank(HashAlgorithm.SHA256, 0);
    PcrBank second = bank(HashAlgorithm.SHA384, 0);
    Bytes exchanged = list(entry(SHA384, 0), entry(SHA256, 0));

    assertRefuted(
        verdict(AttestWriter.quoting(first, second).selection(exchanged), first, second),
        TpmFinding.PCR_DIGEST);
  }

  /** Twice the same, in two parts, with the other bank between them: always as it was hashed. */
  @ParameterizedTest
  @MethodSource("backends")
  void q9ABankQuotedTwiceIsRefuted(SignatureBackend backend) {
    PcrBank sha256 = bank(HashAlgorithm.SHA256, 0, 1);
    PcrBank sha384 = bank(HashAlgorithm.SHA384, 0);
    Bytes pcr0 = sha256.values().get(0);
    Bytes pcr1 = sha256.values().get(1);
    Bytes between = sha384.values().get(0);

    assertQuotedTwice(
        quoting(pcr0.concat(pcr1, pcr0, pcr1), entry(SHA256, 0, 1), entry(SHA256, 0, 1)),
        backend,
        sha256);
    assertQuotedTwice(
        quoting(pcr0.concat(pcr1), entry(SHA256, 0), entry(SHA256, 1)), backend, sha256);
    assertQuotedTwice(
        quoting(pcr0.concat(between, pcr1), entry(SHA256, 0), entry(SHA384, 0), entry(SHA256, 1)),
        backend,
        sha256,
        sha384);
  }

  private static AttestWriter quoting(Bytes values, Bytes... entries) {
    return new AttestWriter().selection(list(entries)).pcrDigest(hash("SHA-256", values));
  }

  private static void assertQuotedTwice(
      AttestWriter quote, SignatureBackend backend, PcrBank... claimed) {
    Verification verification = verdict(backend, quote, claimed);
    assertRefuted(verification, TpmFinding.PCR_BANK);
    assertThat(verification.findings().get(0).actual()).isEqualTo("sha256 twice");
  }

  /** Q9, on the side of the claims. */
  @Test
  void aBankClaimedTwiceIsRefuted() {
    PcrBank quoted = bank(HashAlgorithm.SHA256, 0);

    assertRefuted(verdict(AttestWriter.quoting(quoted), quoted, quoted), TpmFinding.PCR_BANK);
    assertRefuted(
        verdict(AttestWriter.quoting(quoted), quoted, bank(HashAlgorithm.SHA256, 7)),
        TpmFinding.PCR_BANK);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aQuoteOfTheSha1BankIsRefuted(SignatureBackend backend) {
    PcrBank weak = bank(HashAlgorithm.SHA1, upTo(24));
    PcrBank expected = bank(HashAlgorithm.SHA256, upTo(24));

    assertRefuted(verdict(backend, AttestWriter.quoting(weak), weak), TpmFinding.PCR_BANK);
    assertRefuted(verdict(backend, AttestWriter.quoting(weak), expected), TpmFinding.PCR_BANK);
    assertRefuted(
        verdict(backend, AttestWriter.quoting(expected, weak), expected, weak),
        TpmFinding.PCR_BANK);
  }

  @Test
  void aSha1EntryThatSelectsNothingIsRefuted() {
    PcrBank quoted = bank(HashAlgorithm.SHA256, 0);
    Bytes selection = list(entry(SHA1), entry(SHA256, 0));

    assertRefuted(
        verdict(AttestWriter.quoting(quoted).selection(selection), quoted), TpmFinding.PCR_BANK);
  }

  @Test
  void anUnknownBankIsRefuted() {
    PcrBank quoted = bank(HashAlgorithm.SHA256, 0);
    Bytes sm3 = list(entry(SHA256, 0), entry(0x0012, 0));

    assertRefuted(
        verdict(AttestWriter.quoting(quoted).selection(sm3), quoted), TpmFinding.TPM_MALFORMED);
  }

  @Test
  void aDigestOfAnotherHashOrSizeIsRefuted() {
    PcrBank quoted = bank(HashAlgorithm.SHA256, upTo(24));
    Bytes right = hash("SHA-256", AttestWriter.values(List.of(quoted)));
    List<Bytes> wrong =
        List.of(
            hash("SHA-384", AttestWriter.values(List.of(quoted))),
            hash("SHA-1", AttestWriter.values(List.of(quoted))),
            right.slice(0, 31),
            right.concat(Bytes.zeros(1)),
            Bytes.empty());
    for (Bytes digest : wrong) {
      assertRefuted(
          verdict(AttestWriter.quoting(quoted).pcrDigest(digest), quoted), TpmFinding.PCR_DIGEST);
    }
  }

  /** Four bytes are as good as three, as long as they name no register beyond 23. */
  @Test
  void aSelectionOfFourBytesIsVerified() {
    PcrBank quoted = bank(HashAlgorithm.SHA256, 0, 23);
    Bytes four = new Octets().u32(1).u16(SHA256).u8(4).u32(0x01008000L).toBytes();

    proven(verdict(AttestWriter.quoting(quoted).selection(four), quoted));
  }

  @Test
  void noRegisterIsVisibleThatWasNotQuoted() {
    PcrBank quoted = bank(HashAlgorithm.SHA256, 4, 9);

    VerifiedPcrs pcrs = proven(verdict(AttestWriter.quoting(quoted), quoted));

    for (HashAlgorithm algorithm : HashAlgorithm.values()) {
      for (int index = -1; index <= 24; index++) {
        boolean covered = algorithm == HashAlgorithm.SHA256 && (index == 4 || index == 9);
        assertThat(pcrs.pcr(algorithm, index).isPresent()).isEqualTo(covered);
      }
    }
  }
}
