package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.testkit.AzureVtpmFault;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeImds;
import io.github.cvmattestation.testkit.FakeResponse;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the doctor sees of a simulated VM, and that it leaves nobody without advice. */
class DoctorTest {
  private static final String ISSUER = "https://sharedweu.weu.attest.azure.net";
  private static final String VAULT = "https://contoso.vault.azure.net";
  private static final String KEYS = VAULT + "/keys?api-version=7.4&maxresults=1";
  private static final List<String> IDS =
      List.of(
          "tpm",
          "hcl-report",
          "ak",
          "ak-certificate",
          "secure-boot",
          "boot-log",
          "imds",
          "issuer",
          "identity",
          "vault");

  private SimulatedWorld world = healthy(SimulatedCvm.create());

  @AfterEach
  void stop() {
    world.close();
  }

  private static SimulatedWorld healthy(SimulatedCvm machine) {
    SimulatedWorld world = new SimulatedWorld(machine);
    world.play(ISSUER + "/certs", 200, "", "{\"keys\":[{\"kty\":\"RSA\"}]}");
    world.play(KEYS, 401, "Bearer authorization=\"https://login.example\"", "{}");
    return world;
  }

  private void replace(SimulatedCvm machine) {
    world.close();
    world = healthy(machine);
  }

  private Ran doctor() {
    return world.cvm("doctor", "--vault", VAULT);
  }

  /** The one thing that is wrong, with advice; everything else is well or could not be asked. */
  private static void assertProblem(Ran ran, String id, String what) {
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.out().lines().filter(line -> line.startsWith("problem")))
        .singleElement()
        .asString()
        .startsWith("problem    " + id + " ")
        .contains(what);
    assertThat(ran.out()).containsPattern("problem    " + id + " .*\n +→ .{10}");
  }

  @Test
  void aHealthyMachineHasNothingToFix() {
    Ran ran = doctor();
    assertThat(ran.out().lines())
        .hasSameSizeAs(IDS)
        .allMatch(line -> line.startsWith("ok         "));
    assertThat(ran.out())
        .contains("SEV-SNP", "on, by the report's claims (unverified)", ISSUER, "westeurope");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.code()).isEqualTo(Cvm.OK);
  }

  @Test
  void aTdxMachineIsAsHealthy() {
    replace(SimulatedCvm.builder().tdx().build());
    Ran ran = doctor();
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.out()).contains("Intel TDX");
  }

  @Test
  void programsReadTheSame() throws MalformedException {
    Ran ran = world.cvm("doctor", "--vault", VAULT, "--output", "json");
    assertThat(ran.json().require("health").asString()).isEqualTo("well");
    assertThat(ran.json().require("lines").asArray(20)).hasSameSizeAs(IDS);
    assertThat(ran.out()).containsSubsequence(IDS).doesNotContain("\"status\":\"problem\"");
  }

  @Test
  void theTokenOfTheIdentityIsNeverShown() {
    Ran ran = doctor();
    assertThat(world.imds().server().requestsTo(FakeImds.IDENTITY)).isEqualTo(1);
    assertThat(ran.out() + ran.err()).doesNotContain(FakeImds.IDENTITY_TOKEN);
  }

  @Test
  void aVaultThatNobodyNamedIsNotAsked() {
    Ran ran = world.cvm("doctor");
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.out()).contains("not asked  vault");
    assertThat(world.asked()).containsExactly(ISSUER + "/certs");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MISSING_REPORT            | hcl-report     | no Azure confidential VM",
        "MISSING_AK                | ak             | no attestation key",
        "REPLACED_AK               | ak             | not the one in the report's claims",
        "MISSING_AK_CERTIFICATE    | ak-certificate | there is none yet",
        "UNWRITTEN_AK_CERTIFICATE  | ak-certificate | there is none yet",
        "PROVISIONAL_AK_CERTIFICATE| ak-certificate | only a provisional one",
      })
  void everyFaultOfTheVtpmHasItsLine(AzureVtpmFault fault, String id, String what) {
    replace(SimulatedCvm.builder().fault(fault).build());
    Ran ran = doctor();
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.out()).containsPattern("problem    " + id + " .*" + what + ".*\n +→ .{10}");
  }

  @Test
  void secureBootThatIsOffIsSaidAndMarkedUnverified() {
    replace(SimulatedCvm.builder().secureBoot(false).build());
    assertProblem(doctor(), "secure-boot", "off, by the report's claims (unverified)");
  }

  @Test
  void anExpiredCertificateOfTheKeyIsSeen() {
    replace(SimulatedCvm.builder().at(Instant.parse("2001-01-01T00:00:00Z")).build());
    assertProblem(doctor(), "ak-certificate", "valid from");
  }

  /**
   * The simulated certificate is of a year, of which these machines have a week left, and a day.
   */
  @ParameterizedTest
  @ValueSource(ints = {7, 1})
  void aCertificateThatEndsSoonIsAWarningAndNoProblem(int daysLeft) {
    replace(SimulatedCvm.builder().at(daysAgo(364 - daysLeft)).build());
    Ran ran = doctor();
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.out())
        .containsPattern("warning    ak-certificate  valid only until 20.*\n +→ Azure renews it");
    assertThat(world.cvm("doctor", "--vault", VAULT, "--output", "json").out())
        .contains("\"health\":\"well\"", "\"status\":\"warning\"");
  }

  @Test
  void aCertificateOfThreeMoreWeeksIsWell() {
    replace(SimulatedCvm.builder().at(daysAgo(364 - 21)).build());
    assertThat(doctor().out()).contains("ok         ak-certificate  valid until 20");
  }

  @Test
  void aCertificateThatHasNotBegunIsSeen() {
    replace(SimulatedCvm.builder().at(daysAgo(-2)).build());
    assertProblem(doctor(), "ak-certificate", "valid from");
  }

  private static Instant daysAgo(int days) {
    return Instant.now().minus(Duration.ofDays(days));
  }

  @Test
  void aMachineWithoutIdentityIsToldToAssignOne() {
    world
        .imds()
        .answering(
            answer ->
                new String(answer.body().toArray(), java.nio.charset.StandardCharsets.UTF_8)
                        .contains("access_token")
                    ? FakeResponse.error(400, "invalid_request")
                    : answer);
    Ran ran = doctor();
    assertProblem(ran, "identity", "no managed identity");
    assertThat(ran.out()).contains("az vm identity assign");
  }

  @Test
  void anotherCloudsMetadataServiceIsNotTakenForAzures() {
    world.imds().answering(answer -> FakeResponse.error(404, "NotFound"));
    Ran ran = doctor();
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.out())
        .containsPattern("problem    imds .*not Azure's")
        .contains("not asked  issuer");
  }

  @Test
  void aRegionThatNobodyKnowsHasNoProvider() {
    world
        .imds()
        .answering(
            answer ->
                FakeResponse.json(
                    new String(answer.body().toArray(), java.nio.charset.StandardCharsets.UTF_8)
                        .replace("westeurope", "moonbase")));
    assertProblem(doctor(), "issuer", "no shared attestation provider");
  }

  @Test
  void aProviderThatIsNoneIsSeen() {
    world.play(ISSUER + "/certs", 200, "", "<html>hello</html>");
    assertProblem(doctor(), "issuer", "publishes no keys");
  }

  @ParameterizedTest
  @CsvSource({
    "403, '', lets nobody in",
    "200, '', not answer as a vault does",
    "401, Basic, not answer as a vault does"
  })
  void aVaultThatDoesNotChallengeIsNotHealthy(int status, String challenge, String what) {
    world.play(KEYS, status, challenge, "{}");
    assertProblem(doctor(), "vault", what);
  }

  @Test
  void silenceOfOneServiceIsAProblem() {
    world.imds().server().fail(FakeImds.IDENTITY, FakeFault.RESET);
    assertProblem(doctor(), "identity", "nobody answers");
  }

  @Test
  void outsideOfAnyVmNobodyAnswers() throws IOException {
    int closed;
    try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = port.getLocalPort();
    }
    Ran ran =
        world.run(
            List.of(
                "doctor",
                "--tpm",
                "tcp:127.0.0.1:" + closed,
                "--imds",
                "http://127.0.0.1:" + closed));
    assertThat(ran.code()).isEqualTo(Cvm.COULD_NOT_ASK);
    assertThat(ran.out()).contains("problem    tpm", "problem    imds").doesNotContain("ok  ");
    assertThat(ran.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--vault, http://contoso.vault.azure.net",
    "--vault, https://contoso.vault.azure.net/keys/one",
    "--vault, https://user@contoso.vault.azure.net",
    "--issuer, contoso",
    "--imds, file:///etc/passwd"
  })
  void whatIsNoAddressOfAServiceIsWrongUsage(String option, String value) {
    Ran ran = world.run(List.of("doctor", option, value));
    assertThat(ran.code()).isEqualTo(Cvm.USAGE);
    assertThat(ran.out()).isEmpty();
  }
}
