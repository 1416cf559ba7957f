package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.MaaVm.AT;
import static io.github.cvmattestation.azure.MaaVm.NONCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.azure.internal.http.Refusals;
import io.github.cvmattestation.azure.internal.http.SteppedTime;
import io.github.cvmattestation.testkit.FakeMaa;
import io.github.cvmattestation.testkit.SealedTokenWriter;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.Tampering;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers of {@code /attest/AzureGuest}: azure.md, section 3.4. */
@Timeout(120)
class MaaSealedAnswerTest {
  private static final SimulatedCvm CVM = machine();

  /** A key costs a TPM's time to make, and no test changes it. */
  @TempDir private static Path folder;

  private static FakeMaa maa;
  private static MaaTokenIssuer issuer;
  private static AzureCvmAttester attester;
  private static GuestKey key;

  private static SimulatedCvm machine() {
    return SimulatedCvm.builder().at(AT).seed("sealed").build();
  }

  @BeforeAll
  static void boot() {
    maa = FakeMaa.start(AT, CVM);
    issuer =
        MaaTokenIssuer.builder(maa.url())
            .httpClient(MaaVm.client(maa, Duration.ofSeconds(60)))
            .time(SteppedTime.standing())
            .build();
    attester = MaaVm.attester(CVM, folder);
    key = attester.newKey(NONCE);
  }

  @BeforeEach
  void tellTheTruth() {
    maa.onSeal(UnaryOperator.identity());
    maa.onToken(UnaryOperator.identity());
  }

  @AfterAll
  static void shutDown() {
    key.close();
    attester.close();
    maa.close();
  }

  private static AttestationToken issue(GuestKey shown) {
    return issuer.issue(shown, NONCE);
  }

  /** Every one of them looks like every other. */
  private void doesNotOpen(GuestKey shown) {
    AttestationException.Service refusal = Refusals.of(() -> issue(shown));
    assertThat(refusal.failure()).isEqualTo(Failure.ANSWER_MALFORMED);
    assertThat(refusal)
        .hasMessage(
            "Azure Attestation: ANSWER_MALFORMED, HTTP 200; make a new key and try again:"
                + " this one opens nothing once a PCR has changed");
  }

  /** A change to a sealed answer, with a name. */
  record Lie(String name, UnaryOperator<SealedTokenWriter> change) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Lie> lies() {
    List<Lie> lies = new ArrayList<>();
    for (String member : SealedTokenWriter.members()) {
      lies.add(json(member, ""));
      for (String json : new String[] {"null", "{}", "[]", "\"\"", "\"x\"", "1", "true"}) {
        lies.add(json(member, json));
      }
    }
    for (String member : new String[] {"Jwt", "EncryptedInnerKey", "Iv", "AuthenticationData"}) {
      lies.add(octets(member, "first bit", octets -> Tampering.flipBit(octets, 0)));
      lies.add(
          octets(member, "last bit", octets -> Tampering.flipBit(octets, octets.size() * 8 - 1)));
      lies.add(octets(member, "cut", octets -> octets.slice(0, octets.size() - 1)));
      lies.add(octets(member, "longer", octets -> octets.concat(Bytes.zeros(1))));
      lies.add(octets(member, "with a 1 in front", octets -> Bytes.of((byte) 1).concat(octets)));
    }
    lies.add(json("EncryptionParams", ""));
    lies.add(json("EncryptionParams", "[]"));
    lies.add(json("BlockMode", "\"ChainingModeCBC\""));
    lies.add(json("BlockPadding", "\"PKCS5\""));
    lies.add(json("Cipher", "\"aes\""));
    lies.add(json("KeySizeInBits", "128"));
    lies.add(json("KeySizeInBits", "257"));
    lies.add(json("KeySizeInBits", "\"256\""));
    lies.add(new Lie("another purpose", answer -> answer.purpose("transport key")));
    lies.add(new Lie("a key of 16 bytes that says 32", answer -> answer.keySize(16)));
    lies.add(new Lie("a key of 33 bytes", answer -> answer.keySize(33)));
    return lies.stream();
  }

  private static Lie json(String member, String json) {
    return new Lie(member + " is " + json, answer -> answer.json(member, json));
  }

  private static Lie octets(String member, String what, UnaryOperator<Bytes> change) {
    return new Lie(member + ": " + what, answer -> answer.octets(member, change));
  }

  @ParameterizedTest
  @MethodSource("lies")
  void anAlteredAnswerDoesNotOpenAndLooksLikeAnyOther(Lie lie) {
    maa.onSeal(lie.change());
    doesNotOpen(key);
  }

  @Test
  void whatIsNotATokenDoesNotOpenEither() {
    maa.onToken(token -> token.headerText("x", "y".repeat(65 << 10)));
    doesNotOpen(key);
  }

  @Test
  void aKeyOfAnotherMachineOpensNothing() {
    SimulatedCvm other = SimulatedCvm.builder().at(AT).seed("another").build();
    try (AzureCvmAttester elsewhere = MaaVm.attester(other, folder);
        GuestKey foreign = elsewhere.newKey(NONCE)) {
      doesNotOpen(new MaaVm.Stating(foreign, key.statement()));
    }
  }

  @Test
  void aMachineThatBootsOnOpensNothing() {
    SimulatedCvm twin = machine();
    try (AzureCvmAttester onTwin = MaaVm.attester(twin, folder);
        GuestKey ofTwin = onTwin.newKey(NONCE)) {
      assertThat(issue(ofTwin).compact()).isNotEmpty();
      try (Tpm tpm = Tpm.over(twin.vtpm()::transmit)) {
        tpm.pcrs().extend(7, TpmAuth.empty(), Bytes.of((byte) 1));
      }
      doesNotOpen(ofTwin);
    }
  }

  @Test
  void theFormsThatTheServiceMayChooseOpen() {
    maa.onSeal(answer -> answer.keySize(16).json("KeySizeInBits", "128"));
    assertThat(issue(key).compact()).isNotEmpty();
    maa.onSeal(
        answer -> answer.octets("EncryptedInnerKey", octets -> Bytes.zeros(1).concat(octets)));
    assertThat(issue(key).compact()).isNotEmpty();
    maa.onSeal(answer -> answer.json("Unknown", "1"));
    assertThat(issue(key).compact()).isNotEmpty();
  }

  @Test
  void theInnerKeyIsClearedWhateverComesOfIt() {
    Watched watched = new Watched(key);
    issue(watched);
    maa.onSeal(
        answer -> answer.octets("AuthenticationData", octets -> Tampering.flipBit(octets, 0)));
    doesNotOpen(watched);
    assertThat(watched.decrypted).hasSize(2);
    for (SecretBytes inner : watched.decrypted) {
      assertThatThrownBy(inner::octets).isInstanceOf(IllegalStateException.class);
    }
  }

  /** Remembers what it decrypted. */
  private static final class Watched implements GuestKey {
    private final GuestKey key;
    private final List<SecretBytes> decrypted = new ArrayList<>();

    Watched(GuestKey key) {
      this.key = key;
    }

    @Override
    public PublicKeyInfo.Rsa publicKey() {
      return key.publicKey();
    }

    @Override
    public Evidence evidence() {
      return key.evidence();
    }

    @Override
    public Evidence statement() {
      return key.statement();
    }

    @Override
    public Decryption decrypt(Bytes ciphertext, RsaPadding padding) {
      assertThat(padding).isEqualTo(RsaPadding.RSAES_PKCS1);
      Decryption decryption = key.decrypt(ciphertext, padding);
      decrypted.add(((Decryption.Decrypted) decryption).message());
      return decryption;
    }

    @Override
    public void close() {
      key.close();
    }
  }
}
