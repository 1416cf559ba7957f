package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.testkit.Swtpm;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * S1: digests that tpm2-tools 5.4 had swtpm 0.7.1 compute. The registers of that TPM were as after
 * a reset, but for PCR 7, once extended with the digest of "seven". Each row is one session:
 *
 * <pre>
 * tpm2_pcrextend 7:sha256=$(printf seven | sha256sum | cut -c-64)
 * tpm2_pcrextend 7:sha384=$(printf seven | sha384sum | cut -c-96)
 * tpm2_startauthsession -S x -g HASH         # a trial session
 * tpm2_policypcr -S x -l SELECTION -L digest # or policysecret, policyauthvalue, policyor, …
 * </pre>
 */
class PolicyDigestTest {
  private static final Bytes REFERENCE = Bytes.of("epoch 1".getBytes(StandardCharsets.US_ASCII));

  /** The Name of no key: an algorithm and zeros. {@code tpm2_policyauthorize -n} takes any. */
  private static final Bytes KEY_NAME = Bytes.ofHex("000b").concat(Bytes.zeros(32));

  /** TPM_RH_ENDORSEMENT and TPM_RH_OWNER: the Name of a hierarchy is its handle. */
  private static final Bytes ENDORSEMENT = Bytes.ofHex("4000000b");

  private static final Bytes OWNER = Bytes.ofHex("40000001");

  /** TCG EK Credential Profile 2.5, B.6.2 and B.6.3. */
  @ParameterizedTest
  @CsvSource({
    "SHA256, 837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa",
    "SHA384, 8bbf2266537c171cb56e403c4dc1d4b64f432611dc386e6f532050c3278c930e143e8bb1133824ccb431053871c6db53",
  })
  void thePolicyOfEndorsementKeysIsPolicyA(HashAlgorithm hash, String expected) {
    assertThat(PolicyDigest.empty(hash).secret(ENDORSEMENT, Bytes.empty()).value())
        .isEqualTo(Bytes.ofHex(expected));
  }

  /** {@code tpm2_policysecret -c o -q 65706f63682031}. */
  @ParameterizedTest
  @CsvSource({
    "SHA256, 584cd64ea30314abb60363f5aae0ee175971e861f9c97c476feffb40d48a9886",
    "SHA384, 9f6424aba5b768a6d49bd5329595763dd1d5cc96e2537603695ace1293d66bbb5b91616d70dfa3f219ee85a4b2261011",
  })
  void aSecretWithAReferenceIsWhatATpmComputes(HashAlgorithm hash, String expected) {
    assertThat(PolicyDigest.empty(hash).secret(OWNER, REFERENCE).value())
        .isEqualTo(Bytes.ofHex(expected));
  }

  /** {@code tpm2_policypcr -l}. */
  @ParameterizedTest
  @CsvSource({
    "SHA256, SHA256, 0, 093ceb41181d47808862d7946268ee6a17a10e3d1b79b32351bc56e4beaceff0",
    "SHA384, SHA256, 0, 5efc4f1b7a953599204db389db1572f5e6d56aa9af911b0f593fb91adebb83921040a3651c0677bea6f640b2615607ea",
    "SHA256, SHA256, 0 2 7, 31023ed7e6862b89859aec2d1ae0d681136c4f0d1cd622c42e502c74e5ed9657",
    "SHA384, SHA256, 0 2 7, f1d5cb4742c129d5605fb15acb2b3cd0c293d99c18b0a56e0f787856c64a2d91a221e10164dea94d6e1eef4047feacdc",
    "SHA256, SHA384, 7, 5a0f734aa29bae65ed251ec3f445df467471a36d0719b5a5c11071d1ffd40aa8",
    "SHA384, SHA384, 7, 6af24521e7685ab6a1b861f28ac89f60090e09605c366a7b8afbb7ca656cb57e4749bc10b40626e533f3bda133df254f",
  })
  void registersGiveWhatATpmComputes(
      HashAlgorithm hash, HashAlgorithm bank, String registers, String expected) {
    assertThat(PolicyDigest.empty(hash).pcr(afterReset(bank, registers)).value())
        .isEqualTo(Bytes.ofHex(expected));
  }

  /** {@code tpm2_policyauthvalue}, by itself and after {@code tpm2_policypcr -l sha256:7}. */
  @ParameterizedTest
  @CsvSource({
    "SHA256, 8fcd2169ab92694e0c633f1ab772842b8241bbc20288981fc7ac1eddc1fddb0e, 69a0d0099a787d37b0ffd18561d4f9c19a3774495dc32af187cabbb0389ff3cd",
    "SHA384, 0eb13321e885c9603d394e1c33976d4660517111f440d377585f66a94a0eee0a7f73d10b68edc48f61bd3c8385dcddf5, 7b469c2e5e0d225336ed9ac594d93bd080511e8721885732fd909560179e908edbc3d72e583eee6728f1b884bc27d056",
  })
  void aPinByItselfAndAfterRegistersIsWhatATpmComputes(
      HashAlgorithm hash, String alone, String afterRegisters) {
    assertThat(PolicyDigest.empty(hash).authValue().value()).isEqualTo(Bytes.ofHex(alone));
    assertThat(pcr7(hash).authValue().value()).isEqualTo(Bytes.ofHex(afterRegisters));
  }

  /** {@code tpm2_policyor} of two branches, and of the same two four times. */
  @ParameterizedTest
  @CsvSource({
    "SHA256, f23f92d314852195e4cad4a85d18b067f5f3214482e7898b7333296032958753, 91f188add4eae4d641d12d2ad11c6d6b25a4f262c59c30e08a20e8eccd144c1f",
    "SHA384, 471c44f33784e07a53a714e7efee2965879196d774776077c34c14a279a7c747fc86026a17acabd2f24ee816fd374535, 616c460b55880398268fb4438a01940ab8b4859b51d80d270e14751a06edcd7adc15b7baaee7ac34e5e3810a18e299d0",
  })
  void twoAndEightBranchesAreWhatATpmComputes(HashAlgorithm hash, String two, String eight) {
    List<PolicyDigest> pair = List.of(PolicyDigest.empty(hash).authValue(), pcr7(hash));
    List<PolicyDigest> four =
        new ArrayList<>(Collections.nCopies(4, pair)).stream().flatMap(List::stream).toList();

    assertThat(PolicyDigest.or(pair).value()).isEqualTo(Bytes.ofHex(two));
    assertThat(PolicyDigest.or(four).value()).isEqualTo(Bytes.ofHex(eight));
  }

  /** {@code tpm2_policyauthorize -n name}, with and without {@code -q 65706f63682031}. */
  @ParameterizedTest
  @CsvSource({
    "SHA256, 9169b4d540090219bd877dd9f79cf01d65a2840a2c5ed607b632124336399dab, fe1a8753ae004faf995d88ce624e0d6c85db90b04f440b319cb00bc0db5fd64a",
    "SHA384, 9f2932799577377ac88a7a74c6add4e38ec947a70e1ff06c40fb498c430f0acd9d5d7df3582b347179fc399979a97054, c9dc58fbc3f7030daf211e623ca9be2e9b36c354ac9da4bc2f2d5cc0a5ac6c6b360244a3d22113174fcbe303b4ec00bb",
  })
  void anApprovalIsWhatATpmComputes(HashAlgorithm hash, String withReference, String without) {
    assertThat(pcr7(hash).authorize(KEY_NAME, REFERENCE).value())
        .isEqualTo(Bytes.ofHex(withReference));
    assertThat(pcr7(hash).authorize(KEY_NAME, Bytes.empty()).value())
        .isEqualTo(Bytes.ofHex(without));
  }

  /** The numbers above are of one day; these are of a TPM that is asked now. */
  @Test
  void aTpmThatIsAskedNowComputesTheSame() {
    PolicyDigest zeros = PolicyDigest.empty(HashAlgorithm.SHA256);
    try (Swtpm swtpm = Swtpm.start()) {
      Tpm tpm = Tpm.over(swtpm::transmit);
      tpm.pcrs().extend(16, TpmAuth.empty(), REFERENCE);
      for (Set<Integer> registers :
          List.of(
              Set.of(0), Set.of(7, 16), Set.of(23, 8, 15), Set.of(0, 1, 2, 3, 4, 5, 6, 7, 16))) {
        PcrBank values = tpm.pcrs().read(HashAlgorithm.SHA256, registers);
        PolicyDigest pcr = zeros.pcr(values);
        PolicyDigest secret = pcr.secret(ENDORSEMENT, REFERENCE);
        PolicyDigest pin = secret.authValue();
        PolicyDigest or = PolicyDigest.or(List.of(zeros.authValue(), pin));
        try (TpmSession session = tpm.session().policy()) {
          session.policyPcr(TpmPcrs.select(HashAlgorithm.SHA256, registers));
          assertThat(session.policyGetDigest()).isEqualTo(pcr.value());
          session.policySecret(TpmHandle.ENDORSEMENT, TpmAuth.empty(), REFERENCE);
          assertThat(session.policyGetDigest()).isEqualTo(secret.value());
          session.policyAuthValue();
          assertThat(session.policyGetDigest()).isEqualTo(pin.value());
          session.policyOr(List.of(zeros.authValue().value(), pin.value()));
          assertThat(session.policyGetDigest()).isEqualTo(or.value());
        }
      }
    }
  }

  /** Whatever was approved, the object's policy stays: that is what approvals are for. */
  @Test
  void anApprovalForgetsWhatCameBefore() {
    PolicyDigest zeros = PolicyDigest.empty(HashAlgorithm.SHA256);
    assertThat(pcr7(HashAlgorithm.SHA256).authorize(KEY_NAME, REFERENCE))
        .isEqualTo(zeros.authorize(KEY_NAME, REFERENCE));
  }

  /** An older approval is worth nothing under a newer epoch. */
  @Test
  void anotherReferenceIsAnotherPolicy() {
    PolicyDigest zeros = PolicyDigest.empty(HashAlgorithm.SHA256);
    assertThat(zeros.authorize(KEY_NAME, Bytes.of((byte) 1)))
        .isNotEqualTo(zeros.authorize(KEY_NAME, Bytes.of((byte) 2)));
    assertThat(zeros.secret(OWNER, Bytes.of((byte) 1)))
        .isNotEqualTo(zeros.secret(OWNER, Bytes.empty()));
  }

  /** A TPM hashes registers in ascending order, whatever order the caller names them in. */
  @Test
  void theOrderInWhichRegistersAreNamedIsNoPartOfThePolicy() {
    Map<Integer, Bytes> descending = new LinkedHashMap<>();
    for (int index : new int[] {7, 2, 0}) {
      descending.put(
          index, afterReset(HashAlgorithm.SHA256, "" + index).value(index).orElseThrow());
    }
    PolicyDigest zeros = PolicyDigest.empty(HashAlgorithm.SHA256);
    assertThat(zeros.pcr(Fixtures.bank(HashAlgorithm.SHA256, descending)))
        .isEqualTo(zeros.pcr(afterReset(HashAlgorithm.SHA256, "0 2 7")));
  }

  @Test
  void valuesThatChangePlacesAreAnotherPolicy() {
    Bytes one = AttestWriter.filled(32, 1);
    Bytes two = AttestWriter.filled(32, 2);
    PolicyDigest zeros = PolicyDigest.empty(HashAlgorithm.SHA256);
    assertThat(zeros.pcr(Fixtures.bank(HashAlgorithm.SHA256, Map.of(7, one, 16, two))))
        .isNotEqualTo(zeros.pcr(Fixtures.bank(HashAlgorithm.SHA256, Map.of(7, two, 16, one))));
  }

  /** The same values in another register: a resettable PCR must not stand in for PCR 7. */
  @Test
  void theSameValueInAnotherRegisterIsAnotherPolicy() {
    Bytes value = AttestWriter.filled(32, 1);
    PolicyDigest zeros = PolicyDigest.empty(HashAlgorithm.SHA256);
    assertThat(zeros.pcr(Fixtures.bank(HashAlgorithm.SHA256, Map.of(7, value))))
        .isNotEqualTo(zeros.pcr(Fixtures.bank(HashAlgorithm.SHA256, Map.of(16, value))));
  }

  @Test
  void stepsLeaveWhatTheyStartFromAsItWas() {
    PolicyDigest zeros = PolicyDigest.empty(HashAlgorithm.SHA256);
    zeros.authValue();
    zeros.secret(OWNER, REFERENCE);
    pcr7(HashAlgorithm.SHA256);
    assertThat(zeros.value()).isEqualTo(Bytes.zeros(32));
  }

  /** What holds always authorises everybody. */
  @Test
  void aPolicyAboutNoRegisterIsRefused() {
    PcrBank none = Fixtures.bank(HashAlgorithm.SHA256, Map.of());
    PolicyDigest zeros = PolicyDigest.empty(HashAlgorithm.SHA256);
    assertThatThrownBy(() -> zeros.pcr(none)).isInstanceOf(IllegalArgumentException.class);
  }

  /** TPML_DIGEST has room for eight; PolicyOR takes no fewer than two. */
  @Test
  void oneNineOrMixedBranchesAreRefused() {
    PolicyDigest branch = PolicyDigest.empty(HashAlgorithm.SHA256).authValue();
    PolicyDigest other = PolicyDigest.empty(HashAlgorithm.SHA384).authValue();
    for (List<PolicyDigest> bad :
        List.of(
            List.<PolicyDigest>of(),
            List.of(branch),
            Collections.nCopies(9, branch),
            List.of(branch, other))) {
      assertThatThrownBy(() -> PolicyDigest.or(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aDigestOfAnotherSizeIsRefused() {
    assertThatThrownBy(() -> new PolicyDigest(HashAlgorithm.SHA256, Bytes.zeros(48)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static PolicyDigest pcr7(HashAlgorithm hash) {
    return PolicyDigest.empty(hash).pcr(afterReset(HashAlgorithm.SHA256, "7"));
  }

  private static PcrBank afterReset(HashAlgorithm bank, String registers) {
    Map<Integer, Bytes> values = new HashMap<>();
    for (String register : registers.split(" ", -1)) {
      Bytes zeros = Bytes.zeros(bank.digestSize());
      Bytes seven =
          Digests.digest(bank.jcaName(), Bytes.of("seven".getBytes(StandardCharsets.US_ASCII)));
      int index = Integer.parseInt(register);
      values.put(index, index == 7 ? Digests.digest(bank.jcaName(), zeros, seven) : zeros);
    }
    return Fixtures.bank(bank, values);
  }
}
