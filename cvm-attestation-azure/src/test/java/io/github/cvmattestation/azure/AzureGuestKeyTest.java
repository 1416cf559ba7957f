package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.azure.internal.guest.OsInfo;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.Tee;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import io.github.cvmattestation.vtpm.TpmsAttest;
import io.github.cvmattestation.vtpm.TpmtPublic;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A key that is made in the VM, and what the VM says of it. Layout: azure.md, section 3.3. */
class AzureGuestKeyTest {
  private static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");
  private static final Nonce NONCE = new Nonce(Bytes.ofHex("0f".repeat(32)));
  private static final Bytes SECRET = Bytes.ofHex("00112233445566778899aabbccddee00");

  @TempDir private Path folder;

  private AzureCvmAttester attester(SimulatedCvm cvm) {
    return attester(cvm, new OsInfo(OsInfo.Type.LINUX, "Ubuntu", 24, 4));
  }

  private AzureCvmAttester attester(SimulatedCvm cvm, OsInfo os) {
    cvm.advance(Duration.ofSeconds(3));
    return AzureCvmAttester.builder()
        .tpm(cvm.vtpm()::transmit)
        .host(new SimulatedHost(cvm))
        .os(os)
        .bootLog(() -> Optional.of(cvm.eventLog()))
        .lockFile(folder.resolve("lock"))
        .pause(cvm::advance)
        .build();
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void theEvidenceIsBoundToNonceAndKey(Tee tee) {
    SimulatedCvm cvm = SimulatedCvm.builder().tee(tee).at(AT).seed("key").build();
    try (AzureCvmAttester attester = attester(cvm);
        GuestKey key = attester.newKey(NONCE)) {
      AzureCvmVerifier verifier =
          AzureCvmVerifier.builder().trustAnchors(cvm.trustAnchors()).build();
      ReportData bound = ReportData.binding(NONCE, key.publicKey().der());
      assertThat(verifier.verify(key.evidence(), cvm.endorsements(), NONCE, bound, AT))
          .isInstanceOf(Verification.Verified.class);
      try (GuestKey another = attester.newKey(NONCE)) {
        ReportData other = ReportData.binding(NONCE, another.publicKey().der());
        // The null hierarchy's seed is one until the next reset, so it is the same key again.
        assertThat(other).isEqualTo(bound);
      }
      assertThat(
              verifier.verify(key.evidence(), cvm.endorsements(), NONCE, ReportData.of(NONCE), AT))
          .isInstanceOf(Verification.Refuted.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void theStatementIsWhatTheServiceExpects(Tee tee) throws MalformedException {
    SimulatedCvm cvm = SimulatedCvm.builder().tee(tee).at(AT).seed("key").build();
    try (AzureCvmAttester attester = attester(cvm);
        GuestKey key = attester.newKey(NONCE)) {
      Json.Obj info = object(key.statement().content());
      assertThat(text(info, "AttestationProtocolVersion")).isEqualTo("2.0");
      assertThat(new String(decoded(info, "OSType"), StandardCharsets.UTF_8)).isEqualTo("Linux");
      assertThat(new String(decoded(info, "OSBuild"), StandardCharsets.UTF_8))
          .isEqualTo("NotApplication");
      assertThat(new String(decoded(info, "OSDistro"), StandardCharsets.UTF_8)).isEqualTo("Ubuntu");
      assertThat(info.require("OSVersionMajor").asUnsigned(99)).isEqualTo(24);
      assertThat(info.require("OSVersionMinor").asUnsigned(99)).isEqualTo(4);
      assertThat(Bytes.of(decoded(info, "TcgLogs"))).isEqualTo(cvm.eventLog());
      String nonce =
          new String(
              decoded(info.require("ClientPayload").asObject(), "nonce"), StandardCharsets.UTF_8);
      assertThat(nonce).isEqualTo(NONCE.value().hex());
      Json.Obj tpm = info.require("TpmInfo").asObject();
      assertThat(decoded(tpm, "AikCert")).startsWith(0x30, 0x82);
      TpmtPublic area = sized(decoded(tpm, "EncKeyPub"));
      assertThat(modulus(area)).isEqualTo(key.publicKey().modulus());
      assertThat(modulus(sized(decoded(tpm, "AikPub")))).isNotEqualTo(modulus(area));
      TpmsAttest certify = TpmsAttest.parse(Bytes.of(decoded(tpm, "EncKeyCertifyInfo")));
      assertThat(((TpmsAttest.CertifyInfo) certify.attested()).name()).isEqualTo(area.name());
      assertThat(certify.extraData()).isEqualTo(Bytes.empty());
      assertThat(decoded(tpm, "EncKeyCertifyInfoSignature")).hasSize(256);
      TpmsAttest quote = TpmsAttest.parse(Bytes.of(decoded(tpm, "PcrQuote")));
      assertThat(quote.extraData()).isEqualTo(NONCE.value());
      assertThat(decoded(tpm, "PcrSignature")).hasSize(256);
      List<Json> pcrs = tpm.require("PCRs").asArray(24);
      assertThat(pcrs).hasSize(8);
      assertThat(tpm.require("PcrSet").asArray(24)).hasSize(8);
      SortedMap<Integer, Bytes> values = registers(cvm);
      for (int index = 0; index < 8; index++) {
        Json.Obj register = pcrs.get(index).asObject();
        assertThat(register.require("Index").asUnsigned(23)).isEqualTo(index);
        assertThat(Bytes.of(decoded(register, "Digest"))).isEqualTo(values.get(index));
      }
      Json.Obj isolation = info.require("IsolationInfo").asObject();
      assertThat(text(isolation, "Type")).isEqualTo(tee == Tee.SNP ? "SevSnp" : "Tdx");
      Json.Obj evidence = isolation.require("Evidence").asObject();
      if (tee == Tee.SNP) {
        Json.Obj proof = object(Bytes.of(urlDecoded(evidence, "Proof")));
        assertThat(urlDecoded(proof, "SnpReport")).hasSize(1184);
        assertThat(new String(urlDecoded(proof, "VcekCertChain"), StandardCharsets.US_ASCII))
            .containsPattern("(?s)(BEGIN CERTIFICATE.*){3}");
      } else {
        assertThat(decoded(evidence, "Proof")).startsWith(4, 0, 2, 0);
      }
      byte[] claims =
          tee == Tee.SNP ? urlDecoded(evidence, "RunTimeData") : decoded(evidence, "RunTimeData");
      Bytes userData = ReportData.binding(NONCE, key.publicKey().der()).value();
      assertThat(new String(claims, StandardCharsets.UTF_8)).containsIgnoringCase(userData.hex());
    }
  }

  private static SortedMap<Integer, Bytes> registers(SimulatedCvm cvm) {
    try (Tpm tpm = Tpm.over(cvm.vtpm()::transmit)) {
      return tpm.pcrs().read(HashAlgorithm.SHA256, Set.of(0, 1, 2, 3, 4, 5, 6, 7)).values();
    }
  }

  @ParameterizedTest
  @EnumSource(RsaPadding.class)
  void itDecryptsUntilWhatBootedChanges(RsaPadding padding) throws GeneralSecurityException {
    SimulatedCvm cvm = SimulatedCvm.builder().at(AT).seed("key").build();
    try (AzureCvmAttester attester = attester(cvm);
        GuestKey key = attester.newKey(NONCE);
        Tpm tpm = Tpm.over(cvm.vtpm()::transmit)) {
      Bytes sent = encrypt(key, padding);
      GuestKey.Decryption.Decrypted decrypted =
          (GuestKey.Decryption.Decrypted) key.decrypt(sent, padding);
      assertThat(Bytes.of(decrypted.message().octets())).isEqualTo(SECRET);
      tpm.pcrs().extend(16, TpmAuth.empty(), Bytes.of((byte) 1));
      assertThat(key.decrypt(sent, padding)).isInstanceOf(GuestKey.Decryption.Decrypted.class);
      tpm.pcrs().extend(7, TpmAuth.empty(), Bytes.of((byte) 1));
      GuestKey.Decryption.Refused refused =
          (GuestKey.Decryption.Refused) key.decrypt(sent, padding);
      assertThat(refused.finding().code()).isEqualTo(AzureFinding.GUEST_KEY);
      assertThat(refused.finding().actual()).contains("PCR 7");
    }
  }

  /** azure.md, section 3.3: what a Windows guest says of itself, and what its key is bound to. */
  @Test
  void onWindowsTheKeyIsBoundToWhatBitLockerAndTheBootManagerMeasureToo() throws Exception {
    SimulatedCvm cvm = SimulatedCvm.builder().at(AT).seed("key").build();
    OsInfo windows = new OsInfo(OsInfo.Type.WINDOWS, "Microsoft", 10, 0);
    try (AzureCvmAttester attester = attester(cvm, windows);
        GuestKey key = attester.newKey(NONCE);
        Tpm tpm = Tpm.over(cvm.vtpm()::transmit)) {
      Json.Obj info = object(key.statement().content());
      assertThat(new String(decoded(info, "OSType"), StandardCharsets.UTF_8)).isEqualTo("Windows");
      assertThat(new String(decoded(info, "OSBuild"), StandardCharsets.UTF_8))
          .isEqualTo("NotApplicable");
      assertThat(info.require("OSVersionMajor").asUnsigned(99)).isEqualTo(10);
      List<Long> registers = new ArrayList<>();
      for (Json register : info.require("TpmInfo").asObject().require("PcrSet").asArray(24)) {
        registers.add(register.asUnsigned(23));
      }
      assertThat(registers).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 11L, 12L, 13L, 14L);
      Bytes sent = encrypt(key, RsaPadding.OAEP_SHA256);
      assertThat(key.decrypt(sent, RsaPadding.OAEP_SHA256))
          .isInstanceOf(GuestKey.Decryption.Decrypted.class);
      tpm.pcrs().extend(11, TpmAuth.empty(), Bytes.of((byte) 1));
      GuestKey.Decryption.Refused refused =
          (GuestKey.Decryption.Refused) key.decrypt(sent, RsaPadding.OAEP_SHA256);
      assertThat(refused.finding().actual()).contains("PCR 11");
    }
  }

  private static Bytes encrypt(GuestKey key, RsaPadding padding) throws GeneralSecurityException {
    PublicKey recipient =
        KeyFactory.getInstance("RSA")
            .generatePublic(new X509EncodedKeySpec(key.publicKey().der().toArray()));
    if (padding == RsaPadding.RSAES_PKCS1) {
      Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
      cipher.init(Cipher.ENCRYPT_MODE, recipient);
      return Bytes.of(cipher.doFinal(SECRET.toArray()));
    }
    String hash = padding.name().replace("OAEP_SHA", "SHA-");
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        recipient,
        new OAEPParameterSpec(
            hash, "MGF1", new MGF1ParameterSpec(hash), PSource.PSpecified.DEFAULT));
    return Bytes.of(cipher.doFinal(SECRET.toArray()));
  }

  private static BigInteger modulus(TpmtPublic area) {
    return new BigInteger(1, ((TpmtPublic.Rsa) area.parameters()).modulus().toArray());
  }

  /** TPM2B_PUBLIC: exactly its own size follows the size. */
  private static TpmtPublic sized(byte[] tpm2b) throws MalformedException {
    assertThat((tpm2b[0] & 0xFF) << 8 | tpm2b[1] & 0xFF).isEqualTo(tpm2b.length - 2);
    return TpmtPublic.parse(Bytes.of(tpm2b).slice(2, tpm2b.length));
  }

  private static Json.Obj object(Bytes json) throws MalformedException {
    return StrictJson.parse("statement", json, 1 << 20).asObject();
  }

  private static String text(Json.Obj object, String member) throws MalformedException {
    return object.require(member).asString();
  }

  private static byte[] decoded(Json.Obj object, String member) throws MalformedException {
    return Base64.getDecoder().decode(text(object, member));
  }

  private static byte[] urlDecoded(Json.Obj object, String member) throws MalformedException {
    return Base64.getUrlDecoder().decode(text(object, member));
  }
}
