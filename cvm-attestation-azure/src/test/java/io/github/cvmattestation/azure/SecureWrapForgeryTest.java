package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.SecureWrapScene.GUEST;
import static io.github.cvmattestation.azure.SecureWrapScene.POLICY;
import static io.github.cvmattestation.azure.SecureWrapScene.codes;
import static io.github.cvmattestation.azure.SecureWrapScene.local;
import static io.github.cvmattestation.azure.SecureWrapScene.opened;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.Algorithm;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.AnswerForm;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.Unwrapping;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.WrappedSecret;
import io.github.cvmattestation.testkit.FakeFault;
import java.security.GeneralSecurityException;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a Managed HSM, or whoever answers in its place, may say that is not believed. */
class SecureWrapForgeryTest {
  private static SecureWrapScene scene;

  @BeforeAll
  static void start() {
    scene = new SecureWrapScene();
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  @BeforeEach
  void healthy() {
    scene.heal();
  }

  @ParameterizedTest
  @EnumSource(AnswerForm.class)
  void anAnswerInTheOtherFormIsRefused(AnswerForm form) {
    scene.hsm.secureUnwrapToGuest(form == AnswerForm.SECRET_ITSELF);
    assertThat(codes(scene.unwrap(form, scene.wrapped()))).containsExactly("SKR_FORM");
  }

  @Test
  void aSecretWrappedToAnotherGuestIsNotOpened() {
    scene.hsm.secureUnwrapToGuest(true);
    Unwrapping refused =
        scene
            .asking(AnswerForm.RSA_OAEP_256_TO_GUEST_KEY)
            .unwrap(scene.wrapped(), new SoftGuest().token(), GUEST);
    assertThat(codes(refused)).containsExactly("SKR_UNWRAP");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 16, 31, 33, 64})
  void aMessageThatIsNoAesKeyIsClearedAndRefused(int size) {
    scene.hsm.secureUnwrapToGuest(true);
    byte[] message = new byte[size];
    Arrays.fill(message, (byte) 0x5a);
    Unwrapping refused =
        scene
            .asking(AnswerForm.RSA_OAEP_256_TO_GUEST_KEY)
            .unwrap(scene.wrapped(), GUEST.token(), new Opening(message));
    assertThat(codes(refused)).containsExactly("SKR_UNWRAP");
    assertThat(message).containsOnly(new byte[size]);
  }

  @ParameterizedTest
  @CsvSource({
    "/keys/wrapping/, /keys/other/, SKR_KEY_ID",
    "contoso.managedhsm, fabrikam.managedhsm, SKR_KEY_ID",
    "managedhsm.azure.net, managedhsm.azure.cn, SKR_KEY_ID",
    "https:, http:, SKR_KEY_ID",
    "'\",\"value', '0\",\"value', SKR_KEY_ID",
    "RSA-OAEP-256, RSA-OAEP, SKR_ENC",
    "RSA-OAEP-256, rsa-oaep-256, SKR_ENC",
    "RSA-OAEP-256, A256KW, SKR_ENC",
    "'\"kid\":', '\"id\":', SKR_FORM",
    "'\"alg\":', '\"enc\":', SKR_FORM",
    "'\"value\":', '\"val\":', SKR_FORM",
    "'\"value\":\"', '\"value\":\"AAAA', SKR_FORM",
    "'\"value\":\"', '\"value\":\"!', SKR_FORM",
    "'{', '{\"kid\":\"a\",', SKR_FORM",
    "'{', '{\"enc\":\"A256KW\",', SKR_FORM",
    "'}', '', SKR_FORM"
  })
  void aLieInEitherAnswerIsRefused(String old, String lie, String code) {
    WrappedSecret wrapped = scene.wrapped();
    scene.hsm.onSecureWrap(
        answer -> {
          assertThat(answer).contains(old);
          return answer.replace(old, lie);
        });
    assertThat(codes(scene.asking(AnswerForm.SECRET_ITSELF).wrapNewSecret(scene.key)))
        .containsExactly(code);
    assertThat(codes(scene.unwrap(AnswerForm.SECRET_ITSELF, wrapped))).containsExactly(code);
  }

  @Test
  void anotherVersionOfTheKeyIsAnotherKey() {
    String newer = local(scene.hsm.addSecureWrap("wrapping", POLICY));
    scene.hsm.onSecureWrap(answer -> answer.replace(scene.key, newer));
    assertThat(codes(scene.asking(AnswerForm.SECRET_ITSELF).wrapNewSecret(scene.key)))
        .containsExactly("SKR_KEY_ID");
  }

  @Test
  void aTruncatedAnswerIsRefused() {
    scene.hsm.onSecureWrap(answer -> answer.replaceAll("\"value\":\"....", "\"value\":\""));
    WrappedSecret wrapped =
        new WrappedSecret(scene.keyUrl(), Algorithm.RSA_OAEP_256, Bytes.zeros(256));
    assertThat(codes(scene.asking(AnswerForm.SECRET_ITSELF).wrapNewSecret(scene.key)))
        .containsExactly("SKR_FORM");
    assertThatThrownBy(() -> scene.unwrap(AnswerForm.SECRET_ITSELF, wrapped))
        .isInstanceOf(AttestationException.Service.class);
  }

  @Test
  void anAnswerBeyondAllSizesIsRefused() {
    scene.hsm.onSecureWrap(answer -> answer.replaceFirst("}$", " ".repeat(4096) + "}"));
    assertThat(codes(scene.asking(AnswerForm.SECRET_ITSELF).wrapNewSecret(scene.key)))
        .containsExactly("SKR_FORM");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 32, 255, 257, 513})
  void whatIsNoWrappedSecretIsNotSent(int size) {
    int before = scene.hsm.server().requests().size();
    WrappedSecret wrapped =
        new WrappedSecret(scene.keyUrl(), Algorithm.RSA_OAEP_256, Bytes.zeros(size));
    assertThat(codes(scene.unwrap(AnswerForm.SECRET_ITSELF, wrapped))).containsExactly("SKR_FORM");
    assertThat(scene.hsm.server().requests()).hasSize(before);
  }

  @Test
  void aSecretOfAnotherKeyIsNotOpened() {
    String other = scene.hsm.addSecureWrap("other", POLICY);
    WrappedSecret moved = new WrappedSecret(other, Algorithm.RSA_OAEP_256, scene.wrapped().value());
    AttestationException.Service failure =
        catchThrowableOfType(
            AttestationException.Service.class,
            () -> scene.unwrap(AnswerForm.SECRET_ITSELF, moved));
    assertThat(failure.status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "THROTTLED, ENDPOINT_THROTTLED, 429",
    "UNAVAILABLE, HTTP_STATUS, 503",
    "REDIRECT, HTTP_REDIRECT, 302",
    "GZIP_BOMB, INPUT_LIMIT, 0",
    "ENDLESS, INPUT_LIMIT, 0",
    "TRUNCATED, TRUNCATED, 0",
    "RESET, UNREACHABLE, 0"
  })
  void everyFaultIsNamed(FakeFault fault, AttestationException.Service.Failure kind, int status) {
    WrappedSecret wrapped = scene.wrapped();
    scene.hsm.server().fail("/keys/" + scene.key + "/secureunwrapkey", fault);
    AttestationException.Service failure =
        catchThrowableOfType(
            AttestationException.Service.class,
            () -> scene.unwrap(AnswerForm.SECRET_ITSELF, wrapped));
    assertThat(failure.failure()).isEqualTo(kind);
    assertThat(failure.status()).isEqualTo(status);
    assertThat(failure.getCause()).isNull();
  }

  /** A guest key that opens everything, to the same message. */
  private record Opening(byte[] message) implements GuestKey {
    @Override
    public PublicKeyInfo.Rsa publicKey() {
      return GUEST.publicKey();
    }

    @Override
    public Evidence evidence() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Evidence statement() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Decryption decrypt(Bytes ciphertext, RsaPadding padding) {
      assertThat(padding).isEqualTo(RsaPadding.OAEP_SHA256);
      return new Decryption.Decrypted(new SecretBytes(message));
    }

    @Override
    public void close() {}
  }

  /** Whoever can replace what is stored chooses the secret: the type's Javadoc says so. */
  @Test
  void aSecretThatAStrangerWrappedIsOpenedLikeAnyOther() throws GeneralSecurityException {
    byte[] known = new byte[32];
    Arrays.fill(known, (byte) 0x5a);
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding");
    oaep.init(
        Cipher.ENCRYPT_MODE,
        scene.publicKey(),
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
    WrappedSecret planted =
        new WrappedSecret(scene.keyUrl(), Algorithm.RSA_OAEP_256, Bytes.of(oaep.doFinal(known)));
    try (SecretBytes opened = opened(scene.unwrap(AnswerForm.SECRET_ITSELF, planted))) {
      assertThat(opened.octets()).isEqualTo(known);
    }
  }
}
