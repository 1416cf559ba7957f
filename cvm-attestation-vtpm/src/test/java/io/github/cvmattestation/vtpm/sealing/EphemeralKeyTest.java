package io.github.cvmattestation.vtpm.sealing;

import static io.github.cvmattestation.vtpm.sealing.SealedSecretTest.pcrs;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.vtpm.AttestType;
import io.github.cvmattestation.vtpm.EphemeralKey;
import io.github.cvmattestation.vtpm.Opening;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import io.github.cvmattestation.vtpm.TpmHandle;
import io.github.cvmattestation.vtpm.TpmObject;
import io.github.cvmattestation.vtpm.TpmSigned;
import io.github.cvmattestation.vtpm.TpmTemplate;
import io.github.cvmattestation.vtpm.TpmtPublic;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** azure.md, section 4: a key in the TPM that works only in the state it was made in. */
class EphemeralKeyTest {
  private static PublicKey publicKey(TpmtPublic area) throws GeneralSecurityException {
    Bytes modulus = ((TpmtPublic.Rsa) area.parameters()).modulus();
    BigInteger n = new BigInteger(1, modulus.toArray());
    return KeyFactory.getInstance("RSA")
        .generatePublic(new RSAPublicKeySpec(n, BigInteger.valueOf(65537)));
  }

  private static Bytes encrypt(EphemeralKey key, String hash, Bytes plain)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        publicKey(key.publicArea()),
        new OAEPParameterSpec(
            hash, "MGF1", new MGF1ParameterSpec(hash), PSource.PSpecified.DEFAULT));
    return Bytes.of(cipher.doFinal(plain.toArray()));
  }

  private static Bytes encryptPkcs1(EphemeralKey key, Bytes plain) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
    cipher.init(Cipher.ENCRYPT_MODE, publicKey(key.publicArea()));
    return Bytes.of(cipher.doFinal(plain.toArray()));
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void theKeyDecryptsUntilARegisterChanges(Machine.Kind kind) throws GeneralSecurityException {
    Bytes plain = Bytes.ofHex("00112233445566778899aabbccddeeff");
    try (Machine machine = kind.start("one");
        EphemeralKey key =
            EphemeralKey.create(machine.client(), EphemeralKey.Hierarchy.NULL, pcrs(0, 7))) {
      Map<RsaPadding, Bytes> sent =
          Map.of(
              RsaPadding.OAEP_SHA1, encrypt(key, "SHA-1", plain),
              RsaPadding.OAEP_SHA256, encrypt(key, "SHA-256", plain),
              RsaPadding.OAEP_SHA384, encrypt(key, "SHA-384", plain),
              RsaPadding.RSAES_PKCS1, encryptPkcs1(key, plain));
      for (Map.Entry<RsaPadding, Bytes> one : sent.entrySet()) {
        try (Opening opening = key.decrypt(one.getValue(), one.getKey())) {
          assertThat(Bytes.of(((Opening.Opened) opening).secret().octets())).isEqualTo(plain);
        }
      }
      Bytes sha1 = encrypt(key, "SHA-1", plain);
      assertThat(SealedSecretTest.refused(key.decrypt(sha1, RsaPadding.OAEP_SHA256)).reason())
          .isEqualTo(Opening.Reason.DAMAGED);
      machine.extend(7, "another state");
      Opening.Refused refused = SealedSecretTest.refused(key.decrypt(sha1, RsaPadding.OAEP_SHA1));
      assertThat(refused.reason()).isEqualTo(Opening.Reason.REGISTERS_DIFFER);
      assertThat(refused.registers()).containsExactly(7);
      assertThat(machine.loaded()).isEqualTo(1); // the key itself
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void theAttestationKeyCertifiesNameAndNonce(Machine.Kind kind)
      throws GeneralSecurityException, MalformedException {
    Bytes nonce = Bytes.ofHex("0102030405060708");
    try (Machine machine = kind.start("one")) {
      Tpm tpm = machine.client();
      try (TpmObject ak =
              tpm.keys()
                  .createPrimary(
                      TpmHandle.ENDORSEMENT, TpmAuth.empty(), TpmTemplate.attestationKey());
          EphemeralKey key =
              EphemeralKey.create(tpm, EphemeralKey.Hierarchy.OWNER, pcrs(0, 1, 2, 7))) {
        TpmSigned signed = key.certify(ak, nonce);
        String attest = signed.attest().hex();
        assertThat(attest).startsWith("ff544347" + "%04x".formatted(AttestType.CERTIFY.id()));
        assertThat(attest).contains("0008" + nonce.hex());
        assertThat(attest).contains("0022" + key.publicArea().name().hex());
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(publicKey(ak.publicArea()));
        signature.update(signed.attest().toArray());
        Bytes raw = signed.signature();
        assertThat(signature.verify(raw.slice(6, raw.size()).toArray())).isTrue();
      }
      assertThat(machine.loaded()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void theTemplateIsAzures(Machine.Kind kind) {
    try (Machine machine = kind.start("one");
        EphemeralKey key =
            EphemeralKey.create(machine.client(), EphemeralKey.Hierarchy.OWNER, pcrs(7))) {
      // RSA, SHA-256, 0x00020432, a policy of 32 bytes.
      assertThat(key.publicArea().raw().hex()).startsWith("0001000b000204320020");
      Bytes first = key.publicArea().name();
      try (EphemeralKey again =
          EphemeralKey.create(machine.client(), EphemeralKey.Hierarchy.OWNER, pcrs(7))) {
        assertThat(again.publicArea().name()).isEqualTo(first);
      }
    }
  }
}
