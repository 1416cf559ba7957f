package io.github.cvmattestation.vtpm.contract;

import static io.github.cvmattestation.vtpm.contract.Wire.concat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.testkit.SoftwareTpm;
import io.github.cvmattestation.testkit.SoftwareTpmServer;
import io.github.cvmattestation.testkit.Swtpm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * tpm2-tools, which were written for real TPMs, get from both TPMs what the specification says.
 * Skips, saying so, where they are not installed (Debian package tpm2-tools).
 */
class Tpm2ToolsTest {
  /** What is driven. */
  enum Target {
    SWTPM,
    SOFTWARE_TPM
  }

  /** Codes of the commands that the tools sent to SoftwareTpm, for whoever wants to know. */
  private static final Set<Integer> SENT = Collections.synchronizedSet(new TreeSet<>());

  @TempDir private Path folder;
  private String tcti = "";

  @BeforeEach
  void toolsAreInstalled() {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/tpm2_createprimary")),
        "tpm2-tools are not installed (Debian package tpm2-tools)");
  }

  @ParameterizedTest
  @EnumSource
  void registersAreReadAndExtended(Target target) throws IOException, InterruptedException {
    drive(
        target,
        () -> {
          byte[] digest = RawSession.sha256(new byte[] {1});
          run("tpm2_pcrextend", "16:sha256=" + hex(digest));
          run("tpm2_pcrread", "-o", "pcrs", "sha256:16,0");
          byte[] extended = RawSession.sha256(concat(new byte[32], digest));
          assertArrayEquals(concat(new byte[32], extended), file("pcrs"));
          String all = run("tpm2_pcrread", "sha256:16");
          assertTrue(all.contains(hex(extended).toUpperCase(Locale.ROOT)), all);
          run("tpm2_pcrreset", "16");
          run("tpm2_pcrread", "-o", "pcrs", "sha256:16");
          assertArrayEquals(new byte[32], file("pcrs"));
          assertEquals(16, run("tpm2_getrandom", "--hex", "8").strip().length());
        });
  }

  @ParameterizedTest
  @EnumSource
  void aQuoteIsCheckedByTpm2Checkquote(Target target) throws IOException, InterruptedException {
    drive(
        target,
        () -> {
          run("tpm2_createprimary", "-Q", "-C", "e", "-c", "primary.ctx");
          flush();
          for (String algorithm : List.of("rsa", "ecc")) {
            String scheme = algorithm.equals("rsa") ? "rsassa" : "ecdsa";
            run(
                "tpm2_create",
                "-Q",
                "-C",
                "primary.ctx",
                "-u",
                "ak.pub",
                "-r",
                "ak.priv",
                "-G",
                algorithm + ":" + scheme + ":null",
                "-a",
                "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign");
            flush();
            run(
                "tpm2_load",
                "-Q",
                "-C",
                "primary.ctx",
                "-u",
                "ak.pub",
                "-r",
                "ak.priv",
                "-c",
                "ak.ctx");
            flush();
            run("tpm2_readpublic", "-Q", "-c", "ak.ctx", "-f", "pem", "-o", "ak.pem");
            flush();
            run(
                "tpm2_quote",
                "-Q",
                "-c",
                "ak.ctx",
                "-l",
                "sha256:0,1,16",
                "-q",
                "c0ffee",
                "-m",
                "quote",
                "-s",
                "signature",
                "-o",
                "values",
                "-g",
                "sha256");
            flush();
            run(
                "tpm2_checkquote",
                "-Q",
                "-u",
                "ak.pem",
                "-m",
                "quote",
                "-s",
                "signature",
                "-f",
                "values",
                "-g",
                "sha256",
                "-q",
                "c0ffee");
            fails(
                "tpm2_checkquote",
                "-Q",
                "-u",
                "ak.pem",
                "-m",
                "quote",
                "-s",
                "signature",
                "-f",
                "values",
                "-g",
                "sha256",
                "-q",
                "c0ffef");
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void aSecretIsUnsealedUnderItsPolicyAlone(Target target)
      throws IOException, InterruptedException {
    drive(
        target,
        () -> {
          run("tpm2_startauthsession", "-S", "trial");
          run("tpm2_policypcr", "-Q", "-S", "trial", "-l", "sha256:16", "-L", "policy");
          run("tpm2_flushcontext", "trial");
          // Part 3, section 23.7: H(old, CC_PolicyPCR, selection, H(values)).
          byte[] selection = HexFormat.of().parseHex("00000001000b03000001");
          byte[] expected =
              RawSession.sha256(
                  concat(new byte[32], Wire.be(0x17F), selection, RawSession.sha256(new byte[32])));
          assertArrayEquals(expected, file("policy"));
          Files.writeString(folder.resolve("secret"), "a key for a disk");
          run("tpm2_createprimary", "-Q", "-C", "o", "-G", "ecc", "-c", "parent.ctx");
          flush();
          run(
              "tpm2_create",
              "-Q",
              "-C",
              "parent.ctx",
              "-u",
              "s.pub",
              "-r",
              "s.priv",
              "-L",
              "policy",
              "-i",
              "secret",
              "-a",
              "fixedtpm|fixedparent|noda");
          flush();
          run("tpm2_load", "-Q", "-C", "parent.ctx", "-u", "s.pub", "-r", "s.priv", "-c", "s.ctx");
          flush();
          assertEquals(
              "a key for a disk", run("tpm2_unseal", "-c", "s.ctx", "-p", "pcr:sha256:16"));
          flush();
          fails("tpm2_unseal", "-c", "s.ctx");
          flush();
          run("tpm2_pcrextend", "16:sha256=" + "11".repeat(32));
          fails("tpm2_unseal", "-c", "s.ctx", "-p", "pcr:sha256:16");
        });
  }

  @ParameterizedTest
  @EnumSource
  void anNvIndexIsDefinedWrittenReadAndUndefined(Target target)
      throws IOException, InterruptedException {
    drive(
        target,
        () -> {
          run(
              "tpm2_nvdefine",
              "-Q",
              "0x01400002",
              "-C",
              "o",
              "-s",
              "64",
              "-a",
              "ownerread|ownerwrite|authread|authwrite",
              "-p",
              "secret");
          Files.writeString(folder.resolve("data"), "user data");
          fails("tpm2_nvread", "0x01400002", "-C", "o", "-s", "4");
          run("tpm2_nvwrite", "-Q", "0x01400002", "-C", "o", "-i", "data");
          assertEquals("user", run("tpm2_nvread", "0x01400002", "-C", "o", "-s", "4"));
          assertEquals(
              "data", run("tpm2_nvread", "0x01400002", "-P", "secret", "-s", "4", "--offset", "5"));
          fails("tpm2_nvread", "0x01400002", "-P", "wrong", "-s", "4");
          String area = run("tpm2_nvreadpublic", "0x01400002");
          assertTrue(area.contains("value: 0x20060006"), area);
          assertTrue(area.contains("size: 64"), area);
          // TPMS_NV_PUBLIC with WRITTEN (Part 2, section 13.6); its name is nameAlg and hash.
          byte[] structure = HexFormat.of().parseHex("01400002000b2006000600000040");
          assertTrue(area.contains("000b" + hex(RawSession.sha256(structure))), area);
          run("tpm2_nvundefine", "-Q", "0x01400002", "-C", "o");
          fails("tpm2_nvread", "0x01400002", "-C", "o", "-s", "4");
        });
  }

  @ParameterizedTest
  @EnumSource
  void keysSignDecryptPersistAndActivate(Target target) throws IOException, InterruptedException {
    drive(
        target,
        () -> {
          run("tpm2_createek", "-Q", "-c", "0x81010001", "-G", "rsa", "-u", "ek.pub");
          flush();
          run(
              "tpm2_createak",
              "-Q",
              "-C",
              "0x81010001",
              "-c",
              "ak.ctx",
              "-u",
              "ak.pub",
              "-n",
              "ak.name");
          flush();
          Files.writeString(folder.resolve("secret"), "credential");
          run(
              "tpm2_makecredential",
              "-Q",
              "-T",
              "none",
              "-u",
              "ek.pub",
              "-s",
              "secret",
              "-n",
              hex(file("ak.name")),
              "-o",
              "credential");
          run("tpm2_startauthsession", "--policy-session", "-S", "session");
          run("tpm2_policysecret", "-Q", "-S", "session", "-c", "e");
          run(
              "tpm2_activatecredential",
              "-Q",
              "-c",
              "ak.ctx",
              "-C",
              "0x81010001",
              "-i",
              "credential",
              "-o",
              "activated",
              "-P",
              "session:session");
          assertEquals("credential", Files.readString(folder.resolve("activated")));
          run("tpm2_flushcontext", "session");
          flush();
          run("tpm2_evictcontrol", "-Q", "-C", "o", "-c", "0x81010001");
          run("tpm2_createprimary", "-Q", "-C", "o", "-G", "ecc", "-c", "p.ctx");
          flush();
          run("tpm2_create", "-Q", "-C", "p.ctx", "-G", "ecc", "-u", "k.pub", "-r", "k.priv");
          flush();
          run("tpm2_load", "-Q", "-C", "p.ctx", "-u", "k.pub", "-r", "k.priv", "-c", "k.ctx");
          flush();
          run("tpm2_sign", "-Q", "-c", "k.ctx", "-g", "sha256", "-o", "sig", "secret");
          flush();
          run(
              "tpm2_verifysignature",
              "-Q",
              "-c",
              "k.ctx",
              "-g",
              "sha256",
              "-m",
              "secret",
              "-s",
              "sig");
          flush();
          fails(
              "tpm2_verifysignature",
              "-Q",
              "-c",
              "k.ctx",
              "-g",
              "sha256",
              "-m",
              "ak.name",
              "-s",
              "sig");
        });
  }

  private interface Script {
    void run() throws IOException, InterruptedException;
  }

  private void drive(Target target, Script script) throws IOException, InterruptedException {
    if (target == Target.SWTPM) {
      try (Swtpm tpm = Swtpm.startOnTcp()) {
        tcti = tpm.tcti();
        script.run();
      }
      return;
    }
    SoftwareTpm tpm = SoftwareTpm.create("tools");
    try (SoftwareTpmServer server =
        SoftwareTpmServer.serve(
            command -> {
              SENT.add((command[8] & 0xFF) << 8 | command[9] & 0xFF);
              return tpm.transmit(command);
            },
            tpm::powerCycle,
            tpm::locality)) {
      tcti = "swtpm:host=127.0.0.1,port=" + server.port();
      script.run();
    }
    System.getLogger(Tpm2ToolsTest.class.getName())
        .log(
            System.Logger.Level.DEBUG,
            "commands of the tools so far: {0}",
            SENT.stream().map(Integer::toHexString).toList());
  }

  private void flush() throws IOException, InterruptedException {
    run("tpm2_flushcontext", "-t");
  }

  private String run(String... command) throws IOException, InterruptedException {
    Result result = start(command);
    assertEquals(0, result.exit(), String.join(" ", command) + "\n" + result.errors());
    return result.output();
  }

  private void fails(String... command) throws IOException, InterruptedException {
    Result result = start(command);
    assertNotEquals(0, result.exit(), String.join(" ", command));
  }

  private record Result(int exit, String output, String errors) {}

  private Result start(String... command) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(command));
    ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile());
    builder.environment().put("TPM2TOOLS_TCTI", tcti);
    builder.environment().put("TSS2_LOG", "all+error");
    Path errors = folder.resolve("stderr");
    builder.redirectError(errors.toFile());
    Process process = builder.start();
    byte[] output = process.getInputStream().readAllBytes();
    int exit = process.waitFor();
    return new Result(exit, new String(output, StandardCharsets.UTF_8), Files.readString(errors));
  }

  private byte[] file(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
