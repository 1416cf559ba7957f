package io.github.cvmattestation.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeMaa;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole way on the command line: from a vTPM behind a socket to a key in a file. */
class ReleaseKeyTest {
  private static final Bytes SECRET = Bytes.ofHex("a1".repeat(32));
  private static final String SNP_POLICY =
      """
      {"snp": {"productLines": ["Genoa"], "tcb": "ignore", "measurement": "ignore",
        "reportData": "ignore", "hostData": "ignore", "idBlock": "ignore", "chip": "ignore"},
       "azure": {"vmUniqueIds": "ignore", "pcrs": "ignore"}}
      """;

  @TempDir Path folder;

  private static Bytes policy(SimulatedWorld world, String claim, String value) {
    return Bytes.of(
        """
        {"version":"1.0.0","anyOf":[{"authority":"%s","allOf":[{"claim":"%s","equals":%s}]}]}
        """
            .formatted(world.cloud().maa().url(), claim, value)
            .getBytes(UTF_8));
  }

  private static SimulatedWorld world(SimulatedCvm machine) {
    SimulatedWorld world = new SimulatedWorld(machine);
    Bytes compliant =
        policy(world, "x-ms-isolation-tee.x-ms-compliance-status", "\"azure-compliant-cvm\"");
    world.cloud().vault().addOct("disk", SECRET, compliant);
    world.cloud().vault().addRsa("signing", compliant);
    world.cloud().vault().addOct("other", SECRET, policy(world, "secureboot", "false"));
    return world;
  }

  private Ran release(SimulatedWorld world, String key, String out, String... more)
      throws IOException {
    Path policy = Files.writeString(folder.resolve("policy.json"), SNP_POLICY);
    List<String> args =
        new ArrayList<>(
            List.of(
                "release",
                "--vault",
                world.cloud().vault().vaultUrl(),
                "--key",
                key,
                "--issuer",
                world.cloud().maa().url(),
                "--policy",
                policy.toString(),
                "--out",
                out));
    args.addAll(List.of(more));
    return world.cvm(args.toArray(String[]::new));
  }

  private String out() {
    return folder.resolve("key").toString();
  }

  @Test
  void aKeyComesToAFileThatOnlyItsOwnerReads() throws IOException {
    try (SimulatedWorld world = world(SimulatedCvm.create())) {
      Ran ran = release(world, "disk", out());
      assertThat(ran.out() + ran.err()).contains("RELEASED: https://", "/keys/disk/", "(OCT)");
      assertThat(ran.code()).isEqualTo(Cvm.OK);
      assertThat(Files.readAllBytes(Path.of(out()))).isEqualTo(SECRET.toArray());
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(out()))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aPrivateKeyComesAsPkcs8() throws IOException, GeneralSecurityException {
    try (SimulatedWorld world = world(SimulatedCvm.create())) {
      assertThat(release(world, "signing", out()).code()).isEqualTo(Cvm.OK);
      assertThat(
              KeyFactory.getInstance("RSA")
                  .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(out()))))
                  .getFormat())
          .isEqualTo("PKCS#8");
    }
  }

  @Test
  void aPipeGetsTheOctetsAndNothingElse() throws IOException {
    SimulatedCvm machine = SimulatedCvm.create();
    try (SimulatedWorld world = new SimulatedWorld(machine)) {
      Bytes text = Bytes.of("a secret of sixteen bytes or more".getBytes(UTF_8));
      world.cloud().vault().addOct("text", text, policy(world, "secureboot", "true"));
      Ran ran = release(world, "text", "-");
      assertThat(ran.out()).isEqualTo(new String(text.toArray(), UTF_8));
      assertThat(ran.err()).isEmpty();
    }
  }

  @Test
  void aDebugGuestIsStoppedAtTheFourthRoomAndTheVaultIsNotAsked()
      throws IOException, MalformedException {
    try (SimulatedWorld world = world(SimulatedCvm.builder().debug().build())) {
      Ran ran = release(world, "disk", out(), "--output", "json");
      assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
      assertThat(ran.json().require("room").asString()).isEqualTo("APPRAISE");
      assertThat(ran.codes("findings")).containsExactly("SNP_DEBUG");
      assertThat(world.cloud().vault().releases()).isZero();
      assertThat(world.cloud().maa().server().requests()).isEmpty();
      assertThat(Path.of(out())).doesNotExist();
    }
  }

  @Test
  void aKeyOfAnotherPolicyStaysInTheVault() throws IOException {
    try (SimulatedWorld world = world(SimulatedCvm.create())) {
      Ran ran = release(world, "other", out());
      assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
      assertThat(ran.out())
          .contains("REFUSED in room 6 of 7, release", "RELEASE_DENIED", "HTTP 403");
      assertThat(Path.of(out())).doesNotExist();
    }
  }

  private String file(String name, Bytes content) throws IOException {
    return Files.write(folder.resolve(name), content.toArray()).toString();
  }

  @Test
  void theClauseThatKeepsTheKeyIsNamedWhereThePolicyIsKnown()
      throws IOException, MalformedException {
    try (SimulatedWorld world = world(SimulatedCvm.create())) {
      String terms = file("release.json", policy(world, "secureboot", "false"));
      Ran text = release(world, "other", out(), "--release-policy", terms);
      assertThat(text.code()).isEqualTo(Cvm.REFUSED);
      assertThat(text.out())
          .containsSubsequence(
              "REFUSED in room 6 of 7, release",
              "HTTP 403",
              "expected  anyOf[0].allOf[0]: secureboot equals false",
              "found     true");
      Ran json = release(world, "other", out(), "--release-policy", terms, "--output", "json");
      assertThat(json.codes("findings")).containsExactly("RELEASE_DENIED", "RELEASE_DENIED");
      assertThat(json.out()).contains("anyOf[0].allOf[0]: secureboot equals false");
      Ran piped = release(world, "other", "-", "--release-policy", terms);
      assertThat(piped.out()).isEmpty();
      assertThat(piped.err()).contains("anyOf[0].allOf[0]: secureboot equals false");
    }
  }

  @Test
  void aKeyWithAnotherPolicyThanTheOneThatIsGivenIsRefused() throws IOException {
    try (SimulatedWorld world = world(SimulatedCvm.create())) {
      String other = file("release.json", policy(world, "secureboot", "true"));
      Ran ran = release(world, "disk", out(), "--release-policy", other);
      assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
      assertThat(ran.out()).contains("SKR_POLICY");
      assertThat(Path.of(out())).doesNotExist();
      String same =
          file(
              "same.json",
              policy(
                  world, "x-ms-isolation-tee.x-ms-compliance-status", "\"azure-compliant-cvm\""));
      assertThat(release(world, "disk", out(), "--release-policy", same).code()).isEqualTo(Cvm.OK);
    }
  }

  @Test
  void aReleasePolicyThatMakesNoSenseIsWrongUsageAndNobodyIsAsked() throws IOException {
    try (SimulatedWorld world = world(SimulatedCvm.create())) {
      String terms = file("release.json", Bytes.of("{}".getBytes(UTF_8)));
      Ran ran = release(world, "disk", out(), "--release-policy", terms);
      assertThat(ran.code()).isEqualTo(Cvm.USAGE);
      assertThat(ran.err()).contains("--release-policy: no release policy: ");
      assertThat(world.cloud().maa().server().requests()).isEmpty();
      Ran missing = release(world, "disk", out(), "--release-policy", folder + "/none");
      assertThat(missing.code()).isEqualTo(Cvm.COULD_NOT_ASK);
    }
  }

  /** Also where there is no TPM at all: that is found out later. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--key    | a/b/c                | --key is a name of letters",
        "--key    | a_b                  | --key is a name of letters",
        "--key    | ''                   | --key is a name of letters",
        "--vault  | http://contoso.vault | --vault is https://HOST",
        "--vault  | https://evil.example | not the URL of a Key Vault",
        "--issuer | contoso              | --issuer is https://HOST",
        "--issuer | ''                   | --issuer is https://HOST",
      })
  void whatTheUserGotWrongIsSaidBeforeTheMachineIsLookedAt(
      String option, String value, String message) throws IOException {
    String policy = file("vm.json", Bytes.of(SNP_POLICY.getBytes(UTF_8)));
    Map<String, String> options = new LinkedHashMap<>();
    options.put("--vault", "https://contoso.vault.azure.net");
    options.put("--key", "disk");
    options.put("--issuer", "https://contoso.weu.attest.azure.net");
    options.put("--policy", policy);
    options.put("--out", out());
    options.put("--tpm", "unix:" + folder + "/none");
    List<String> line = new ArrayList<>(List.of("release"));
    options.forEach(
        (name, usual) -> line.addAll(List.of(name, name.equals(option) ? value : usual)));
    Ran ran = Ran.cvm(line.toArray(String[]::new));
    assertThat(ran.err()).contains(message);
    assertThat(ran.code()).isEqualTo(Cvm.USAGE);
    assertThat(Path.of(out())).doesNotExist();
  }

  @Test
  void aKeyIsNeverShownOnATerminalAndNobodyIsAskedForIt() throws IOException {
    try (SimulatedWorld world = world(SimulatedCvm.create())) {
      world.showOutput();
      Ran ran = release(world, "disk", "-");
      assertThat(ran.code()).isEqualTo(Cvm.USAGE);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).contains("never on a terminal");
      assertThat(world.cloud().maa().server().requests()).isEmpty();
      assertThat(world.cloud().vault().releases()).isZero();
      // A file is no terminal, whatever else is one.
      assertThat(release(world, "disk", out()).code()).isEqualTo(Cvm.OK);
    }
  }

  @Test
  void aMachineWithForeignKeysIsStoppedAtTheThirdRoom() throws IOException, MalformedException {
    SimulatedCvm trusted = SimulatedCvm.builder().seed("another").build();
    try (SimulatedWorld world = new SimulatedWorld(SimulatedCvm.create(), trusted.trustAnchors())) {
      Ran ran = release(world, "disk", out(), "--output", "json");
      assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
      assertThat(ran.json().require("room").asString()).isEqualTo("VERIFY");
      assertThat(world.cloud().maa().server().requests()).isEmpty();
      assertThat(Path.of(out())).doesNotExist();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RESET", "NOT_FOUND", "REDIRECT", "HTML"})
  void aProviderThatFailsIsNoVerdict(FakeFault fault) throws IOException {
    try (SimulatedWorld world = world(SimulatedCvm.create())) {
      world.cloud().maa().server().fail(FakeMaa.ATTEST_GUEST, fault);
      Ran ran = release(world, "disk", out());
      assertThat(ran.code()).isEqualTo(Cvm.COULD_NOT_ASK);
      assertThat(ran.err()).startsWith("cvm: ").doesNotContain("internal error");
    }
  }

  @Test
  void aFileThatIsThereIsNeverWrittenOver() throws IOException {
    Files.writeString(Path.of(out()), "precious");
    try (SimulatedWorld world = world(SimulatedCvm.create())) {
      Ran ran = release(world, "disk", out());
      assertThat(ran.code()).isEqualTo(Cvm.COULD_NOT_ASK);
      assertThat(ran.err()).contains("is there already");
      assertThat(release(world, "disk", "").err()).contains("the name of the file is empty");
      assertThat(Files.readString(Path.of(out()))).isEqualTo("precious");
      assertThat(world.cloud().vault().releases()).isZero();
    }
  }

  @Test
  void aResultForProgramsAndAKeyDoNotShareAPipe() throws IOException {
    try (SimulatedWorld world = world(SimulatedCvm.create())) {
      Ran ran = release(world, "disk", "-", "--output", "json");
      assertThat(ran.code()).isEqualTo(Cvm.USAGE);
      assertThat(ran.out()).isEmpty();
    }
  }
}
