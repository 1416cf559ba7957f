package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.testkit.AzureVtpmFault;
import io.github.cvmattestation.testkit.CertificateWriter;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmTransport;
import io.github.cvmattestation.vtpm.TpmtPublic;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The attestation key's certificate, which Azure's service wants to see: where it is not there yet,
 * or is another, a guest is told so before the service refuses it.
 */
class AkCertificateTest {
  private static final int INDEX = 0x01C101D0;
  private static final int INDEX_SIZE = 4096;
  private static final int NV_READ = 0x14E;
  private static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");
  private static final Nonce NONCE = new Nonce(Bytes.ofHex("0f".repeat(32)));
  private static final String ISSUER = "Azure Cloud Virtual TPM CA - 24";

  @TempDir private Path folder;

  private final SimulatedCvm cvm = SimulatedCvm.builder().at(AT).seed("ak").build();

  /** What the service is sent, where the index holds these, one after the other. */
  private Bytes sent(Bytes... readings) throws MalformedException {
    try (AzureCvmAttester attester = MaaVm.attester(cvm, holding(List.of(readings)), folder);
        GuestKey key = attester.newKey(NONCE)) {
      String certificate =
          StrictJson.parse("statement", key.statement().content(), 1 << 20)
              .asObject()
              .require("TpmInfo")
              .asObject()
              .require("AikCert")
              .asString();
      return Bytes.of(Base64.getDecoder().decode(certificate));
    }
  }

  /** The vTPM, but for this index: each time it is read from its beginning, the next counts. */
  private TpmTransport holding(List<Bytes> readings) {
    Iterator<Bytes> next = readings.iterator();
    Bytes[] current = {Bytes.empty()};
    return command -> {
      byte[] response = cvm.vtpm().transmit(command);
      ByteBuffer asked = ByteBuffer.wrap(command);
      if (asked.getInt(6) != NV_READ || asked.getInt(14) != INDEX) {
        return response;
      }
      int size = asked.getShort(command.length - 4);
      int offset = asked.getShort(command.length - 2);
      if (offset == 0 && next.hasNext()) {
        current[0] = next.next();
      }
      Bytes padded = current[0].concat(Bytes.zeros(INDEX_SIZE - current[0].size()));
      byte[] told = padded.slice(offset, offset + size).toArray();
      // Header, size of the parameters, size of the data.
      System.arraycopy(told, 0, response, 10 + 4 + 2, told.length);
      return response;
    };
  }

  private Bytes keyOf(SimulatedCvm machine) throws MalformedException {
    try (Tpm tpm = Tpm.over(machine.vtpm()::transmit)) {
      TpmtPublic.Rsa rsa = (TpmtPublic.Rsa) tpm.keys().readPublic(0x81000003L).parameters();
      return PublicKeyInfo.rsa(new BigInteger(1, rsa.modulus().toArray())).der();
    }
  }

  private static Bytes certificate(String issuer, Bytes key, Instant end) {
    return new CertificateWriter()
        .issuer(issuer)
        .subject("0123456789ab.ConfidentialVM.Azure.windows.net")
        .validity(AT.minus(Duration.ofDays(365)), end)
        .publicKey(key)
        .sign(EcSigningKey.p256(issuer));
  }

  private Bytes genuine() throws MalformedException {
    return certificate(ISSUER, keyOf(cvm), AT.plus(Duration.ofDays(365)));
  }

  private void assertRefused(String message, Bytes... readings) {
    assertThatThrownBy(() -> sent(readings))
        .isInstanceOf(AttestationException.Device.class)
        .hasMessageContaining(message);
  }

  @Test
  void theServiceIsSentTheCertificateWithoutItsPadding() throws MalformedException {
    assertThat(sent(genuine())).isEqualTo(genuine());
  }

  /** Whether it has ended is the service's to say: this machine's clock may be wrong. */
  @Test
  void itsDatesAreTheServicesToJudge() throws MalformedException {
    Bytes ended = certificate(ISSUER, keyOf(cvm), AT.minusSeconds(1));
    assertThat(sent(ended)).isEqualTo(ended);
  }

  @ParameterizedTest
  @EnumSource(
      value = AzureVtpmFault.class,
      names = {"MISSING_AK_CERTIFICATE", "UNWRITTEN_AK_CERTIFICATE"})
  void oneThatIsNotThereYetIsToBeWaitedFor(AzureVtpmFault fault) {
    SimulatedCvm young = SimulatedCvm.builder().at(AT).seed("ak").fault(fault).build();
    try (AzureCvmAttester attester = MaaVm.attester(young, folder)) {
      assertThatThrownBy(() -> attester.newKey(NONCE))
          .isInstanceOf(AttestationException.Device.class)
          .hasMessageContaining("has no certificate yet")
          .hasMessageContaining("try again later");
    }
  }

  /** azure.md, section 1.7: what the key has until Azure has issued the real one. */
  @ParameterizedTest
  @CsvSource({"MICROSOFT AZURE TRUSTED VM RSA", "MICROSOFT AZURE TRUSTED VM RSA CA 01"})
  void aProvisionalOneIsToBeWaitedFor(String issuer) throws MalformedException {
    assertRefused(
        "only a provisional certificate (NV index 0x01C101D0); Azure issues the real one",
        certificate(issuer, keyOf(cvm), AT.plus(Duration.ofDays(30))));
  }

  @Test
  void oneOfAnotherKeyIsSeen() throws MalformedException {
    SimulatedCvm other = SimulatedCvm.builder().at(AT).seed("another").build();
    Bytes foreign = certificate(ISSUER, keyOf(other), AT.plus(Duration.ofDays(365)));
    assertRefused("is of another key than the attestation key", foreign);
    Bytes elliptic =
        certificate(
            ISSUER, EcSigningKey.p256("x").subjectPublicKeyInfo(), AT.plus(Duration.ofDays(365)));
    assertRefused("is of another key than the attestation key", elliptic);
  }

  @Test
  void whatIsNoCertificateIsSeen() throws MalformedException {
    String message = "holds something else than the attestation key's certificate";
    assertRefused(message, Bytes.zeros(INDEX_SIZE));
    assertRefused(message, Bytes.ofHex("3003020101"));
    assertRefused(message, Bytes.ofHex("30841000000001"));
    assertRefused(message, genuine().concat(Bytes.ofHex("00000001")));
    assertRefused(message, genuine().slice(0, 100));
  }

  /** The paravisor renews the certificate in its own time, and reading it may be what starts it. */
  @Test
  void oneThatIsRenewedWhileItIsReadIsReadAgain() throws MalformedException {
    Bytes before = certificate(ISSUER, keyOf(cvm), AT.plus(Duration.ofDays(1)));
    Bytes after = genuine();
    Bytes torn = before.slice(0, 300).concat(after.slice(300, after.size()));
    assertThat(torn).isNotIn(before, after);
    assertThat(sent(torn, after)).isEqualTo(after);
    assertThat(sent(before, torn, after, after)).isEqualTo(after);
    assertRefused("changes each time it is read", before, torn, before, after, after);
  }
}
