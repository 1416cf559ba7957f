package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.testkit.SoftwareTpm;
import io.github.cvmattestation.testkit.SoftwareTpmServer;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import io.github.cvmattestation.vtpm.luks.Tpm2Enrolment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sealing on the command line, against a TPM behind a socket. */
class SealTest {
  private static final byte[] SECRET = {0, 1, 2, (byte) 0xFF, 10, 13};

  @TempDir Path folder;

  private final SoftwareTpm tpm = SoftwareTpm.create("cli");
  private final SoftwareTpmServer server = SoftwareTpmServer.serve(tpm);

  @AfterEach
  void stop() {
    server.close();
  }

  /** What somebody types, line by line; without one there is no terminal. */
  private final Deque<byte[]> typed = new ArrayDeque<>();

  private final List<String> questions = new ArrayList<>();
  private final List<byte[]> answers = new ArrayList<>();

  private byte[] typed(String question) throws CouldNotAskException {
    if (typed.isEmpty()) {
      throw new CouldNotAskException("there is no terminal to ask at");
    }
    questions.add(question);
    answers.add(typed.peek());
    return typed.remove();
  }

  private void type(String... lines) {
    for (String line : lines) {
      typed.add(line.getBytes(StandardCharsets.UTF_8));
    }
  }

  private record Result(int code, byte[] out, String err) {}

  private Result cvm(byte[] input, String... words) {
    List<String> args = new ArrayList<>(List.of(words));
    if (!args.contains("--tpm") && !words[0].equals("approve")) {
      args.addAll(List.of("--tpm", "tcp:127.0.0.1:" + server.port()));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console =
        new Console(
            new ByteArrayInputStream(input),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            errStream,
            (question, max) -> typed(question),
            false,
            () -> false);
    int code = Cvm.run(args.toArray(String[]::new), console, Optional.empty());
    return new Result(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }

  private void extend(int register, String event) {
    Tpm client = Tpm.over(tpm::transmit);
    client
        .pcrs()
        .extend(register, TpmAuth.empty(), Bytes.of(event.getBytes(StandardCharsets.UTF_8)));
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private void assertRefused(Result result, String message) {
    assertThat(result.err()).startsWith("cvm: ").contains(message).doesNotContain("\tat ");
    assertThat(result.out()).isEmpty();
    assertThat(result.code()).isEqualTo(Cvm.REFUSED);
  }

  @Test
  void whatIsSealedComesBackByteForByteAndNothingElse() {
    Result sealed = cvm(SECRET, "seal", "--pcrs", "sha256:0,2,7");
    assertThat(sealed.err()).isEmpty();
    assertThat(sealed.code()).isEqualTo(Cvm.OK);
    Result opened = cvm(sealed.out(), "unseal");
    assertThat(opened.err()).isEmpty();
    assertThat(opened.code()).isEqualTo(Cvm.OK);
    assertThat(opened.out()).isEqualTo(SECRET);
  }

  @Test
  void theRegisterThatDiffersIsNamedAndTheExitCodeIsOne() {
    byte[] sealed = cvm(SECRET, "seal", "--pcrs", "sha256:7").out();
    extend(7, "another Secure Boot policy");
    assertRefused(
        cvm(sealed, "unseal"),
        "PCR 7 (Secure Boot policy) differs from what it was when the secret was sealed");
  }

  @Test
  void thePinComesFromAFileAndAWrongOneIsRefused() throws IOException {
    String pin = write("pin", "2580\n");
    String wrong = write("wrong", "0852\n");
    byte[] sealed = cvm(SECRET, "seal", "--pcrs", "sha256:7", "--pin-file", pin).out();
    assertThat(cvm(sealed, "unseal", "--pin-file", pin).out()).isEqualTo(SECRET);
    assertRefused(cvm(sealed, "unseal", "--pin-file", wrong), "the PIN is wrong");
    assertRefused(cvm(sealed, "unseal"), "the secret has a PIN");
  }

  @Test
  void aPinIsAskedForTwiceToSealAndOnceToOpenAndCleared() throws IOException {
    type("2580", "2580");
    byte[] sealed = cvm(SECRET, "seal", "--pcrs", "sha256:7", "--pin").out();
    assertThat(questions).containsExactly("PIN:", "The same PIN again:");
    type("2580");
    assertThat(cvm(sealed, "unseal", "--pin").out()).isEqualTo(SECRET);
    assertThat(questions).hasSize(3);
    assertThat(answers).allMatch(answer -> Arrays.equals(answer, new byte[4]));
    String file = write("pin", "2580\n");
    assertThat(cvm(sealed, "unseal", "--pin-file", file).out()).isEqualTo(SECRET);
    type("2581");
    assertRefused(cvm(sealed, "unseal", "--pin"), "the PIN is wrong");
  }

  @Test
  void aSlipOfTheFingersSealsNothing() {
    type("2580", "2581");
    Result result = cvm(SECRET, "seal", "--pcrs", "sha256:7", "--pin");
    assertThat(result.code()).isEqualTo(Cvm.USAGE);
    assertThat(result.err()).contains("two different PINs").doesNotContain("2580", "2581");
    assertThat(result.out()).isEmpty();
    assertThat(answers).allMatch(answer -> Arrays.equals(answer, new byte[4]));
  }

  @Test
  void withoutATerminalThePinIsNotAskedForAndTheRemedyIsNamed() {
    for (String command : List.of("seal --pcrs sha256:7 --pin", "unseal --pin")) {
      Result result = cvm(SECRET, command.split(" "));
      assertThat(result.code()).isEqualTo(Cvm.COULD_NOT_ASK);
      assertThat(result.err()).contains("no terminal to ask at; give --pin-file FILE");
      assertThat(result.out()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"seal --pcrs sha256:7 --pin 2580", "seal --pin=2580", "unseal --pin 2580"})
  void aPinThatIsNamedIsNeitherTakenNorRepeated(String line) {
    Result result = cvm(SECRET, line.split(" "));
    assertThat(result.code()).isEqualTo(Cvm.USAGE);
    assertThat(result.err()).contains("--pin has no value").doesNotContain("2580");
    assertThat(questions).isEmpty();
    assertThat(result.out()).isEmpty();
  }

  @Test
  void anEmptyOrEndlessPinIsWrongUsage() {
    for (String pin : List.of("", "x".repeat(1025))) {
      type(pin, pin);
      assertThat(cvm(SECRET, "seal", "--pcrs", "sha256:7", "--pin").code()).isEqualTo(Cvm.USAGE);
      typed.clear();
    }
  }

  @Test
  void anApprovalMadeWithoutATpmOpensTheSecretInItsEpoch()
      throws IOException, GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair owner = generator.generateKeyPair();
    String key = write("owner.pem", pem("PUBLIC KEY", owner.getPublic().getEncoded()));
    String signer = write("owner.key", pem("PRIVATE KEY", owner.getPrivate().getEncoded()));
    String values = write("pcrs.json", "{\"sha256\": {\"11\": \"" + "00".repeat(32) + "\"}}");
    byte[] sealed =
        cvm(SECRET, "seal", "--public-key", key, "--purpose", "db", "--epoch", "2").out();
    Result approval = cvm(new byte[0], approve(values, signer, key));
    assertThat(approval.err()).isEmpty();
    KeyPair stranger = generator.generateKeyPair();
    String foreign = write("other.key", pem("PRIVATE KEY", stranger.getPrivate().getEncoded()));
    Result refused = cvm(new byte[0], approve(values, foreign, key));
    assertThat(refused.code()).isEqualTo(Cvm.USAGE);
    assertThat(refused.err()).contains("--private-key is not the private half of the public key");
    assertThat(refused.out()).isEmpty();
    String file = folder.resolve("approval").toString();
    Files.write(Path.of(file), approval.out());
    assertThat(cvm(sealed, "unseal", "--approval", file, "--min-epoch", "2").out())
        .isEqualTo(SECRET);
    assertRefused(
        cvm(sealed, "unseal", "--approval", file, "--min-epoch", "3"), "the secret is of epoch 2");
    Result unbounded = cvm(sealed, "unseal", "--approval", file);
    assertThat(unbounded.code()).isEqualTo(Cvm.USAGE);
    assertThat(unbounded.err()).contains("--min-epoch", "--allow-any-epoch");
    extend(11, "another kernel");
    assertRefused(
        cvm(sealed, "unseal", "--approval", file, "--min-epoch", "2"),
        "PCR 11 (kernel image (UKI)) differs from what is approved");
  }

  private static String[] approve(String values, String signer, String key) {
    return ("approve --purpose db --epoch 2 --pcr-values " + values)
        .concat(" --private-key " + signer + " --public-key " + key)
        .split(" ");
  }

  @Test
  void aDamagedFileIsRefusedAndNotAFailure() throws IOException {
    byte[] sealed = cvm(SECRET, "seal", "--pcrs", "sha256:7").out();
    sealed[sealed.length - 1] ^= 1;
    assertRefused(cvm(sealed, "unseal"), "does not recognise the sealed data");
    assertRefused(cvm(new byte[0], "unseal"), "standard input is no whole sealed secret: ");
    assertRefused(cvm(new byte[100_000], "unseal"), "at most");
    String file = folder.resolve("damaged").toString();
    Files.write(Path.of(file), sealed);
    sealed[sealed.length - 1] ^= 1;
    assertRefused(cvm(sealed, "unseal", "--approval", file), file + " is no whole approval: ");
  }

  @Test
  void aMissingTpmIsExitCodeThreeWithWhatToDo() {
    server.close();
    Result result = cvm(SECRET, "seal", "--pcrs", "sha256:7");
    assertThat(result.code()).isEqualTo(Cvm.COULD_NOT_ASK);
    assertThat(result.err()).startsWith("cvm: ").contains("; ");
    assertThat(result.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seal | say when it opens",
        "seal --pcrs sha1:7 | --pcrs is",
        "seal --pcrs sha256:24 | --pcrs is",
        "seal --pcrs sha256:7,7 | --pcrs is",
        "seal --pcrs sha256 | --pcrs is",
        "seal --pcrs sha256:7 --tpm tcp:x | --tpm is",
        "seal --pcrs sha256:7 --tpm serial:1 | --tpm is",
        "seal --pcrs sha256:7 --tpm device:/dev/null | --tpm is",
        "seal --pcrs sha256:7 --parent 0x80000001 | --parent is",
        "seal --pcrs sha256:7 --pin --pin-file pin | exclude each other",
        "unseal --min-epoch 1 --allow-any-epoch | exclude each other",
        "unseal --min-epoch x | --min-epoch is a whole number",
        "unseal --min-epoch -1 | --min-epoch is a whole number"
      })
  void wrongUsageIsExitCodeTwo(String line, String message) {
    Result result = cvm(SECRET, line.strip().split(" "));
    assertThat(result.code()).isEqualTo(Cvm.USAGE);
    assertThat(result.err()).contains(message.strip());
    assertThat(result.out()).isEmpty();
  }

  @Test
  void moreThanATpmSealsIsWrongUsage() {
    assertThat(cvm(new byte[129], "seal", "--pcrs", "sha256:7").code()).isEqualTo(Cvm.USAGE);
    assertThat(cvm(new byte[0], "seal", "--pcrs", "sha256:7").code()).isEqualTo(Cvm.USAGE);
  }

  @Test
  void thePassphraseOfAVolumeIsWrittenWithoutALineFeed() throws IOException {
    Tpm client = Tpm.over(tpm::transmit);
    PcrBank values = client.pcrs().read(HashAlgorithm.SHA256, Set.of(7));
    try (Tpm2Enrolment enrolment = Tpm2Enrolment.create(client, values)) {
      String json =
          "{\"keyslots\":{\"1\":{}},\"tokens\":{\"0\":" + enrolment.tokenJson(1).strip() + "}}";
      Path volume = folder.resolve("volume");
      Files.write(volume, LuksHeaders.volume(json));
      Result key = cvm(new byte[0], "luks", "key", volume.toString());
      assertThat(key.err()).isEmpty();
      assertThat(key.out()).isEqualTo(enrolment.passphrase().octets()).hasSize(44);
      extend(7, "another state");
      assertRefused(
          cvm(new byte[0], "luks", "key", volume.toString()),
          "token 0: PCR 7 (Secure Boot policy) in the sha256 bank differs");
      assertRefused(
          cvm(new byte[0], "luks", "key", volume.toString(), "--token", "3"),
          "the header has no systemd-tpm2 token 3; see: cryptsetup luksDump");
      String missing = folder.resolve("missing").toString();
      Result notThere = cvm(new byte[0], "luks", "key", missing);
      assertThat(notThere.code()).isEqualTo(Cvm.COULD_NOT_ASK);
      assertThat(notThere.err()).contains("no such file: " + missing);
      String other = write("other", "no LUKS header at all");
      Result foreign = cvm(new byte[0], "luks", "key", other);
      assertRefused(foreign, other + " has no whole LUKS2 header: ");
      assertThat(foreign.err()).doesNotContain("6e6f204c554b");
      assertRefused(
          cvm(new byte[0], "luks", "key", volume.toString(), "--signatures", other),
          other + " holds no signatures of registers: ");
    }
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder().encodeToString(der), label);
  }
}
