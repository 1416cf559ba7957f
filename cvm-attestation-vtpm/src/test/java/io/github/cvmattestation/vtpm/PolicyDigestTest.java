package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.Fixtures.bank;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * S1: policies computed here and by a TPM. The digests were taken from trial sessions of tpm2-tools
 * 5.4 on swtpm 0.7.1, each within {@code tpm2_startauthsession -S s} and {@code tpm2_flushcontext
 * s}, after {@code tpm2_pcrextend 16:sha256=1111…} and {@code 23:sha256=2222…}.
 */
class PolicyDigestTest {
  /** {@code tpm2_pcrread sha256:0,7,16,17,23}, in an order that is not theirs. */
  private static final PcrBank REGISTERS =
      bank(
          HashAlgorithm.SHA256,
          Map.of(
              23,
              Bytes.ofHex("ee4b0e933b56cdf12a42b1e3f3b9ed1aa70cf9f3cf37325693255c8bfbcb8ba8"),
              17,
              AttestWriter.filled(32, 0xFF),
              16,
              Bytes.ofHex("8878b15a7d6a3a4f464e8f9f42591dbc0cf4bedea0ec309003d2b2ee53655ef8"),
              7,
              Bytes.zeros(32),
              0,
              Bytes.zeros(32)));

  /** {@code tpm2_policypcr -S s -l sha256:0,7,16,17,23}. */
  private static final String PCR =
      "78d60485d6fba6ae1f9575dcb39bf3d022c1018c351008bafeca1fcf5969fe4c";

  /** The same in a session of {@code tpm2_startauthsession -S s -g sha384}. */
  private static final String PCR_SHA384 =
      "6e685617cd9429d5ea4be13f4224f4996571bdb10797e88e1acecdf0413eaac1"
          + "1ab357b991554db54687a05a2c9ee7a5";

  /** {@code tpm2_policyauthvalue -S s}. */
  private static final String AUTH_VALUE =
      "8fcd2169ab92694e0c633f1ab772842b8241bbc20288981fc7ac1eddc1fddb0e";

  /** {@code tpm2_policypcr} as above, then {@code tpm2_policyauthvalue}. */
  private static final String PCR_AUTH_VALUE =
      "4425b6944355c2ad87118b249358676d26710bcbd1e427d08b427cba97309978";

  /** {@code tpm2_policyor -S s sha256:pcr.dat,authvalue.dat}: the two files hold the above. */
  private static final String OR =
      "a55a7ba1f4bf76023fe710945cd7400ca6de2feab6c9b92033ab834ba88cbf72";

  /**
   * {@code tpm2_policyauthorize -S s -i pcr.dat -n name.dat -q ref.dat}: name.dat holds 000b and 32
   * times ab, ref.dat {@code epoch1}.
   */
  private static final String AUTHORIZE =
      "aebb892a7e041385f3633a47f0ac1df703c369b6189277f289802af4ab622e6b";

  /** The same without {@code -q}. */
  private static final String AUTHORIZE_WITHOUT_REF =
      "74557f1b6840ede072dc0d691264664bb77e5629fe7e0bf872544deda0750edd";

  /** {@code tpm2_policysecret -S s -c e}; PolicyA of the TCG EK Credential Profile 2.5, B.6.2. */
  private static final String POLICY_A =
      "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa";

  /** {@code tpm2_policysecret -S s -c o -q ref.dat}. */
  private static final String OWNER_SECRET =
      "f07a84d26eeb6cd5ce7bb459f4262a7e4252a1a88618b23039763d25f05577df";

  private static final Bytes NAME = Bytes.ofHex("000b").concat(AttestWriter.filled(32, 0xAB));
  private static final Bytes REF = Bytes.of("epoch1".getBytes(StandardCharsets.US_ASCII));
  private static final PolicyDigest START = PolicyDigest.empty(HashAlgorithm.SHA256);

  private static Bytes hex(String digits) {
    return Bytes.ofHex(digits);
  }

  @Test
  void aPolicyOfRegistersIsTheTpms() {
    assertThat(START.pcr(REGISTERS).value()).isEqualTo(hex(PCR));
  }

  /** The session's hash makes the digest of the values too, whatever the bank extends with. */
  @Test
  void aSessionOfAnotherHashThanTheBanksIsTheTpms() {
    PolicyDigest sha384 = PolicyDigest.empty(HashAlgorithm.SHA384).pcr(REGISTERS);

    assertThat(sha384.value()).isEqualTo(hex(PCR_SHA384));
    assertThat(sha384.algorithm()).isEqualTo(HashAlgorithm.SHA384);
  }

  /** azure-tpm hashes in its caller's order, which no TPM does. */
  @Test
  void theCallersOrderOfRegistersDoesNotMatter() {
    List<Integer> indices = new ArrayList<>(REGISTERS.values().keySet());
    for (int rotation = 0; rotation < indices.size(); rotation++) {
      Collections.rotate(indices, 1);
      Map<Integer, Bytes> ordered = new LinkedHashMap<>();
      indices.forEach(index -> ordered.put(index, REGISTERS.value(index).orElseThrow()));
      assertThat(START.pcr(bank(HashAlgorithm.SHA256, ordered)).value()).isEqualTo(hex(PCR));
    }
  }

  @Test
  void theSameValuesInOtherRegistersAreAnotherPolicy() {
    Bytes value = AttestWriter.filled(32, 5);
    for (int other = 1; other < 24; other++) {
      assertThat(START.pcr(bank(HashAlgorithm.SHA256, Map.of(other, value))))
          .isNotEqualTo(START.pcr(bank(HashAlgorithm.SHA256, Map.of(0, value))));
    }
  }

  @Test
  void aPolicyAboutNoRegisterIsRefused() {
    PcrBank none = bank(HashAlgorithm.SHA256, Map.of());

    assertThatThrownBy(() -> START.pcr(none)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPolicyOfAnAuthorisationValueIsTheTpms() {
    assertThat(START.authValue().value()).isEqualTo(hex(AUTH_VALUE));
    assertThat(START.pcr(REGISTERS).authValue().value()).isEqualTo(hex(PCR_AUTH_VALUE));
    assertThat(START.authValue().pcr(REGISTERS).value()).isNotEqualTo(hex(PCR_AUTH_VALUE));
  }

  @Test
  void aPolicyOfAnApprovalIsTheTpmsAndForgetsWhatCameBefore() {
    assertThat(START.authorize(NAME, REF).value()).isEqualTo(hex(AUTHORIZE));
    assertThat(START.pcr(REGISTERS).authorize(NAME, REF).value()).isEqualTo(hex(AUTHORIZE));
    assertThat(START.authorize(NAME, Bytes.empty()).value()).isEqualTo(hex(AUTHORIZE_WITHOUT_REF));
  }

  @Test
  void anApprovalIsOfThePolicyAndItsReference() {
    assertThat(START.pcr(REGISTERS).approval(REF)).isEqualTo(hex(PCR).concat(REF));
  }

  @Test
  void aPolicyOfASecretIsTheTpms() {
    Bytes endorsement = Bytes.ofHex("4000000b");
    Bytes owner = Bytes.ofHex("40000001");

    assertThat(START.secret(endorsement, Bytes.empty()).value()).isEqualTo(hex(POLICY_A));
    assertThat(START.secret(owner, REF).value()).isEqualTo(hex(OWNER_SECRET));
  }

  @Test
  void aPolicyOfBranchesIsTheTpmsAndKeepsTheirOrder() {
    PolicyDigest pcr = START.pcr(REGISTERS);
    PolicyDigest pin = START.authValue();

    assertThat(PolicyDigest.or(List.of(pcr, pin)).value()).isEqualTo(hex(OR));
    assertThat(PolicyDigest.or(List.of(pin, pcr)).value()).isNotEqualTo(hex(OR));
  }

  @Test
  void twoToEightBranchesAreTaken() {
    PolicyDigest pin = START.authValue();
    for (int branches : new int[] {2, 8}) {
      assertThat(PolicyDigest.or(Collections.nCopies(branches, pin)).value().size()).isEqualTo(32);
    }
    for (int branches : new int[] {0, 1, 9}) {
      assertThatThrownBy(() -> PolicyDigest.or(Collections.nCopies(branches, pin)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void branchesOfDifferentHashesAreRefused() {
    PolicyDigest other = PolicyDigest.empty(HashAlgorithm.SHA384).authValue();

    assertThatThrownBy(() -> PolicyDigest.or(List.of(START.authValue(), other)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDigestOfAnotherSizeIsRefused() {
    for (int size : new int[] {0, 20, 31, 33, 48}) {
      Bytes value = Bytes.zeros(size);
      assertThatThrownBy(() -> new PolicyDigest(HashAlgorithm.SHA256, value))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
