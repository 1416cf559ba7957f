package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.MaaVm.AT;
import static io.github.cvmattestation.azure.MaaVm.NONCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.azure.internal.http.Refusals;
import io.github.cvmattestation.azure.internal.http.SteppedTime;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeMaa;
import io.github.cvmattestation.testkit.FakeRequest;
import io.github.cvmattestation.testkit.JwksWriter;
import io.github.cvmattestation.testkit.RsaSigningKey;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SimulatedCvmBuilder;
import io.github.cvmattestation.testkit.Tampering;
import io.github.cvmattestation.testkit.TdBodyWriter;
import io.github.cvmattestation.testkit.Tee;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From a VM through an attestation service to a verified token, and each lie on the way. */
@Timeout(120)
class MaaTokenIssuerTest {
  private static final RsaSigningKey ATTACKER = RsaSigningKey.of(2048, "attacker");

  @TempDir private Path folder;

  private SimulatedCvm cvm = machine(Tee.SNP).build();
  private FakeMaa maa = FakeMaa.start(AT, cvm);
  private AzureCvmAttester attester;
  private final SteppedTime time = SteppedTime.standing();

  private static SimulatedCvmBuilder machine(Tee tee) {
    return SimulatedCvm.builder().tee(tee).at(AT).seed("issued");
  }

  @BeforeEach
  void boot() {
    attester = MaaVm.attester(cvm, folder);
  }

  @AfterEach
  void shutDown() {
    attester.close();
    maa.close();
  }

  private void use(SimulatedCvm other) {
    shutDown();
    cvm = other;
    maa = FakeMaa.start(AT, cvm);
    boot();
  }

  private HttpClient client() {
    return MaaVm.client(maa, Duration.ofSeconds(60));
  }

  private MaaTokenIssuer issuer() {
    return MaaTokenIssuer.builder(maa.url()).httpClient(client()).time(time).build();
  }

  private MaaToken verified(GuestKey key) {
    MaaTokenIssuer issuer = issuer();
    AttestationToken token = issuer.issue(key, NONCE);
    return MaaScene.verified(issuer.verifier().verify(token, NONCE, key.publicKey(), AT));
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void aHealthyMachineGetsATokenThatVerifies(Tee tee) {
    use(machine(tee).build());
    try (GuestKey key = attester.newKey(NONCE)) {
      MaaToken token = verified(key);
      assertThat(token.issuer()).isEqualTo(maa.url());
      assertThat(token.attestationType()).isEqualTo(MaaAttestationType.AZURE_VM);
      assertThat(token.tee())
          .contains(tee == Tee.SNP ? MaaAttestationType.SEV_SNP_VM : MaaAttestationType.TDX_VM);
      assertThat(token.isCompliantCvm()).isTrue();
      assertThat(token.secureBoot()).contains(true);
      assertThat(token.debugFlags().tee()).contains(false);
      assertThat(token.vmId()).isPresent();
      Bytes policy = Bytes.of(maa.policy("AzureGuest").getBytes(UTF_8));
      assertThat(token.policyHash().map(hash -> base64Url(hash)))
          .contains(MaaPolicy.policyHash(policy));
    }
  }

  /** tdx.md: the body of TDX 1.0, of 1.5 and of its extended form. */
  @ParameterizedTest
  @ValueSource(ints = {TdBodyWriter.TD_1_0, TdBodyWriter.TD_1_5, TdBodyWriter.TD_1_5_EX})
  void quotesOfVersion5GetATokenAsWell(int bodyType) {
    use(machine(Tee.TDX).tdQuoteBody(bodyType).build());
    try (GuestKey key = attester.newKey(NONCE)) {
      MaaToken token = verified(key);
      assertThat(token.tee()).contains(MaaAttestationType.TDX_VM);
      assertThat(token.isCompliantCvm()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void quotesOfAnotherBodyAreRefused(int bodyType) {
    use(machine(Tee.TDX).tdQuoteVersion(5).tdQuote(quote -> quote.bodyType(bodyType)).build());
    try (GuestKey key = attester.newKey(NONCE)) {
      refused(key, "TdQuote");
    }
  }

  @Test
  void theTokenSaysWhatIsWrongWithTheMachine() {
    use(machine(Tee.SNP).secureBoot(false).debug().build());
    try (GuestKey key = attester.newKey(NONCE)) {
      MaaToken token = verified(key);
      assertThat(token.secureBoot()).contains(false);
      assertThat(token.debugFlags().tee()).contains(true);
      assertThat(token.isCompliantCvm()).isFalse();
    }
  }

  @Test
  void theRequestIsWhatTheServiceTakes() {
    try (GuestKey key = attester.newKey(NONCE)) {
      issuer().issue(key, NONCE);
      FakeRequest request = maa.server().requests().get(0);
      assertThat(request.method()).isEqualTo("POST");
      assertThat(request.path()).isEqualTo("/attest/AzureGuest");
      assertThat(request.query()).isEqualTo("api-version=2025-06-01");
      assertThat(request.header("content-type")).contains("application/json");
      assertThat(new String(request.body().toArray(), UTF_8))
          .isEqualTo("{\"AttestationInfo\":\"" + base64Url(key.statement().content()) + "\"}");
      MaaTokenIssuer.builder(maa.url() + "/")
          .httpClient(client())
          .apiVersion("2020-10-01")
          .build()
          .issue(key, NONCE);
      assertThat(maa.server().requests().get(1).query()).isEqualTo("api-version=2020-10-01");
    }
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void theHardwareAloneGetsATokenWithTheParavisorsClaims(Tee tee) throws Exception {
    use(machine(tee).build());
    Evidence evidence = attester.attest(NONCE);
    MaaAttestationType type =
        tee == Tee.SNP ? MaaAttestationType.SEV_SNP_VM : MaaAttestationType.TDX_VM;
    AttestationToken token =
        issuer()
            .attestHardware(
                AzureCvmEvidence.parse(evidence.content()),
                attester.endorsementsFor(evidence),
                NONCE);
    PublicKeyInfo.Rsa ek = MaaScene.publicKey(cvm.vtpm().endorsementKey());
    MaaToken verified =
        MaaScene.verified(
            MaaTokenVerifier.builder(maa.url())
                .httpClient(client())
                .accept(type)
                .build()
                .verify(token, NONCE, ek, AT));
    assertThat(verified.attestationType()).isEqualTo(type);
    assertThat(verified.isCompliantCvm()).isTrue();
    assertThat(verified.claim("x-ms-runtime", "vm-configuration", "secure-boot"))
        .contains(new ClaimValue.Flag(true));
    // Its tokens are of another kind than those that keys are released for.
    assertThat(issuer().verifier().verify(token, NONCE, ek, AT).findings())
        .extracting(finding -> finding.code())
        .containsExactly(MaaFinding.JWT_ATTESTATION_TYPE);
  }

  @Test
  void aKeyOfAnotherNonceIsNotShownToAnybody() {
    try (GuestKey key = attester.newKey(NONCE)) {
      assertThatThrownBy(() -> issuer().issue(key, Nonce.random()))
          .isInstanceOf(AttestationException.Configuration.class)
          .hasMessageContaining("another nonce");
      GuestKey foreign =
          new MaaVm.Stating(key, new Evidence("application/json", key.statement().content()));
      assertThatThrownBy(() -> issuer().issue(foreign, NONCE))
          .isInstanceOf(AttestationException.Configuration.class);
      assertThat(maa.server().requests()).isEmpty();
    }
  }

  @Test
  void onlyHttpsOfAHostIsAProvider() {
    for (String url : new String[] {"http://localhost", "https://localhost/path", "x", ""}) {
      assertThatThrownBy(() -> MaaTokenIssuer.at(url))
          .isInstanceOf(AttestationException.Configuration.class);
    }
    assertThatThrownBy(() -> MaaTokenIssuer.builder(maa.url()).apiVersion("2025-06-01&x=y"))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  /** The machine's owner plants a key of his own, and signs everything else with it. */
  @ParameterizedTest
  @EnumSource(Tee.class)
  void anAttestationKeyThatTheParavisorDoesNotNameIsRefused(Tee tee) {
    use(machine(tee).build());
    try (GuestKey key = attester.newKey(NONCE)) {
      Bytes ak = octets(MaaVm.text(key, "TpmInfo", "AikPub"));
      GuestKey lying =
          MaaVm.lying(
              key,
              MaaVm.text(key, "TpmInfo", "AikPub"),
              base64(withModulus(ak)),
              MaaVm.text(key, "TpmInfo", "AikCert"),
              base64(JwksWriter.certificate(ATTACKER)),
              MaaVm.text(key, "TpmInfo", "PcrSignature"),
              signedByAttacker(MaaVm.text(key, "TpmInfo", "PcrQuote")),
              MaaVm.text(key, "TpmInfo", "EncKeyCertifyInfoSignature"),
              signedByAttacker(MaaVm.text(key, "TpmInfo", "EncKeyCertifyInfo")));
      refused(lying, "AttestationKey");
    }
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void claimsThatTheHardwareDidNotSignAreRefused(Tee tee) {
    use(machine(tee).secureBoot(false).build());
    try (GuestKey key = attester.newKey(NONCE)) {
      String sent = MaaVm.text(key, "IsolationInfo", "Evidence", "RunTimeData");
      String claims = new String(octets(sent).toArray(), UTF_8);
      assertThat(claims).contains("\"secure-boot\":false");
      String better = claims.replace("\"secure-boot\":false", "\"secure-boot\":true");
      refused(MaaVm.lying(key, sent, base64Url(Bytes.of(better.getBytes(UTF_8)))), "RuntimeData");
    }
  }

  @Test
  void registersThatWereNotQuotedAreRefused() {
    try (GuestKey key = attester.newKey(NONCE)) {
      String pcr7 = base64(cvm.pcrs().get(7));
      refused(MaaVm.lying(key, pcr7, base64(Bytes.zeros(32))), "PcrDigest");
      refused(MaaVm.lying(key, "\"Index\":7", "\"Index\":8"), "PcrSet");
      refused(MaaVm.lying(key, "\"PcrSet\":[0,1,", "\"PcrSet\":[1,"), "PcrSet");
    }
  }

  @Test
  void aQuoteThatTheKeyDidNotSignIsRefused() {
    try (GuestKey key = attester.newKey(NONCE)) {
      refused(flipped(key, "TpmInfo", "PcrSignature"), "Quote");
      refused(flipped(key, "TpmInfo", "PcrQuote"), "Quote");
    }
  }

  @Test
  void anEncryptionKeyThatWasNotCertifiedIsRefused() {
    try (GuestKey key = attester.newKey(NONCE)) {
      Bytes area = octets(MaaVm.text(key, "TpmInfo", "EncKeyPub"));
      GuestKey own =
          MaaVm.lying(key, MaaVm.text(key, "TpmInfo", "EncKeyPub"), base64(withModulus(area)));
      refused(own, "Certification");
      refused(flipped(key, "TpmInfo", "EncKeyCertifyInfo"), "Certification");
      refused(flipped(key, "TpmInfo", "EncKeyCertifyInfoSignature"), "Certification");
      // A quote is signed by the same key, and certifies nothing.
      refused(
          MaaVm.lying(
              key,
              MaaVm.text(key, "TpmInfo", "EncKeyCertifyInfo"),
              MaaVm.text(key, "TpmInfo", "PcrQuote"),
              MaaVm.text(key, "TpmInfo", "EncKeyCertifyInfoSignature"),
              MaaVm.text(key, "TpmInfo", "PcrSignature")),
          "Certification");
    }
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void hardwareOfAnUnknownVendorIsRefused(Tee tee) {
    SimulatedCvm genuine = machine(tee).build();
    use(SimulatedCvm.builder().tee(tee).at(AT).seed("of a forger").build());
    maa.close();
    maa = FakeMaa.start(AT, genuine);
    try (GuestKey key = attester.newKey(NONCE)) {
      refused(key, "HardwareChain");
    }
  }

  @Test
  void aReportThatTheChipDidNotSignIsRefused() {
    try (GuestKey key = attester.newKey(NONCE)) {
      String proof = MaaVm.text(key, "IsolationInfo", "Evidence", "Proof");
      String json = new String(octets(proof).toArray(), UTF_8);
      int at = json.indexOf("SnpReport\":\"") + "SnpReport\":\"".length();
      String report = json.substring(at, json.indexOf('"', at));
      // Bit 19 of the guest policy: debugging is allowed.
      Bytes better = Tampering.flipBit(octets(report), 8 * 0x0A + 3);
      String lie = json.replace(report, base64Url(better));
      refused(
          MaaVm.lying(key, proof, base64Url(Bytes.of(lie.getBytes(UTF_8)))), "HardwareSignature");
    }
  }

  @Test
  void aQuoteThatThePlatformDidNotSignIsRefused() {
    use(machine(Tee.TDX).build());
    try (GuestKey key = attester.newKey(NONCE)) {
      String proof = MaaVm.text(key, "IsolationInfo", "Evidence", "Proof");
      Bytes quote = octets(proof);
      int qe = 48 + 584 + 4 + 134;
      refused(
          MaaVm.lying(key, proof, base64(Tampering.flipBit(quote, 8 * (48 + 120)))),
          "HardwareSignature");
      refused(MaaVm.lying(key, proof, base64(Tampering.flipBit(quote, 8 * qe))), "QuotingEnclave");
      refused(
          MaaVm.lying(key, proof, base64(Tampering.flipBit(quote, 8 * (qe + 320)))),
          "QuotingEnclave");
    }
  }

  @Test
  void whatIsBusyIsAskedAgainAndWhatRefusesIsNot() {
    try (GuestKey key = attester.newKey(NONCE)) {
      maa.server().fail(FakeMaa.ATTEST_GUEST, FakeFault.UNAVAILABLE, 2);
      issuer().issue(key, NONCE);
      assertThat(time.pauses()).containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(10));
      assertThat(maa.server().requestsTo(FakeMaa.ATTEST_GUEST)).isEqualTo(3);
      refused(flipped(key, "TpmInfo", "PcrSignature"), "Quote");
      assertThat(maa.server().requestsTo(FakeMaa.ATTEST_GUEST)).isEqualTo(4);
    }
  }

  private void refused(GuestKey key, String code) {
    AttestationException.Service refusal = Refusals.of(() -> issuer().issue(key, NONCE));
    assertThat(refusal.serviceCode()).isEqualTo(code);
    assertThat(refusal.failure()).isEqualTo(Failure.HTTP_STATUS);
    assertThat(refusal.status()).isEqualTo(400);
    assertThat(refusal.remedy()).contains("Secure Boot");
  }

  private static GuestKey flipped(GuestKey key, String... path) {
    String text = MaaVm.text(key, path);
    Bytes octets = octets(text);
    return MaaVm.lying(key, text, base64(Tampering.flipBit(octets, octets.size() * 8 - 1)));
  }

  /** The same public area of another key: the modulus is its last field. */
  private static Bytes withModulus(Bytes sizedPublic) {
    return Tampering.overwrite(sizedPublic, sizedPublic.size() - 256, ATTACKER.modulus());
  }

  private static String signedByAttacker(String message) {
    return base64(ATTACKER.signPkcs1("SHA-256", octets(message)));
  }

  private static Bytes octets(String base64) {
    return Bytes.of(Base64.getUrlDecoder().decode(base64.replace('+', '-').replace('/', '_')));
  }

  private static String base64(Bytes octets) {
    return Base64.getEncoder().encodeToString(octets.toArray());
  }

  private static String base64Url(Bytes octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets.toArray());
  }
}
