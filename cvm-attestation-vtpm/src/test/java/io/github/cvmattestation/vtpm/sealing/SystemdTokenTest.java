package io.github.cvmattestation.vtpm.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.testkit.Swtpm;
import io.github.cvmattestation.vtpm.Opening;
import io.github.cvmattestation.vtpm.Opening.Reason;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import io.github.cvmattestation.vtpm.luks.Luks2Header;
import io.github.cvmattestation.vtpm.luks.PcrSignatures;
import io.github.cvmattestation.vtpm.luks.RefusedToken;
import io.github.cvmattestation.vtpm.luks.SystemdTpm2Token;
import io.github.cvmattestation.vtpm.luks.Tpm2Enrolment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** S4: tokens of the real systemd-cryptenroll, judged by the real cryptsetup. */
class SystemdTokenTest {
  private static final String KERNEL = "kernel 1";

  @TempDir Path folder;

  private static Bytes event(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static SystemdTpm2Token onlyToken(LuksVolume volume) throws MalformedException {
    Luks2Header header = Luks2Header.read(volume.image());
    assertThat(header.tpm2Tokens()).singleElement().isInstanceOf(SystemdTpm2Token.class);
    return (SystemdTpm2Token) header.tpm2Tokens().get(0);
  }

  private static byte[] passphrase(Opening opening) {
    assertThat(opening).isInstanceOf(Opening.Opened.class);
    return ((Opening.Opened) opening).secret().octets();
  }

  @Test
  void cryptsetupTakesThePassphraseOfATokenThatSystemdSealedToRegisters()
      throws IOException, MalformedException {
    try (Swtpm swtpm = Swtpm.startOnTcp()) {
      Tpm tpm = Tpm.over(swtpm::transmit);
      LuksVolume volume = LuksVolume.format(folder);
      swtpm.disconnect();
      volume.enroll("--tpm2-device=" + swtpm.tcti(), "--tpm2-pcrs=7+11");
      SystemdTpm2Token token = onlyToken(volume);
      assertThat(token.keyslots()).containsExactly(1);
      assertThat(token.parent()).isEqualTo(new StorageParent.LegacyEccPrimary());
      assertThat(token.pcrs().orElseThrow().indices()).containsExactly(7, 11);
      byte[] passphrase = passphrase(token.passphrase(tpm, PcrSignatures.none()));
      assertThat(volume.opens(passphrase, 1)).isTrue();
      passphrase[0] ^= 1;
      assertThat(volume.opens(passphrase, 1)).isFalse();

      tpm.pcrs().extend(11, TpmAuth.empty(), event(KERNEL));
      Opening.Refused refused =
          SealedSecretTest.refused(token.passphrase(tpm, PcrSignatures.none()));
      assertThat(refused.reason()).isEqualTo(Reason.REGISTERS_DIFFER);
      assertThat(refused.message())
          .startsWith(
              "one or more of PCR 7 (Secure Boot policy), PCR 11 (kernel image (UKI)) in the sha256"
                  + " bank differ");
    }
  }

  @Test
  void cryptsetupTakesThePassphraseOfATokenThatASignatureOpens()
      throws IOException, MalformedException, GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair owner = generator.generateKeyPair();
    byte[] spki = owner.getPublic().getEncoded();
    Path pem = folder.resolve("public.pem");
    Files.writeString(
        pem,
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(spki)
            + "\n-----END PUBLIC KEY-----\n");
    try (Swtpm swtpm = Swtpm.startOnTcp()) {
      Tpm tpm = Tpm.over(swtpm::transmit);
      LuksVolume volume = LuksVolume.format(folder);
      swtpm.disconnect();
      volume.enroll(
          "--tpm2-device=" + swtpm.tcti(),
          "--tpm2-pcrs=7",
          "--tpm2-public-key=" + pem,
          "--tpm2-public-key-pcrs=11");
      SystemdTpm2Token token = onlyToken(volume);
      tpm.pcrs().extend(11, TpmAuth.empty(), event(KERNEL));
      assertThat(SealedSecretTest.refused(token.passphrase(tpm, PcrSignatures.none())).reason())
          .isEqualTo(Reason.NO_APPROVAL);

      Bytes pcr11 = Machine.extended(Bytes.zeros(32), KERNEL);
      byte[] policy = policyOfPcr11(pcr11);
      Signature signer = Signature.getInstance("SHA256withRSA");
      signer.initSign(owner.getPrivate());
      signer.update(policy);
      PcrSignatures signatures = PcrSignatures.parse(json(spki, policy, signer.sign()));
      assertThat(volume.opens(passphrase(token.passphrase(tpm, signatures)), 1)).isTrue();

      // The same claim with somebody else's signature.
      KeyPair another = generator.generateKeyPair();
      signer.initSign(another.getPrivate());
      signer.update(policy);
      PcrSignatures forged = PcrSignatures.parse(json(spki, policy, signer.sign()));
      assertThat(SealedSecretTest.refused(token.passphrase(tpm, forged)).reason())
          .isEqualTo(Reason.APPROVAL_FORGED);

      // Signed for, but PCR 7, which is bound literally, has changed.
      tpm.pcrs().extend(7, TpmAuth.empty(), event("another policy"));
      assertThat(SealedSecretTest.refused(token.passphrase(tpm, signatures)).reason())
          .isEqualTo(Reason.REGISTERS_DIFFER);
      tpm.pcrs().extend(11, TpmAuth.empty(), event("kernel 2"));
      assertThat(SealedSecretTest.refused(token.passphrase(tpm, signatures)).reason())
          .isEqualTo(Reason.NO_APPROVAL);
    }
  }

  @Test
  void aTokenWithAPinIsRefusedByName() throws IOException, MalformedException {
    try (Swtpm swtpm = Swtpm.startOnTcp()) {
      LuksVolume volume = LuksVolume.format(folder);
      volume.enroll("--tpm2-device=" + swtpm.tcti(), "--tpm2-pcrs=7", "--tpm2-with-pin=yes");
      assertThat(Luks2Header.read(volume.image()).tpm2Tokens())
          .singleElement()
          .isInstanceOfSatisfying(
              RefusedToken.class,
              refused -> {
                assertThat(refused.problem()).contains("tpm2-pin");
                assertThat(refused.remedy()).contains("systemd-cryptsetup");
              });
    }
  }

  @Test
  void aTokenOfOursIsImportedAndItsPassphraseOpensTheSlot() throws IOException, MalformedException {
    try (Swtpm swtpm = Swtpm.startOnTcp()) {
      Tpm tpm = Tpm.over(swtpm::transmit);
      LuksVolume volume = LuksVolume.format(folder);
      try (Tpm2Enrolment enrolment =
          Tpm2Enrolment.create(tpm, tpm.pcrs().read(HashAlgorithm.SHA256, Set.of(7, 11)))) {
        volume.addKey(enrolment.passphrase().octets(), 5, folder);
        volume.importToken(enrolment.tokenJson(5));
      }
      SystemdTpm2Token token = onlyToken(volume);
      assertThat(token.keyslots()).containsExactly(5);
      assertThat(volume.opens(passphrase(token.passphrase(tpm, PcrSignatures.none())), 5)).isTrue();
    }
  }

  /** PolicyPCR of PCR 11 of SHA-256 on an empty policy, in the bytes of Part 3, section 23.7. */
  private static byte[] policyOfPcr11(Bytes value) throws GeneralSecurityException {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    byte[] pcrDigest = sha256.digest(value.toArray());
    sha256.update(new byte[32]);
    sha256.update(HexFormat.of().parseHex("0000017f00000001000b03000800"));
    return sha256.digest(pcrDigest);
  }

  private static Bytes json(byte[] spki, byte[] policy, byte[] signature)
      throws GeneralSecurityException {
    byte[] fingerprint = MessageDigest.getInstance("SHA-256").digest(spki);
    String text =
        """
        {"sha256":[{"pcrs":[11],"pkfp":"%s","pol":"%s","sig":"%s"}]}
        """
            .formatted(
                HexFormat.of().formatHex(fingerprint),
                HexFormat.of().formatHex(policy),
                Base64.getEncoder().encodeToString(signature));
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
